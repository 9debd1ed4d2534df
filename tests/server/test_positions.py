"""What answers tell a client that counts: the numbers of its own changes, where a room is, what was kept."""

from pathlib import Path

from tests.server.test_catchup import RESUMING, places, resume, until_resumed
from tests.support.app import running_app
from tests.support.wire import Wire


async def test_own_changes(tmp_path: Path) -> None:
    """Who counts changes is told the numbers of its own ones, and where a room that it joins is; nobody else is."""
    async with running_app(tmp_path, "anna", "boris", "clara") as app:
        port = app.listener.port
        counting = await Wire.login(port, "anna", features=["changes"])
        rich, plain = await Wire.login(port, "boris", features=["seq"]), await Wire.login(port, "clara")
        async with counting, rich, plain:
            made = await counting.ask(action="create_room", time=0, room="#tea")
            assert (made["room"], made["seq"], made["change"]) == ("#tea", 0, 1)
            await counting.send("#tea", "one")
            for other in (rich, plain):
                assert set(await other.ask(action="join", time=0, room="#tea")) == {"response", "alert"}
                assert (await counting.hear())["change"] > 1
            set_ = await counting.ask(action="set_room", time=0, room="#tea", topic="Tea")
            assert set_["change"] == 4
            assert "change" not in await counting.ask(action="set_room", time=0, room="#tea", topic="Tea")
            group = await counting.ask(action="group", time=0, members=["boris", "clara"])
            assert (group["seq"], group["change"]) == (0, 1)
            await counting.ask(action="leave", time=0, room="#tea")
            again = await counting.ask(action="join", time=0, room="#tea")
            assert again["seq"] == 1
            assert again["change"] > 5


async def test_kept_messages(tmp_path: Path) -> None:
    """A new client is told from where on direct messages follow, without those delivered a moment ago."""
    async with running_app(tmp_path, "anna", "boris") as app:
        port = app.listener.port
        async with await Wire.login(port, "anna") as anna:
            async with await Wire.login(port, "boris", features=RESUMING) as boris:
                answer = await resume(boris, None)
                assert answer["conversations"] == []
                await until_resumed(boris)
                await anna.send("boris", "one")
                assert (await boris.hear())["seq"] == 1
            for text in ("two", "three"):
                await anna.send("boris", text)
            async with await Wire.login(port, "boris", features=RESUMING) as boris:
                answer = await resume(boris, None)
                assert answer["conversations"] == [{"to": "anna", "seq": 3, "change": 0, "kept": 2}]
                assert places(await until_resumed(boris)) == [("boris", 2), ("boris", 3)]
            async with await Wire.login(port, "boris", features=RESUMING) as boris:
                answer = await resume(boris, None)
                assert answer["conversations"] == [{"to": "anna", "seq": 3, "change": 0}]
                assert await until_resumed(boris) == []
