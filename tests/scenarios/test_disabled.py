"""What a person sends whose account is disabled before it takes effect."""

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.app import journal_lines, running_app
from tests.support.store import kept
from tests.support.waiting import DEADLINE
from tests.support.wire import Wire
from vestnik.server.app import App
from vestnik.server.doors.control import SOCKET_NAME

DISABLE = {"action": "disable_account", "name": "anna"}


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    """A server with the accounts anna and boris."""
    async with running_app(tmp_path, "anna", "boris", lang="en") as started:
        yield started


async def admin(app: App) -> Wire:
    """An administrator's connection."""
    return await Wire.connect_to(app.settings.data_path / SOCKET_NAME)


MEANWHILE = [
    ("submit", {"action": "msg", "to": "boris", "message": "too late"}),
    ("submit", {"action": "msg", "to": "boris", "message": "@boris too late"}),
    ("submit", {"action": "msg", "to": "boris", "message": "too late", "reply_to": 1}),
    ("submit", {"action": "forward", "to": "boris", "source": "boris", "seq": 1}),
    ("edit_message", {"action": "edit", "to": "boris", "seq": 1, "message": "too late"}),
    ("delete_message", {"action": "delete", "to": "boris", "seq": 1}),
    ("react", {"action": "react", "to": "boris", "seq": 1, "emoji": "x"}),
    ("pin_message", {"action": "pin", "to": "boris", "seq": 1}),
    ("create_room", {"action": "create_room", "room": "#late"}),
    ("join_room", {"action": "join", "room": "#late"}),
    ("add_contact", {"action": "add_contact", "user_id": "boris"}),
]


class Queued:
    """What was handed over to the writer, by name."""

    def __init__(self, app: App) -> None:
        self._names: set[str] = set()
        change, submit = app.store._change, app.store.submit

        async def note_change(query: Any, *args: Any, **kwargs: Any) -> Any:
            self._names.add(query.__name__)
            return await change(query, *args, **kwargs)

        def note_submit(new: Any) -> None:
            self._names.add("submit")
            submit(new)

        app.store._change = note_change  # type: ignore[method-assign]
        app.services.intake._hub._submit = note_submit

    async def until(self, name: str) -> None:
        """Return when it was handed over."""
        async with asyncio.timeout(DEADLINE):
            while name not in self._names:
                await asyncio.sleep(0)


@pytest.mark.parametrize(("name", "request_"), MEANWHILE, ids=[f"{name}{n}" for n, (name, _) in enumerate(MEANWHILE)])
async def test_behind_the_disabling(app: App, name: str, request_: dict[str, Any]) -> None:
    """What waits for the writer behind the disabling of its author is refused, and has changed nothing."""
    gate = threading.Event()
    async with await Wire.login(app.listener.port, "anna") as anna, await admin(app) as administrator:
        assert (await anna.send("boris", "in time"))["response"] == 202
        queued = Queued(app)
        blocked = asyncio.create_task(app.store._writer.change(lambda _connection: gate.wait(DEADLINE)))
        asked = asyncio.create_task(administrator.ask(**DISABLE))
        await queued.until("set_disabled")
        anna.tell(time=0, **request_)
        await queued.until(name)
        gate.set()
        assert (await asked)["response"] == 200
        await blocked
        await anna.rest()
    await app.store.settle()
    assert any("Account anna is disabled" in line for line in journal_lines(app))
    assert [message.text for message in kept(app.settings.data_path)] == ["in time"]
    assert app.chat.rooms.find("#late") is None


async def test_enabled_again(app: App) -> None:
    """Enabled again, the person writes as before, and the numbers go on without a gap."""
    async with await admin(app) as administrator:
        async with await Wire.login(app.listener.port, "anna", features=["seq"]) as anna:
            assert (await anna.send("boris", "one"))["seq"] == 1
            assert (await administrator.ask(**DISABLE))["response"] == 200
        assert (await administrator.ask(action="enable_account", name="anna"))["response"] == 200
        async with await Wire.login(app.listener.port, "anna", features=["seq"]) as anna:
            assert (await anna.send("boris", "two"))["seq"] == 2
