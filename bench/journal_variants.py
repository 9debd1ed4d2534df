"""The loggers that are measured, how each is set up, and whether all that it was given is in its files.

Each writes the same INFO record into `server.log` of its folder, in one format. The journal is set up by
`configure`, with everything that this switches on.
"""

import logging
import logging.handlers
import queue
import re
import time
from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from vestnik.log.journal import Journal
from vestnik.log.recording.console import Stream
from vestnik.log.recording.render import FORMAT
from vestnik.log.setup import configure
from vestnik.protocol import answers
from vestnik.server import catalogue

NAME = "server"
TEMPLATE = "200: Message from %s to %s delivered"
BRACES = "200: Message from {} to {} delivered"
ACCOUNT, ROOM = "user", "#geekbrains"
MESSAGE = TEMPLATE % (ACCOUNT, ROOM)
ID, EPOCH, RECIPIENTS, DURATION, CONNECTION = "0190b7d2", "9c1e04ab", "2-57", 0.8, "7"
BATCH = 20
"""Records that `Journal.extend` gets at once, as from a pass of the event loop."""
LINE = re.compile(rf"(\d{{4}}-\d\d-\d\d) (\d\d:\d\d:\d\d),(\d{{3}}) INFO     server     {re.escape(MESSAGE)}\n")
TIME = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)\.(\d{3})\d{3}[+-]\d\d:\d\d")
DELIVERED = catalogue.of_answer(answers.MESSAGE_DELIVERED)


class Opened(NamedTuple):
    """A logger at work: `burst` leaves a record for each number, `drained` says whether all are written."""

    burst: Callable[[range], object]
    drained: Callable[[], bool]
    close: Callable[[], object]


@dataclass(frozen=True, slots=True)
class Variant:
    """A logger, or one way to use it.

    `module` must be installed, if one is named. `json` says whether it also writes objects, `numbered` whether
    these tell the number of the record. `ours` is the journal.
    """

    name: str
    label: str
    open: Callable[[Path], Opened]
    module: str = ""
    json: bool = False
    numbered: bool = False
    ours: bool = False

    def missing(self) -> str:
        """Return why this logger cannot be measured here; an empty text when it can."""
        return f"{self.module} is not installed" if self.module and find_spec(self.module) is None else ""

    def fault(self, home: Path, records: int) -> str:
        """Return what is wrong with the files of a logger that was given this many records; nothing if all is well."""
        stamps = []
        for number, line in enumerate(_lines(home, "server.log*")):
            match = LINE.fullmatch(line)
            if match is None:
                return f"line {number + 1} is {line!r}"
            stamps.append(match.groups())
        if len(stamps) != records:
            return f"{len(stamps)} of {records} records are in the file"
        return self._fault_of_objects(home, stamps) if self.json else ""

    def _fault_of_objects(self, home: Path, stamps: list[tuple[str, ...]]) -> str:
        objects = [msgspec.json.decode(line) for line in _lines(home, "server.jsonl*")]
        if len(objects) != len(stamps):
            return f"{len(objects)} of {len(stamps)} objects are in the file"
        for number, (made, stamp) in enumerate(zip(objects, stamps, strict=True)):
            if not _matches(made, stamp, number if self.numbered else None):
                return f"object {number + 1} is {made!r}"
        return ""


def _lines(home: Path, pattern: str) -> Iterator[str]:
    """The lines of all files of this name, the link to that of today left out."""
    for path in sorted(home.glob(pattern)):
        if not path.is_symlink():
            with path.open(encoding="utf-8", newline="\n") as lines:
                yield from lines


def _matches(made: dict[str, Any], stamp: tuple[str, ...], number: int | None) -> bool:
    moment = TIME.fullmatch(made.get("time", ""))
    rest: dict[str, object] = {"level": "INFO", "logger": NAME, "message": MESSAGE}
    if number is not None:
        rest |= {"event": DELIVERED.name, "code": 200, "account": ACCOUNT, "to": ROOM, "connection": CONNECTION}
        rest |= {"seq": number, "number": number, "request": number, "epoch": EPOCH, "duration_ms": DURATION}
    return moment is not None and moment.groups() == stamp and made | rest == made


def _at_once() -> bool:
    return True


def _calls(logger: logging.Logger) -> Callable[[range], None]:
    info = logger.info

    def burst(numbers: range) -> None:
        for _ in numbers:
            info(TEMPLATE, ACCOUNT, ROOM)

    return burst


def _with(handler: logging.Handler) -> logging.Logger:
    logger = logging.getLogger(NAME)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    logger.addHandler(handler)
    return logger


def _formatted(handler: logging.Handler) -> logging.Handler:
    handler.setFormatter(logging.Formatter(FORMAT))
    return handler


def _file(home: Path) -> Opened:
    handler = _formatted(logging.FileHandler(home / "server.log", encoding="utf-8"))
    return Opened(_calls(_with(handler)), _at_once, handler.close)


def _timed(home: Path) -> Opened:
    path = home / "server.log"
    handler = _formatted(logging.handlers.TimedRotatingFileHandler(path, when="midnight", encoding="utf-8"))
    return Opened(_calls(_with(handler)), _at_once, handler.close)


def _queue(home: Path) -> Opened:
    handler = _formatted(logging.FileHandler(home / "server.log", encoding="utf-8"))
    waiting: queue.Queue[logging.LogRecord] = queue.Queue(-1)
    listener = logging.handlers.QueueListener(waiting, handler)
    listener.start()

    def close() -> None:
        listener.stop()
        handler.close()

    burst = _calls(_with(logging.handlers.QueueHandler(waiting)))
    return Opened(burst, lambda: waiting.unfinished_tasks == 0, close)


def _concurrent(home: Path) -> Opened:
    from concurrent_log_handler import ConcurrentTimedRotatingFileHandler  # it may be missing

    path = str(home / "server.log")
    handler = _formatted(ConcurrentTimedRotatingFileHandler(path, when="midnight", encoding="utf-8"))
    return Opened(_calls(_with(handler)), _at_once, handler.close)


def _loguru(home: Path) -> Opened:
    from loguru import logger  # it may be missing

    logger.remove()
    form = "{time:YYYY-MM-DD HH:mm:ss,SSS} {level:<8} {extra[name]:<10} {message}"
    logger.add(home / "server.log", format=form, level="INFO", rotation="00:00", encoding="utf-8")
    info = logger.bind(name=NAME).info

    def burst(numbers: range) -> None:
        for _ in numbers:
            info(BRACES, ACCOUNT, ROOM)

    return Opened(burst, _at_once, logger.remove)


def _structlog(home: Path) -> Opened:
    import structlog  # it may be missing

    def line(_logger: object, method: str, entry: MutableMapping[str, Any]) -> str:
        now = datetime.now()
        stamp = f"{now:%Y-%m-%d %H:%M:%S},{now.microsecond // 1000:03d}"
        return f"{stamp} {method.upper():<8} {NAME:<10} {entry['event']}"

    file = (home / "server.log").open("w", encoding="utf-8")
    structlog.configure(
        cache_logger_on_first_use=True,
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        processors=[line],
        logger_factory=structlog.WriteLoggerFactory(file),
    )
    return Opened(_calls(structlog.get_logger()), _at_once, file.close)


def journal(home: Path, *, json: bool, console: Stream | None = None) -> Journal:
    """The journal of the folder, in English."""
    return configure(NAME, directory=home, level=logging.INFO, console=console, language="en", json=json)


def _opened(made: Journal, burst: Callable[[range], object]) -> Opened:
    return Opened(burst, lambda: made.statistics.waiting <= 0, made.close)


def called(home: Path, *, json: bool, console: Stream | None = None) -> Opened:
    """The journal behind calls of `logging`."""
    made = journal(home, json=json, console=console)
    return _opened(made, _calls(logging.getLogger(NAME)))


def recorded(home: Path, *, json: bool, console: Stream | None = None) -> Opened:
    """The journal, given events one by one."""
    made = journal(home, json=json, console=console)
    record = made.record

    def burst(numbers: range) -> None:
        for n in numbers:
            record(
                DELIVERED, ACCOUNT, ROOM, n, ID, n, EPOCH, RECIPIENTS, DURATION, connection=CONNECTION, request=n
            )  # the values of the answer, then MESSAGE_FIELDS

    return _opened(made, burst)


def extended(home: Path, *, json: bool) -> Opened:
    """The journal, given events in batches."""
    made = journal(home, json=json)
    extend = made.extend

    def burst(numbers: range) -> None:
        for at in range(0, len(numbers), BATCH):
            now = time.time()
            extend(
                [
                    (now, DELIVERED, (ACCOUNT, ROOM, n, ID, n, EPOCH, RECIPIENTS, DURATION), CONNECTION, n, None, None)
                    for n in numbers[at : at + BATCH]
                ]
            )

    return _opened(made, burst)


def _ours(name: str, label: str, opening: Callable[..., Opened], *, numbered: bool = True) -> Iterator[Variant]:
    for json, kind, what in ((False, "text", "text"), (True, "json", "text + JSON")):
        opens = partial(opening, json=json)
        yield Variant(f"{name}-{kind}", f"{label}, {what}", opens, json=json, numbered=numbered, ours=True)


VARIANTS = {
    variant.name: variant
    for variant in (
        Variant("file", "stdlib FileHandler", _file),
        Variant("timed", "stdlib TimedRotatingFileHandler", _timed),
        Variant("queue", "stdlib QueueHandler", _queue),
        Variant("loguru", "loguru", _loguru, "loguru"),
        Variant("structlog", "structlog", _structlog, "structlog"),
        Variant("concurrent", "concurrent-log-handler", _concurrent, "concurrent_log_handler"),
        *_ours("call", "journal, logging call", called, numbered=False),
        *_ours("record", "journal, record", recorded),
        *_ours("extend", f"journal, extend by {BATCH}", extended),
    )
}
"""All loggers by name, in the order of the table. The first one is what the others are compared with."""

BASE = "file"
DISTRIBUTIONS = ("loguru", "structlog", "concurrent-log-handler")
"""Whose versions are told."""
