"""After a crash: what was kept and is missing in the journal is journaled, once and in order."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from vestnik.chat.storage.epochs import EpochRecord
from vestnik.log.journal import Journal
from vestnik.protocol import answers
from vestnik.server import catalogue, recovery
from vestnik.server.recovery import complete_journal


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

    async def messages_after(self, number: int, limit: int) -> list[Message]:
        """The first `limit` messages behind a number."""
        return [Message(each, time.time()) for each in self.messages if each > number][:limit]

    async def changes_after(self, number: int, limit: int) -> list[tuple[str, Change]]:
        """The same of changes."""
        return [("#tea", Change(each, time.time())) for each in self.changes if each > number][:limit]


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """The server's journal."""
    made = Journal("server", tmp_path, json=True)
    yield made
    made.close()


def journaled(directory: Path) -> list[dict[str, Any]]:
    """The objects in the journal."""
    return [json.loads(line) for line in (directory / "server.jsonl").read_text("utf-8").splitlines()]


async def complete(journal: Journal, directory: Path, messages: list[int], changes: list[int]) -> int:
    """Complete the journal from a store that has these numbers."""
    return await complete_journal(journal, directory, Store(messages, changes))  # type: ignore[arg-type]  # in its place


def deliver(journal: Journal, number: int, epoch: str | None = None) -> None:
    """Journal a message; those of older programs had no epoch."""
    journal.record(catalogue.of_answer(answers.MESSAGE_DELIVERED), "anna", "#tea", 1, "m1", number, epoch)
    assert journal.flush()


async def restart(journal: Journal, directory: Path, store: Store) -> tuple[list[int], list[tuple[int, int, str]]]:
    """What a start of the server makes of it: the numbers that are journaled, and new epochs (`store.restored`)."""
    before = len(journaled(directory))
    await complete_journal(journal, directory, store)  # type: ignore[arg-type]  # in its place
    assert journal.flush()
    found = journaled(directory)[before:]
    assert {each["epoch"] for each in found} <= {store.epoch.epoch}
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
