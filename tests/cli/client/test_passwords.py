"""`vestnik account`: commands about one's own account, with secrets from standard input or a terminal."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.data import add_accounts
from tests.support.process import VESTNIK, ServerProcess, vestnik
from tests.support.terminal import Terminal

OLD, NEW = "secret", "seven cold spoons"


@pytest.fixture
def where(tmp_path: Path) -> Iterator[list[str]]:
    """Options that lead to a server with the account anna."""
    add_accounts(tmp_path / "data", ["anna"], OLD)
    with ServerProcess(tmp_path / "data") as server:
        yield ["-p", str(server.port), "-u", "anna", "--log-dir", str(tmp_path / "log"), "--lang", "en"]


def test_passwd(where: list[str], tmp_path: Path) -> None:
    """The password is changed by who knows it; what is refused is said, with exit code 1; no journal has one."""
    for lines, code, said in (
        (f"{OLD}\nmumble\n", 1, "A password cannot be shorter than 8 characters: some words do well\n"),
        (f"{OLD}\n{NEW}\n", 0, "User anna changed the password\n"),
        (f"{OLD}\n{NEW}\n", 1, "User anna does not exist or the password is wrong\n"),
    ):
        done = vestnik("account", "passwd", *where, stdin=lines)
        assert (done.returncode, done.stdout + done.stderr) == (code, said)
    assert vestnik("client", *where, password=NEW).returncode == 0
    for path in (tmp_path / "log").iterdir():
        assert NEW not in path.read_text("utf-8", "replace")


def test_reset(where: list[str]) -> None:
    """A code that is none is refused."""
    done = vestnik("account", "reset", *where, stdin=f"7QK2M\n{NEW}\n")
    assert (done.returncode, done.stderr) == (1, "The code is wrong, was used, or is not good any more\n")


def test_nobody_to_ask(where: list[str]) -> None:
    """What is missing on standard input is named."""
    done = vestnik("account", *where, "passwd", stdin=f"{OLD}\n")
    assert done.returncode == 2
    assert "A line of standard input is needed: New password" in done.stderr


def test_no_server(port: int, tmp_path: Path) -> None:
    """Where nobody listens, that is said in a line."""
    where = ("-p", str(port), "-u", "anna", "--log-dir", str(tmp_path), "--lang", "en")
    done = vestnik("account", "passwd", *where, stdin=f"{OLD}\n{NEW}\n")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1


def test_terminal(where: list[str]) -> None:
    """In a terminal nothing that is typed is shown, and the new password is asked for until it is the same twice."""
    with Terminal([*VESTNIK, "account", "passwd", *where]) as typed:
        seen = 0
        for password in (OLD, "one", "two", NEW, NEW):
            seen = typed.wait_for(": ", after=seen)
            typed.type(f"{password}\r")
        typed.wait_for("User anna changed the password")
        assert NEW not in typed.seen
