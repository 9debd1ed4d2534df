"""Files that are somebody else's: every command says in a line which, and shows no traceback."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.process import ServerProcess
from tests.support.stranger import as_stranger, hide

COMMANDS = (
    ("server", "-p", "0"),
    ("user", "list"),
    ("user", "add", "boris"),
    ("journal",),
    ("journal", "stats"),
    ("journal", "message", "#tea/1"),
    ("journal", "verify"),
    ("journal", "setup-keys"),
)


@pytest.fixture
def data() -> Iterator[Path]:
    """Data in a place that everybody may enter, with all that a server leaves."""
    directory = Path(tempfile.mkdtemp(prefix="vestnik-"))
    directory.chmod(0o755)
    with ServerProcess(directory / "data") as server:
        server.stop()
    (directory / "data").chmod(0o755)
    yield directory / "data"
    for path in (directory, *directory.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o700)
    shutil.rmtree(directory)


def refused(data: Path, *command: str) -> list[str]:
    """What a command says that can do nothing there."""
    done = as_stranger(*command, "--data", str(data), "--lang", "en", VESTNIK_PASSWORD="x")
    assert done.returncode in {1, 2}
    assert "Traceback" not in done.stdout + done.stderr
    return done.stderr.splitlines()


@pytest.mark.parametrize("command", COMMANDS, ids="-".join)
def test_a_directory(data: Path, command: tuple[str, ...]) -> None:
    """Of a directory that is somebody else's every command says so in one line, and leaves no trace there."""
    hide(data)
    (line,) = refused(data, *command)
    assert f"Cannot read the settings in {data}: permission denied" in line


@pytest.mark.parametrize("command", COMMANDS[:3], ids="-".join)
def test_the_journal(data: Path, command: tuple[str, ...]) -> None:
    """Nothing is begun that could not be recorded."""
    data.chmod(0o777)
    (data / "vestnik.lock").chmod(0o666)
    (data / "vestnik.db").chmod(0o666)
    hide(data / "log")
    (line,) = refused(data, *command)
    assert f"{data}/log" in line
    assert "permission denied" in line.lower()


@pytest.mark.parametrize("command", COMMANDS[3:6], ids="-".join)
def test_a_reader_of_files(data: Path, command: tuple[str, ...]) -> None:
    """Who may enter, but not read, is told which files these are, and nothing that sounds like an answer."""
    for path in (data / "vestnik.db", *(data / "log").iterdir()):
        if not path.is_symlink():
            hide(path)
    lines = refused(data, *command)
    assert all(str(data) in line and line.endswith(": permission denied") for line in lines)
    assert lines


@pytest.mark.parametrize("command", COMMANDS[:3], ids="-".join)
def test_the_database(data: Path, command: tuple[str, ...]) -> None:
    """The line names the file."""
    data.chmod(0o777)
    (data / "log").chmod(0o777)
    for path in (data / "log").iterdir():
        if not path.is_symlink():
            path.chmod(0o666)
    (data / "vestnik.lock").chmod(0o666)
    hide(data / "vestnik.db")
    (line,) = refused(data, *command)
    assert f"Cannot write to {data}/vestnik.db: permission denied" in line
