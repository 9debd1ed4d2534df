"""A directory that is mistyped gets nothing."""

from pathlib import Path

import pytest

from tests.support.data import make_data
from tests.support.process import vestnik
from vestnik.cli.data import need_data
from vestnik.cli.failure import Failure

COMMANDS = (
    ("user", "add", "anna"),
    ("user", "list"),
    ("user", "passwd", "anna"),
    ("user", "disable", "anna"),
    ("user", "enable", "anna"),
    ("journal",),
    ("journal", "show", "admin"),
    ("journal", "stats"),
    ("journal", "message", "#tea/1"),
    ("journal", "verify"),
    ("journal", "copy", "copy"),
    ("journal", "setup-keys"),
    ("journal", "setup-keys", "admin"),
)


@pytest.mark.parametrize("command", COMMANDS, ids="-".join)
def test_a_mistyped_directory(tmp_path: Path, command: tuple[str, ...]) -> None:
    """No command but the server makes data where there is none: it says so in a line."""
    done = vestnik(*command, "--data", str(tmp_path / "mistyped"), "--lang", "en", password="x", cwd=tmp_path)
    assert done.returncode in {1, 2}
    (line,) = done.stderr.splitlines()
    assert str(tmp_path / "mistyped") in line
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", COMMANDS[1:5], ids="-".join)
def test_an_empty_directory(tmp_path: Path, command: tuple[str, ...]) -> None:
    """Where nothing is yet there is nobody to list or to change either, and nothing is made for them."""
    done = vestnik(*command, "--data", str(tmp_path), "--lang", "en", password="x")
    assert done.returncode == 1
    assert done.stderr.startswith(f"There is no data of Vestnik in {tmp_path}")
    assert list(tmp_path.iterdir()) == []


def test_the_first_account(tmp_path: Path) -> None:
    """The first account may come before the first start, in a directory that was made for it and has nothing else."""
    (tmp_path / "vestnik.toml").touch()
    (tmp_path / "lost+found").mkdir()
    need_data(tmp_path, "en", new=True)
    (tmp_path / "thesis.odt").touch()
    with pytest.raises(Failure):
        need_data(tmp_path, "en", new=True)
    make_data(tmp_path)
    need_data(tmp_path, "en")


def test_several_journals(tmp_path: Path) -> None:
    """Of all journals that there are, a missing one of the server is named."""
    done = vestnik("journal", "--merge", "--data", str(tmp_path), "--log-dir", str(tmp_path), "--lang", "en")
    assert done.returncode == 1
    (tmp_path / "client.log.2026-11-22").touch()
    done = vestnik("journal", "--merge", "--data", str(tmp_path), "--log-dir", str(tmp_path), "--lang", "en")
    assert (done.returncode, done.stderr) == (0, f"There is no journal server in {tmp_path}\n")
