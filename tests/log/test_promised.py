"""What is promised, while everything else is too much."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from vestnik.log.journal import Journal, Record
from vestnik.protocol import answers
from vestnik.server import catalogue

Make = Callable[..., Journal]
DELIVERED = catalogue.of_answer(answers.MESSAGE_DELIVERED)
REFUSED = (
    catalogue.of_answer(answers.VALUE_NOT_OBJECT),
    catalogue.of_stranger(answers.VALUE_NOT_OBJECT),
    catalogue.REQUEST_FAILED,
    catalogue.SERVER_FAILED,
)


def flood(journal: Journal, count: int) -> None:
    """Records of every kind that is not promised."""
    for _ in range(count):
        for event in REFUSED:
            journal.record(event, *["x"] * len(event.fields))


def test_a_flood(make: Make, tmp_path: Path) -> None:
    """Whatever comes in front of it and in between, promised records are all there, in their order."""
    journal = make(json=True, limit=400)
    journal.hold()
    flood(journal, 500)
    rows: list[Record] = [(journal._clock(), DELIVERED, ("a", "b", n), "1", n, None, None) for n in range(100)]
    journal.extend(rows[:50])
    flood(journal, 500)
    journal.extend(rows[50:])
    journal.record(catalogue.of_change(answers.ROOM_JOINED), "a", "#tea")
    journal.record(catalogue.of_answer(answers.LOGIN_ACCEPTED), "a")
    journal.proceed()
    journal.close()
    objects = [json.loads(line) for line in (tmp_path / "server.jsonl").read_text("utf-8").splitlines()]
    assert [found["seq"] for found in objects if found["event"] == DELIVERED.name] == list(range(100))
    events = Counter(found["event"] for found in objects)
    assert events["room.joined"] == events["login.accepted"] == 1
    (dropped,) = [found for found in objects if found["event"] == "journal.dropped"]
    assert "INFO" not in dropped["levels"]
    assert dropped["count"] == 4000 - sum(events[event.name] for event in {*REFUSED} - {REFUSED[1]})


def test_too_much_of_it(make: Make, tmp_path: Path) -> None:
    """Promised records that found no room are counted, and take none from the rest; batches leave some to others."""
    journal = make(json=True, limit=40)
    journal.hold()
    for first in range(0, 50, 5):
        numbers = range(first, first + 5)
        journal.extend([(journal._clock(), DELIVERED, ("a", "b", n), "1", n, None, None) for n in numbers])
    assert journal.lost == 35
    assert not journal.relaxed
    for _ in range(6):
        journal.record(catalogue.of_answer(answers.LOGIN_ACCEPTED), "a")
    journal.record(catalogue.SERVER_FAILED, "x")
    journal.proceed()
    journal.close()
    assert journal.lost == 36
    objects = [json.loads(line) for line in (tmp_path / "server.jsonl").read_text("utf-8").splitlines()]
    assert [found["seq"] for found in objects if found["event"] == DELIVERED.name] == list(range(15))
    assert [found["event"] for found in objects[15:]] == ["login.accepted"] * 5 + ["server.failed", "journal.dropped"]
    assert objects[-1]["levels"] == "INFO 36"


def test_a_batch_of_both(make: Make, tmp_path: Path) -> None:
    """Of a batch that finds no room what is not promised is taken as ever."""
    journal = make(json=True, limit=40)
    journal.hold()
    row = (journal._clock(), DELIVERED, ("a", "b", 1), "1", 1, None, None)
    refused = (journal._clock(), catalogue.SERVER_FAILED, ("x",), None, None, None, None)
    journal.extend([row] * 16 + [refused])
    journal.extend([row, refused])
    journal.proceed()
    journal.close()
    objects = [json.loads(line) for line in (tmp_path / "server.jsonl").read_text("utf-8").splitlines()]
    events = ["server.failed", DELIVERED.name, "server.failed", "journal.dropped"]
    assert [found["event"] for found in objects] == events
    assert journal.lost == 16
