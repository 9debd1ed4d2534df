"""A password is changed while somebody logs in with the old one."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.support.app import running_app
from tests.support.waiting import DEADLINE
from tests.support.wire import Wire
from vestnik.server.app import App
from vestnik.server.doors.control import SOCKET_NAME

CHANGE = {"action": "set_password", "name": "anna", "password": "new secret"}
LOGIN = {"action": "authenticate", "user": {"account_name": "anna", "password": "secret"}, "remember": True}


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    """A server with the account anna."""
    async with running_app(tmp_path, "anna", lang="en") as started:
        yield started


def tokens(app: App) -> int:
    """How many tokens are kept."""
    with closing(sqlite3.connect(app.database)) as database:
        return int(database.execute("SELECT count(*) FROM login WHERE token_hash IS NOT NULL").fetchone()[0])


async def handed_over(app: App, name: str, begin: Callable[[], Any]) -> None:
    """Begin something and wait until it has handed over a change to the writer."""
    came = asyncio.Event()
    change = app.store._change

    async def note(query: Any, *args: Any, **kwargs: Any) -> Any:
        if query.__name__ == name:
            came.set()
        return await change(query, *args, **kwargs)

    app.store._change = note  # type: ignore[method-assign]
    begin()
    await asyncio.wait_for(came.wait(), DEADLINE)


@pytest.mark.parametrize("first", ["set_password", "begin_login"])
async def test_a_token_of_the_old_password_does_not_live_on(app: App, first: str) -> None:
    """Whichever of both the store comes to first, a token got with the old password is worth nothing afterwards."""
    gate = threading.Event()
    async with (
        await Wire.connect(app.listener.port) as wire,
        await Wire.connect_to(app.settings.data_path / SOCKET_NAME) as admin,
    ):
        begun = {"set_password": lambda: admin.tell(**CHANGE), "begin_login": lambda: wire.tell(**LOGIN)}
        blocked = asyncio.create_task(app.store._writer.change(lambda _connection: gate.wait(DEADLINE)))
        await handed_over(app, first, begun.pop(first))
        ((second, begin),) = begun.items()
        await handed_over(app, second, begin)
        gate.set()
        await blocked
        assert (await admin.hear())["response"] == 200
        if first == "set_password":
            assert (await wire.hear())["response"] == 402
        else:
            await wire.rest()  # the answer, perhaps, and the end of what the change has ended
    assert tokens(app) == 0
    async with await Wire.connect(app.listener.port) as wire:
        assert (await wire.authenticate("anna", "secret"))["response"] == 402
        assert (await wire.authenticate("anna", "new secret"))["response"] == 202
