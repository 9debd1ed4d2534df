"""The single writer: one seq after another, each id once, all or nothing."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from sqlite3 import OperationalError
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, select

from tests.support.data import make_data
from tests.support.waiting import DEADLINE
from vestnik.chat.storage.accounts import AccountRecord
from vestnik.chat.storage.messages import EVERYBODY, Extras, Origin
from vestnik.protocol.errors import VestnikError
from vestnik.store import writer as module
from vestnik.store.engine import open_engine
from vestnik.store.schema import mention, message
from vestnik.store.writer import Messages, Writer


class New:
    """A message to be kept."""

    def __init__(self, conversation_id: int, sender_id: int, id: str | None = None, text: str = "x") -> None:  # noqa: A002
        self.message = self
        self.conversation_id = conversation_id
        self.author_id = sender_id
        self.author = f"account {sender_id}"
        self.id = id
        self.text = text
        self.extras: Extras | None = None
        self.number = 0
        self.seq = 0
        self.time = 0.0
        self.again = False
        self.delivered = False
        self.conflict = False
        self.refusal: VestnikError | None = None
        self.differs = False
        self.withdrawn = False


class Desk:
    """A writer, and what it has reported so far."""

    def __init__(self, engine: Engine, unsafe: module.Unsafe = module.unsaid) -> None:
        self.reports: list[tuple[Messages, Exception | None]] = []
        self._news = asyncio.Event()
        self.writer = Writer(engine, asyncio.get_running_loop(), self._committed, unsafe=unsafe)

    def _committed(self, messages: Messages, error: Exception | None) -> None:
        self.reports.append((messages, error))
        self._news.set()

    async def reported(self, count: int) -> None:
        """Wait for so many reports."""
        while len(self.reports) < count:
            self._news.clear()
            await asyncio.wait_for(self._news.wait(), DEADLINE)

    async def keep(self, *batches: Sequence[New]) -> list[Exception | None]:
        """Hand batches over in one go and wait for their reports; the errors."""
        first = len(self.reports)
        for batch in batches:
            self.writer.submit(batch)
        await self.reported(first + len(batches))
        return [error for _, error in self.reports[first:]]

    async def close(self) -> None:
        """End the writer without keeping the loop."""
        await asyncio.to_thread(self.writer.close)


@pytest.fixture
async def desk(engine: Engine) -> Any:
    """A writer on an empty database."""
    made = Desk(engine)
    yield made
    await made.close()


def rows(engine: Engine) -> list[tuple[int, int, int, str | None, str]]:
    """Everything that is kept, in its order."""
    columns = (message.c.conversation_id, message.c.seq, message.c.sender_id, message.c.client_id, message.c.text)
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(select(*columns).order_by(message.c.id))]  # type: ignore[misc]


async def test_first_message(desk: Desk, engine: Engine) -> None:
    """A message is kept with seq 1 and the time; the same sequence is given back."""
    batch = [New(1, 7, "id", "Привет")]
    assert await desk.keep(batch) == [None]
    assert desk.reports[0][0] is batch
    assert (batch[0].seq, batch[0].again, batch[0].conflict) == (1, False, False)
    assert batch[0].time > 1_000_000_000
    await desk.close()
    assert rows(engine) == [(1, 1, 7, "id", "Привет")]


async def test_reports_are_in_order(desk: Desk) -> None:
    """Reports come in the order in which the batches were handed over, and so do the results of changes."""
    order: list[int] = []

    async def change(number: int) -> None:
        await desk.writer.change(lambda _connection: None)
        order.append(number)

    batches = [[New(1, 7)] for _ in range(20)]
    assert await desk.keep(*batches) == [None] * 20
    assert [messages for messages, _ in desk.reports] == batches
    assert [batch[0].seq for batch in batches] == list(range(1, 21))
    await asyncio.gather(*(change(number) for number in range(20)))
    assert order == list(range(20))


async def test_others_go_on_between_reports(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was written is handed on a little at a time: the loop goes on with others between, and none is lost."""
    monkeypatch.setattr(module, "HAND_ON", 0.0)
    passes: list[int] = []
    loop = asyncio.get_running_loop()

    def look() -> None:
        passes.append(len(desk.reports))
        if len(desk.reports) < 20:
            loop.call_soon(look)

    look()
    batches = [[New(1, 7)] for _ in range(20)]
    assert await desk.keep(*batches) == [None] * 20
    assert max(after - before for before, after in pairwise(passes)) <= 1
    await desk.writer.idle.wait()
    assert [messages for messages, _ in desk.reports] == batches


async def test_many_hand_overs_share_commits(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits is written in one transaction, up to a number of hand-overs."""
    monkeypatch.setattr(module, "MAX_BATCHES", 10)
    desk = Desk(engine)
    gate = asyncio.Event()
    loop = asyncio.get_running_loop()
    held = asyncio.create_task(
        desk.writer.change(lambda _c: asyncio.run_coroutine_threadsafe(gate.wait(), loop).result(30))
    )
    await asyncio.sleep(0)
    batches = [[New(1, 7)] for _ in range(25)]
    for batch in batches:
        desk.writer.submit(batch)
    gate.set()
    await held
    await desk.reported(25)
    assert sorted({batch[0].time for batch in batches}) == sorted({batches[at][0].time for at in (0, 10, 20)})
    await desk.close()


async def test_sequence_goes_on_after_a_restart(engine: Engine) -> None:
    """A new writer on the same data goes on where the last one stopped and knows its ids."""
    for number in range(1, 4):
        desk = Desk(engine)
        batch = [New(1, 7), New(2, 7, "same"), New(1, 8)]
        await desk.keep(batch)
        assert [batch[0].seq, batch[2].seq] == [2 * number - 1, 2 * number]
        assert (batch[1].seq, batch[1].again) == (1, number > 1)
        await desk.close()


async def test_forgotten_sequences_are_read_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """When too many conversations are remembered, forgetting them changes no seq."""
    monkeypatch.setattr(module, "MAX_REMEMBERED", 3)
    for expected in range(1, 5):
        batch = [New(conversation, 7) for conversation in range(10)]
        await desk.keep(batch)
        assert {new.seq for new in batch} == {expected}


async def hold(desk: Desk) -> Callable[[], Awaitable[None]]:
    """Keep the writer busy, so that all that is handed over shares one transaction; what lets it go on."""
    gate = asyncio.Event()
    loop = asyncio.get_running_loop()
    held = asyncio.create_task(
        desk.writer.change(lambda _c: asyncio.run_coroutine_threadsafe(gate.wait(), loop).result(DEADLINE))
    )
    await asyncio.sleep(0)

    async def let_go() -> None:
        gate.set()
        await held

    return let_go


def rows_after(desk: Desk, engine: Engine) -> list[tuple[int, int, int, str | None, str]]:
    """What is kept, once the writer has given its only connection back."""
    desk.writer.close()
    return rows(engine)


async def test_change(desk: Desk) -> None:
    """A change gives its result when it is on disk, and its error when it failed; the next one is not hurt."""
    assert await desk.writer.change(lambda connection: connection.exec_driver_sql("SELECT 41 + 1").scalar()) == 42
    with pytest.raises(ZeroDivisionError):
        await desk.writer.change(lambda _connection: 1 / 0)
    assert await desk.writer.change(lambda _connection: "fine") == "fine"


async def test_failed_change_leaves_nothing(desk: Desk) -> None:
    """What a change wrote before it failed is not there."""

    def half(connection: Connection) -> None:
        connection.exec_driver_sql("INSERT INTO conversation (created) VALUES (1.0)")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await desk.writer.change(half)
    count = "SELECT count(*) FROM conversation"
    assert await desk.writer.change(lambda connection: connection.exec_driver_sql(count).scalar()) == 0


async def test_cancelled_change(desk: Desk) -> None:
    """A change that nobody waits for any more is written, and hurts nobody."""
    task = asyncio.create_task(
        desk.writer.change(lambda c: c.exec_driver_sql("INSERT INTO conversation (created) VALUES (1.0)").rowcount)
    )
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    count = "SELECT count(*) FROM conversation"
    assert await desk.writer.change(lambda connection: connection.exec_driver_sql(count).scalar()) == 1


UNWRITABLE = "\udcff"
"""A text that no database takes: the message that holds it fails alone."""


async def test_one_bad_batch_does_not_hurt_the_others(desk: Desk, engine: Engine) -> None:
    """In a transaction that fails because of one hand-over, the others are kept once and without gaps."""
    good, bad, better = [New(1, 7, "a")], [New(1, 7, "b"), New(1, 7, "c", UNWRITABLE)], [New(1, 7, "d"), New(1, 7, "a")]
    first, second, third = await desk.keep(good, bad, better)
    assert first is None
    assert isinstance(second, UnicodeEncodeError)
    assert third is None
    assert [new.seq for new in (*good, *better)] == [1, 2, 1]
    assert [row[:4] for row in rows_after(desk, engine)] == [(1, 1, 7, "a"), (1, 2, 7, "d")]


async def test_what_failed_can_be_sent_again(desk: Desk) -> None:
    """A message that was not written is new when it is sent again."""
    assert await desk.keep([New(1, 7, "a"), New(1, 7, "b", UNWRITABLE)]) != [None]
    again = [New(1, 7, "a")]
    assert await desk.keep(again) == [None]
    assert (again[0].seq, again[0].again) == (1, False)


async def test_locked_database(engine: Engine, database: Path) -> None:
    """When another process keeps the database locked every hand-over fails, and what comes later is written."""
    other = open_engine(database, connections=1, writing=True)
    desk = Desk(engine)
    await desk.writer.change(lambda connection: connection.exec_driver_sql("PRAGMA busy_timeout = 0"))
    with other.begin():
        errors = await desk.keep([New(1, 7, "a")], [New(1, 7, "b")])
        assert all(isinstance(error, OperationalError) for error in errors)
    assert await desk.keep([New(1, 7, "a")]) == [None]
    assert [row[:4] for row in rows_after(desk, engine)] == [(1, 1, 7, "a")]
    other.dispose()


async def test_close_writes_what_waits(engine: Engine) -> None:
    """Closing writes what was handed over and reports it; closing twice does nothing."""
    desk = Desk(engine)
    for _ in range(5):
        desk.writer.submit([New(1, 7)])
    await desk.close()
    await desk.close()
    await desk.reported(5)
    assert [row[1] for row in rows(engine)] == [1, 2, 3, 4, 5]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One database for all examples of a property; each uses conversations and senders of its own."""
    engine = open_engine(make_data(tmp_path_factory.mktemp("shared")), connections=2, writing=True)
    yield engine
    engine.dispose()


ids = st.none() | st.sampled_from("abcde")
new_messages = st.tuples(st.integers(0, 2), st.integers(0, 1), ids, st.sampled_from(["x", "x", "x", "x", UNWRITABLE]))
batches = st.lists(st.lists(new_messages, min_size=1, max_size=6), max_size=8)
numbers = iter(range(1, 1_000_000))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(given_batches=batches, together=st.integers(1, 4), careful=st.sampled_from([1, 2, module.CAREFUL]))
def test_gap_free_and_once(shared: Engine, given_batches: list[Any], together: int, careful: int) -> None:
    """Whatever is sent, repeated or fails: seq is gap-free from 1, an id is kept once, a repetition has its seq."""
    base = 10 * next(numbers)

    async def run() -> None:
        desk = Desk(shared)
        sent = [
            [New(base + conversation, base + sender, id_, text) for conversation, sender, id_, text in batch]
            for batch in given_batches
        ]
        for start in range(0, len(sent), together):
            await desk.keep(*sent[start : start + together])
        await desk.close()
        check(desk, shared, base)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "CAREFUL", careful)
        asyncio.run(run())


def check(desk: Desk, engine: Engine, base: int) -> None:
    """Compare what was reported with what is kept."""
    kept = [row for row in rows(engine) if base <= row[0] < base + 10]
    where: dict[tuple[int, str], tuple[int, int]] = {}
    for conversation_id, _, sender_id, id_, _ in kept:
        assert id_ is None or (sender_id, id_) not in {(r[2], r[3]) for r in kept if r[0] != conversation_id}
    for conversation in range(base, base + 3):
        seqs = [row[1] for row in kept if row[0] == conversation]
        assert seqs == list(range(1, len(seqs) + 1))
    expected = []
    for messages, error in desk.reports:
        if error is not None:
            assert any(new.text == UNWRITABLE for new in messages)
            continue
        for new in messages:
            key = (new.author_id, new.id or "")
            if new.again:
                assert where[key][1] == new.seq
                assert new.conflict == (where[key][0] != new.conversation_id)
            else:
                assert not new.conflict
                expected.append((new.conversation_id, new.seq, new.author_id, new.id, new.text))
                if new.id is not None:
                    assert key not in where
                    where[key] = (new.conversation_id, new.seq)
    assert kept == expected


def beside(engine: Engine) -> tuple[list[Any], list[Any]]:
    """What is kept of messages beside their text: place, answer, thread and origin; and who is mentioned."""
    columns = (message.c.seq, message.c.reply_to, message.c.thread, message.c.forwarded)
    with engine.connect() as connection:
        extended = connection.execute(select(*columns).order_by(message.c.id))
        mentions = connection.execute(select(mention.c.conversation_id, mention.c.seq, mention.c.account_id))
        return [tuple(row) for row in extended], [tuple(row) for row in mentions]


async def test_extras(desk: Desk, engine: Engine) -> None:
    """What only some messages have is kept with them, among others that have nothing, and once."""
    batch = [New(1, 7), New(1, 7, "a"), New(1, 7), New(1, 7), New(1, 7, "b"), New(1, 7, "a")]
    batch[1].extras = Extras(mentions=(EVERYBODY, AccountRecord(8, "b")))
    batch[3].extras = Extras(reply_to=2, thread=1)
    batch[4].extras = Extras(origin=Origin("Вера", 3, 1.5, place=7))
    batch[5].extras = batch[1].extras
    assert await desk.keep(batch) == [None]
    later = [New(1, 7, "a"), New(2, 7, "a"), New(1, 7)]
    later[0].extras = later[1].extras = batch[1].extras
    assert await desk.keep(later) == [None]
    assert [new.seq for new in (*batch, *later)] == [1, 2, 3, 4, 5, 2, 2, 2, 6]
    desk.writer.close()
    extended, mentions = beside(engine)
    origin = '{"from":"Вера","seq":3,"time":1.5,"place":7}'
    nothing = (None, None, None)
    assert extended == [
        (1, *nothing),
        (2, *nothing),
        (3, *nothing),
        (4, 2, 1, None),
        (5, None, None, origin),
        (6, *nothing),
    ]
    assert mentions == [(1, 2, 0), (1, 2, 8)]


async def test_extras_of_what_failed(desk: Desk, engine: Engine) -> None:
    """Of a hand-over that was not written nothing is left."""
    bad = [New(1, 7, "a"), New(1, 7, None, UNWRITABLE)]
    bad[0].extras = Extras(mentions=(EVERYBODY,))
    good = [New(1, 7, "b")]
    good[0].extras = Extras(mentions=(AccountRecord(8, "b"),))
    first, second = await desk.keep(bad, good)
    assert first is not None
    assert second is None
    desk.writer.close()
    assert beside(engine) == ([(1, None, None, None)], [(1, 1, 8)])
