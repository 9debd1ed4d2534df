"""Nothing lost, doubled or reordered: connections are cut after every byte, servers killed in between."""

import asyncio
import gc
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from tests.support.app import running_app
from tests.support.data import add_accounts
from tests.support.process import ServerProcess
from tests.support.proof import Proof
from tests.support.proxy import Proxy
from tests.support.waiting import DEADLINE
from vestnik.client import Backoff, Change, Client, ConnectionFailed, Delivery, Response
from vestnik.log.journal import Journal

LANES: Final = 4
"""Sessions that go on at the same time: while one waits for the disk another one works."""
CUTS: Final = 40
"""Places in each lane that are a sample of all."""
KILLS: Final = 15


class Person:
    """Somebody who talks and listens through a client, and remembers what was said to whom, and what was heard.

    Everything heard is checked at once: each message and each change of a conversation comes once and in order.
    """

    def __init__(self, name: str, other: str, room: str, **more: Any) -> None:
        self.name = name
        self.room = room
        self.other = other
        self.heard: dict[str, dict[int, str]] = {room: {}, other: {}}
        self.sent: dict[str, dict[int, str]] = {room: {}, other: {}}
        self.changes: list[tuple[str, str, int]] = []
        self._last: dict[tuple[type, str], int] = {}
        self._more = more
        self._news = asyncio.Condition()
        self._cursors: str = "{}"
        self._listening: asyncio.Task[None] | None = None
        self.client: Client

    @asynccontextmanager
    async def talking(self, port: int) -> AsyncIterator[None]:
        """Connected; the cursors are kept from one time to the next, as a program keeps them: in JSON."""
        while True:
            self.client = self._make(port)
            try:
                await self.client.__aenter__()
            except ConnectionFailed:
                continue
            break
        listening = asyncio.create_task(self._listen())
        try:
            yield
        finally:
            await self.client.disconnect()
            await listening
            self._cursors = json.dumps(self.client.cursors)
            self._more["token"] = self.client.token

    def _make(self, port: int) -> Client:
        return Client("127.0.0.1", port, name=self.name, cursors=json.loads(self._cursors), **self._more)

    async def say(self, to: str, text: str) -> None:
        """Send a message and remember its number."""
        answer = await self.client.send(to, text, message_id=f"{to[0]} {text}")
        self._note(self.sent[to], answer, text)

    def _note(self, where: dict[int, str], answer: Response, text: str) -> None:
        assert isinstance(answer.seq, int)
        assert answer.seq not in where
        where[answer.seq] = text

    async def _listen(self) -> None:
        async for event in self.client.events():
            if isinstance(event, Delivery | Change):
                async with self._news:
                    self._hear(event)
                    self._news.notify_all()

    def _hear(self, event: Delivery | Change) -> None:
        where = self.room if event.to == self.room else self.other
        number = event.change if isinstance(event, Change) else event.seq
        assert isinstance(number, int)
        assert event.from_ == self.other, "one's own come as answers"
        assert number > self._last.get((type(event), where), 0), "each once and in order"
        self._last[type(event), where] = number
        if isinstance(event, Delivery):
            self.heard[where][number] = event.message
        else:
            if event.kind == "join":
                return  # of the beginning; whether it is heard depends on who comes first
            assert isinstance(event.seq, int)
            self.changes.append((where, event.kind, event.seq))
            if isinstance(event.message, str):
                assert event.seq in self.heard[where], "a message comes before its changes"
                self.heard[where][event.seq] = event.message

    async def has_heard(self, other: "Person", changes: int) -> None:
        """Wait until everything has come that the other one has said, and so many changes."""
        wanted = {self.room: other.sent[self.room], self.other: other.sent[self.name]}
        async with asyncio.timeout(DEADLINE), self._news:
            await self._news.wait_for(
                lambda: (
                    all(set(wanted[where]) <= set(self.heard[where]) for where in wanted)
                    and len(self.changes) >= changes
                )
            )
        assert self.heard == wanted

    def forget(self) -> None:
        """Begin anew with what was said, though not with the numbers."""
        for memory in (self.heard, self.sent):
            for where in memory.values():
                where.clear()
        self.changes.clear()


async def talk(anna: Person, boris: Person, label: str) -> None:
    """A dozen messages to the room and direct, at once; then changes; both have heard all of it, in its order."""
    room = anna.room
    for person in (anna, boris):
        person.forget()
    lines = [(anna, room, 4), (boris, room, 2), (anna, boris.name, 4), (boris, anna.name, 2)]
    await asyncio.gather(*(who.say(to, f"{label} {n}") for who, to, count in lines for n in range(count)))
    for who, to, count in lines:
        assert [text for _, text in sorted(who.sent[to].items())] == [f"{label} {n}" for n in range(count)]
    first, second = sorted(anna.sent[room])[:2]
    (last, *_) = boris.sent[anna.name]
    anna.sent[room][first] = f"{label} changed"
    await asyncio.gather(
        anna.client.edit(room, first, f"{label} changed"),
        anna.client.react(boris.name, last, "👍"),
        anna.client.edit(boris.name, min(anna.sent[boris.name]), f"{label} too"),
        boris.client.react(room, second, "👍"),
    )
    anna.sent[boris.name][min(anna.sent[boris.name])] = f"{label} too"
    await anna.has_heard(boris, 1)
    await boris.has_heard(anna, 3)
    assert anna.changes == [(room, "react", second)]
    assert sorted(boris.changes) == sorted(
        [(room, "edit", first), (anna.name, "react", last), (anna.name, "edit", min(anna.sent[boris.name]))]
    )


def pair(journal: Journal, lane: int = 0, **more: Any) -> tuple[Person, Person]:
    """Two that reconnect at once, and have a room of their own."""
    given = {"password": "secret", "journal": journal, "backoff": Backoff(base=0)} | more
    names = f"anna{lane}", f"boris{lane}"
    return Person(*names, f"#tea{lane}", **given), Person(*reversed(names), f"#tea{lane}", **given)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """A journal for what goes wrong only."""
    made = Journal("client", tmp_path / "client", level=40)
    yield made
    made.close()


async def begin(anna: Person, boris: Person, port: int) -> None:
    """Both join their room, and hear of it."""
    async with anna.talking(port), boris.talking(port):
        await anna.client.join(anna.room)
        await boris.client.join(boris.room)


async def cut_everywhere(anna: Person, boris: Person, port: int, direction: str, lane: int, proof: Proof) -> None:
    """Cut a session of anna's after each of the bytes that are this lane's."""
    async with Proxy(port) as proxy:
        await begin(anna, boris, port)
        async with boris.talking(port):
            for label in ("1st", "2nd"):
                proxy.carried.clear()
                async with anna.talking(proxy.port):
                    await talk(anna, boris, label)
            places = range(1 + lane, proxy.carried[direction] + 1, LANES)
            assert len(places) > 100
            for place in proof.some(places, CUTS):
                proxy.carried.clear()
                proxy.cut(**{direction: place})
                async with anna.talking(proxy.port):
                    await talk(anna, boris, str(place))
                # Confirmations come in fewer requests on a busy machine: then a session is shorter than the first one.
                assert proxy.cut_done.is_set() or proxy.carried[direction] < place


@pytest.mark.parametrize("direction", ["up", "down"])
async def test_a_cut_after_every_byte(tmp_path: Path, journal: Journal, direction: str, proof: Proof) -> None:
    """Wherever the connection of one of two is cut: what each hears is what the other said, once and in order."""
    pairs = [pair(journal, lane) for lane in range(LANES)]
    names = [person.name for both in pairs for person in both]
    async with running_app(tmp_path, *names, log_level="ERROR") as app, asyncio.TaskGroup() as lanes:
        for lane, both in enumerate(pairs):
            lanes.create_task(cut_everywhere(*both, app.listener.port, direction, lane, proof))


class Crashing:
    """A server that is killed and started again, always on the same port."""

    def __init__(self, data: Path, port: int) -> None:
        self._data = data
        self.port = port
        self.process = ServerProcess(data, port=port)

    def crash(self) -> None:
        """Kill it, and start it again."""
        self.process.kill()
        self.process = ServerProcess(self._data, port=self.port)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_a_kill_at_many_places(tmp_path: Path, journal: Journal, port: int, proof: Proof) -> None:
    """Wherever in a session the server is killed: after its restart both go on as if nothing had been."""
    anna, boris = pair(journal, backoff=Backoff(base=0.01, cap=0.05))
    add_accounts(tmp_path, [anna.name, boris.name], "secret")
    server = await asyncio.to_thread(Crashing, tmp_path, port)
    try:
        async with Proxy(server.port) as proxy:
            await begin(anna, boris, server.port)
            async with boris.talking(server.port):
                for label in ("1st", "2nd"):
                    proxy.carried.clear()
                    async with anna.talking(proxy.port):
                        await talk(anna, boris, label)
                length = proxy.carried["down"]
                for place in proof.some(range(length // KILLS, length, length // KILLS), 4):
                    proxy.cut(down=place)
                    async with anna.talking(proxy.port), asyncio.TaskGroup() as group:
                        talking = group.create_task(talk(anna, boris, str(place)))
                        cut = group.create_task(proxy.cut_done.wait())
                        await asyncio.wait((talking, cut), return_when=asyncio.FIRST_COMPLETED)
                        cut.cancel()  # a session may be shorter than the first one
                        await asyncio.to_thread(server.crash)
    finally:
        await asyncio.to_thread(server.process.stop)
        gc.collect()  # asyncio of Python 3.11 forgets to close the socket of a connection that was refused
