"""What a record costs, beside one of the stdlib's FileHandler: `python -m tests.log.speed`."""

import logging
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from vestnik.log.handler import JournalHandler
from vestnik.log.journal import Journal
from vestnik.log.recording.render import FORMAT
from vestnik.protocol import answers
from vestnik.server import catalogue

RECORDS = 10_000
ROUNDS = 7


class Cost(NamedTuple):
    """CPU time of one record in seconds: of the thread that records it, and of the whole process."""

    caller: float
    total: float


def _cost(record: Callable[[], None], finish: Callable[[], object]) -> Cost:
    caller, total = time.thread_time(), time.process_time()
    record()
    caller = time.thread_time() - caller
    finish()
    return Cost(caller / RECORDS, (time.process_time() - total) / RECORDS)


def _stdlib(logger: logging.Logger) -> None:
    for _ in range(RECORDS):
        logger.info("200: Сообщение от %s к %s доставлено", "user", "#geekbrains")


def _record(journal: Journal) -> None:
    event = catalogue.of_answer(answers.MESSAGE_DELIVERED)
    for number in range(RECORDS):
        journal.record(event, "user", "#geekbrains", number, "0190b7d2", connection="c7", request=number)


def _extend(journal: Journal) -> None:
    event = catalogue.of_answer(answers.MESSAGE_DELIVERED)
    now = time.time
    for number in range(0, RECORDS, 20):
        journal.extend(
            [
                (now(), event, ("user", "#geekbrains", one, "0190b7d2"), "c7", one, None, None)
                for one in range(number, number + 20)
            ]
        )


def _attached(journal: Journal) -> logging.Logger:
    logger = logging.Logger(journal.name, logging.INFO)
    logger.propagate = False
    JournalHandler(journal, logger)
    return logger


def measure(directory: Path, rounds: int = ROUNDS) -> dict[str, Cost]:
    """The ratios to the stdlib of `record`, `extend` and the stdlib's own call; the best of `rounds`, since
    only noise makes them worse."""
    handler = logging.FileHandler(directory / "stdlib.log", encoding="utf-8")
    handler.setFormatter(logging.Formatter(FORMAT))
    logger = logging.Logger("speed", logging.INFO)
    logger.addHandler(handler)
    kinds: dict[str, Callable[[Journal], None]] = {
        "record": _record,
        "record_attached": _record,
        "extend": _extend,
        "stdlib_call": lambda journal: _stdlib(attached[journal.name]),
    }
    journals = {kind: Journal(kind, directory) for kind in kinds}
    attached = {kind: _attached(journals[kind]) for kind in ("record_attached", "stdlib_call")}
    costs: dict[str, list[Cost]] = {kind: [] for kind in ["", *kinds]}
    for _ in range(rounds):
        costs[""].append(_cost(lambda: _stdlib(logger), handler.flush))
        for kind, work in kinds.items():
            costs[kind].append(_cost(partial(work, journals[kind]), partial(journals[kind].flush, 60)))
    handler.close()
    for journal in journals.values():
        journal.close()
    base = min(cost.total for cost in costs.pop(""))
    return {
        kind: Cost(min(cost.caller for cost in all_) / base, min(cost.total for cost in all_) / base)
        for kind, all_ in costs.items()
    }


if __name__ == "__main__":
    with TemporaryDirectory() as place:
        for kind, cost in measure(Path(place)).items():
            sys.stdout.write(f"{kind:16} caller {cost.caller:.3f}  total {cost.total:.3f}\n")
