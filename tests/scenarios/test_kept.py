"""Kept messages: all of them, once and in order, whatever happens meanwhile; over real sockets in this process."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.app import running_app
from tests.support.wire import Wire


def slowly(wire: Wire) -> None:
    """Let a client take little at a time from its connection."""
    wire.reader._limit = 1 << 16  # type: ignore[attr-defined]


async def send_many(anna: Wire, count: int) -> None:
    """Keep so much for boris that it takes a while to send it to a slow client."""
    for number in range(count):
        anna.tell(action="msg", time=0, to="boris", message=f"{number} " + "ж" * 3900)
    for _ in range(count):
        assert (await anna.hear())["response"] == 202


async def test_everything_kept_is_delivered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that is full for a moment keeps nobody from getting all that was kept, in order, before what is new."""
    async with running_app(tmp_path, "anna", "boris") as app:
        port, save = app.listener.port, app.store.save_cursors

        async def fail_once(*_: Any) -> None:
            monkeypatch.setattr(app.store, "save_cursors", save)
            raise OSError("disk full")

        async with await Wire.login(port, "anna") as anna:
            for number in range(250):
                anna.tell(action="msg", time=0, to="boris", message=str(number))
            for _ in range(250):
                await anna.hear()
            monkeypatch.setattr(app.store, "save_cursors", fail_once)
            async with await Wire.login(port, "boris") as boris:
                found = await boris.texts(100)
                await anna.send("boris", "new")
                found += await boris.texts_to("new")
            async with await Wire.login(port, "boris") as boris:
                assert await boris.silent()
            assert found == [*map(str, range(250)), "new"]


async def test_slow_device_gets_what_a_quick_one_got_meanwhile(tmp_path: Path) -> None:
    """A device that was first to log in gets all kept messages, though another one gets the last of them before it."""
    async with running_app(tmp_path, "anna", "boris", send_buffer=100_000_000) as app:
        port = app.listener.port
        async with await Wire.login(port, "anna") as anna:
            await send_many(anna, 1500)
            async with (
                await Wire.login(port, "boris", features=["seq"], receive=4096) as slow,
                await Wire.login(port, "boris", features=["seq"]) as quick,
            ):
                slowly(slow)
                seen = [(await quick.hear())["seq"]]
                while seen[-1] < 1500:
                    seen.append((await quick.hear())["seq"])
                await anna.send("boris", "last")
                assert (await quick.hear())["seq"] == 1501
                found = [(await slow.hear())["seq"]]
                while found[-1] < 1501:
                    found.append((await slow.hear())["seq"])
                assert found == list(range(1, 1502))


async def test_features_named_meanwhile(tmp_path: Path) -> None:
    """Who logs in again on the same connection gets the rest of what was kept as it is understood now."""
    async with running_app(tmp_path, "anna", "boris", send_buffer=100_000_000) as app:
        port = app.listener.port
        async with await Wire.login(port, "anna") as anna:
            await send_many(anna, 1500)
            async with await Wire.login(port, "boris", receive=4096) as boris:
                slowly(boris)
                await anna.authenticate("anna")
                user = {"account_name": "boris", "password": "secret"}
                boris.tell(action="authenticate", time=0, user=user, features=["seq"])
                await anna.authenticate("anna")
                heard = await boris.hear()
                while not heard.get("message", "").startswith("1499 "):
                    heard = await boris.hear()
                assert heard.get("seq") == 1500
