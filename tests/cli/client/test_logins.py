"""Logins that are remembered."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from vestnik.cli.client.logins import MAX_TOKEN, RememberedLogin


def login(directory: Path, host: str = "chat.example", port: int = 7777, account: str = "anna") -> RememberedLogin:
    """The login of somebody somewhere."""
    return RememberedLogin(directory / "logins", host, port, account)


def token(remembered: RememberedLogin) -> str | None:
    """The text of a token."""
    found = remembered.token()
    return None if found is None else found.reveal()


def test_a_token_is_kept(tmp_path: Path) -> None:
    """It is there the next time, in a file that nobody else may read, and not any more when it was forgotten."""
    assert token(login(tmp_path)) is None
    assert login(tmp_path).keep("one")
    assert token(login(tmp_path)) == "one"
    assert token(login(tmp_path, host="CHAT.example.", account="Anna")) == "one"
    (file,) = (tmp_path / "logins").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    made = login(tmp_path)
    assert made.keep("two")
    assert not made.keep("two")
    assert not made.keep(None)
    assert token(login(tmp_path)) == "two"
    made.forget()
    made.forget()
    assert token(login(tmp_path)) is None
    assert list((tmp_path / "logins").iterdir()) == []


def test_no_other_server_gets_it(tmp_path: Path) -> None:
    """It is for one account at one address and port."""
    login(tmp_path).keep("one")
    for other in (
        login(tmp_path, host="chat.example.org"),
        login(tmp_path, port=7778),
        login(tmp_path, account="boris"),
    ):
        assert token(other) is None


def _open(path: Path) -> None:
    path.chmod(0o644)


def _link(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.symlink_to(path.with_name("elsewhere"))


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


@pytest.mark.parametrize(
    "harm",
    [
        _open,
        _link,
        _pipe,
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"\xff{"),
        lambda path: path.write_bytes(b'{"server":"chat.example 1","account":"anna","token":"one"}'),
        lambda path: path.write_bytes(b'{"server":"chat.example 7777","account":"anna","token":7}'),
        lambda path: path.write_bytes(b" " * 1_000_000),
    ],
    ids=["open", "link", "pipe", "empty", "no JSON", "another's", "a number", "huge"],
)
def test_what_cannot_be_trusted(tmp_path: Path, harm: Callable[[Path], object]) -> None:
    """A file that others may read, that is none, or that is damaged is no login, and the next one takes its place."""
    login(tmp_path).keep("one")
    (file,) = (tmp_path / "logins").iterdir()
    harm(file)
    made = login(tmp_path)
    assert token(made) is None
    assert made.keep("two")
    assert token(login(tmp_path)) == "two"
    assert stat.S_IMODE(file.lstat().st_mode) == 0o600


def test_where_nothing_can_be_written(tmp_path: Path) -> None:
    """It is said why a login could not be remembered; what is much too long for a token is none."""
    (tmp_path / "logins").write_text("a file")
    made = login(tmp_path)
    assert not made.keep("one")
    assert made.failure
    assert not login(tmp_path / "other").keep("x" * (MAX_TOKEN + 1))
