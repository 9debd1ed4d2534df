"""What members read, and who waits for it."""

import threading
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.support.app import running_app
from tests.support.waiting import DEADLINE
from tests.support.wire import Wire


async def test_one_members_questions_hold_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While all that one member reads takes for ever, others read, write, and log in by password and token."""
    going_on = threading.Event()
    async with running_app(tmp_path, "anna", "boris", "vera") as app, AsyncExitStack() as stack:
        lane = app.store._readers._pages
        quick: Callable[..., Any] = lane._ask
        slow_one = await app.store.find_account("anna")
        assert slow_one is not None

        def slow(query: Callable[..., Any], who: int, *rest: Any) -> Any:
            if who == slow_one.id:
                assert going_on.wait(DEADLINE)
            return quick(query, who, *rest)

        monkeypatch.setattr(lane, "_ask", slow)
        stack.callback(going_on.set)
        port = app.listener.port
        annas = [await stack.enter_async_context(await Wire.login(port, "anna")) for _ in range(4)]
        for anna in annas:
            anna.tell(action="history", to="boris", time=0)
            anna.tell(action="search", query="tea", time=0)
        await stack.enter_async_context(await Wire.login(port, "vera"))
        boris = await stack.enter_async_context(await Wire.login(port, "boris"))
        token = (await boris.authenticate("boris", remember=True))["token"]
        by_token = {"account_name": "boris", "token": token}
        assert await boris.code(action="authenticate", user=by_token, time=0) == 200
        assert (await boris.send("vera", "Tea?"))["response"] in {200, 202}
        assert await boris.code(action="history", to="vera", time=0) == 200
        assert await boris.code(action="search", query="tea", time=0) == 200
        going_on.set()
        for anna in annas:
            answers = [await anna.hear(), await anna.hear()]
            assert [answer["response"] for answer in answers] == [200, 200]
