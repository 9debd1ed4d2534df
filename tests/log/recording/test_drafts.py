"""Lines and objects until the files have them: whatever is rendered together is as if it were rendered alone."""

import logging
import random
from collections.abc import Callable, Sequence
from io import StringIO
from pathlib import Path

import pytest

from vestnik.log import events
from vestnik.log.events import EventType
from vestnik.log.journal import Journal
from vestnik.log.recording import drafts
from vestnik.log.recording.records import Message, Queued
from vestnik.protocol import answers
from vestnik.server import catalogue

from ..conftest import NOON
from .test_render import DELIVERED

Make = Callable[..., Journal]
ODD = ("a=b", "x: y", "\n", "\u202e", "\\", "\ud800", "token: abcdefghijkl", "x" * 300, 2**70, None, "#password=x")
NAMES: Sequence[tuple[str, ...]] = (
    (),
    ("id",),
    ("id", "duration_ms"),
    ("code",),
    ("error",),
    ("level", "level_"),
    ("a b",),
)
EVENTS = (
    DELIVERED,
    catalogue.of_answer(answers.MESSAGE_KEPT),
    catalogue.CONNECTION_OPENED,
    catalogue.SERVER_STOPPED,
    catalogue.PRESENCE_ANNOUNCED,
    events.PROGRAM_FAILED,
    events.FUNCTION_CALLED,
    EventType("new.thing", logging.INFO, ("a", "password")),
)
TEMPLATES = (("%s to %s", 2), ("plain", 0), ("100%", 0), ("%d", 1), ("token %s", 1), ("secret: abcdefgh", 0))


def a_record(chance: random.Random, moment: float, oddity: float) -> Queued:
    """Any record of the catalogues or of the stdlib; so much of it is odd."""

    def value() -> object:
        return chance.choice(ODD) if chance.random() < oddity else chance.choice(("anna", "#a", 7, 1.5, True))

    names = chance.choice(NAMES) if chance.random() < 2 * oddity else NAMES[0]
    more = {name: value() for name in names} or chance.choice((None, {}))
    error = ValueError(value()) if chance.random() < oddity / 8 else None
    place = chance.choice((None, "7")), chance.choice((None, 3))
    if chance.random() < 0.3:
        template, count = chance.choice(TEMPLATES[: 6 if oddity else 2])
        message = Message("server", chance.choice((10, 20, 50)), template, tuple(value() for _ in range(count)))
        return (moment, message, (), *place, error, more)
    event = chance.choice(EVENTS)
    count = len(event.fields) + (chance.random() < oddity / 8)
    values = tuple("made" if field in event.made else value() for field in (*event.fields, "?")[:count])
    return (moment, event, values, *place, error, more)


def some_records(seed: int) -> list[Queued]:
    """Stretches of records, some within a second and some beyond it, most of them ordinary."""
    chance, moment, records = random.Random(seed), NOON, []
    for oddity in (0.0, 0.0, 0.02, 0.3) * 3:
        step = chance.choice((0.0, 0.0, 1e-6, 0.0007, 0.03))
        for _ in range(chance.choice((3, 40, 200))):
            records.append(a_record(chance, moment, oddity))
            moment += step
    return records


def written(make: Make, directory: Path, records: Sequence[Queued]) -> list[bytes | str]:
    """What text, objects and console have of records, from WARNING on the console."""
    console = StringIO()
    journal = make(directory=directory, json=True, console=console, console_level=logging.WARNING, level=logging.DEBUG)
    journal.hold()
    for record in records:
        journal.accept(record)
    journal.close()
    return [*(path.read_bytes() for path in sorted(directory.glob("server.*.2*"))), console.getvalue()]


@pytest.mark.parametrize("seed", range(8))
def test_together_as_one_by_one(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    """Text, objects and console are the same to the byte, whether records of one kind are rendered together or not."""
    monkeypatch.setattr("vestnik.log.recording.redact._KEY", b"k")
    together = written(make, tmp_path / "together", some_records(seed))
    monkeypatch.setattr(drafts.Drafts, "_take_together", lambda *_: False)
    assert together == written(make, tmp_path / "alone", some_records(seed))
    assert len(together) == 3
    assert all(together)


def test_what_is_no_record(make: Make, tmp_path: Path) -> None:
    """What is no record costs those around it nothing."""
    good: Queued = (NOON, DELIVERED, ("anna", "boris", 1, None, 1, "1f0c", None, 0.5), "7", 1, None, None)
    never: Queued = ("noon", *good[1:])  # type: ignore[assignment]  # that is what is tried
    text, objects, _ = written(make, tmp_path, [good] * 5 + [never] + [good] * 5)
    assert isinstance(text, bytes)
    assert isinstance(objects, bytes)
    assert len(text.splitlines()) == len(objects.splitlines()) == 11
    assert text.count(b"boris") >= 10
