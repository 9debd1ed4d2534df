"""Which server, as whom and how: options, variables and the file of settings together."""

from pathlib import Path

import click
import pytest

from vestnik.cli.client import main
from vestnik.cli.client.choice import Choice, choose


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of settings, which is not there yet."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    for name in ("SERVER", "PORT", "USER", "LANG", "REMEMBER", "JOURNAL_TEXT", "LOG_DIR", "LOG_LEVEL", "TRACE"):
        monkeypatch.delenv(f"VESTNIK_{name}", raising=False)
    (tmp_path / "vestnik").mkdir()
    return tmp_path / "vestnik" / "client.toml"


def chosen(*arguments: str) -> Choice:
    """What the client makes of its arguments."""
    with main.command.make_context("client", list(arguments)) as context:
        return choose(context, context.params)


def test_nothing_said(file: Path) -> None:
    """Nobody has to say anything but who they are."""
    found = chosen()
    assert (found.host, found.port, found.user, found.lang) == ("127.0.0.1", 7777, "", "ru")
    assert (found.remember, found.journal_text, found.trace) == (True, True, False)
    assert not file.exists()


def test_who_wins(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Options win over variables, variables over the file."""
    file.write_text('user = "clara"\nlang = "en"\naddress = "c"\nremember = false\njournal_text = false\n')
    assert chosen()[:4] == ("c", 7777, "clara", "en")
    assert not chosen().remember
    assert not chosen().journal_text
    monkeypatch.setenv("VESTNIK_USER", "boris")
    monkeypatch.setenv("VESTNIK_SERVER", "b")
    monkeypatch.setenv("VESTNIK_REMEMBER", "1")
    assert chosen()[:4] == ("b", 7777, "boris", "en")
    assert chosen().remember
    assert chosen("-u", "anna", "-a", "a", "--lang", "ru", "--journal-text")[:4] == ("a", 7777, "anna", "ru")
    assert chosen("--journal-text").journal_text
    assert not chosen("--no-remember").remember


def test_two_ports(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a port in the address and one beside it the one holds that was said more strongly."""
    assert chosen("-a", "a:1")[:2] == ("a", 1)
    assert chosen("-a", "a:1", "-p", "1")[:2] == ("a", 1)
    with pytest.raises(click.UsageError, match="порт 1, а в -p порт 2"):
        chosen("-a", "a:1", "-p", "2")
    monkeypatch.setenv("VESTNIK_PORT", "2")
    assert chosen("-a", "a:1")[:2] == ("a", 1)
    assert chosen("-a", "a")[:2] == ("a", 2)
    file.write_text('address = "c:3"\n')
    assert chosen()[:2] == ("c", 2)
    assert chosen("-p", "4")[:2] == ("c", 4)
    monkeypatch.delenv("VESTNIK_PORT")
    monkeypatch.setenv("VESTNIK_SERVER", "b:5")
    file.write_text("port = 6\n")
    assert chosen()[:2] == ("b", 5)


def test_no_port(file: Path) -> None:
    """Nobody can be reached at port 0, and it does not stand for the usual one."""
    with pytest.raises(click.BadParameter):
        chosen("-p", "0")


def test_no_address(file: Path) -> None:
    """What is no address is said in the language chosen."""
    with pytest.raises(click.UsageError, match="is no address"):
        chosen("-a", "http://a", "--lang", "en")
    file.write_text('address = "a:b"\nlang = "en"\n')
    with pytest.raises(click.UsageError, match="a:b is no address"):
        chosen()
