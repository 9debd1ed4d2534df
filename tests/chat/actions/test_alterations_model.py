"""What three people do with messages, in any order and at once, against a simple model."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import UNSET

from tests.chat.conftest import Ear, House
from tests.support.data import add_accounts
from tests.support.store import reader
from vestnik.chat.limits import Limits
from vestnik.chat.names import name_key
from vestnik.chat.outcome import Reply
from vestnik.chat.rooms import Room
from vestnik.chat.session import Session
from vestnik.chat.storage.accounts import AccountRecord
from vestnik.chat.storage.changes import ChangeEvent
from vestnik.protocol.errors import VestnikError
from vestnik.protocol.requests import AnyRequest, Delete, Edit, Join, Msg, Pin, React, Unpin, Unreact
from vestnik.store.queries.history import history

NAMES = ("anna", "boris", "Вера")
OWNER = "anna"
LIMIT = 2
"""Different reactions to a message, and pins."""


class Modelled:
    """A message as it should be. `reactions` are emoji and name in their order."""

    def __init__(self, author: str, text: str) -> None:
        self.author = author
        self.text = text
        self.edited = self.deleted = False
        self.versions: list[tuple[str, str, bool]] = []
        self.reactions: list[tuple[str, str]] = []


class Model:
    """A room as it should be: its messages by seq, the pinned ones in their order."""

    def __init__(self) -> None:
        self.messages: dict[int, Modelled] = {}
        self.pins: list[int] = []

    def do(self, name: str, request: Any) -> tuple[int, bool]:
        """Do what a request asks for; the code of the answer, and whether something has changed."""
        found = self.messages.get(request.seq)
        if found is None or (found.deleted and not isinstance(request, Delete)):
            return 404, False
        code, changed = getattr(self, f"_{type(request).__name__.lower()}")(name, found, request)
        return code, changed

    def _edit(self, name: str, found: Modelled, request: Edit) -> tuple[int, bool]:
        if name != found.author:
            return 403, False
        if found.text == request.message:
            return 200, False
        found.versions.append((name, found.text, False))
        found.edited = True
        found.text = request.message
        return 200, True

    def _delete(self, name: str, found: Modelled, request: Delete) -> tuple[int, bool]:
        if name not in {found.author, OWNER}:
            return 403, False
        if found.deleted:
            return 200, False
        found.versions = [(name, "", True)]
        found.text, found.deleted, found.reactions = "", True, []
        self.pins = [seq for seq in self.pins if seq != request.seq]
        return 200, True

    def _react(self, name: str, found: Modelled, request: React) -> tuple[int, bool]:
        if (request.emoji, name) in found.reactions:
            return 200, False
        different = {emoji for emoji, _ in found.reactions}
        if len(different | {request.emoji}) > LIMIT:
            return 403, False
        found.reactions.append((request.emoji, name))
        return 200, True

    def _unreact(self, name: str, found: Modelled, request: Unreact) -> tuple[int, bool]:
        if (request.emoji, name) not in found.reactions:
            return 200, False
        found.reactions.remove((request.emoji, name))
        return 200, True

    def _pin(self, _name: str, _found: Modelled, request: Pin) -> tuple[int, bool]:
        if request.seq in self.pins:
            return 200, False
        if len(self.pins) == LIMIT:
            return 403, False
        self.pins.append(request.seq)
        return 200, True

    def _unpin(self, _name: str, _found: Modelled, request: Unpin) -> tuple[int, bool]:
        if request.seq not in self.pins:
            return 200, False
        self.pins.remove(request.seq)
        return 200, True


class Table:
    """A room of its own with the three people in it, and the changes that were published."""

    def __init__(self, house: House, name: str) -> None:
        self.house = house
        self.name = name
        self.sessions: dict[str, Session] = {}
        self.changes: list[ChangeEvent] = []
        self.room: Room

    async def open(self) -> None:
        """Let the people in."""
        for number, name in enumerate(NAMES, 1):
            session = self.sessions[name] = Session(Ear())
            self.house.chat.sessions.attach(session, AccountRecord(number, name), name_key(name), frozenset({"seq"}))
            await self.house.do(session, Join(room=self.name))
        room = self.house.chat.rooms.find(self.name)
        assert room is not None
        room.roles.clear()
        room.roles[1] = "owner"
        self.room = room
        self.first = len(await self.kept_changes())

    async def ask(self, name: str, request: AnyRequest) -> tuple[int, bool]:
        """Serve a request; the code of the answer, and whether something has changed."""
        try:
            reply: Reply = await self.house.reply(self.sessions[name], request)
        except VestnikError as error:
            return int(error.code), False
        self.changes += reply.changes
        return int(reply.answer.code), bool(reply.changes)

    async def kept_changes(self) -> list[ChangeEvent]:
        """All changes of the room that are on disk."""
        return await self.house.store.changes_behind(self.room.id, 0, 100_000)

    async def check(self, model: Model) -> None:
        """Compare what is on disk with a model, and the published changes with those on disk."""
        page = await self.house.store._read(history, reader(1), self.room.id, 1000)
        shown = {each.seq: each for each in page.messages}
        assert set(shown) == set(model.messages)
        for seq, expected in model.messages.items():
            found = shown[seq]
            assert (found.from_, found.message, found.deleted is not UNSET) == (
                expected.author,
                expected.text,
                expected.deleted,
            )
            assert (found.edited is not UNSET) == expected.edited
            reactions: dict[str, list[str]] = {}
            for emoji, name in expected.reactions:
                reactions.setdefault(emoji, []).append(name)
            assert (found.reactions or {}) == reactions
            assert (found.pinned is True) == (seq in model.pins)
            versions = await self.house.store.versions(reader(1), self.room.id, seq, 1000)
            assert versions is not None
            assert [(each.from_, each.message, each.deleted) for each in versions] == expected.versions
        assert [each.seq for each in await self.house.store.pinned(reader(1), self.room.id)] == model.pins[::-1]
        await self.check_changes()

    async def check_changes(self) -> None:
        """What was published is what is on disk, in the same order and without gaps."""
        kept = await self.kept_changes()
        assert [each.change for each in kept] == list(range(1, len(kept) + 1))
        assert [each._replace(data={}) for each in kept[self.first :]] == [
            each._replace(data={}) for each in self.changes
        ]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One database for all examples; each has a room of its own."""
    path = tmp_path_factory.mktemp("model")
    add_accounts(path, NAMES, "secret")
    return path


NUMBERS = iter(range(1, 1_000_000))
seqs = st.integers(1, 3)
texts = st.sampled_from(["one", "two", "@boris", "@all"])
emojis = st.sampled_from("👍👎x")
requests = st.one_of(
    st.builds(lambda seq, message: Edit(to="", seq=seq, message=message), seqs, texts),
    st.builds(lambda seq: Delete(to="", seq=seq), seqs),
    st.builds(lambda seq, emoji: React(to="", seq=seq, emoji=emoji), seqs, emojis),
    st.builds(lambda seq, emoji: React(to="", seq=seq, emoji=emoji), seqs, emojis),
    st.builds(lambda seq, emoji: Unreact(to="", seq=seq, emoji=emoji), seqs, emojis),
    st.builds(lambda seq: Pin(to="", seq=seq), seqs),
    st.builds(lambda seq: Unpin(to="", seq=seq), seqs),
    st.builds(lambda message: Msg(to="", message=message), texts),
)
steps = st.lists(st.tuples(st.sampled_from(NAMES), requests), min_size=20, max_size=60)
with_data = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def at_table(data: Path, play: Any) -> None:
    """Run `play` with a table of its own."""

    async def run() -> None:
        house = House(data, Limits(reactions=LIMIT, pins=LIMIT))
        try:
            table = Table(house, f"#{next(NUMBERS)}")
            await table.open()
            await play(table)
        finally:
            await house.store.close()

    asyncio.run(run())


async def send(table: Table, model: Model, name: str, text: str) -> None:
    """Send a message to the table and to the model."""
    post = await table.house.keep(table.sessions[name], Msg(to=table.name, message=text))
    assert post.message.seq == len(model.messages) + 1
    model.messages[post.message.seq] = Modelled(name, text)


@with_data
@given(steps=steps)
def test_one_after_the_other(data: Path, steps: list[tuple[str, Any]]) -> None:
    """Whatever three people do, every answer, message, version, pin and change is what the model says."""

    async def play(table: Table) -> None:
        model = Model()
        for name in NAMES[:2]:
            await send(table, model, name, "one")
        for name, request in steps:
            request.to = table.name
            table.house.now += 1
            if isinstance(request, Msg):
                await send(table, model, name, request.message)
            else:
                assert await table.ask(name, request) == model.do(name, request)
        await table.check(model)

    at_table(data, play)


@with_data
@given(steps=steps)
def test_at_once(data: Path, steps: list[tuple[str, Any]]) -> None:
    """What people do at the same time is done one after the other, in the order in which it is published."""

    async def play(table: Table) -> None:
        model = Model()
        for name in NAMES:
            await send(table, model, name, "one")
        asked = [(name, request) for name, request in steps if not isinstance(request, Msg)]
        for _, request in asked:
            request.to = table.name
        results = await asyncio.gather(*(table.ask(name, request) for name, request in asked))
        await table.check_changes()
        for made in table.changes:
            request = next(
                request
                for (name, request), (_, changed) in zip(asked, results, strict=True)
                if changed
                and (name, type(request).__name__.lower(), request.seq) == (made.account, made.kind, made.seq)
                and made.data.get("message", made.data.get("emoji"))
                == getattr(request, "message", getattr(request, "emoji", None))
            )
            assert model.do(made.account, request) == (200, True)
        assert len(table.changes) == sum(changed for _, changed in results)
        for seq, expected in model.messages.items():
            found = await table.house.store.find_message(reader(1), table.room.id, seq)
            assert found is not None
            assert (found.text, found.deleted is not None) == (expected.text, expected.deleted)

    at_table(data, play)
