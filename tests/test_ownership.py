"""Root in the data of another user: everything there stays that user's."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.data import add_accounts
from tests.support.process import VESTNIK, clean_environment, vestnik
from tests.support.waiting import DEADLINE
from vestnik.ownership import give, make_owned

pytestmark = pytest.mark.skipif(os.getuid() != 0, reason="only root can give")
NOBODY = 65_534
AS_NOBODY = f"""
import os, sys
import vestnik.cli.admin.user
from vestnik.chat.strength import _common
from vestnik.cli.main import main
_common()  # where Python is installed others may not look
os.setgroups([]), os.setgid({NOBODY}), os.setuid({NOBODY})
main(["user", "--lang", "en", "--data", *sys.argv[1:]])
"""


@pytest.fixture
def data() -> Iterator[Path]:
    """Data of somebody else, with the account anna, where that user can get at it."""
    with tempfile.TemporaryDirectory() as made:
        directory = Path(made)
        add_accounts(directory, ["anna"], "secret")
        for path in (directory, *directory.iterdir()):
            os.chown(path, NOBODY, NOBODY)
        yield directory


def by_root(data: Path, *arguments: str) -> None:
    """Run `vestnik user` as root."""
    done = vestnik("user", "--data", str(data), *arguments, password="secret")
    assert done.returncode == 0, done.stderr


def by_nobody(data: Path, *arguments: str, code: int = 0) -> str:
    """Run `vestnik user` as the user that the data belongs to; what it printed."""
    environment = clean_environment(HOME="/", VESTNIK_PASSWORD="seven cold spoons")
    done = subprocess.run(
        [sys.executable, "-c", AS_NOBODY, str(data), *arguments],
        capture_output=True,
        encoding="utf-8",
        env={name: value for name, value in environment.items() if not name.startswith("COV")},
        cwd="/",
        timeout=DEADLINE,
        check=False,
    )
    assert done.returncode == code, done.stderr
    return done.stdout + done.stderr


def owners(data: Path) -> set[int]:
    """The users that files and directories in the data belong to; who owns a link or a socket is in nobody's way."""
    found = [path for path in (data, *data.rglob("*")) if not path.is_symlink() and not path.is_socket()]
    return {path.stat().st_uid for path in found}


def records(data: Path) -> list[tuple[str, int]]:
    """The events in the journal of administration, and the users who asked."""
    lines = (data / "log" / "admin.jsonl").read_text("utf-8").splitlines()
    return [(record["event"], record["uid"]) for record in map(json.loads, lines)]


def test_commands(data: Path) -> None:
    """What root does leaves only files of the owner, who goes on, and whose refusals are recorded, too."""
    by_root(data, "add", "boris")
    assert owners(data) == {NOBODY}
    assert by_nobody(data, "add", "clara") == "Account clara created\n"
    assert by_nobody(data, "add", "clara", code=1) == "The name clara is already taken\n"
    assert records(data) == [("admin.added", 0), ("admin.added", NOBODY), ("admin.refused", NOBODY)]


def test_a_server(data: Path) -> None:
    """A server that root starts by mistake leaves nothing of root's, neither while it runs nor when it is killed."""
    command = (*VESTNIK, "server", "-a", "127.0.0.1", "-p", "0", "--data", str(data), "--lang", "en")
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, encoding="utf-8", env=clean_environment()
    ) as server:
        assert server.stderr is not None
        assert "Server started" in server.stderr.readline()
        by_root(data, "disable", "anna")
        server.kill()
        server.stderr.read()
    assert owners(data) == {NOBODY}
    assert by_nobody(data, "enable", "anna") == "Account anna enabled\n"


def test_keys(data: Path) -> None:
    """A key that root sets up is the owner's."""
    done = vestnik("journal", "setup-keys", "admin", "--data", str(data))
    assert done.returncode == 0
    assert owners(data) == {NOBODY}
    assert by_nobody(data, "disable", "anna") != ""
    assert vestnik("journal", "verify", "admin", "--data", str(data), VESTNIK_JOURNAL_KEY=done.stdout).returncode == 0


def test_a_file_of_root_from_before(data: Path) -> None:
    """A day that is root's is named to the owner, whatever is asked for; the next command of root's mends it."""
    by_root(data, "add", "boris")
    day = (data / "log" / "admin.log").resolve()
    os.chown(day, 0, 0)
    for asked in (["disable", "anna"], ["disable", "nobody"]):
        said = by_nobody(data, *asked, code=1)
        assert said.startswith("Nothing was done, for the journal of administration (admin.log) cannot be written: ")
        assert said.endswith(f"{day}: permission denied\n")
    by_root(data, "list")
    assert by_nobody(data, "disable", "anna") == "Account anna disabled\n"


def test_what_is_given(data: Path) -> None:
    """Only what is root's, in the directory of somebody else, and has no second name."""
    mine, theirs, twice, other = (data / name for name in ("mine", "theirs", "twice", "other"))
    for path in (mine, theirs, twice):
        path.touch()
    os.chown(theirs, 1, 1)
    os.link(twice, other)
    for path in (mine, theirs, twice):
        with path.open("rb") as file:
            give(file.fileno(), path)
    assert [path.stat().st_uid for path in (mine, theirs, twice)] == [NOBODY, 1, 0]


def test_directories(data: Path) -> None:
    """Directories that are made on the way are given with the last one."""
    make_owned(data / "one" / "two", 0o750)
    assert owners(data) == {NOBODY}
    assert (data / "one" / "two").stat().st_mode & 0o777 == 0o750


def test_others_give_nothing(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is not root does not even try."""
    monkeypatch.setattr(os, "geteuid", lambda: NOBODY)
    monkeypatch.setattr(os, "fchown", lambda *_values: pytest.fail("tried"))
    with (data / "mine").open("wb") as file:
        give(file.fileno(), data / "mine")
