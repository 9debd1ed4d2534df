"""What an event is, and the events of the journal itself: calls, failures that nobody handled, its own troubles.

Whoever else records something has a catalogue of their own (`vestnik.server.catalogue`, `vestnik.client.catalogue`).
"""

from dataclasses import dataclass
from logging import CRITICAL, DEBUG, ERROR, INFO, WARNING
from typing import Final

from vestnik.language import Catalogue
from vestnik.log import sentences


@dataclass(frozen=True, slots=True, eq=False)
class EventType:
    """One kind of record. Two of them are equal only if they are the same object.

    `name` is dotted and stable, `level` one of the stdlib's (`logging.INFO`), `fields` the names of the
    record's values in the order in which they are given, `code` the response code if the event is an answer.
    `made` are the fields whose values the program makes itself, so that no secret can be in them. `sentences` are what
    is said of it in each of LANGUAGES, with `{field}` where a value stands; without them name and values are shown.
    Fields called as in `names` hold names by which records are found: they are shown as they are.

    What is `promised` has a part of the queue that nothing else can take. What is not goes by its `worth` when there is
    too much, the least first: as by its level, if nothing else is said.
    """

    name: str
    level: int
    fields: tuple[str, ...] = ()
    code: int | None = None
    made: tuple[str, ...] = ()
    sentences: tuple[str, ...] = ()
    names: frozenset[str] = frozenset()
    promised: bool = False
    worth: int | None = None


class EventCatalogue:
    """The types of events of one room, `all` of them by name. `said` has their sentences, `names` as in `EventType`."""

    def __init__(self, said: Catalogue, names: frozenset[str] = frozenset()) -> None:
        self.all: dict[str, EventType] = {}
        self._said = said
        self._names = names

    def add(
        self,
        name: str,
        level: int,
        fields: tuple[str, ...] = (),
        *,
        code: int | None = None,
        made: tuple[str, ...] = (),
        promised: bool = False,
        worth: int | None = None,
    ) -> EventType:
        """One more, as in `EventType`. Raises KeyError for a name without a sentence."""
        said = self._said[name]
        added = self.all[name] = EventType(name, level, fields, code, made, said, self._names, promised, worth)
        return added


_CATALOGUE: Final = EventCatalogue(sentences.CATALOGUE)
_event: Final = _CATALOGUE.add

# Functions, and failures that nobody handled.
FUNCTION_CALLED: Final = _event("function.called", DEBUG, ("function", "caller", "outcome", "duration_ms", "arguments"))
TASK_FAILED: Final = _event("task.failed", ERROR, ("reason",))
PROGRAM_FAILED: Final = _event("program.failed", CRITICAL, ("reason",))
PROGRAM_CRASHED: Final = _event("program.crashed", CRITICAL, ("pid", "moment", "text"))
THREAD_FAILED: Final = _event("thread.failed", ERROR, ("thread", "reason"))
UNRAISABLE_FAILED: Final = _event("unraisable.failed", ERROR, ("place", "reason"))
WARNING_ISSUED: Final = _event("warning.issued", WARNING, ("category", "text", "place"))

# The journal about itself.
JOURNAL_TRACE_SWITCHED: Final = _event("journal.trace_switched", INFO, ("logger", "state"))
JOURNAL_STATISTICS: Final = _event(
    "journal.statistics",
    INFO,
    ("logged", "written", "dropped", "levels", "waiting", "high_water", "slowest_ms", "degraded"),
)
JOURNAL_DROPPED: Final = _event("journal.dropped", WARNING, ("count", "levels", "since", "until", "reason"))
JOURNAL_LIMITED: Final = _event("journal.limited", WARNING, ("reason",))
JOURNAL_LEFT_OUT: Final = _event("journal.left_out", WARNING, ("count", "levels", "since", "until", "reason"))
JOURNAL_DEGRADED: Final = _event("journal.degraded", ERROR, ("reason",))
JOURNAL_RESTORED: Final = _event("journal.restored", WARNING, ("seconds",))
JOURNAL_CONSOLE_FAILED: Final = _event("journal.console_failed", WARNING, ("reason",))
JOURNAL_CONSOLE_DROPPED: Final = _event("journal.console_dropped", WARNING, ("count",))
JOURNAL_LINK_FAILED: Final = _event("journal.link_failed", WARNING, ("reason",))
JOURNAL_LEVEL_BAD: Final = _event("journal.level_bad", WARNING, ("text",))
JOURNAL_SYNC_FAILED: Final = _event("journal.sync_failed", WARNING, ("reason",))
JOURNAL_OFFSET_CHANGED: Final = _event("journal.offset_changed", INFO, ("before", "after"))
JOURNAL_COMPRESSED: Final = _event("journal.compressed", INFO, ("file", "records", "bytes", "packed", "sha256"))
JOURNAL_DELETED: Final = _event("journal.deleted", INFO, ("file", "bytes", "reason"))
JOURNAL_SWEEP_FAILED: Final = _event("journal.sweep_failed", WARNING, ("file", "reason"))
JOURNAL_SEAL_FAILED: Final = _event("journal.seal_failed", WARNING, ("reason",))
JOURNAL_ADOPTED: Final = _event("journal.adopted", WARNING, ("file", "bytes"))
JOURNAL_FAILED: Final = _event("journal.failed", ERROR, ("reason",))

ALL: Final = _CATALOGUE.all
