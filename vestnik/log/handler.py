"""Between a journal and a logger of the stdlib's `logging`, in both directions.

`logging.getLogger("server").info("... %s", x)` becomes a line of the journal; and an event recorded in the
journal is seen by whoever listens at the logger: `assertLogs`, `caplog`, handlers of other people, filters.
"""

import logging
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from vestnik.log.context import CORRELATION
from vestnik.log.journal import Journal
from vestnik.log.recording.records import (
    ARGUMENT_CAP,
    PLAIN,
    Message,
    Record,
    named,
    plain,
    plain_all,
    text_of,
    unfitting,
)
from vestnik.log.recording.redact import redact_args

_OWN: Final = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}
"""What every record of the stdlib has: anything else was given as `extra`."""


def _quick(level: int) -> Callable[..., None]:
    """A method of `JournalLogger` in the place of the stdlib's for this level."""
    careful = getattr(logging.Logger, logging.getLevelName(level).lower())

    def call(self: "JournalLogger", msg: object, *args: object, **how: Any) -> None:
        if self.isEnabledFor(level) and (how or not self.journal_handler.takes(level, msg, args)):
            how["stacklevel"] = how.get("stacklevel", 1) + 1
            careful(self, msg, *args, **how)

    return call


class JournalLogger(logging.Logger):
    """A logger whose records go to its journal without a `LogRecord` if nobody else wants to see one.

    Whatever is out of the ordinary goes the stdlib's way.
    """

    journal_handler: "JournalHandler"

    debug = _quick(logging.DEBUG)
    info = _quick(logging.INFO)
    warning = _quick(logging.WARNING)
    error = _quick(logging.ERROR)
    critical = _quick(logging.CRITICAL)


class JournalHandler(logging.Handler):
    """Hands the records of `logger` to `journal`, and the events of `journal` to the other handlers of `logger`.

    From then on the logger's level is the journal's. `journal` may be replaced (`use`).
    """

    def __init__(self, journal: Journal, logger: logging.Logger) -> None:
        super().__init__()
        self.journal = journal
        self.wants: Callable[[int], bool] = logger.isEnabledFor
        self.alone: list[logging.Handler] = [self]
        self._logger = logger
        logger.addHandler(self)
        if type(logger) is logging.Logger:  # a class of somebody's own stays what it is
            logger.__class__ = JournalLogger
        if isinstance(logger, JournalLogger):
            logger.journal_handler = self
        journal.attach(self)

    def createLock(self) -> None:  # noqa: N802 - the name is the stdlib's
        """None is needed: the queue takes records from any thread, and a signal handler must not wait."""
        self.lock = None

    def handle(self, record: logging.LogRecord) -> bool:
        """Filters and emits `record` without a lock; says whether it was emitted."""
        passed = self.filter(record)
        if isinstance(passed, logging.LogRecord):
            record = passed  # filters may give another record since Python 3.12
        if passed:
            self.emit(record)
        return bool(passed)

    def emit(self, record: logging.LogRecord) -> None:
        """Queues `record`. Arguments that could change before they are formatted are formatted now."""
        error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
        message = Message(record.name, record.levelno, *_sentence(record, shown=error is not None))
        created = record.created if isinstance(record.created, (int, float)) else 0.0
        extra = {name: value for name, value in record.__dict__.items() if name not in _OWN}
        self.journal.accept((created, message, (), *CORRELATION.get(), error, extra and named(extra)))

    def takes(self, level: int, msg: object, args: tuple[object, ...]) -> bool:
        """Queues a call of the logger, unless it is out of the ordinary or others listen; says whether it did."""
        if type(msg) is not str or self.level > level or self.shares():
            return False
        for value in args:
            kind = type(value)
            if kind is str:
                if len(value) > ARGUMENT_CAP:  # type: ignore[arg-type]  # a str has a length
                    args = plain_all(args)
                    break
            elif kind not in PLAIN:
                msg, args = _finished(msg, args)
                break
        connection, request = CORRELATION.get()
        message = Message(self._logger.name, level, msg, args)
        self.journal.accept((time.time(), message, (), connection, request, None, None))
        return True

    def flush(self) -> None:
        """Waits until everything recorded before is in the file, at most 5 seconds."""
        self.journal.flush()

    def close(self) -> None:
        """Writes everything and closes the files; the next record opens them again, as with a FileHandler."""
        self.journal.release()
        super().close()

    def use(self, journal: Journal) -> Journal:
        """Puts `journal` in the place of the present one, which is given back, still open."""
        before, self.journal = self.journal, journal
        journal.attach(self)
        before.attach(None)
        return before

    @property
    def threshold(self) -> int:
        """The level from which on the logger makes records."""
        return self._logger.getEffectiveLevel()

    @threshold.setter
    def threshold(self, level: int) -> None:
        self._logger.setLevel(level)

    def shares(self) -> bool:
        """Whether anybody but the journal listens at the logger."""
        logger = self._logger
        return bool(logger.propagate or logger.handlers != self.alone or logger.filters or self.filters)

    def offer(self, record: Record, sentence: str) -> bool:
        """Hands an event to the others at the logger; says whether its filters let the journal have it, too."""
        made = _log_record(self._logger, record, sentence)
        passed = self._logger.filter(made)
        if isinstance(passed, logging.LogRecord):
            made = passed
        if not passed:
            return False
        node: logging.Logger | None = self._logger
        while node is not None:
            for handler in node.handlers:
                if handler is not self and made.levelno >= handler.level:
                    handler.handle(made)
            node = node.parent if node.propagate else None
        return bool(self.filter(made)) and made.levelno >= self.level


def _sentence(record: logging.LogRecord, *, shown: bool) -> tuple[str, tuple[object, ...]]:
    """Template and plain arguments of `record`; the sentence is finished if it cannot wait.

    `shown` says that the exception is shown by the journal, not by the text that the record may bring along.
    """
    template, args = text_of(record.msg), record.args
    notes = [text_of(note) for note in (None if shown else record.exc_text, record.stack_info) if note]
    if isinstance(args, tuple) and not notes and all(type(value) in PLAIN for value in args):
        return template, plain_all(args)
    if args:
        template, _ = _finished(template, args)
    return "\n".join([template, *notes]), ()


def _finished(template: str, args: Any) -> tuple[str, tuple[()]]:
    """The sentence, now: the arguments may change before it is written. Never raises."""
    given = args if isinstance(args, tuple) else (args,)
    if isinstance(args, tuple) and len(args) == 1 and isinstance(args[0], Mapping) and args[0]:
        args = args[0]  # as LogRecord does
    try:
        return template % redact_args(template, args), ()
    except Exception:  # noqa: BLE001 - a wrong call must not cost the record; it shows what was given
        return unfitting(template, tuple(plain(value) for value in given)), ()


def _log_record(logger: logging.Logger, record: Record, sentence: str) -> logging.LogRecord:
    """The stdlib's record of an event: with `event` (its name), `fields`, and each field by its name.

    A field whose name `logging` uses itself (`name`) is found in `fields` only.
    """
    created, event, values, connection, request, error, more = record
    info = (type(error), error, error.__traceback__) if error is not None else None
    made = logger.makeRecord(logger.name, event.level, "", 0, sentence, (), info, event.name)
    made.created = created
    made.msecs = (created - int(created)) * 1000
    fields = dict(zip(event.fields, values, strict=False))
    extra: dict[str, object] = {"event": event.name, "fields": fields}
    extra |= {"connection": connection, "request": request, **(more or {})}
    for name, value in (fields | extra).items():
        made.__dict__.setdefault(name, value)
    return made
