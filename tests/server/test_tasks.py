"""Coroutines that run beside the requests that began them."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.waiting import DEADLINE
from vestnik.log.journal import Journal
from vestnik.server.tasks import Rounds, Tasks


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """The server's journal."""
    made = Journal("server", tmp_path, json=True)
    yield made
    made.close()


async def test_wait(journal: Journal) -> None:
    """Waiting is over when all have ended that ran; without any it is over at once."""
    tasks = Tasks(journal)
    await tasks.wait()
    gate = asyncio.Event()
    done: list[int] = []

    async def work(number: int) -> None:
        await gate.wait()
        done.append(number)

    for number in range(3):
        tasks.spawn(work(number))
    waiting = asyncio.create_task(tasks.wait())
    await asyncio.sleep(0)
    assert not waiting.done()
    gate.set()
    await waiting
    assert sorted(done) == [0, 1, 2]


async def test_cancel(journal: Journal) -> None:
    """Those that are cancelled end where they wait, and that is no error."""
    tasks = Tasks(journal)
    task = tasks.spawn(asyncio.Event().wait())  # type: ignore[arg-type]  # it never returns
    await asyncio.sleep(0)
    tasks.cancel()
    await tasks.wait()
    assert task.cancelled()
    assert journal.flush()
    assert journal.statistics.logged == 0


async def test_an_error_is_journaled(journal: Journal, tmp_path: Path) -> None:
    """An error ends one of them and is journaled with its traceback; the others go on."""
    tasks = Tasks(journal)

    async def fail() -> None:
        raise LookupError("lost")

    other = tasks.spawn(asyncio.sleep(0))
    tasks.spawn(fail())
    await tasks.wait()
    assert other.done()
    await asyncio.sleep(0)
    assert journal.flush()
    (found,) = map(json.loads, (tmp_path / "server.jsonl").read_text("utf-8").splitlines())
    assert (found["event"], found["reason"]) == ("task.failed", "LookupError")
    assert "LookupError: lost" in found["traceback"]


async def test_rounds_go_on_after_errors(journal: Journal, tmp_path: Path) -> None:
    """An error ends its round only; it is journaled once until it is another one, or all was well in between."""
    errors = [OSError("disk"), OSError("disk"), ValueError("bad"), None, ValueError("bad")]
    over = asyncio.Event()

    async def work() -> None:
        if not errors:
            over.set()
        elif (error := errors.pop(0)) is not None:
            raise error

    rounds = Rounds(journal)
    rounds.start(work, 0.0, at_once=True)
    await asyncio.wait_for(over.wait(), DEADLINE)
    await rounds.stop()
    journal.flush()
    records = [json.loads(line) for line in (tmp_path / "server.jsonl").read_text("utf-8").splitlines()]
    told = [record["reason"] for record in records if record["event"] == "task.failed"]
    assert told == ["OSError", "ValueError", "ValueError"]


async def test_rounds_wait_for_the_first(journal: Journal) -> None:
    """Without `at_once` nothing is done before the first period is over; stopping ends the wait."""
    done: list[None] = []

    async def work() -> None:
        done.append(None)

    rounds = Rounds(journal)
    rounds.start(work, DEADLINE)
    await asyncio.sleep(0)
    await rounds.stop()
    assert not done
