"""How far conversations were delivered, and what waits for its addressee."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import pytest

from tests.chat.conftest import Ear
from vestnik.chat.session import Account, Session
from vestnik.chat.storage.accounts import AccountRecord
from vestnik.chat.storage.changes import ChangeEvent
from vestnik.chat.storage.messages import Delivered, MessageEvent
from vestnik.log.journal import Journal
from vestnik.protocol.formats import JIM_RICH
from vestnik.server import kept as module
from vestnik.server.kept import KeptMessages, send_frames

ANNA, BORIS = 1, 2
TALK = 7


class Reader(Ear):
    """A connection that counts how often somebody has waited for it, and is told to close with how much waiting."""

    def __init__(self) -> None:
        super().__init__()
        self.waits = 0
        self.left = 0
        self.given_up: list[int] = []

    async def drained(self) -> None:
        """Note it."""
        self.waits += 1

    def unread(self) -> int:
        """As it was set."""
        return self.left

    def give_up(self, waiting: int) -> None:
        """Note it."""
        self.given_up.append(waiting)
        self.closing = True


class Store:
    """Keeps cursors in memory, once `gate` is open; fails with `error` if there is one."""

    def __init__(self) -> None:
        self.saved: list[list[Delivered]] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.error: Exception | None = None

    async def save_cursors(self, cursors: Sequence[Delivered]) -> None:
        """Keep them."""
        await self.gate.wait()
        if self.error is not None:
            raise self.error
        self.saved.append(list(cursors))


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """The server's journal."""
    made = Journal("server", tmp_path, json=True)
    yield made
    made.close()


@pytest.fixture
async def store() -> Store:
    """A store."""
    return Store()


@pytest.fixture
async def kept(store: Store, journal: Journal) -> AsyncIterator[KeptMessages]:
    """What waits, above that store."""
    made = KeptMessages(store, journal)  # type: ignore[arg-type]  # in its place
    yield made
    await made.close()


def message(author_id: int, seq: int) -> MessageEvent:
    """A message between the two."""
    names = {ANNA: "anna", BORIS: "boris"}
    other = ANNA + BORIS - author_id
    return MessageEvent(TALK, author_id, names[author_id], other, names[other], "x", None, None, 40 + seq, seq, 5.0)


async def no_numbers(_account_id: int, _after: int, _limit: int) -> list[int]:
    """Nothing was kept from before."""
    return []


def boris() -> tuple[Session, Account, Reader]:
    """A session of boris'."""
    reader = Reader()
    session = Session(reader)
    session.account = Account(AccountRecord(BORIS, "boris"), "boris")
    return session, session.account, reader


async def test_frames_are_written_in_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Frames go out together, and after each chunk the reader is waited for; without any nothing is written."""
    monkeypatch.setattr(module, "CHUNK", 4)
    reader = Reader()
    await send_frames(reader, (b"ab", b"cd", b"efghi", b"j"))
    assert reader.heard == [b"abcd", b"efghi", b"j"]
    assert reader.waits == 3
    await send_frames(reader, ())
    assert reader.waits == 3


async def test_cursors_are_saved_together(kept: KeptMessages, store: Store) -> None:
    """What was delivered is known at once, and is on disk when it was saved: the newest of each conversation."""
    for seq in (1, 2, 3):
        kept.note(TALK, BORIS, seq)
    kept.note(TALK, ANNA, 9)
    assert [kept.delivered(TALK, BORIS), kept.delivered(TALK, ANNA), kept.delivered(8, ANNA)] == [3, 9, 0]
    await kept.save()
    await kept.save()
    assert store.saved == [[Delivered(TALK, BORIS, 3), Delivered(TALK, ANNA, 9)]]
    assert kept.delivered(TALK, BORIS) == 0


async def test_slow_device_does_not_take_a_cursor_back(kept: KeptMessages, store: Store) -> None:
    """What a quick device was delivered stays delivered when a slow one has got less of it."""
    kept.note(TALK, BORIS, 9)
    kept.note(TALK, BORIS, 4)
    assert kept.delivered(TALK, BORIS) == 9
    await kept.save()
    assert store.saved == [[Delivered(TALK, BORIS, 9)]]


async def test_cursors_noted_during_a_long_save_are_saved_by_themselves(
    kept: KeptMessages, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody has to ask for it, nor to be delivered anything more, when the disk takes longer than the delay."""
    monkeypatch.setattr(module, "DELAY", 0)
    store.gate.clear()
    kept.note(TALK, BORIS, 1)
    while kept.delivered(TALK, BORIS):
        await asyncio.sleep(0)
    kept.note(TALK, BORIS, 2)
    for _ in range(10):  # the timer runs out while the first is on its way to disk
        await asyncio.sleep(0)
    store.gate.set()
    while len(store.saved) < 2:
        await asyncio.sleep(0)
    assert store.saved == [[Delivered(TALK, BORIS, 1)], [Delivered(TALK, BORIS, 2)]]


async def test_cursors_are_saved_by_themselves(
    kept: KeptMessages, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody has to ask for it."""
    monkeypatch.setattr(module, "DELAY", 0)
    kept.note(TALK, BORIS, 1)
    while not store.saved:
        await asyncio.sleep(0)
    assert store.saved == [[Delivered(TALK, BORIS, 1)]]


async def test_saving_waits_for_what_is_being_saved(kept: KeptMessages, store: Store) -> None:
    """Who saves while cursors are on their way to disk returns when the later ones are there, too."""
    store.gate.clear()
    kept.note(TALK, BORIS, 1)
    first = asyncio.create_task(kept.save())
    while kept.delivered(TALK, BORIS):
        await asyncio.sleep(0)
    kept.note(TALK, BORIS, 2)
    second = asyncio.create_task(kept.save())
    await asyncio.sleep(0)
    assert not first.done()
    assert not second.done()
    store.gate.set()
    await first
    await second
    assert store.saved == [[Delivered(TALK, BORIS, 1)], [Delivered(TALK, BORIS, 2)]]


async def test_a_store_that_fails(kept: KeptMessages, store: Store, journal: Journal, tmp_path: Path) -> None:
    """A failure is journaled, and saving goes on with what is delivered next."""
    store.error = OSError("disk full")
    kept.note(TALK, BORIS, 1)
    await kept.save()
    store.error = None
    kept.note(TALK, BORIS, 2)
    await kept.save()
    assert store.saved == [[Delivered(TALK, BORIS, 2)]]
    assert journal.flush()
    (found,) = map(json.loads, (tmp_path / "server.jsonl").read_text("utf-8").splitlines())
    assert found["event"] == "store.failed"
    assert "disk full" in found["traceback"]


async def test_what_is_sent_is_delivered(kept: KeptMessages) -> None:
    """Messages of others that were written are delivered; one's own are not, nor what a closing connection gets."""
    session, account, reader = boris()
    kept.send(session, account, [message(ANNA, 1), message(BORIS, 2)], b"data")
    assert reader.heard == [b"data"]
    assert kept.delivered(TALK, BORIS) == 1
    reader.closing = True
    kept.send(session, account, [message(ANNA, 3)], b"more")
    assert kept.delivered(TALK, BORIS) == 1


async def test_what_has_not_arrived_is_not_delivered(kept: KeptMessages, store: Store) -> None:
    """What the client's side has not acknowledged is not on disk as delivered, and stays kept when the end comes."""
    session, account, reader = boris()
    kept.send(session, account, [message(ANNA, 1)], b"x" * 5000)
    reader.left = 5000
    kept.send(session, account, [message(ANNA, 2)], b"x" * 5000)
    await kept.save()
    assert store.saved == [[Delivered(TALK, BORIS, 1)]]
    kept.lose(session, 5001)
    await kept.save()
    assert len(store.saved) == 1
    kept.send(session, account, [message(ANNA, 3), message(ANNA, 4)], b"x" * 4999 + b"\n" + b"x" * 4999 + b"\n")
    kept.lose(session, 5000)
    await kept.save()
    assert store.saved[1:] == [[Delivered(TALK, BORIS, 3)]]


async def test_what_arrives_later_is_saved_by_itself(
    kept: KeptMessages, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is looked at again and again until the client has taken it."""
    monkeypatch.setattr(module, "DELAY", 0)
    session, account, reader = boris()
    reader.left = 5
    kept.send(session, account, [message(ANNA, 1)], b"xxxx\n")
    for _ in range(10):
        await asyncio.sleep(0)
    assert store.saved == []
    reader.left = 0
    while not store.saved:
        await asyncio.sleep(0)
    assert store.saved == [[Delivered(TALK, BORIS, 1)]]


async def test_new_messages_wait_behind_the_kept_ones(kept: KeptMessages, monkeypatch: pytest.MonkeyPatch) -> None:
    """They wait as long as kept ones are on their way, and too many of them end the connection."""
    monkeypatch.setattr(module, "MAX_WAITING", 3)
    session, _, reader = boris()
    kept.wait(session, [message(ANNA, 1)])
    assert session.waiting is None
    session.waiting = []
    kept.wait(session, [message(ANNA, 1), message(ANNA, 2)])
    kept.wait(session, [message(ANNA, 3)])
    assert [each.seq for each in session.waiting] == [1, 2, 3]
    assert reader.given_up == []
    kept.wait(session, [message(ANNA, 4)])
    assert reader.given_up == [4]


@pytest.mark.parametrize("kind", ["edit", "delete"])
@pytest.mark.parametrize("rich", [False, True])
async def test_what_is_altered_while_it_waits(
    kept: KeptMessages, store: Store, monkeypatch: pytest.MonkeyPatch, kind: str, rich: bool
) -> None:
    """A new message that is edited or deleted while the ones from before are on their way comes as it is then."""
    session, _, reader = boris()
    session.waiting = []
    if rich:
        session.format = JIM_RICH
    waiting = [message(ANNA, seq) for seq in (4, 5)]
    kept.wait(session, waiting)
    data = {"message": "new"} if kind == "edit" else {}
    kept.alter(session, ChangeEvent(50, TALK, 1, "anna", 6.0, kind, 4, data, ANNA))
    monkeypatch.setattr(store, "kept_numbers", no_numbers, raising=False)
    await kept.deliver(session)
    heard = [json.loads(line) for line in b"".join(reader.heard).splitlines()]
    expected = {"edit": ["new", "x"], "delete": ["", "x"] if rich else ["x"]}[kind]
    assert [each["message"] for each in heard] == expected
    assert waiting[0].text == "x", "it is shared with others"
