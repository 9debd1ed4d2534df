"""What the journal of administration says of acts that a stop cuts off, and acts while many log in."""

import asyncio
from pathlib import Path
from typing import Any

from tests.support.app import running_app
from tests.support.waiting import DEADLINE
from tests.support.wire import Wire
from vestnik.server.doors.control import SOCKET_NAME

ADD = {"action": "add_account", "name": "dora", "password": "secret"}


async def test_an_act_that_a_stop_cuts_off_is_said_to_be_cut_off(tmp_path: Path) -> None:
    """When a stop comes between the record of an act and its end, a record says that the end is not known."""
    async with running_app(tmp_path, shutdown=0.2, lang="en") as app:
        async with await Wire.connect_to(app.settings.data_path / SOCKET_NAME) as admin:
            begun = asyncio.Event()

            async def stuck(*_values: Any) -> None:
                begun.set()
                await asyncio.Event().wait()

            app.store.add_account = stuck  # type: ignore[assignment, method-assign]
            admin.tell(**ADD)
            await asyncio.wait_for(begun.wait(), DEADLINE)
            await asyncio.wait_for(app.stop(), DEADLINE)
        lines = (app.settings.log_path / "admin.log").read_text("utf-8")
    async with running_app(tmp_path) as again:
        assert await again.store.find_account("dora") is None
    assert "created" in lines
    assert "before it was known whether what the line before says was done" in lines


async def test_administration_does_not_wait_in_the_queue_of_logins(tmp_path: Path) -> None:
    """An account can be created though logins wait for a password check."""
    async with (
        running_app(tmp_path, lang="en") as app,
        await Wire.connect_to(app.settings.data_path / SOCKET_NAME) as admin,
    ):
        app._passwords.queue._free = 0
        async with await Wire.connect(app.listener.port) as waiting:
            waiting.tell(action="authenticate", user={"account_name": "anna", "password": "x"})
            answer = await admin.ask(**ADD)
        app._passwords.queue._free = 1
        assert answer["response"] == 201, answer
