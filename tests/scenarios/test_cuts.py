"""Nothing lost, doubled or reordered: connections are cut after every byte, servers killed in between."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from tests.support.app import running_app
from tests.support.process import ServerProcess
from tests.support.proxy import Proxy
from vestnik.cli.user import add_accounts
from vestnik.client import Backoff, Change, Client, ConnectionFailed, Delivery, Response
from vestnik.log.journal import Journal

ROOM: Final = "#tea"
KILLS: Final = 25


class Person:
    """Somebody who talks and listens through a client, and remembers what was said to whom, and what was heard.

    Everything heard is checked at once: each message and each change of a conversation comes once and in order.
    """

    def __init__(self, name: str, other: str, **more: Any) -> None:
        self.name = name
        self.other = other
        self.heard: dict[str, dict[int, str]] = {ROOM: {}, other: {}}
        self.sent: dict[str, dict[int, str]] = {ROOM: {}, other: {}}
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
        answer = await self.client.send(to, text)
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
        where = ROOM if event.to == ROOM else self.other
        number = event.change if isinstance(event, Change) else event.seq
        assert isinstance(number, int)
        assert event.from_ == self.other, "one's own come as answers"
        assert number > self._last.get((type(event), where), 0), "each once and in order"
        self._last[type(event), where] = number
        if isinstance(event, Delivery):
            self.heard[where][number] = event.message
        else:
            assert isinstance(event.seq, int)
            self.changes.append((where, event.kind, event.seq))
            if isinstance(event.message, str):
                assert event.seq in self.heard[where], "a message comes before its changes"
                self.heard[where][event.seq] = event.message

    async def has_heard(self, other: "Person", changes: int) -> None:
        """Wait until everything has come that the other one has said, and so many changes."""
        wanted = {ROOM: other.sent[ROOM], self.other: other.sent[self.name]}
        async with asyncio.timeout(20), self._news:
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
    for person in (anna, boris):
        person.forget()
    lines = [(anna, ROOM, 4), (boris, ROOM, 2), (anna, "boris", 4), (boris, "anna", 2)]
    await asyncio.gather(*(who.say(to, f"{label} {n}") for who, to, count in lines for n in range(count)))
    for who, to, count in lines:
        assert [text for _, text in sorted(who.sent[to].items())] == [f"{label} {n}" for n in range(count)]
    first, second = sorted(anna.sent[ROOM])[:2]
    (last, *_) = boris.sent["anna"]
    anna.sent[ROOM][first] = f"{label} changed"
    await asyncio.gather(
        anna.client.edit(ROOM, first, f"{label} changed"),
        anna.client.react("boris", last, "👍"),
        anna.client.edit("boris", min(anna.sent["boris"]), f"{label} too"),
        boris.client.react(ROOM, second, "👍"),
    )
    anna.sent["boris"][min(anna.sent["boris"])] = f"{label} too"
    await anna.has_heard(boris, 1)
    await boris.has_heard(anna, 3)
    assert anna.changes == [(ROOM, "react", second)]
    assert sorted(boris.changes) == sorted(
        [(ROOM, "edit", first), ("anna", "react", last), ("anna", "edit", min(anna.sent["boris"]))]
    )


def people(journal: Journal) -> tuple[Person, Person]:
    """Two that reconnect at once."""
    more = {"password": "secret", "journal": journal, "backoff": Backoff(base=0)}
    return Person("anna", "boris", **more), Person("boris", "anna", **more)


@pytest.fixture
def journal(tmp_path: Path) -> Any:
    """A journal for what goes wrong only."""
    made = Journal("client", tmp_path / "client", level=40)
    yield made
    made.close()


async def begin(anna: Person, boris: Person, port: int) -> None:
    """Both join the room, and hear of it."""
    async with anna.talking(port), boris.talking(port):
        await anna.client.join(ROOM)
        await boris.client.join(ROOM)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("direction", ["up", "down"])
async def test_a_cut_after_every_byte(tmp_path: Path, journal: Journal, direction: str) -> None:
    """Wherever the connection of one of two is cut: what each hears is what the other said, once and in order."""
    anna, boris = people(journal)
    async with running_app(tmp_path, "anna", "boris", log_level="ERROR") as app, Proxy(app.listener.port) as proxy:
        await begin(anna, boris, app.listener.port)
        async with boris.talking(app.listener.port):
            for label in ("with a password", "with a token"):
                proxy.carried.clear()
                async with anna.talking(proxy.port):
                    await talk(anna, boris, label)
            for place in range(1, proxy.carried[direction] + 1):
                proxy.cut(**{direction: place})
                async with anna.talking(proxy.port):
                    await talk(anna, boris, str(place))
        assert proxy.cuts >= proxy.carried[direction] - 50
