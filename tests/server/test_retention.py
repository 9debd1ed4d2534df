"""Retention: old messages go, the numbers go on."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from tests.support.app import journal_lines, running_app
from tests.support.store import kept
from tests.support.wire import Wire
from vestnik.server.retention import DAY, ID_DAYS, SLICE, Retention


def alter(data: Path, statement: str, *values: object) -> None:
    """Change the database behind the server's back."""
    with closing(sqlite3.connect(data / "vestnik.db")) as database, database:
        database.execute(statement, values)


async def test_old_messages_go(tmp_path: Path) -> None:
    """A room that keeps messages for some days loses older ones, with a line; others keep everything."""
    count = SLICE + 10
    async with running_app(tmp_path, "anna", lang="en") as app:
        retention = Retention(app.store, app.journal, app.services.fanout, app.clock)
        async with await Wire.login(app.listener.port, "anna", features=["seq"]) as anna:
            for room in ("#tea", "#cake"):
                await anna.ask(action="join", time=0, room=room)
            for _ in range(count):
                anna.tell(action="msg", time=0, to="#tea", message="x")
            for _ in range(count):
                await anna.answer()
            await anna.send("#cake", "x")
            alter(tmp_path, "UPDATE message SET time = time - ?", 10 * DAY)
            await anna.send("#tea", "new")
            await retention.apply()
            assert len(kept(tmp_path)) == count + 2
            alter(tmp_path, "UPDATE room SET retention = 9 WHERE name = '#tea'")
            await retention.apply()
            assert sorted((each.seq, each.text) for each in kept(tmp_path)) == [(1, "x"), (count + 1, "new")]
            assert f"INFO     server     Old messages of room #tea removed ({count})" in journal_lines(app)
            listed = (await anna.ask(action="conversations", time=0))["conversations"]
            assert {each["to"]: each.get("first", 1) for each in listed} == {"#tea": count + 1, "#cake": 1}
            assert [each["seq"] for each in (await anna.ask(action="history", time=0, to="#tea"))["messages"]] == [
                count + 1
            ]


async def test_numbers_go_on(tmp_path: Path) -> None:
    """A room whose messages are all gone counts on, also after a restart."""
    async with (
        running_app(tmp_path, "anna") as app,
        await Wire.login(app.listener.port, "anna", features=["seq"]) as anna,
    ):
        await anna.ask(action="join", time=0, room="#tea")
        for _ in range(3):
            await anna.send("#tea", "x")
    alter(tmp_path, "UPDATE message SET time = 0")
    alter(tmp_path, "UPDATE room SET retention = 1")
    async with running_app(tmp_path) as app:
        await Retention(app.store, app.journal, app.services.fanout, app.clock).apply()
        assert kept(tmp_path) == []
        async with await Wire.login(app.listener.port, "anna", features=["seq"]) as anna:
            assert (await anna.send("#tea", "x"))["seq"] == 4


class Clocks:
    """What the clock shows, and what the machine has counted."""

    def __init__(self) -> None:
        self.shown = time.time()
        self.counted = 0.0

    def go_on(self, seconds: float) -> None:
        """Time passes."""
        self.shown += seconds
        self.counted += seconds


async def test_clock_far_ahead(tmp_path: Path) -> None:
    """A clock that is 400 days ahead removes nothing, with a line; set right, or steady for long, it is believed."""
    async with running_app(tmp_path, "anna", lang="en") as app, await Wire.login(app.listener.port, "anna") as anna:
        await anna.ask(action="join", time=0, room="#tea")
        await anna.send("#tea", "x")
        alter(tmp_path, "UPDATE room SET retention = 30")
        clocks = Clocks()

        def retention() -> Retention:
            return Retention(app.store, app.journal, app.services.fanout, lambda: clocks.shown, lambda: clocks.counted)

        running = retention()
        await running.apply()
        clocks.shown += 400 * DAY
        for _ in range(3):
            clocks.go_on(3600.0)
            await running.apply()
        await retention().apply()  # a restart does not make it more credible
        assert len(kept(tmp_path)) == 1
        doubts = [line for line in journal_lines(app) if "no old messages are removed" in line]
        assert len(doubts) == 2
        assert "for 72 more hours" in doubts[0]
        clocks.shown -= 400 * DAY
        await running.apply()
        assert len(kept(tmp_path)) == 1
        clocks.shown += 400 * DAY
        await running.apply()
        for _ in range(72):
            assert len(kept(tmp_path)) == 1
            clocks.go_on(3600.0)
            await running.apply()
        assert kept(tmp_path) == []


async def test_ids_are_not_free_again(tmp_path: Path) -> None:
    """A message is not kept again under its id when retention has removed it, and another one not under the same."""
    async with (
        running_app(tmp_path, "anna", lang="en") as app,
        await Wire.login(app.listener.port, "anna", features=["seq"]) as anna,
    ):
        await anna.ask(action="join", time=0, room="#tea")

        async def say(text: str, name: str = "1") -> tuple[int, int]:
            answer = await anna.ask(action="msg", time=0, to="#tea", message=text, id=name)
            return answer["response"], answer["seq"]

        assert await say("first run") == (200, 1)
        assert await say("second run") == (409, 1)
        alter(tmp_path, "UPDATE message SET time = 0")
        alter(tmp_path, "UPDATE room SET retention = 1")
        await Retention(app.store, app.journal, app.services.fanout, app.clock).apply()
        assert kept(tmp_path) == []
        assert await say("first run") == (200, 1)
        assert await say("second run") == (409, 1)
        assert kept(tmp_path) == []
        assert await say("second run", "2") == (200, 2)
        clocks = Clocks()
        later = Retention(app.store, app.journal, app.services.fanout, lambda: clocks.shown, lambda: clocks.counted)
        await later.apply()
        clocks.go_on(ID_DAYS * DAY)
        await later.apply()
        assert await say("second run") == (200, 3)
        differs = "ERROR    server     409: A message 1 from anna to #tea was sent already, with another text"
        assert journal_lines(app).count(differs) == 2


async def test_what_comes_after_the_newest_is_gone(tmp_path: Path) -> None:
    """When the newest messages are gone what is sent next is found, can be edited, and has a number of its own."""
    searched: list[list[int]] = []
    numbers: list[int] = []
    async with running_app(tmp_path, "anna") as app:
        for round_ in range(3):
            async with await Wire.login(app.listener.port, "anna", features=["seq"]) as anna:
                await anna.ask(action="join", time=0, room="#tea")
                seqs = [(await anna.send("#tea", f"слово{round_} раз"))["seq"] for _ in range(3)]
                answer = await anna.ask(action="search", query=f"слово{round_}", time=0)
                searched.append(sorted(each["seq"] for each in answer["messages"]))
                assert searched[-1] == seqs
                numbers += [each.number for each in await app.store.messages_after(0, 100)]
                assert await anna.code(action="edit", to="#tea", seq=seqs[-1], message="замок", time=0) == 200
                answer = await anna.ask(action="search", query="замок", time=0)
                assert [each["seq"] for each in answer["messages"]] == seqs[-1:]
            alter(tmp_path, "UPDATE message SET time = 0")
            alter(tmp_path, "UPDATE room SET retention = 1")
            await Retention(app.store, app.journal, app.services.fanout, app.clock).apply()
            assert kept(tmp_path) == []
    assert searched == [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
    assert len(numbers) == len(set(numbers)) == 9
