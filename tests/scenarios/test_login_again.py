"""Who logs in again on the same connection, with or without `resume`."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.app import running_app
from tests.support.wire import Wire

RESUMING = ["seq", "resume"]


async def in_tea(port: int, name: str, **fields: Any) -> Wire:
    """A connection of a member of the room."""
    wire = await Wire.login(port, name, **fields)
    assert await wire.code(action="join", room="#tea") == 200
    return wire


async def test_without_resume_it_hears_everything(tmp_path: Path) -> None:
    """Who named `resume`, and then logs in without it, gets what was kept and everything new."""
    async with running_app(tmp_path, "anna", "boris") as app:
        port = app.listener.port
        async with await in_tea(port, "anna") as anna, await in_tea(port, "boris", features=RESUMING) as boris:
            await anna.send("boris", "kept")
            await anna.send("#tea", "missed")
            assert (await boris.authenticate("boris"))["response"] == 200
            assert await boris.texts(1) == ["kept"]
            await anna.send("#tea", "to all")
            await anna.send("boris", "to him")
            assert await boris.texts(2) == ["to all", "to him"]
            assert await boris.silent()


async def test_with_resume_it_hears_nothing_before(tmp_path: Path) -> None:
    """Who is live, and then logs in with `resume`, hears nothing until it resumes, and then what it has not got."""
    async with running_app(tmp_path, "anna", "boris") as app:
        port = app.listener.port
        async with await in_tea(port, "anna") as anna, await in_tea(port, "boris") as boris:
            await anna.send("#tea", "live")
            assert await boris.texts(1) == ["live"]
            assert (await boris.authenticate("boris", features=RESUMING))["response"] == 200
            await anna.send("#tea", "later")
            await anna.send("boris", "kept")
            assert await boris.silent()
            assert await boris.code(action="resume", cursors={"#tea": 1}) == 200
            assert sorted(await boris.texts(2)) == ["kept", "later"]
            assert (await boris.hear())["action"] == "resumed"
            await anna.send("#tea", "new")
            assert await boris.texts(1) == ["new"]


@pytest.mark.parametrize("again", [RESUMING, ["seq"]], ids=["resuming", "live"])
async def test_while_it_gets_what_it_missed(tmp_path: Path, again: list[str]) -> None:
    """Who logs in again before it has got everything gets no more of it, and then what its features say."""
    count, text = 300, "x" * 4000
    async with running_app(tmp_path, "anna", "boris") as app:
        port = app.listener.port
        async with await in_tea(port, "anna") as anna, await in_tea(port, "boris"):
            for _ in range(count):
                anna.tell(action="msg", time=0, to="#tea", message=text)
            for _ in range(count):
                await anna.hear()
        async with (
            await Wire.login(port, "boris", features=RESUMING, receive=65_536) as boris,
            await Wire.login(port, "anna") as anna,
        ):
            boris.tell(action="resume", cursors={"#tea": 0})
            user = {"account_name": "boris", "password": "secret"}
            boris.tell(action="authenticate", time=0, user=user, features=again)
            assert (await boris.answer())["response"] == 200
            assert (await boris.answer())["response"] == 200
            before = len(boris.aside)
            assert before < count
            await anna.send("#tea", "new")
            if "resume" in again:
                assert await boris.silent()
                assert await boris.code(action="resume", cursors={"#tea": count}) == 200
            assert await boris.texts_to("new") == [text] * before + ["new"]
