"""The order of events, with a source that loses, doubles, delays and reorders them as several writers' bus may."""

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from vestnik.chat.rooms import RoomDirectory
from vestnik.chat.storage.changes import ChangeEvent, RoomRecord
from vestnik.chat.storage.messages import MessageEvent
from vestnik.log.journal import Journal
from vestnik.server import order as module
from vestnik.server.order import UNKNOWN, Arrived, Foreign, Order
from vestnik.server.tasks import Tasks

ROOM, DIRECT = 1, 2


def message(conversation_id: int, seq: int) -> MessageEvent:
    """A message with this number."""
    return MessageEvent(conversation_id, 7, "anna", 8, "boris", str(seq), None, seq=seq)


def change(conversation_id: int, number: int, room: RoomRecord | None = None) -> ChangeEvent:
    """A change with this number."""
    kind = "react" if room is None else "create_room"
    return ChangeEvent(number, conversation_id, number, "anna", 0.0, kind, 1, {}, 7, room=room)


class Stored:
    """What a store has; while `broken` it cannot be asked. `asked` counts how often it was."""

    def __init__(self) -> None:
        self.messages: defaultdict[int, list[MessageEvent]] = defaultdict(list)
        self.changes: defaultdict[int, list[ChangeEvent]] = defaultdict(list)
        self.asked = 0
        self.broken = False
        self.own: list[Callable[[], None]] = []

    def keep(self, *events: MessageEvent | ChangeEvent) -> None:
        """Keep events."""
        for event in events:
            if isinstance(event, MessageEvent):
                self.messages[event.conversation_id].append(event)
            else:
                self.changes[event.conversation_id].append(event)

    async def messages_behind(self, conversation_id: int, seq: int, limit: int) -> list[MessageEvent]:
        """As a store does."""
        await self._ask()
        return [each for each in self.messages[conversation_id] if each.seq > seq][:limit]

    async def changes_behind(self, conversation_id: int, number: int, limit: int) -> list[ChangeEvent]:
        """As a store does."""
        await self._ask()
        return [each for each in self.changes[conversation_id] if each.change > number][:limit]

    async def settle(self) -> None:
        """Let come by itself what this process has kept."""
        for bring in self.own:
            bring()
        self.own.clear()

    async def _ask(self) -> None:
        self.asked += 1
        await asyncio.sleep(0)
        if self.broken:
            raise OSError("no disk")


class Heard:
    """What has gone on, in order; wakes whoever waits for it."""

    def __init__(self) -> None:
        self.messages: defaultdict[int, list[int]] = defaultdict(list)
        self.changes: defaultdict[int, list[tuple[int, str | None]]] = defaultdict(list)
        self.arrived: list[Arrived] = []
        self.news = asyncio.Event()

    def deliver(self, arrived: Sequence[Arrived]) -> None:
        """Take messages."""
        self.arrived += arrived
        self.messages[arrived[0].message.conversation_id] += [each.message.seq for each in arrived]
        self.news.set()

    def publish(self, event: ChangeEvent, origin: str | None) -> None:
        """Take a change."""
        self.changes[event.conversation_id].append((event.change, origin))
        self.news.set()

    async def until(self, conversation_id: int, seq: int, number: int) -> None:
        """Wait until so much of a conversation has gone on."""
        async with asyncio.timeout(60):
            while len(self.messages[conversation_id]) < seq or len(self.changes[conversation_id]) < number:
                self.news.clear()
                await self.news.wait()


class Stage:
    """An order between a source and those who hear."""

    def __init__(self, journal: Journal) -> None:
        self.store, self.heard = Stored(), Heard()
        self.tasks = Tasks(journal)
        rooms = RoomDirectory([RoomRecord(ROOM, "#tea", {7, 8}, seq=0, change=0)])
        self.order = Order(self.heard, rooms, self.store, self.tasks, journal)

    def messages(self, *seqs: int, conversation_id: int = ROOM) -> None:
        """The source brings messages."""
        self.order.take_messages(conversation_id, [Foreign(message(conversation_id, seq)) for seq in seqs])


@asynccontextmanager
async def staged(path: Path) -> AsyncIterator[Stage]:
    """A stage whose journal is in `path`."""
    journal = Journal("server", path)
    stage = Stage(journal)
    yield stage
    await stage.tasks.wait()
    journal.close()


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is missing is read without a pause."""
    monkeypatch.setattr(module, "MOMENT", 0.001)


async def test_in_turn(tmp_path: Path) -> None:
    """What comes in turn goes on at once, and the store is not asked."""
    async with staged(tmp_path) as stage:
        stage.messages(1, 2, 3)
        stage.order.take_change(change(ROOM, 1), "5")
        stage.messages(4)
        assert stage.heard.messages[ROOM] == [1, 2, 3, 4]
        assert stage.heard.changes[ROOM] == [(1, "5")]
        assert stage.order.position(ROOM) == (4, 1)
    assert stage.store.asked == 0


async def test_doubled(tmp_path: Path) -> None:
    """What was there before is dropped, alone or among new ones."""
    async with staged(tmp_path) as stage:
        stage.messages(1, 2)
        stage.messages(1, 2)
        stage.messages(2, 3)
        for _ in range(2):
            stage.order.take_change(change(ROOM, 1))
        assert stage.heard.messages[ROOM] == [1, 2, 3]
        assert stage.heard.changes[ROOM] == [(1, None)]
    assert stage.store.asked == 0


async def test_early(tmp_path: Path) -> None:
    """What comes early waits for those before it."""
    async with staged(tmp_path) as stage:
        stage.order.take_change(change(ROOM, 2), "5")
        stage.messages(2, 3)
        assert stage.heard.messages[ROOM] == []
        stage.messages(1)
        stage.order.take_change(change(ROOM, 1))
        assert stage.heard.messages[ROOM] == [1, 2, 3]
        assert stage.heard.changes[ROOM] == [(1, None), (2, "5")]


async def test_lost(tmp_path: Path) -> None:
    """What is lost is read from the store when something behind it has come."""
    async with staged(tmp_path) as stage:
        stage.store.keep(*(message(ROOM, seq) for seq in (1, 2, 3)), change(ROOM, 1), change(ROOM, 2))
        stage.messages(3)
        stage.order.take_change(change(ROOM, 2), "5")
        await stage.heard.until(ROOM, 3, 2)
        assert stage.heard.messages[ROOM] == [1, 2, 3]
        assert stage.heard.changes[ROOM] == [(1, None), (2, "5")]


async def test_the_store_fails(tmp_path: Path) -> None:
    """While the store cannot be asked nothing goes on in the wrong order; then everything does."""
    async with staged(tmp_path) as stage:
        stage.store.keep(message(ROOM, 1), message(ROOM, 2))
        stage.store.broken = True
        stage.messages(2)
        async with asyncio.timeout(60):
            while stage.store.asked < 3:
                await asyncio.sleep(0)
        assert stage.heard.messages[ROOM] == []
        stage.store.broken = False
        await stage.heard.until(ROOM, 2, 0)
        assert stage.heard.messages[ROOM] == [1, 2]


async def test_retention_has_removed_what_is_missing(tmp_path: Path) -> None:
    """What is not in the store any more is not waited for."""
    async with staged(tmp_path) as stage:
        stage.messages(1)
        stage.messages(4)
        await stage.heard.until(ROOM, 2, 0)
        stage.store.keep(message(ROOM, 9))
        stage.messages(9)
        await stage.heard.until(ROOM, 3, 0)
        assert stage.heard.messages[ROOM] == [1, 4, 9]


async def test_a_direct_conversation_begins_anywhere(tmp_path: Path) -> None:
    """The first that is heard of a direct conversation is in turn, its messages and its changes apart."""
    async with staged(tmp_path) as stage:
        assert stage.order.position(DIRECT) == (UNKNOWN, UNKNOWN)
        stage.messages(41, 42, conversation_id=DIRECT)
        stage.order.take_change(change(DIRECT, 7))
        stage.messages(42, 43, conversation_id=DIRECT)
        assert stage.heard.messages[DIRECT] == [41, 42, 43]
        assert stage.heard.changes[DIRECT] == [(7, None)]
        assert stage.order.position(DIRECT) == (43, 7)


async def test_a_room_begins_when_it_is_made(tmp_path: Path) -> None:
    """A room of which the first thing heard is that it was made begins there."""
    async with staged(tmp_path) as stage:
        stage.order.take_change(change(9, 1, RoomRecord(9, "#new", {7})))
        assert stage.order.position(9) == (0, 1)


async def test_ones_own_come_by_themselves(tmp_path: Path) -> None:
    """What this process has kept is not taken from the store, where it is without its author."""

    class Own(Foreign):
        """A message of this process."""

    async with staged(tmp_path) as stage:
        stage.store.keep(message(ROOM, 1), message(ROOM, 2))
        mine = Own(message(ROOM, 2))
        stage.store.own.append(lambda: stage.order.take_messages(ROOM, [mine]))
        await stage.order.reach(ROOM, 2, 0)
        assert stage.heard.messages[ROOM] == [1, 2]
        assert [type(each) for each in stage.heard.arrived] == [Foreign, Own]


async def test_reach(tmp_path: Path) -> None:
    """Who waits for a number goes on when it has come, by itself or from the store, or when the store has no more."""
    async with staged(tmp_path) as stage:
        await stage.order.reach(ROOM, 0, 0)
        waiting = asyncio.ensure_future(stage.order.reach(ROOM, 2, 0))
        await asyncio.sleep(0)
        stage.messages(1)
        stage.messages(2)
        await waiting
        stage.store.keep(message(ROOM, 3), change(ROOM, 1))
        await stage.order.reach(ROOM, 3, 1)
        assert stage.heard.messages[ROOM] == [1, 2, 3]
        async with asyncio.timeout(60):
            await stage.order.reach(ROOM, 99, 99)


async def test_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Early events past the limit are not remembered and come from the store; so do positions of rooms."""
    monkeypatch.setattr(module, "MAX_EARLY", 2)
    monkeypatch.setattr(module, "MAX_HEADS", 2)
    async with staged(tmp_path) as stage:
        stage.store.keep(*(message(ROOM, seq) for seq in range(1, 10)))
        for seq in range(2, 10):
            stage.messages(seq)
        await stage.heard.until(ROOM, 9, 0)
        for number in range(10, 20):
            stage.messages(1, conversation_id=number)
        assert stage.order.position(ROOM) == (0, 0)  # this test applies nothing to the room
    assert stage.heard.messages[ROOM] == list(range(1, 10))


@pytest.mark.parametrize("seed", range(30))
async def test_a_bad_source(tmp_path: Path, seed: int) -> None:
    """Whatever a source does to the events of several writers, each conversation goes on whole, once and in order."""
    dice = random.Random(seed)
    numbers = (ROOM, DIRECT, 3)
    async with staged(tmp_path) as stage:
        for number in numbers:
            stage.order.begin(number, 0, 0)
        count = {number: (dice.randint(1, 40), dice.randint(1, 15)) for number in numbers}
        events: list[MessageEvent | ChangeEvent] = []
        for number, (seqs, changes) in count.items():
            events += [message(number, seq) for seq in range(1, seqs + 1)]
            events += [change(number, each) for each in range(1, changes + 1)]
        stage.store.keep(*events)
        brought = [event for event in events for _ in range(dice.choice((0, 1, 1, 1, 2)))]
        spread = dice.choice((1, 5, 100))
        places = sorted(range(len(brought)), key=lambda at: at + dice.uniform(0, spread))
        for event in [brought[at] for at in places]:
            if isinstance(event, MessageEvent):
                stage.order.take_messages(event.conversation_id, [Foreign(event)])
            else:
                stage.order.take_change(event)
            if dice.random() < 0.2:
                await asyncio.sleep(0)
        for number, (seqs, changes) in count.items():  # what an own look at the store finds
            await stage.order.reach(number, seqs, changes)
            assert stage.heard.messages[number] == list(range(1, seqs + 1))
            assert stage.heard.changes[number] == [(each, None) for each in range(1, changes + 1)]
