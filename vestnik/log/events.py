"""What an event is, and the events of the journal itself: calls, failures that nobody handled, its own troubles.

Whoever else records something has a catalogue of their own (`vestnik.server.catalogue`, `vestnik.client.catalogue`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from logging import CRITICAL, DEBUG, ERROR, INFO, WARNING
from typing import Final


@dataclass(frozen=True, slots=True, eq=False)
class Event:
    """One kind of record. Two events are equal only if they are the same object.

    `name` is dotted and stable, `level` one of the stdlib's (`logging.INFO`), `fields` the names of the
    record's values in the order in which they are given, `code` the response code if the event is an answer.
    `made` are the fields whose values the program makes itself, so that no secret can be in them. The sentence of an
    event is in `vestnik.texts` under its name.
    """

    name: str
    level: int
    fields: tuple[str, ...] = ()
    code: int | None = None
    made: tuple[str, ...] = ()


def among(namespace: Mapping[str, object]) -> dict[str, Event]:
    """The events among the values of a module's `namespace`, by their names."""
    return {value.name: value for value in namespace.values() if isinstance(value, Event)}


# Functions, and failures that nobody handled.
FUNCTION_CALLED: Final = Event("function.called", DEBUG, ("function", "caller", "outcome", "duration_ms", "arguments"))
TASK_FAILED: Final = Event("task.failed", ERROR, ("reason",))
PROGRAM_FAILED: Final = Event("program.failed", CRITICAL, ("reason",))
PROGRAM_CRASHED: Final = Event("program.crashed", CRITICAL, ("pid", "moment", "text"))
THREAD_FAILED: Final = Event("thread.failed", ERROR, ("thread", "reason"))
UNRAISABLE_FAILED: Final = Event("unraisable.failed", ERROR, ("place", "reason"))
WARNING_ISSUED: Final = Event("warning.issued", WARNING, ("category", "text", "place"))

# The journal about itself.
JOURNAL_TRACE_SWITCHED: Final = Event("journal.trace_switched", INFO, ("logger", "state"))
JOURNAL_STATISTICS: Final = Event(
    "journal.statistics",
    INFO,
    ("logged", "written", "dropped", "levels", "waiting", "high_water", "slowest_ms", "degraded"),
)
JOURNAL_DROPPED: Final = Event("journal.dropped", WARNING, ("count", "levels", "since", "until", "reason"))
JOURNAL_DEGRADED: Final = Event("journal.degraded", ERROR, ("reason",))
JOURNAL_RESTORED: Final = Event("journal.restored", WARNING, ("seconds",))
JOURNAL_CONSOLE_FAILED: Final = Event("journal.console_failed", WARNING, ("reason",))
JOURNAL_CONSOLE_DROPPED: Final = Event("journal.console_dropped", WARNING, ("count",))
JOURNAL_LINK_FAILED: Final = Event("journal.link_failed", WARNING, ("reason",))
JOURNAL_LEVEL_BAD: Final = Event("journal.level_bad", WARNING, ("text",))
JOURNAL_SYNC_FAILED: Final = Event("journal.sync_failed", WARNING, ("reason",))
JOURNAL_OFFSET_CHANGED: Final = Event("journal.offset_changed", INFO, ("before", "after"))
JOURNAL_COMPRESSED: Final = Event("journal.compressed", INFO, ("file", "records", "bytes", "packed", "sha256"))
JOURNAL_DELETED: Final = Event("journal.deleted", INFO, ("file", "bytes", "reason"))
JOURNAL_SWEEP_FAILED: Final = Event("journal.sweep_failed", WARNING, ("file", "reason"))
JOURNAL_SEAL_FAILED: Final = Event("journal.seal_failed", WARNING, ("reason",))
JOURNAL_ADOPTED: Final = Event("journal.adopted", WARNING, ("file", "bytes"))
JOURNAL_FAILED: Final = Event("journal.failed", ERROR, ("reason",))

ALL: Final = among(globals())
