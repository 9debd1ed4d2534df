"""`vestnik backup`."""

import os
import signal
import sqlite3
import stat
import subprocess
import sys
import tarfile
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from tests.support.data import add_accounts
from tests.support.process import ServerProcess, clean_environment, vestnik
from tests.support.scribe import Scribe
from tests.support.waiting import DEADLINE
from vestnik.cli.backup import backup as module
from vestnik.cli.backup.archive import read_archive
from vestnik.cli.backup.backup import make_backup
from vestnik.cli.backup.ending import ENDING
from vestnik.log.sealing.copying import DayGone
from vestnik.server.settings import make_settings
from vestnik.store.store import DATABASE


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Data with the account anna."""
    add_accounts(tmp_path / "data", ["anna"], "secret")
    return tmp_path / "data"


def backup(data: Path, file: Path, *, code: int = 0, lang: str = "en") -> str:
    """Run the command; what it printed."""
    done = vestnik("backup", str(file), "--data", str(data), "--lang", lang)
    assert (done.returncode, "Traceback" in done.stderr) == (code, False), done.stderr
    return done.stdout + done.stderr


def admin(data: Path) -> list[str]:
    """The lines of the journal of administration, without times."""
    return [line[24:] for line in (data / "log" / "admin.log").read_text("utf-8").splitlines()]


def files(directory: Path) -> set[str]:
    """The files in a directory."""
    return {path.name for path in directory.iterdir() if path.is_file()}


def members(file: Path) -> list[str]:
    """The names of the files in a backup, which is whole."""
    with file.open("rb") as opened:
        read_archive(opened)
    with tarfile.open(file) as tar:
        return tar.getnames()


def test_beside_a_server(data: Path, tmp_path: Path) -> None:
    """It is for the owner's eyes only, whatever the umask, has database and journals, and is recorded."""
    file, today = tmp_path / "backup.tar", date.today().isoformat()
    with ServerProcess(data):
        said = backup(data, file)
        assert said == f"Backup {file} was made and verified: {file.stat().st_size} bytes, journals: server, admin\n"
        assert not [name for name in files(data) if "snapshot" in name]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    inside = members(file)
    assert inside[:2] == ["vestnik.json", "vestnik.db"]
    assert {f"log/server.log.{today}", "log/server.seals.key", f"log/admin.jsonl.{today}"} <= set(inside)
    assert admin(data) == [
        f"INFO     admin      A backup to {file} was begun",
        f"INFO     admin      The backup to {file} was made and verified: {file.stat().st_size} bytes",
    ]
    assert files(tmp_path) == {"backup.tar"}


def test_in_russian(data: Path, tmp_path: Path) -> None:
    """It says so in Russian."""
    said = backup(data, tmp_path / "копия", lang="ru")
    assert said.startswith(f"Резервная копия {tmp_path}/копия сделана и проверена: байт ")


def test_again(data: Path, tmp_path: Path) -> None:
    """A backup of the same name is replaced by the new one; one that fails leaves the old one as it is."""
    file = tmp_path / "backup.tar"
    backup(data, file)
    first = file.read_bytes()
    backup(data, file)
    second = file.read_bytes()
    assert first != second
    with closing(sqlite3.connect(data / DATABASE)) as database, database:
        database.execute("INSERT INTO contact (account_id, contact_id) VALUES (1, 99)")
    said = backup(data, file, code=1)
    assert said.startswith(f"Backup {file} was not made: the database is damaged (contact ")
    assert file.read_bytes() == second
    assert admin(data)[-1].startswith(f"ERROR    admin      Error! The backup to {file} was not made: the database is")
    assert files(data) == {DATABASE, "vestnik.lock"}
    assert files(tmp_path) == {"backup.tar"}


def test_something_else_is_there(data: Path, tmp_path: Path) -> None:
    """A file that is no backup is not lost, least of all the database itself; so with devices and directories."""
    (tmp_path / "diary").write_text("diary")
    for file in (tmp_path / "diary", data / DATABASE, Path(os.devnull), tmp_path):
        said = backup(data, file, code=1)
        assert said.endswith(
            f"Backup {file} was not made: the file exists and is no backup of Vestnik; choose another name\n"
        )
    assert (tmp_path / "diary").read_text() == "diary"


def test_a_name_that_is_no_name(data: Path, tmp_path: Path) -> None:
    """Whatever a file is called, what is said of it is one line that does nothing to a terminal."""
    said = backup(data, tmp_path / "odd\n\x1b[31mname\udcff")
    assert said.startswith(f"Backup {tmp_path}/odd\\n\\x1b[31mname\\udcff was made and verified")
    assert len(said.splitlines()) == 1
    assert len(admin(data)) == 2


def test_no_such_place(data: Path, tmp_path: Path) -> None:
    """What is missing is named."""
    said = backup(data, tmp_path / "not" / "there", code=1)
    assert said == f"Backup {tmp_path}/not/there was not made: {tmp_path}/not: no such file\n"


def test_no_data(tmp_path: Path) -> None:
    """A mistyped directory is not made."""
    said = backup(tmp_path / "not", tmp_path / "backup.tar", code=1)
    assert said == f"There is no database of Vestnik in {tmp_path}/not\n"
    assert files(tmp_path) == set()
    assert not (tmp_path / "not").exists()


def test_without_its_record(data: Path, tmp_path: Path) -> None:
    """When the journal of administration cannot be written nothing is copied."""
    day = data / "log" / f"admin.log.{date.today().isoformat()}"
    day.mkdir(parents=True)
    said = backup(data, tmp_path / "backup.tar", code=1)
    assert said.startswith("Nothing was done, for the journal of administration (admin.log) cannot be written: ")
    assert not (tmp_path / "backup.tar").exists()


ENDED = """
import os, sys
from vestnik.cli.backup import backup
from vestnik.cli.main import main
number = int(sys.argv.pop())
backup.take_snapshot = lambda *_: os.kill(os.getpid(), number)
main(sys.argv[1:])
"""


@pytest.mark.parametrize("number", ENDING)
def test_ended_early(data: Path, tmp_path: Path, number: signal.Signals) -> None:
    """A signal leaves nothing behind but the record that it was not made."""
    file = tmp_path / "backup.tar"
    done = subprocess.run(
        [sys.executable, "-c", ENDED, "backup", str(file), "--data", str(data), "--lang", "en", str(int(number))],
        capture_output=True,
        encoding="utf-8",
        env=clean_environment(),
        timeout=DEADLINE,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, f"Backup {file} was not made: interrupted\n")
    assert admin(data)[-1] == f"ERROR    admin      Error! The backup to {file} was not made: interrupted"
    assert files(tmp_path) == set()
    assert files(data) == {DATABASE}


def test_what_a_killed_one_has_left(data: Path, tmp_path: Path) -> None:
    """Its unfinished files go with the next backup of that name; those of one at work, and other files, stay."""
    for name in ("snapshot-left.unfinished", "snapshot-left.unfinished-journal", "snapshot.mine"):
        (data / name).touch()
    for name in (".backup.tar-left.unfinished", ".another.tar-left.unfinished"):
        (tmp_path / name).touch()
    with (data / "snapshot-held.unfinished").open("w") as held:
        assert module.take(held.fileno())
        backup(data, tmp_path / "backup.tar")
        assert {name for name in files(data) if "snapshot" in name} == {"snapshot-held.unfinished", "snapshot.mine"}
    assert files(tmp_path) == {"backup.tar", ".another.tar-left.unfinished"}


def test_a_link(data: Path, tmp_path: Path) -> None:
    """A link in the place of the backup stays one: the file that it leads to is made, and then replaced."""
    (tmp_path / "disk").mkdir()
    (tmp_path / "latest.tar").symlink_to("disk/backup.tar")
    for _ in range(2):
        backup(data, tmp_path / "latest.tar")
        assert (tmp_path / "latest.tar").is_symlink()
        assert files(tmp_path / "disk") == {"backup.tar"}


def test_days_are_put_away_meanwhile(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A journal whose days go while it is copied is begun anew; when that never ends it fails."""
    settings = make_settings({"data": str(data)})
    program = Scribe(settings.log_path, "server")
    program.write("one")
    program.close()
    times = 0
    read_part = module.read_part

    def gone(part: object) -> object:
        nonlocal times
        times += 1
        if times <= until:
            raise DayGone
        return read_part(part)  # type: ignore[arg-type]  # it is given on

    monkeypatch.setattr(module, "read_part", gone)
    until = 2
    _, journals = make_backup(settings, tmp_path / "backup.tar")
    assert journals == ["server"]
    assert len(members(tmp_path / "backup.tar")) == len(set(members(tmp_path / "backup.tar")))
    until = 1_000
    with pytest.raises(BlockingIOError):
        make_backup(settings, tmp_path / "another.tar")
    assert files(tmp_path) == {"backup.tar"}
