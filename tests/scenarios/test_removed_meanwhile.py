"""Requests that wait while the one who asks is removed, over real sockets."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.app import journal_lines, running_app
from tests.support.wire import Wire
from vestnik.chat.storage.rooms import Asker


@pytest.mark.parametrize("before", [True, False], ids=["before", "behind"])
@pytest.mark.parametrize(
    ("method", "request_"),
    [
        ("history", {"action": "history", "to": "#tea"}),
        ("pinned", {"action": "pins", "to": "#tea"}),
        ("versions", {"action": "edits", "to": "#tea", "seq": 1}),
        ("room_state", {"action": "get_room", "room": "#tea"}),
        ("list_members", {"action": "members", "room": "#tea"}),
        ("find_message", {"action": "forward", "to": "boris", "source": "#tea", "seq": 1}),
        ("read_up_to", {"action": "read", "to": "#tea", "seq": 9}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_nothing_is_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str, request_: dict[str, Any], before: bool
) -> None:
    """Who asks, is removed, and only then is served hears that there is no such room, and nothing that was said."""
    async with running_app(tmp_path, "anna", "boris", lang="en") as app:
        port = app.listener.port
        async with await Wire.login(port, "anna", features=["seq"]) as anna, await Wire.login(port, "boris") as boris:
            await anna.ask(action="create_room", room="#tea", private=True)
            await anna.ask(action="invite", room="#tea", name="boris")
            await anna.send("#tea", "one")
            await boris.hear()
            asked, ready = asyncio.Event(), asyncio.Event()
            ask: Callable[..., Any] = getattr(app.store, method)

            async def later(reader: Asker, *values: Any, **more: Any) -> Any:
                found = None if before else await ask(reader, *values, **more)
                asked.set()
                await ready.wait()
                return await ask(reader, *values, **more) if before else found

            monkeypatch.setattr(app.store, method, later)
            boris.tell(**request_)
            await asked.wait()
            assert (await anna.ask(action="remove", room="#tea", name="boris"))["response"] == 200
            await anna.send("#tea", "two")
            ready.set()
            assert await boris.hear() == {"response": 404, "error": "Room #tea does not exist"}
            assert await boris.silent()
            assert any(line.endswith("Room #tea does not exist") for line in journal_lines(app))
