"""`vestnik client` in a terminal."""

import stat
from pathlib import Path

import pytest

from tests.support.data import add_accounts
from tests.support.process import VESTNIK, ServerProcess
from tests.support.terminal import Terminal, drawn


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Data of a server with two accounts."""
    add_accounts(tmp_path / "data", ["anna", "boris"], "secret")
    return tmp_path / "data"


def client(server: ServerProcess, tmp_path: Path, user: str, *more: str) -> Terminal:
    """Somebody's client in a terminal."""
    arguments = ("client", "-p", str(server.port), "-u", user, "--log-dir", str(tmp_path / user), "--lang", "en")
    state = str(tmp_path / "state" / user)
    return Terminal([*VESTNIK, *arguments, *more], VESTNIK_PASSWORD="secret", XDG_STATE_HOME=state)


def test_two_people_talk(data: Path, tmp_path: Path) -> None:
    """Messages appear with their numbers and changes as sentences, above the prompt."""
    with (
        ServerProcess(data, "--lang", "en") as server,
        client(server, tmp_path, "anna") as anna,
        client(server, tmp_path, "boris") as boris,
    ):
        anna.wait_for("You are logged in as anna")
        anna.type("/create #tea\r")
        anna.wait_for("* anna created room #tea")
        boris.wait_for("boris → ?>")
        boris.type("/join #tea\r")
        anna.wait_for("* boris joined #tea")
        anna.type("Tea?\r")
        anna.wait_for(drawn(1, "anna", "Tea?"))
        boris.wait_for(drawn(1, "anna", "Tea?"))
        boris.type("/reply 1 Yes\r")
        anna.wait_for(drawn(2, "boris", "Yes"))
        boris.type("/edit 2 Yes, please\r")
        anna.wait_for(drawn(2, "boris", "Yes, please"))
        boris.type("/nonsense\r")
        boris.wait_for("There is no command /nonsense; /help lists all")
        boris.type("/quit\r")
        assert boris.wait() == 1  # of the nonsense
        assert anna.leave() == 0


def test_the_server_comes_back(data: Path, tmp_path: Path, port: int) -> None:
    """A lost connection is told, one can go on typing, and what was typed is sent when the server is back."""
    with (
        ServerProcess(data, "--lang", "en", port=port) as first,
        client(first, tmp_path, "anna") as anna,
    ):
        anna.wait_for("anna → ?>")
        anna.type("/to boris\r")
        anna.wait_for("boris>")
        first.kill()
        anna.wait_for("Connection to server")
        anna.type("Are you there?\r")
        anna.wait_for("* No connection; waits for it: Are you there?")
        with ServerProcess(data, "--lang", "en", port=port):
            anna.wait_for("* The connection is back")
            anna.wait_for(drawn(1, "anna", "Are you there?"))
            assert anna.leave() == 0


def test_the_connection_in_the_prompt(data: Path, tmp_path: Path, port: int) -> None:
    """The prompt says that there is no connection; /reconnect makes one at once, before lines that wait for it."""
    with ServerProcess(data, port=port) as first, client(first, tmp_path, "anna") as anna:
        anna.wait_for("anna → ?>")
        anna.type("/to boris\r")
        anna.wait_for("boris>")
        first.kill()
        anna.wait_for("[no connection, ")
        anna.type("one\r")
        anna.wait_for("waits for it: one")
        with ServerProcess(data, port=port):
            anna.type("/reconnect\r")
            anna.wait_for("anna → boris> /reconnect")
            anna.wait_for("* The connection is back")
            at = anna.wait_for(drawn(1, "anna", "one"))
            anna.type("/reconnect now\r")
            at = anna.wait_for("It goes like this: /reconnect", after=at)
            anna.type("/reconnect\r")
            at = anna.wait_for("* Error! Connection to server", after=at)
            anna.wait_for("* The connection is back", after=at)


def test_leaving_without_a_server(data: Path, tmp_path: Path) -> None:
    """Who leaves while lines wait for a connection is told that they were not sent, and the exit code says so."""
    with ServerProcess(data, "--lang", "en") as server, client(server, tmp_path, "anna") as anna:
        anna.wait_for("anna → ?>")
        anna.type("/to boris\r")
        anna.wait_for("boris>")
        server.kill()
        anna.wait_for("Connection to server")
        anna.type("One\r")
        anna.wait_for("waits for it: One")
        assert anna.leave() == 1
        anna.wait_for("Not sent, lines: 1")


@pytest.mark.parametrize("keep", [True, False])
def test_history_of_the_prompt(keep: bool, data: Path, tmp_path: Path) -> None:
    """Lines are kept for the next time where nobody else may read them, or not at all."""
    with (
        ServerProcess(data, "--lang", "en") as server,
        client(server, tmp_path, "anna", "--journal-text" if keep else "--no-journal-text") as anna,
    ):
        anna.wait_for("anna → ?>")
        anna.type("/to boris\r")
        anna.wait_for("boris>")
        anna.type("\x1b[A\r")  # the line before once more
        anna.wait_for("anna → boris> /to boris\n")
        assert anna.leave() == 0
    found = list((tmp_path / "state").rglob("history"))
    assert bool(found) is keep
    if keep:
        assert "+/to boris" in found[0].read_text("utf-8")
        assert stat.S_IMODE(found[0].stat().st_mode) == 0o600


def test_a_refused_login(data: Path, tmp_path: Path) -> None:
    """Who may not log in does not get a prompt."""
    with ServerProcess(data, "--lang", "en") as server, client(server, tmp_path, "nobody") as stranger:
        stranger.wait_for("402 User nobody does not exist")
        assert stranger.wait() == 1
        assert "logged in" not in stranger.seen
