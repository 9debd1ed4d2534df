"""Programs that fail in ways nobody expected: the journal says so, now or at the next start."""

import json
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.client.test_main import Talking
from tests.support import process
from tests.support.data import add_accounts
from tests.support.process import ServerProcess, vestnik

LOST = "LookupError: lost"


def records(directory: Path, name: str, *events: str) -> list[dict[str, Any]]:
    """The records of a journal that are of these events."""
    lines = (directory / f"{name}.jsonl").read_text("utf-8").splitlines()
    return [found for found in map(json.loads, lines) if found.get("event") in events]


def crashes(directory: Path) -> list[str]:
    """The files of crashes in a directory."""
    return sorted(path.name for path in directory.glob("*.crash"))


def spoil(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Let `code` run in the commands that are started from now on, before they begin."""
    program = f"{code}\nfrom vestnik.cli.main import main\nmain()\n"
    monkeypatch.setattr(process, "VESTNIK", (sys.executable, "-c", program))


def test_a_server_that_crashed_says_so_at_its_next_start(tmp_path: Path) -> None:
    """What kills the interpreter leaves the stacks of all threads, which the next start journals once."""
    server = ServerProcess(tmp_path)
    assert crashes(tmp_path / "log") == [f"server.{server.pid}.crash"]
    server.signal(signal.SIGSEGV)
    assert server.wait() == -signal.SIGSEGV
    with ServerProcess(tmp_path) as second:
        second.wait_for("Сервер запущен")
        critical = [line for line in second.lines if " CRITICAL " in line]
        assert len(critical) == 1
        assert f"Процесс {server.pid} аварийно завершился" in critical[0]
        assert crashes(tmp_path / "log") == [f"server.{second.pid}.crash"]
        assert second.stop() == 0
    with ServerProcess(tmp_path):
        pass
    (found,) = records(tmp_path / "log", "server", "program.crashed")
    assert found["pid"] == server.pid
    error, *threads = found["text"].split("\n\n")  # the newest thread is the first one
    assert error == "Fatal Python error: Segmentation fault"
    assert len([thread for thread in threads if thread.startswith("Current thread 0x")]) == 1
    assert any("in _run_loop" in thread for thread in threads)
    assert crashes(tmp_path / "log") == []


def test_a_client_that_crashed_is_told_of_by_the_next(tmp_path: Path) -> None:
    """Clients that share a journal tell of those that have crashed, and not of those that are alive."""
    add_accounts(tmp_path, ["anna", "boris"], "secret")
    log = tmp_path / "client"
    with ServerProcess(tmp_path) as server:
        living, dying = Talking(server, log, "anna"), Talking(server, log, "boris")
        for client in (living, dying):
            client.wait_for("answered: 202")
        assert len(crashes(log)) == 2
        dying.process.send_signal(signal.SIGSEGV)
        assert dying.end()[0] == -signal.SIGSEGV
        where = ("-p", str(server.port), "-u", "boris", "--log-dir", str(log))
        assert vestnik("client", *where, password="secret").returncode == 0
        assert crashes(log) == [f"client.{living.process.pid}.crash"]
        living.type("/quit\n")
        assert living.end()[0] == 0
    assert [found["pid"] for found in records(log, "client", "program.crashed")] == [dying.process.pid]
    assert crashes(log) == []


def test_a_server_lives_on_when_a_task_or_a_thread_dies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The failure of a task, a thread, a destructor, and a warning are journaled; the server serves and ends well."""
    spoil(
        monkeypatch,
        "import asyncio, threading, warnings, vestnik.cli.server as server\n"
        "class Thing:\n"
        "    def __del__(self): fail()\n"
        "def fail(): raise LookupError('lost')\n"
        "async def die(): fail()\n"
        "async def forget(): pass\n"
        "def ready(app, before=server._ready):\n"
        "    before(app)\n"
        "    threading.Thread(target=fail, name='worker').start()\n"
        "    asyncio.get_running_loop().create_task(die())\n"
        "    Thing()\n"
        "    forget()\n"
        "server._ready = ready\n",
    )
    add_accounts(tmp_path, ["anna"], "secret")
    with ServerProcess(tmp_path) as server:
        for text in ("worker", "Thing.__del__", "'forget' was never awaited", "exception was never retrieved"):
            server.wait_for(text)
        monkeypatch.undo()
        where = ("-p", str(server.port), "-u", "anna", "--log-dir", str(tmp_path / "client"))
        assert vestnik("client", *where, password="secret").returncode == 0
        assert server.stop() == 0
        assert len([line for line in server.lines if LOST in line]) == 3
    names = ("thread.failed", "unraisable.failed", "warning.issued", "task.failed")
    assert sorted(found["event"] for found in records(tmp_path / "log", "server", *names)) == sorted(names)


@pytest.mark.parametrize(
    ("place", "arguments", "log"),
    [
        ("vestnik.cli.server._raise_file_limit", ("server", "--data", "{data}"), "log"),
        ("vestnik.cli.client.main.Shell", ("client", "-u", "anna", "--log-dir", "{data}/log"), "log"),
        ("vestnik.cli.admin.user.ask", ("user", "--data", "{data}", "add", "anna"), "log"),
    ],
    ids=["server", "client", "user"],
)
def test_a_program_that_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, arguments: tuple[str, ...], log: str
) -> None:
    """An uncaught exception ends each program with 1 and is in its journal, and on standard error once."""
    module, _, name = place.rpartition(".")
    spoil(monkeypatch, f"import {module} as spoiled\ndef fail(*_): raise LookupError('lost')\nspoiled.{name} = fail")
    done = vestnik(*(argument.format(data=tmp_path) for argument in arguments), password="secret", cwd=tmp_path)
    assert done.returncode == 1
    journal = "admin" if arguments[0] == "user" else arguments[0]
    if journal == "admin":  # it has no console
        assert done.stderr.startswith("Traceback")
        assert done.stderr.count(LOST) == 1
    else:
        (line,) = done.stderr.splitlines()
        assert line[24:].startswith(f"CRITICAL {journal}     Ошибка!")
    (found,) = records(tmp_path / log, journal, "program.failed")
    assert (found["level"], found["reason"]) == ("CRITICAL", LOST)
    assert "in fail" in found["traceback"]
    assert crashes(tmp_path / log) == []
