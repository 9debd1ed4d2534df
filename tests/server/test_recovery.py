"""After a crash: what was kept and is missing in the journal is journaled, once and in order."""

import gzip
import json
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest

from tests.log.conftest import NOON, Clock
from tests.log.days.sweeping import sweeper
from vestnik.chat.storage.epochs import EpochRecord
from vestnik.log.journal import Journal
from vestnik.log.sealing.verify import verify
from vestnik.protocol import answers
from vestnik.server import catalogue, recovery
from vestnik.server.checkpoints import save_checkpoint
from vestnik.server.recovery import complete_journal, complete_text
from vestnik.server.unrecorded import Unrecorded


class Message(NamedTuple):
    """A message as the store gives it."""

    number: int
    time: float
    sender: str = "anna"
    to: str = "#tea"
    seq: int = 1
    id: str | None = None


class Change(NamedTuple):
    """A change as the store gives it."""

    number: int
    time: float
    account: str = "boris"
    kind: str = "pin"
    change: int = 1


class Store:
    """A store with messages and changes of the given numbers. Its epochs are 1, 2, 3 and so on."""

    def __init__(self, messages: list[int], changes: list[int]) -> None:
        self.messages = messages
        self.changes = changes
        self.epoch = EpochRecord("1", 0, frozenset())

    async def last_number(self) -> int:
        """The newest number."""
        return max((0, *self.messages, *self.changes))

    async def current_epoch(self) -> EpochRecord:
        """The present epoch."""
        return self.epoch

    async def begin_epoch(self, seen: str) -> EpochRecord:
        """Begin another one."""
        before = self.epoch
        past = before.past | {before.epoch, seen}
        self.epoch = EpochRecord(str(int(before.epoch) + 1), await self.last_number(), past)
        return self.epoch

    async def settle(self) -> None:
        """Everything has been handed on."""

    async def messages_after(self, number: int, limit: int) -> list[Message]:
        """The first `limit` messages behind a number."""
        return [Message(each, time.time()) for each in self.messages if each > number][:limit]

    async def changes_after(self, number: int, limit: int) -> list[tuple[str, Change]]:
        """The same of changes."""
        return [("#tea", Change(each, time.time())) for each in self.changes if each > number][:limit]


CHANGES: Final = frozenset({2, 6})
"""Which numbers are changes in a store of so many things."""


def kept(number: int) -> Message:
    """A message as the store has it."""
    return Message(number, NOON + number, to="#tea" if number % 2 else "boris", seq=number, id=f"m{number}")


class Kept(Store):
    """A store whose messages are those that are journaled."""

    def __init__(self, last: int) -> None:
        super().__init__([n for n in range(1, last + 1) if n not in CHANGES], [n for n in CHANGES if n <= last])

    async def messages_after(self, number: int, limit: int) -> list[Message]:
        """The first `limit` messages behind a number."""
        return [kept(each) for each in self.messages if each > number][:limit]

    async def changes_after(self, number: int, limit: int) -> list[tuple[str, Change]]:
        """The same of changes."""
        return [("#tea", Change(each, NOON + each)) for each in sorted(self.changes) if each > number][:limit]


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """The server's journal."""
    made = Journal("server", tmp_path, json=True)
    yield made
    made.close()


def journaled(directory: Path) -> list[dict[str, Any]]:
    """The objects in the journal."""
    path = directory / "server.jsonl"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


async def complete(journal: Journal, directory: Path, messages: list[int], changes: list[int]) -> int:
    """Complete the journal from a store that has these numbers."""
    journal.release()
    return await complete_journal(journal, directory, Store(messages, changes))  # type: ignore[arg-type]  # in its place


def deliver(journal: Journal, number: int, epoch: str | None = None) -> None:
    """Journal a message; those of older programs had no epoch."""
    journal.record(catalogue.of_answer(answers.MESSAGE_DELIVERED), "anna", "#tea", 1, "m1", number, epoch)
    assert journal.flush()


async def restart(journal: Journal, directory: Path, store: Store) -> tuple[list[int], list[tuple[int, int, str]]]:
    """What a start of the server makes of it: the numbers that are journaled, and new epochs (`store.restored`)."""
    journal.release()
    before = len(journaled(directory))
    await complete_journal(journal, directory, store)  # type: ignore[arg-type]  # in its place
    assert journal.flush()
    found = journaled(directory)[before:]
    assert {each.get("epoch", str(each)) for each in found} <= {store.epoch.epoch}
    began = [(each["kept"], each["journaled"], each["epoch"]) for each in found if each["event"] == "store.restored"]
    return [each["number"] for each in found if "number" in each], began


async def test_a_new_journal(journal: Journal, tmp_path: Path) -> None:
    """A journal that has no number is left alone: it is new, whatever the store has."""
    assert await complete(journal, tmp_path, [1, 2], [3]) == 0


@pytest.mark.parametrize("page", [1, 2, 3, 100])
async def test_what_is_missing(journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: int) -> None:
    """Messages and changes behind the last number in the journal are added in their order, however they are read."""
    monkeypatch.setattr(recovery, "PAGE", page)
    journal.record(catalogue.of_answer(answers.MESSAGE_DELIVERED), "anna", "#tea", 1, "m1", None)
    deliver(journal, 4)
    before = len(journaled(tmp_path))
    assert await complete(journal, tmp_path, [1, 4, 6, 7, 8, 11], [2, 5, 9, 10]) == 7
    found = journaled(tmp_path)[before:]
    assert [each["number"] for each in found] == [5, 6, 7, 8, 9, 10, 11]
    events = {each["number"]: each["event"] for each in found}
    assert {events[number] for number in (6, 7, 8, 11)} == {catalogue.MESSAGE_RECOVERED.name}
    assert {events[number] for number in (5, 9, 10)} == {catalogue.CHANGE_RECOVERED.name}


async def test_nothing_is_missing(journal: Journal, tmp_path: Path) -> None:
    """A journal that has everything stays as it is, also the second time."""
    deliver(journal, 4)
    assert await complete(journal, tmp_path, [1, 4], [2]) == 0
    assert await complete(journal, tmp_path, [1, 4, 5], [2]) == 1
    assert await complete(journal, tmp_path, [1, 4, 5], [2]) == 0


@pytest.mark.parametrize("epoch", [None, "1"])
async def test_an_older_store(journal: Journal, tmp_path: Path, epoch: str | None) -> None:
    """A store that lacks what the journal knows begins a new epoch, once, and what is kept in that is journaled."""
    deliver(journal, 9, epoch)
    store = Store([1, 4], [5])
    assert await restart(journal, tmp_path, store) == ([], [(5, 9, "2")])
    store.messages += [6, 7]  # and the server crashes before they are journaled
    assert await restart(journal, tmp_path, store) == ([6, 7], [])
    store.messages += [8]
    assert await restart(journal, tmp_path, store) == ([8], [])
    assert await restart(journal, tmp_path, store) == ([], [])


async def test_an_older_store_twice(journal: Journal, tmp_path: Path) -> None:
    """A store is told from that of the last run by its epoch, too, if the numbers do not show it."""
    deliver(journal, 4, "1")
    old, present = Store([1, 2], []), Store([1, 2], [])
    assert await restart(journal, tmp_path, present) == ([], [(2, 4, "2")])
    present.messages += [3]
    assert await restart(journal, tmp_path, present) == ([3], [])
    old.epoch = EpochRecord("7", 0, frozenset({"1"}))
    assert await restart(journal, tmp_path, old) == ([], [(2, 3, "8")])
    assert old.epoch.past == {"1", "2", "7"}


async def test_a_new_store_beside_an_old_journal(journal: Journal, tmp_path: Path) -> None:
    """The journal of another store does not hide what is kept in this one."""
    deliver(journal, 9, "f00d")
    store = Store([], [])
    assert await restart(journal, tmp_path, store) == ([], [(0, 9, "2")])
    store.messages += [1, 2]
    assert await restart(journal, tmp_path, store) == ([1, 2], [])


async def test_before_there_were_epochs(journal: Journal, tmp_path: Path) -> None:
    """The journal of an older program, which has no epochs, is completed like any other."""
    deliver(journal, 4)
    store = Store([1, 4, 5], [])
    assert await restart(journal, tmp_path, store) == ([5], [])
    store.changes += [6]
    assert await restart(journal, tmp_path, store) == ([6], [])


def journaled_numbers(directory: Path) -> list[int]:
    """All numbers in the journal, whichever day they are in, sorted."""
    found = []
    for path in sorted(directory.glob("server.jsonl.*")):
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        found += [json.loads(line) for line in data.splitlines()]
    return sorted(each["number"] for each in found if "number" in each)


async def test_the_first_messages_of_a_store(journal: Journal, tmp_path: Path) -> None:
    """What a new store keeps first has its record as well, if the server crashes at once."""
    store = Store([], [])
    assert await restart(journal, tmp_path, store) == ([], [])
    store.messages, store.changes = [1, 3], [2]
    assert await restart(journal, tmp_path, store) == ([1, 2, 3], [])
    assert await restart(journal, tmp_path, store) == ([], [])


async def test_the_first_messages_after_a_restore(journal: Journal, tmp_path: Path) -> None:
    """A start that finds another store and is cut off says so once, and leaves nothing out."""
    deliver(journal, 9)
    await restart(journal, tmp_path, Store([*range(1, 10)], []))
    checkpoint = (tmp_path / "server.checkpoint").read_bytes()
    store = Store([1, 4], [])
    assert await restart(journal, tmp_path, store) == ([], [(4, 9, "2")])
    (tmp_path / "server.checkpoint").write_bytes(checkpoint)
    store.messages += [5, 6]
    assert await restart(journal, tmp_path, store) == ([5, 6], [])
    (tmp_path / "server.checkpoint").write_bytes(checkpoint)
    for path in tmp_path.glob("server.jsonl.*"):
        path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:1]))  # it was not on disk yet
    assert await restart(journal, tmp_path, store) == ([5, 6], [(4, 9, "2")])


async def test_a_clock_that_is_put_back_over_midnight(tmp_path: Path) -> None:
    """However the days of records follow each other, none is journaled again."""
    clock = Clock(NOON)
    journal = Journal("server", tmp_path, json=True, clock=clock)
    await complete_journal(journal, tmp_path, Store([], []))  # type: ignore[arg-type]  # in its place
    deliver(journal, 1, "1")
    clock.now -= 86_400
    deliver(journal, 2, "1")
    for number in (3, 4, 5):
        journal.release()
        store = Kept(number)
        await complete_journal(journal, tmp_path, store)  # type: ignore[arg-type]  # in its place
        clock.now += 86_400 * (number - 4)
    journal.close()
    assert journaled_numbers(tmp_path) == [1, 2, 3, 4, 5]


async def test_what_comes_late_is_journaled_once(tmp_path: Path) -> None:
    """A record that is made up for when its day is compressed is not made up for again."""
    clock = Clock(NOON)
    journal = Journal("server", tmp_path, json=True, seals=True, clock=clock)
    await complete_journal(journal, tmp_path, Kept(0))  # type: ignore[arg-type]  # in its place
    deliver(journal, 1, "1")
    journal.release()
    clock.now += 86_400 * 2
    run, _ = sweeper(tmp_path, clock)
    run.sweep()
    assert list(tmp_path.glob("server.jsonl.*.gz"))
    for _ in range(3):
        await complete_journal(journal, tmp_path, Kept(4))  # type: ignore[arg-type]  # in its place
        assert journaled_numbers(tmp_path) == [1, 2, 3, 4]
        journal.release()
    assert list(tmp_path.glob("server.jsonl.*.late"))
    assert verify(tmp_path, "server", clock=clock).tampered == []


async def test_a_journal_that_has_lost_its_days(journal: Journal, tmp_path: Path) -> None:
    """What was journaled and is deleted now, as old days are, is not journaled again."""
    store = Store([], [])
    await restart(journal, tmp_path, store)
    deliver(journal, 1, "1")
    store.messages = [1]
    await restart(journal, tmp_path, store)
    journal.release()
    for path in tmp_path.glob("server.*.2*"):
        path.unlink()
    (tmp_path / "server.jsonl").unlink()
    await complete_journal(journal, tmp_path, store)  # type: ignore[arg-type]  # in its place
    assert list(tmp_path.glob("server.jsonl.2*")) == []


async def test_while_there_were_no_objects(tmp_path: Path) -> None:
    """What only the text has, since it was all that was kept, is not journaled again, nor given objects."""
    plain = Journal("server", tmp_path)
    await complete_journal(plain, tmp_path, Store([], []))  # type: ignore[arg-type]  # in its place
    deliver(plain, 1, "1")
    plain.close()
    whole = Journal("server", tmp_path, json=True)
    assert await complete_journal(whole, tmp_path, Store([1, 2], [])) == 0  # type: ignore[arg-type]  # in its place
    deliver(whole, 3, "1")
    whole.release()
    assert await complete_journal(whole, tmp_path, Store([1, 2, 3, 4], [])) == 1  # type: ignore[arg-type]  # in its place
    whole.close()
    assert journaled_numbers(tmp_path) == [3, 4]


async def test_what_has_no_record_at_a_checkpoint(journal: Journal, tmp_path: Path) -> None:
    """A change that waited for its record at the last checkpoint gets it, if it has got none since; and only that."""
    unrecorded = Unrecorded()
    unrecorded.add([Change(2, 0.0), Change(3, 0.0)])  # type: ignore[list-item]  # in its place
    deliver(journal, 1, "1")
    deliver(journal, 4, "1")
    store = Store([1, 4], [2, 3])
    assert await save_checkpoint(journal, tmp_path, store, "1", unrecorded)  # type: ignore[arg-type]  # in its place
    deliver(journal, 2, "1")
    deliver(journal, 5, "1")
    store.messages += [5, 6]
    assert await restart(journal, tmp_path, store) == ([3, 6], [])
    assert await restart(journal, tmp_path, store) == ([], [])


async def test_several_changes_at_once(journal: Journal, tmp_path: Path) -> None:
    """The record of a request that made several changes is the record of each."""
    store = Store([], [])
    await restart(journal, tmp_path, store)
    more = {"number": 3, "numbers": "1-3", "epoch": "1"}
    journal.record(catalogue.of_answer(answers.ROOM_LEFT), "anna", "#tea", more=more)
    store.changes = [1, 2, 3, 4]
    assert await restart(journal, tmp_path, store) == ([4], [])


async def test_a_file_that_was_taken_away(journal: Journal, tmp_path: Path) -> None:
    """What is in the file that took the place of the one of the last checkpoint is not journaled again."""
    store = Store([1], [])
    await restart(journal, tmp_path, store)
    deliver(journal, 1, "1")
    for number in range(2, 12):
        deliver(journal, number, "1")
    store.messages = [*range(1, 12)]
    await restart(journal, tmp_path, store)
    journal.release()
    for path in tmp_path.glob("server.*.2*"):
        path.unlink()
    deliver(journal, 12, "1")
    store.messages += [12, 13]
    assert await restart(journal, tmp_path, store) == ([13], [])


async def test_the_text_of_another_journal(journal: Journal, tmp_path: Path) -> None:
    """A journal that has no numbers gets the lines of its text back."""
    with closing(Journal("admin", tmp_path, json=True)) as admin:
        for _ in range(3):
            admin.record(catalogue.ADMIN_CUT_OFF)
    (path,) = tmp_path.glob("admin.log.*")
    whole = path.read_bytes()
    for size in (len(whole), len(whole) - 20, 0):
        path.write_bytes(whole[:size])
        complete_text(journal, tmp_path, "admin")
        assert path.read_bytes() == whole
