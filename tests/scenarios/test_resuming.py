"""Resuming in unlucky moments: odd cursors, a writer that lags behind, rooms that are left meanwhile."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.support.app import running_app
from tests.support.waiting import DEADLINE
from tests.support.wire import Wire
from vestnik.store.writer import Writer

RESUMING = ["seq", "resume", "changes"]


class Held:
    """Lets the writer commit, and keeps from the loop what it reports until `release`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self._report = Writer._report
        self._works: list[Any] = []
        self.committed = asyncio.Event()
        monkeypatch.setattr(Writer, "_report", lambda _writer, works: self._hold(works))

    def _hold(self, works: Any) -> None:
        self._works.append(works)
        self.committed.set()

    def release(self, writer: Writer) -> None:
        """Hand on what was kept back, and from now on at once."""
        self._monkeypatch.setattr(Writer, "_report", self._report)
        for works in self._works:
            self._report(writer, works)


async def until_resumed(wire: Wire) -> list[dict[str, Any]]:
    """Everything that is sent before the end of a resume."""
    heard = []
    while (found := await wire.hear())["action"] != "resumed":
        heard.append(found)
    return heard


@pytest.mark.parametrize(("conversation", "to"), [("anna", "boris"), ("#tea", "#tea")])
async def test_what_is_read_before_it_is_handed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, conversation: str, to: str
) -> None:
    """A message that one reads in the store is sent after its author has the answer, and to nobody twice."""
    async with running_app(tmp_path, "anna", "boris") as app:
        port = app.listener.port
        async with await Wire.login(port, "anna") as anna:
            async with await Wire.login(port, "boris") as boris:
                for wire in (anna, boris):
                    await wire.ask(action="join", time=0, room="#tea")
            await anna.send(to, "before")
            cursors = {"#tea": {"seq": 0, "change": 2}, conversation: {"seq": 0, "change": 2 if to == "#tea" else 0}}
            async with await Wire.login(port, "boris", features=RESUMING) as boris:
                held = Held(monkeypatch)
                anna.tell(action="msg", time=0, to=to, message="one")
                await asyncio.wait_for(held.committed.wait(), DEADLINE)
                boris.tell(action="resume", time=0, cursors=cursors)
                boris.tell(action="presence", time=0)
                assert [(await boris.hear())["response"] for _ in range(2)] == [200, 200]
                assert await boris.silent()
                held.release(app.store._writer)
                heard = await until_resumed(boris)
                assert [found["message"] for found in heard if found["to"] == to] == ["before", "one"]
                assert await boris.silent()
                await anna.hear()


async def test_kept_messages_that_are_not_handed_on_yet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kept message is delivered once, though it is on disk before it is handed on, also to who comes back at once."""
    async with running_app(tmp_path, "anna", "boris") as app:
        port = app.listener.port
        async with await Wire.connect(port) as boris:
            token = (await boris.authenticate("boris", remember=True))["token"]
        login = {"action": "authenticate", "user": {"account_name": "boris", "token": token}}
        async with await Wire.login(port, "anna") as anna:
            await anna.send("boris", "before")
            held = Held(monkeypatch)
            anna.tell(action="msg", time=0, to="boris", message="one")
            await asyncio.wait_for(held.committed.wait(), DEADLINE)
            async with await Wire.connect(port) as boris:
                assert await boris.code(**login) == 200
                assert await boris.silent()
            async with await Wire.connect(port) as boris:
                assert await boris.code(**login) == 200
                held.release(app.store._writer)
                await anna.hear()
                await anna.send("boris", "two")
                assert await boris.texts_to("two") == ["before", "one", "two"]


async def test_missed_messages_of_a_plain_client(tmp_path: Path) -> None:
    """Who resumes, rich or not, gets what was missed with its numbers, and is told what was deleted."""
    async with running_app(tmp_path, "anna", "boris") as app:
        port = app.listener.port
        async with await Wire.login(port, "anna") as anna, await Wire.login(port, "boris") as boris:
            for wire in (anna, boris):
                await wire.ask(action="join", time=0, room="#tea")
            for text in ("one", "two"):
                await anna.send("#tea", text)
                assert (await boris.hear())["message"] == text
            assert await anna.code(action="delete", time=0, to="#tea", seq=1) == 200
            assert await boris.code(action="resume", time=0, cursors={"#tea": 0}) == 200
            first, second = await boris.hear(), await boris.hear()
            assert (first["seq"], "deleted" in first, second["seq"]) == (1, True, 2)


async def test_a_room_is_left_while_pages_are_read(tmp_path: Path) -> None:
    """A session becomes live though its account leaves a room of which pages are missing yet."""
    count = 3000
    async with running_app(tmp_path, "anna", send_buffer=100_000_000) as app:
        port = app.listener.port
        async with (
            await Wire.login(port, "anna") as anna,
            await Wire.login(port, "anna", features=RESUMING, receive=4096) as other,
        ):
            await anna.ask(action="join", time=0, room="#tea")
            for number in range(count):
                anna.tell(action="msg", time=0, to="#tea", message=f"{number} " + "ж" * 3900)
            for _ in range(count):
                await anna.hear()
            other.reader._limit = 1 << 16  # type: ignore[attr-defined]
            assert await other.code(action="resume", time=0, cursors={"#tea": 0}) == 200
            assert (await other.hear())["seq"] == 1
            assert await anna.code(action="leave", time=0, room="#tea") == 200
            assert 0 < len(await until_resumed(other)) < count


async def test_a_room_that_one_renames_oneself_while_resuming(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who renames a room before what was missed has come is sent it under the name that the answer has told."""
    async with running_app(tmp_path, "anna") as app:
        port = app.listener.port
        async with (
            await Wire.login(port, "anna", features=["seq"]) as anna,
            await Wire.login(port, "anna", features=RESUMING) as other,
        ):
            await anna.ask(action="join", time=0, room="#tea")
            await anna.send("#tea", "one")
            await anna.ask(action="set_room", time=0, room="#tea", topic="news")
            renamed, missed_messages = asyncio.Event(), app.store.missed_messages

            async def later(*values: Any) -> Any:
                await renamed.wait()
                return await missed_messages(*values)

            monkeypatch.setattr(app.store, "missed_messages", later)
            assert await other.code(action="resume", time=0, cursors={"#tea": {"seq": 0, "change": 1}}) == 200
            assert await other.code(action="set_room", time=0, room="#tea", name="#oak") == 200
            renamed.set()
            heard = await until_resumed(other)
            assert [(found["to"], found.get("change")) for found in heard] == [("#oak", None), ("#oak", 2), ("#oak", 3)]


@pytest.mark.parametrize("cursor", [{"seq": 0, "change": 99}, {"seq": 99, "change": 0}])
@pytest.mark.parametrize(("conversation", "to"), [("anna", "boris"), ("#tea", "#tea")])
async def test_cursors_beyond_the_end_in_one_number(
    tmp_path: Path, cursor: dict[str, int], conversation: str, to: str
) -> None:
    """Who claims more than there is in one number and less in the other begins anew, is live, and hears what comes."""
    async with running_app(tmp_path, "anna", "boris") as app:
        port = app.listener.port
        async with (
            await Wire.login(port, "anna", features=["seq", "changes"]) as anna,
            await Wire.login(port, "boris", features=RESUMING) as boris,
        ):
            for wire in (anna, boris):
                await wire.ask(action="join", time=0, room="#tea")
            assert (await anna.hear())["kind"] == "join"
            await anna.send(to, "one")
            answer = await boris.ask(
                action="resume", time=0, cursors={"#tea": {"seq": 0, "change": 2}, conversation: cursor}
            )
            assert [each["to"] for each in answer["conversations"] if each.get("anew")] == [conversation]
            assert [found["message"] for found in await until_resumed(boris) if found["to"] == to] == ["one"]
            await anna.send(to, "two")
            assert (await boris.hear())["message"] == "two"
            assert await anna.code(action="edit", time=0, to=to, seq=1, message="three") == 200
            assert (await boris.hear())["message"] == "three"
