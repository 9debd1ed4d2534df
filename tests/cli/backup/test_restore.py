"""`vestnik restore`."""

import gzip
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from tests.support.data import add_accounts, writing
from tests.support.process import ServerProcess, clean_environment, vestnik
from tests.support.waiting import DEADLINE
from vestnik.cli.backup.ending import ENDING
from vestnik.store.lock import Lock
from vestnik.store.queries.epochs import current_epoch
from vestnik.store.store import DATABASE


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Data with the account anna, which a server has worked with."""
    add_accounts(tmp_path / "data", ["anna"], "secret")
    with ServerProcess(tmp_path / "data", "--lang", "en"):
        pass
    return tmp_path / "data"


@pytest.fixture
def backup(data: Path, tmp_path: Path) -> Path:
    """A backup of the data."""
    file = tmp_path / "backup.tar"
    assert vestnik("backup", str(file), "--data", str(data)).returncode == 0
    return file


def restore(data: Path, file: Path, *, code: int = 0, lang: str = "en") -> str:
    """Run the command; what it printed."""
    done = vestnik("restore", str(file), "--data", str(data), "--lang", lang)
    assert (done.returncode, "Traceback" in done.stderr) == (code, False), done.stderr
    return done.stdout + done.stderr


def epoch(data: Path) -> str:
    """The epoch of the database."""
    with writing(data) as connection:
        return current_epoch(connection).epoch


def names(database: Path) -> list[str]:
    """The accounts in a database."""
    with closing(sqlite3.connect(database)) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM account ORDER BY name")]


def admin(data: Path) -> list[str]:
    """The lines of the journal of administration, without times."""
    return [line[24:] for line in (data / "log" / "admin.log").read_text("utf-8").splitlines()]


def content(directory: Path) -> dict[str, bytes]:
    """All files in a directory and below it."""
    return {str(path.relative_to(directory)): path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def verified(data: Path) -> None:
    """That the journals are as they were written."""
    for name in ("server", "admin"):
        done = vestnik("journal", "verify", name, "--data", str(data), "--lang", "en")
        assert done.returncode == 0, done.stdout


def test_elsewhere(data: Path, backup: Path, tmp_path: Path) -> None:
    """On another machine all is there: accounts, and journals with their seals, which go on."""
    there = tmp_path / "there"
    said = restore(there, backup)
    assert said.splitlines() == [
        f"The database in {there} was restored from {backup}: records up to number 0, new epoch {epoch(there)}",
        f"Journal server was restored in {there}/log",
        f"Journal admin was restored in {there}/log",
    ]
    assert names(there / DATABASE) == ["anna"]
    assert stat.S_IMODE((there / DATABASE).stat().st_mode) == 0o600
    assert stat.S_IMODE((there / "log" / "server.seals.key").stat().st_mode) == 0o600
    with ServerProcess(there, "--lang", "en") as server:
        assert f"new epoch {epoch(there)}, clients begin anew" in server.journal
        first = (data / "log" / "server.log").read_text("utf-8").splitlines()[0]
        assert server.journal.startswith(first)
    assert admin(there) == [
        f"INFO     admin      Начата резервная копия в {backup}",
        f"INFO     admin      Restoring from {backup} was begun",
        f"INFO     admin      The database was restored from {backup}: it has records up to number 0, "
        f"epoch {epoch(there)} began",
    ]
    verified(there)


def test_in_place(data: Path, backup: Path) -> None:
    """What is there is not lost: the database is aside, the journals stay and go on."""
    add_accounts(data, ["boris"], "secret")
    before = epoch(data)
    *said, aside = restore(data, backup).splitlines()
    assert said[1:] == [
        f"There is a journal {name} in {data}/log, which stays; the one in the backup was not restored"
        for name in ("server", "admin")
    ]
    (old,) = data.glob(f"{DATABASE}.replaced-*")
    assert aside == f"The database that was there: {old}. Remove it when nobody needs it"
    assert (names(data / DATABASE), names(old)) == (["anna"], ["anna", "boris"])
    assert epoch(data) != before
    assert not (data / "search.db").exists()
    with ServerProcess(data, "--lang", "en") as server:
        assert f"new epoch {epoch(data)}, clients begin anew" in server.journal
    verified(data)


AT_NOON = """
import sys, time
from vestnik.cli.main import main
time.strftime = lambda *_: "20261130-120000"
main(sys.argv[1:])
"""


def test_twice_in_a_second(data: Path, backup: Path) -> None:
    """Each database that is replaced gets a name of its own."""
    for _ in range(3):
        subprocess.run(
            [sys.executable, "-c", AT_NOON, "restore", str(backup), "--data", str(data)],
            check=True,
            env=clean_environment(),
            timeout=DEADLINE,
        )
    first = f"{DATABASE}.replaced-20261130-120000"
    assert {path.name for path in data.glob(f"{DATABASE}.replaced-*")} == {first, f"{first}-2", f"{first}-3"}


def test_in_russian(backup: Path, tmp_path: Path) -> None:
    """It says so in Russian."""
    assert restore(tmp_path / "there", backup, lang="ru").startswith(
        f"База в {tmp_path}/there восстановлена из {backup}"
    )


def test_compressed(backup: Path, tmp_path: Path) -> None:
    """A backup that was compressed need not be unpacked."""
    packed = tmp_path / "backup.tar.gz"
    packed.write_bytes(gzip.compress(backup.read_bytes()))
    restore(tmp_path / "there", packed)
    assert names(tmp_path / "there" / DATABASE) == ["anna"]


def test_a_bare_database(data: Path, tmp_path: Path) -> None:
    """A copy of the database alone, as backups were before, will do; not one whose log is beside it."""
    shutil.copy(data / DATABASE, tmp_path / "old.db")
    before = epoch(data)
    restore(tmp_path / "there", tmp_path / "old.db")
    assert names(tmp_path / "there" / DATABASE) == ["anna"]
    assert epoch(tmp_path / "there") != before
    (tmp_path / "old.db-wal").write_text("something")
    said = restore(tmp_path / "elsewhere", tmp_path / "old.db", code=1)
    assert f"there is {tmp_path}/old.db-wal beside it: a database that is in use or was not closed" in said
    assert not (tmp_path / "elsewhere" / DATABASE).exists()


def test_beside_a_server(data: Path, backup: Path) -> None:
    """While a server runs nothing is done, and the attempt is recorded."""
    with ServerProcess(data) as server:
        said = restore(data, backup, code=1)
        reason = f"a server (process {server.pid}) works with the data in {data}: stop it"
        assert said == f"Nothing was restored from {backup}, all is as it was: {reason}\n"
        assert admin(data)[-1].endswith(f"Restoring from {backup} failed, the database is as it was: {reason}")


def test_a_damaged_backup(data: Path, backup: Path, tmp_path: Path) -> None:
    """A byte that changed, an end that is missing, another file: nothing is changed, and the attempt is recorded."""
    whole = backup.read_bytes()
    at = whole.index(b"SQLite format 3") + 10_000
    (tmp_path / "changed").write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
    (tmp_path / "cut").write_bytes(whole[: len(whole) * 2 // 3])
    (tmp_path / "diary").write_text("diary")
    (tmp_path / "database").write_bytes((data / DATABASE).read_bytes()[:20_000])
    before = (data / DATABASE).read_bytes()
    for name in ("changed", "cut", "diary", "database"):
        said = restore(data, tmp_path / name, code=1)
        assert said.startswith(f"Nothing was restored from {tmp_path / name}, all is as it was: "), said
        assert len(said.splitlines()) == 1
        assert "ERROR    admin      Error! Restoring from" in admin(data)[-1]
    assert (data / DATABASE).read_bytes() == before
    assert not [path for path in (*data.iterdir(), *(data / "log").iterdir()) if path.name.startswith("restore-")]


@pytest.mark.parametrize(
    ("name", "lang", "reason"),
    [
        ("diary", "en", "this is no backup of Vestnik"),
        ("diary", "ru", "это не резервная копия Вестника"),
        ("cut", "en", "the backup is not whole, or damaged (unexpected end of data)"),
        ("missing", "ru", "{path}: такого файла нет"),
    ],
)
def test_reasons(backup: Path, tmp_path: Path, name: str, lang: str, reason: str) -> None:
    """What is wrong is said in the language of the command."""
    (tmp_path / "diary").write_text("diary" * 1000)
    (tmp_path / "cut").write_bytes(backup.read_bytes()[:100_000])
    said = restore(tmp_path / "there", tmp_path / name, code=1, lang=lang)
    assert said.endswith(f": {reason}\n".format(path=tmp_path / name))


def test_of_a_newer_program(data: Path, tmp_path: Path) -> None:
    """A backup that this program does not understand is refused by its name."""
    newer = tmp_path / "newer.db"
    shutil.copy(data / DATABASE, newer)
    with closing(sqlite3.connect(newer)) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    for path in tmp_path.glob("newer.db-*"):
        path.unlink()
    assert f"Database {newer} is newer than the program: its schema is 9999" in restore(data, newer, code=1)


@pytest.mark.parametrize("name", ["not there", "."])
def test_no_file(tmp_path: Path, name: str) -> None:
    """What cannot be read is said in a line, and no data directory is made."""
    said = restore(tmp_path / "there", tmp_path / name, code=1)
    assert len(said.splitlines()) == 1
    assert not (tmp_path / "there").exists()


def test_without_its_record(data: Path, backup: Path) -> None:
    """When the journal of administration cannot be written, the database stays."""
    add_accounts(data, ["boris"], "secret")
    day = data / "log" / f"admin.log.{date.today().isoformat()}"
    day.rename(data / "aside")
    day.mkdir()
    said = restore(data, backup, code=1)
    assert said.startswith("Nothing was done, for the journal of administration (admin.log) cannot be written: ")
    assert names(data / DATABASE) == ["anna", "boris"]


def test_after_a_kill(data: Path, backup: Path) -> None:
    """That the last run did not end properly is told by the next one, also after a restore in between."""
    with ServerProcess(data) as server:
        server.kill()
    restore(data, backup)
    lock = Lock(data)
    lock.acquire()
    assert lock.stale == server.pid
    lock.release()


def test_what_a_killed_one_has_left(data: Path, backup: Path) -> None:
    """What was unpacked and not put in its place goes with the next one."""
    for directory in (data, data / "log"):
        (directory / "restore-left").mkdir()
        (directory / "restore-left" / "file").write_text("left")
    restore(data, backup)
    assert not [name for name in content(data) if "restore-" in name]


def test_a_database_on_another_disk(data: Path, backup: Path, tmp_path: Path) -> None:
    """A link in the place of the database stays one: the file that it leads to is replaced."""
    elsewhere = tmp_path / "disk"
    elsewhere.mkdir()
    (data / DATABASE).rename(elsewhere / "base.db")
    (data / DATABASE).symlink_to(elsewhere / "base.db")
    restore(data, backup)
    assert (data / DATABASE).readlink() == elsewhere / "base.db"
    assert len(list(elsewhere.glob("base.db.replaced-*"))) == 1


ENDED = """
import os, sys
from vestnik.cli.backup import restore
from vestnik.cli.main import main
where, number = sys.argv.pop(), int(sys.argv.pop())
function = getattr(restore, where)
def ended(*values):
    os.kill(os.getpid(), number)
    return function(*values)
setattr(restore, where, ended)
main(sys.argv[1:])
"""


@pytest.mark.parametrize("number", ENDING)
def test_ended_early(data: Path, backup: Path, number: signal.Signals) -> None:
    """A signal ends it before anything is changed, and is recorded; once that has begun it is done to its end."""
    add_accounts(data, ["boris"], "secret")
    for where, expected in (("check_whole", ["anna", "boris"]), ("put_in_place", ["anna"])):
        command = [sys.executable, "-c", ENDED, "restore", str(backup), "--data", str(data), "--lang", "en"]
        done = subprocess.run(
            [*command, str(int(number)), where],
            capture_output=True,
            encoding="utf-8",
            env=clean_environment(),
            timeout=DEADLINE,
            check=False,
        )
        assert "Traceback" not in done.stderr
        assert names(data / DATABASE) == expected
        last = admin(data)[-1]
        if len(expected) == 2:
            assert (done.returncode, "all is as it was: interrupted" in done.stderr) == (1, True)
            assert last.endswith("the database is as it was: interrupted")
        else:
            assert "was restored from" in last
    assert not [name for name in content(data) if "restore-" in name]


def test_what_has_no_end(tmp_path: Path) -> None:
    """A device or a pipe is no backup: it is not read, and no directory is made for it."""
    said = restore(tmp_path / "new", Path("/dev/zero"), code=1)
    assert said.strip() == "Nothing was restored from /dev/zero, all is as it was: this is no backup of Vestnik"
    assert not (tmp_path / "new").exists()
