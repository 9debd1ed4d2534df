"""The journaling of functions in real programs: what it shows, what it must not show, and how it is switched."""

import inspect
import json
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.cli.client.test_main import Talking
from tests.support.data import add_accounts
from tests.support.process import ServerProcess, vestnik
from vestnik.chat.actions import ACTIONS
from vestnik.chat.storage import Storage
from vestnik.client import Client
from vestnik.server.traced import TRACED_ACTIONS, TracedStore

SESSION = "/join #tea\ncanary-text\n/leave #tea\n/leave #tea\n/to anna\ncanary-direct\n/quit\n"


def calls(directory: Path, name: str) -> list[dict[str, Any]]:
    """The calls of functions in a journal."""
    lines = (directory / f"{name}.jsonl").read_text("utf-8").splitlines()
    return [found for found in map(json.loads, lines) if found.get("event") == "function.called"]


def test_a_whole_session(tmp_path: Path) -> None:
    """With the trace on each side shows what it called, with its arguments and to which request it belongs."""
    add_accounts(tmp_path, ["anna"], "canary-password")
    log = tmp_path / "log"
    with ServerProcess(tmp_path, toml="trace = true\n") as server:
        client = ("client", "-p", str(server.port), "-u", "anna", "--log-dir", str(log), "--no-journal-text", "--trace")
        assert vestnik(*client, stdin=SESSION, password="canary-password").returncode == 1  # a second /leave
        server.wait_for("Клиент отключился")
    served = [
        (found["function"], found["arguments"], found["outcome"], found["request"])
        for found in calls(log, "server")
        if found.get("connection") == "1"
        and found["caller"] in ("dispatch", "_finish")
        and "." not in found["function"]
        and found["function"] != "Hub.publish"
    ]
    assert served == [
        ("authenticate", "account_name='anna'", "ok", 1),
        ("presence", "", "ok", 2),
        ("join", "room='#tea'", "ok", 3),
        ("send", "to='#tea'", "ok", 4),
        ("leave", "room='#tea'", "ok", 5),
        ("leave", "room='#tea'", "Forbidden", 6),
        ("send", "to='anna'", "ok", 7),
        ("quit_", "", "ok", 8),
    ]
    asked = [(found["function"], found["arguments"], found["outcome"]) for found in calls(log, "client")]
    for expected in (
        ("Client.authenticate", "name='anna'", "ok"),
        ("RoomActions.join", "room='#tea'", "ok"),
        ("MessageActions.send", "to='#tea'", "ok"),
        ("RoomActions.leave", "room='#tea'", "Refused"),
        ("Client.quit", "", "ok"),
        ("Connection.connection_lost", "", "ok"),
    ):
        assert expected in asked
    for found in calls(log, "server"):
        assert found["level"] == "DEBUG"
    for path in log.iterdir():
        assert b"canary" not in path.read_bytes(), path.name


def test_without_the_trace_nothing_is_shown(tmp_path: Path) -> None:
    """Without the trace no function is journaled, whatever the level."""
    add_accounts(tmp_path, ["anna"], "secret")
    log = tmp_path / "log"
    with ServerProcess(tmp_path, "--log-level", "DEBUG") as server:
        client = ("client", "-p", str(server.port), "-u", "anna", "--log-dir", str(log), "--log-level", "DEBUG")
        assert vestnik(*client, stdin="/join #tea\ntext\n/quit\n", password="secret").returncode == 0
    assert calls(log, "server") == calls(log, "client") == []


def test_signals(tmp_path: Path) -> None:
    """SIGUSR1 turns the trace of a running server or client on and off again, SIGUSR2 journals the statistics."""
    add_accounts(tmp_path, ["anna"], "secret")
    with ServerProcess(tmp_path, "--lang", "en") as server:
        client = Talking(server, tmp_path / "log", "anna")
        client.wait_for("answered: 202")
        for state in ("on", "off"):
            server.signal(signal.SIGUSR1)
            server.wait_for(f"server: {state}")
            client.process.send_signal(signal.SIGUSR1)
            client.wait_for(f"client: {state}")
            client.type(f"/join #{state}\n")
            client.wait_for(f"joined room #{state}")
        server.signal(signal.SIGUSR2)
        assert " 0 lost (-), " in server.wait_for("The journal: ")
        client.process.send_signal(signal.SIGUSR2)
        client.wait_for("The journal: ")
        client.type("/quit\n")
        assert client.end()[0] == 0
        assert server.stop() == 0
    for name, function in (("server", "join"), ("client", "RoomActions.join")):
        joined = [found["arguments"] for found in calls(tmp_path / "log", name) if found["function"] == function]
        assert joined == ["room='#on'"]


def test_the_environment(tmp_path: Path) -> None:
    """`VESTNIK_TRACE` stands for the option, also against the settings file."""
    add_accounts(tmp_path, ["anna"], "secret")
    (tmp_path / "vestnik.toml").write_text("trace = true\n")
    user = ("user", "--data", str(tmp_path), "list")
    assert vestnik(*user, cwd=tmp_path).returncode == 0
    assert [found["function"] for found in calls(tmp_path / "log", "admin")] == ["list_"]
    for value, number in (("0", 0), ("1", 1)):
        client = ("client", "-p", "1", "-u", "anna", "--log-dir", str(tmp_path / value))
        assert vestnik(*client, password="secret", VESTNIK_TRACE=value).returncode == 1
        refused = [found for found in calls(tmp_path / value, "client") if found["function"] == "Client.connect"]
        assert len(refused) == number


@pytest.mark.parametrize("name", [name for name in dir(Storage) if not name.startswith("_")])
def test_every_call_of_the_store_is_journaled(name: str) -> None:
    """Whatever the rules ask of the store leaves a record."""
    assert hasattr(getattr(TracedStore, name), "__wrapped__")


def test_every_handler_is_journaled() -> None:
    """Every action of the protocol leaves a record, and is otherwise the action it was."""
    assert set(TRACED_ACTIONS) == set(ACTIONS)
    for kind, action in TRACED_ACTIONS.items():
        assert action.handler.__wrapped__ is ACTIONS[kind].handler  # type: ignore[attr-defined]
        assert action._replace(handler=ACTIONS[kind].handler) == ACTIONS[kind]


def test_every_request_of_the_client_is_journaled() -> None:
    """Whatever a program asks of the client leaves a record."""
    public = [name for name, _ in inspect.getmembers(Client, inspect.isfunction) if not name.startswith("_")]
    assert len(public) > 40
    assert [name for name in public if not hasattr(getattr(Client, name), "__wrapped__")] == []
