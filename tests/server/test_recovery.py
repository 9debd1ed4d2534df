"""After a crash: what was kept and is missing in the journal is journaled, once and in order."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

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
    """A store with messages and changes of the given numbers."""

    def __init__(self, messages: list[int], changes: list[int]) -> None:
        self.messages = messages
        self.changes = changes

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


def deliver(journal: Journal, number: int) -> None:
    """Journal a message."""
    journal.record(catalogue.of_answer(answers.MESSAGE_DELIVERED), "anna", "#tea", 1, "m1", number)
    assert journal.flush()


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
