"""The control door: its socket, who may come in, and its limits."""

import asyncio
import os
import socket
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.app import journal_lines, running_app
from tests.support.waiting import DEADLINE
from tests.support.wire import Wire
from vestnik.server.administration import ProcessIdentity
from vestnik.server.app import App
from vestnik.server.doors import control
from vestnik.server.doors.control import MAX_ACT, MAX_ADMINISTRATORS, SOCKET_NAME, ControlBad, address_of, open_socket

ADD = {"action": "add_account", "name": "dora", "password": "seven cold spoons"}


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    """A server that speaks English."""
    async with running_app(tmp_path, "anna", lang="en") as started:
        yield started


async def knock(app: App) -> Wire:
    """A connection to the control door."""
    return await Wire.connect_to(app.settings.data_path / SOCKET_NAME)


async def test_the_socket(tmp_path: Path) -> None:
    """It is there for this user only while the server runs, and no longer."""
    async with running_app(tmp_path):
        mode = (tmp_path / SOCKET_NAME).lstat().st_mode
        assert stat.S_ISSOCK(mode)
        assert stat.S_IMODE(mode) == 0o600
    assert not (tmp_path / SOCKET_NAME).exists()


async def test_one_that_was_left_is_replaced(tmp_path: Path) -> None:
    """The socket of a server that was killed is in nobody's way."""
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(tmp_path / SOCKET_NAME))
    async with running_app(tmp_path) as app, await knock(app) as admin:
        assert await admin.code(action="list_accounts") == 200


@pytest.mark.parametrize("kind", ["file", "directory", "link"])
async def test_something_else_in_its_place(tmp_path: Path, kind: str) -> None:
    """What is no socket is left alone; the start fails with a line that names it."""
    path = tmp_path / SOCKET_NAME
    {"file": path.touch, "directory": path.mkdir, "link": lambda: path.symlink_to("nowhere")}[kind]()
    with pytest.raises(ControlBad) as caught:
        open_socket(path)
    assert caught.value.fields["path"] == str(path)
    assert os.path.lexists(path)


async def test_a_long_path(tmp_path: Path) -> None:
    """A data directory whose name is longer than an address may be is no obstacle."""
    data = tmp_path / ("x" * 150)
    async with running_app(data, "anna"):
        with address_of(data / SOCKET_NAME) as address, socket.socket(socket.AF_UNIX) as sock:
            assert len(address) < 108
            sock.connect(address)
    assert not (data / SOCKET_NAME).exists()


def test_a_long_path_where_there_is_no_way_around(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a long path cannot be used, a line says so."""
    monkeypatch.setattr(control, "MAX_PATH", 10_000)
    path = tmp_path / ("x" * 150) / SOCKET_NAME
    path.parent.mkdir()
    with pytest.raises(ControlBad, match="too long"):
        open_socket(path)


async def test_only_ourselves_and_root(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process of another user is not even answered, though it could open the socket; the journal has it."""
    monkeypatch.setattr(control, "peer_of", lambda _sock: ProcessIdentity(os.geteuid() + 1, 77))
    async with await knock(app) as stranger:
        stranger.tell(**ADD)
        assert await stranger.rest() == b""
    refused = f"WARNING  server     Control connection of process 77 refused: it runs as user {os.geteuid() + 1}"
    assert refused in journal_lines(app)
    monkeypatch.setattr(control, "peer_of", lambda _sock: ProcessIdentity(0, 78))
    async with await knock(app) as root:
        assert await root.code(**ADD) == 201


async def test_who_asks_is_known(app: App) -> None:
    """The system says which process has connected."""
    seen = []
    serve = app.administration.serve

    async def listen(who: ProcessIdentity, request: Any) -> Any:
        seen.append(who)
        return await serve(who, request)

    app.administration.serve = listen  # type: ignore[method-assign]
    async with await knock(app) as admin:
        await admin.ask(action="list_accounts")
    assert seen == [ProcessIdentity(os.geteuid(), os.getpid())]


STRANGE = [
    ADD,
    {"action": "add_account"},
    {"action": "add_account", "name": 5, "password": []},
    {"action": "get_account", "name": "anna"},
    {"action": "list_accounts"},
    {"action": "list_accounts", "lang": "xx"},
    {"action": "set_password", "name": "anna", "password": "x"},
    {"action": "disable_account", "name": "anna"},
    {"action": "enable_account", "id": "x" * 100},
]


@pytest.mark.parametrize("who", ["", "boris"])
async def test_not_for_others(tmp_path: Path, who: str) -> None:
    """At another door an act is refused to whoever is no administrator, and leaves no record."""
    async with running_app(tmp_path, "anna", "boris") as app, await Wire.connect(app.listener.port) as wire:
        if who:
            await wire.authenticate(who)
        for act in STRANGE:
            assert await wire.code(**act) in ({400, 403} if who else {400, 401})
        assert await wire.code(action="list_accounts") == (403 if who else 401)
        assert await wire.code(action="set_password", name="anna", password="x") == 400
        assert await app.store.find_account("dora") is None
    assert not (app.settings.log_path / "admin.log").exists()


async def test_nothing_else_here(app: App) -> None:
    """At the control door any other action is unknown, and the connection goes on."""
    async with await knock(app) as admin:
        for action in ("authenticate", "msg", "quit", "dance"):
            assert await admin.ask(action=action) == {"response": 400, "error": f"Unknown action {action}"}
        assert await admin.code(action="list_accounts") == 200


async def test_many_requests_in_order(app: App) -> None:
    """Requests that come in one segment are answered one after the other."""
    async with await knock(app) as admin:
        for number in range(20):
            admin.tell(action="get_account" if number % 2 else "list_accounts", name="anna", id=str(number))
        assert [(await admin.hear())["id"] for _ in range(20)] == [str(number) for number in range(20)]


async def test_bad_input(app: App) -> None:
    """What is no request is a 400; a stream that cannot be read on is closed."""
    async with await knock(app) as admin:
        assert await admin.ask(action="add_account", name="dora") == {
            "response": 400,
            "error": "Field password is missing",
        }
        admin.write(b"\x80")
        assert (await admin.hear())["response"] == 400
        assert await admin.rest() == b""


async def test_long_requests(app: App) -> None:
    """The longest password fits, however it is spelled; what is longer than a request may be is skipped."""
    async with await knock(app) as admin:
        spelled = (
            b'{"action":"add_account","name":"dora","password":"'
            + b"\\ud83d\\ude00\\ud83d\\ude01\\ud83d\\ude02\\ud83d\\ude03" * 256
            + b'"}'
        )
        assert len(spelled) < MAX_ACT
        admin.write(spelled)
        assert (await admin.hear())["response"] == 201
        assert await admin.code(action="get_account", name="x" * MAX_ACT) == 400
        assert await admin.code(action="get_account", name="dora") == 200


async def test_too_many_connections(app: App) -> None:
    """One more than the limit is told so and closed; when one goes there is room again."""
    admins = [await knock(app) for _ in range(MAX_ADMINISTRATORS)]
    for admin in admins:
        assert await admin.code(action="list_accounts") == 200
    async with await knock(app) as late:
        assert (await late.hear())["response"] == 500
        assert await late.rest() == b""
    await admins.pop().close()
    async with asyncio.timeout(DEADLINE):
        while True:
            async with await knock(app) as another:
                another.tell(action="list_accounts")
                if (await another.hear())["response"] == 200:
                    break
    for admin in admins:
        await admin.close()


@pytest.mark.parametrize(("written", "answered"), [(b"", b""), (b'{"action": "list_acc', b"was not finished")])
async def test_silence(app: App, monkeypatch: pytest.MonkeyPatch, written: bytes, answered: bytes) -> None:
    """A connection that is silent for too long is closed, one in the middle of a request with a 400."""
    monkeypatch.setattr(control, "ACT_WITHIN", 0.1)
    async with await knock(app) as admin:
        admin.write(written)
        assert answered in await admin.rest()


async def test_who_does_not_read(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that reads no answers is closed, and nobody else has to wait for it."""
    monkeypatch.setattr(control, "ACT_WITHIN", 0.3)
    with socket.socket(socket.AF_UNIX) as sock:
        sock.connect(str(app.settings.data_path / SOCKET_NAME))
        sock.settimeout(DEADLINE)
        many = b'{"action": "get_account", "name": "' + b"x" * 1000 + b'"}\n'

        def go_on() -> None:
            while True:
                sock.sendall(many)

        with pytest.raises(ConnectionError):
            await asyncio.to_thread(go_on)
    async with await knock(app) as admin:
        assert await admin.code(action="list_accounts") == 200


async def test_a_stop_answers_what_was_asked(tmp_path: Path) -> None:
    """What was asked before a stop is done and answered; who asks nothing is let go."""
    async with running_app(tmp_path) as app, await knock(app) as idle, await knock(app) as admin:
        assert await idle.code(action="list_accounts") == 200
        begun, going_on = asyncio.Event(), asyncio.Event()
        add_account = app.store.add_account

        async def slow(*values: Any) -> None:
            begun.set()
            await going_on.wait()
            await add_account(*values)

        app.store.add_account = slow  # type: ignore[assignment, method-assign]
        admin.tell(**ADD)
        await begun.wait()
        stopping = asyncio.create_task(app.stop())
        assert await idle.rest() == b""
        going_on.set()
        assert (await admin.hear())["response"] == 201
        assert await admin.rest() == b""
        await stopping
    async with running_app(tmp_path) as again:
        assert await again.store.find_account("dora") is not None


async def test_a_stop_does_not_wait_for_ever(tmp_path: Path) -> None:
    """An act that does not end holds up a stop for the setting `shutdown` only."""
    async with running_app(tmp_path, shutdown=0.2) as app, await knock(app) as admin:
        begun = asyncio.Event()

        async def stuck(*_values: Any) -> None:
            begun.set()
            await asyncio.Event().wait()

        app.store.add_account = stuck  # type: ignore[assignment, method-assign]
        admin.tell(**ADD)
        await begun.wait()
        await asyncio.wait_for(app.stop(), DEADLINE)
        assert await admin.rest() == b""
