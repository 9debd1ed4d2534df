"""The catalogue of the journal: one event for everything that is ever recorded.

Each answer of the server has its event (`of_answer`); the other events are the constants below. The sentence
of an event is in `vestnik.protocol.texts` under the event's name.
"""

from dataclasses import dataclass
from logging import CRITICAL, DEBUG, ERROR, INFO, WARNING
from typing import Final

from vestnik.protocol import answers
from vestnik.protocol.answers import Answer
from vestnik.protocol.codes import FIRST_ERROR


@dataclass(frozen=True, slots=True, eq=False)
class Event:
    """One kind of record. Two events are equal only if they are the same object.

    `name` is dotted and stable, `level` one of the stdlib's (`logging.INFO`), `fields` the names of the
    record's values in the order in which they are given, `code` the response code if the event is an answer.
    """

    name: str
    level: int
    fields: tuple[str, ...] = ()
    code: int | None = None


# The server.
SERVER_STARTED: Final = Event("server.started", INFO, ("address", "port"))
SERVER_CLOSING: Final = Event("server.closing", WARNING, ("connections",))
SERVER_STOPPED: Final = Event("server.stopped", DEBUG)
SERVER_FORCED: Final = Event("server.forced", WARNING)
SERVER_UNCLEAN: Final = Event("server.unclean", WARNING, ("pid",))
SERVER_ADDRESS_IN_USE: Final = Event("server.address_in_use", CRITICAL, ("address", "port"))
SERVER_ADDRESS_BAD: Final = Event("server.address_bad", CRITICAL, ("address", "port", "reason"))
SERVER_DIRECTORY_BAD: Final = Event("server.directory_bad", CRITICAL, ("path", "reason"))
SERVER_SETTING_BAD: Final = Event("server.setting_bad", CRITICAL, ("key", "reason"))
SERVER_SETTING_UNKNOWN: Final = Event("server.setting_unknown", CRITICAL, ("key",))
SERVER_FAILED: Final = Event("server.failed", CRITICAL, ("reason",))

# The store.
STORE_LOCKED: Final = Event("store.locked", CRITICAL, ("path", "pid"))
STORE_NEWER: Final = Event("store.newer", CRITICAL, ("path", "found", "known"))
STORE_FOREIGN: Final = Event("store.foreign", CRITICAL, ("path", "reason"))
STORE_FAILED: Final = Event("store.failed", ERROR, ("reason",))
STORE_DELAYED: Final = Event("store.delayed", WARNING, ("queued",))

# Connections.
CONNECTION_OPENED: Final = Event("connection.opened", INFO, ("ip", "port"))
CONNECTION_CLOSED: Final = Event("connection.closed", INFO, ("account",))
CONNECTION_REFUSED: Final = Event("connection.refused", WARNING, ("limit",))
CONNECTION_SLOW: Final = Event("connection.slow", WARNING, ("account", "waiting"))
CONNECTION_SILENT: Final = Event("connection.silent", WARNING, ("account",))
CONNECTION_ENDED: Final = Event("connection.ended", WARNING, ("account",))
PROBE_SENT: Final = Event("probe.sent", DEBUG, ("account",))
PRESENCE_ANNOUNCED: Final = Event("presence.announced", DEBUG, ("people", "connections"))
BACKLOG_DELIVERED: Final = Event("backlog.delivered", INFO, ("account", "count", "messages"))
SESSION_RESUMED: Final = Event("session.resumed", INFO, ("account", "count", "messages"))
CHANGE_RECOVERED: Final = Event("change.recovered", INFO, ("account", "to", "kind", "change", "number", "recovered"))
RETENTION_APPLIED: Final = Event("retention.applied", INFO, ("room", "count"))
MESSAGE_RECOVERED: Final = Event("message.recovered", INFO, ("account", "to", "seq", "id", "number", "recovered"))
REQUEST_FAILED: Final = Event("request.failed", ERROR, ("action",))
TASK_FAILED: Final = Event("task.failed", ERROR, ("reason",))

# Administration of accounts.
ADMIN_ADDED: Final = Event("admin.added", INFO, ("account",))
ADMIN_PASSWORD: Final = Event("admin.password", INFO, ("account",))
ADMIN_DISABLED: Final = Event("admin.disabled", INFO, ("account",))
ADMIN_ENABLED: Final = Event("admin.enabled", INFO, ("account",))
ADMIN_LISTED: Final = Event("admin.listed", INFO, ("count",))
ADMIN_REFUSED: Final = Event("admin.refused", ERROR, ("reason",))

# The client.
CLIENT_CONNECTED: Final = Event("client.connected", INFO, ("address", "port", "local_port"))
CLIENT_AUTHENTICATING: Final = Event("client.authenticating", INFO, ("account",))
CLIENT_PRESENCE: Final = Event("client.presence", INFO)
CLIENT_PRESENCE_ANSWERED: Final = Event("client.presence_answered", DEBUG, ("code", "text"))
CLIENT_JOINING: Final = Event("client.joining", INFO, ("account", "room"))
CLIENT_LEAVING: Final = Event("client.leaving", INFO, ("account", "room"))
CLIENT_SENDING: Final = Event("client.sending", INFO, ("account", "to", "text"))
CLIENT_SENDING_PRIVATE: Final = Event("client.sending_private", INFO, ("account", "to"))
CLIENT_QUITTING: Final = Event("client.quitting", INFO, ("account",))
CLIENT_CONTACTS: Final = Event("client.contacts", INFO, ("account",))
CLIENT_CONTACT_ADDING: Final = Event("client.contact_adding", INFO, ("account", "contact"))
CLIENT_CONTACT_REMOVING: Final = Event("client.contact_removing", INFO, ("account", "contact"))
CLIENT_EDITING: Final = Event("client.editing", INFO, ("account", "to", "seq", "text"))
CLIENT_ASKING: Final = Event("client.asking", INFO, ("account", "action", "about"))
CLIENT_ANSWERED: Final = Event("client.answered", INFO, ("code", "text"))
CLIENT_REFUSED: Final = Event("client.refused", ERROR, ("code", "text"))
CLIENT_RECEIVED: Final = Event("client.received", DEBUG, ("sender", "to", "text"))
CLIENT_RECEIVED_PRIVATE: Final = Event("client.received_private", DEBUG, ("sender", "to"))
CLIENT_CHANGE: Final = Event("client.change", DEBUG, ("sender", "to", "kind", "change"))
CLIENT_NOTED: Final = Event("client.noted", DEBUG, ("action",))
CLIENT_PROBED: Final = Event("client.probed", DEBUG)
CLIENT_DISCONNECTED: Final = Event("client.disconnected", DEBUG, ("address", "port"))
CLIENT_UNKNOWN_HOST: Final = Event("client.unknown_host", CRITICAL, ("address", "port"))
CLIENT_CONNECTION_REFUSED: Final = Event("client.connection_refused", CRITICAL, ("address", "port"))
CLIENT_TIMEOUT: Final = Event("client.timeout", CRITICAL, ("address", "port", "seconds"))
CLIENT_CONNECTION_FAILED: Final = Event("client.connection_failed", CRITICAL, ("address", "port", "reason"))
CLIENT_CONNECTION_LOST: Final = Event("client.connection_lost", ERROR, ("address", "port"))
CLIENT_LOST: Final = Event("client.lost", WARNING, ("address", "port"))
CLIENT_RECONNECTING: Final = Event("client.reconnecting", INFO, ("attempt", "seconds"))
CLIENT_RECONNECT_FAILED: Final = Event("client.reconnect_failed", WARNING, ("attempt", "reason"))
CLIENT_RESUMING: Final = Event("client.resuming", INFO, ("account", "count"))
CLIENT_RESUMED: Final = Event("client.resumed", INFO, ("account",))
CLIENT_RESENT: Final = Event("client.resent", INFO, ("count",))
CLIENT_GAP: Final = Event("client.gap", WARNING, ("to", "expected", "found"))
CLIENT_NOT_JSON: Final = Event("client.not_json", ERROR, ("address", "port", "reason"))
CLIENT_SERVER_CLOSING: Final = Event("client.server_closing", WARNING, ("address", "port"))
CLIENT_OVERFLOW: Final = Event("client.overflow", WARNING, ("limit",))
CLIENT_BEHIND: Final = Event("client.behind", WARNING, ("limit",))
CLIENT_OUTBOX_FULL: Final = Event("client.outbox_full", ERROR, ("limit",))
CLIENT_INPUT_BAD: Final = Event("client.input_bad", WARNING, ("reason",))
CLIENT_INTERRUPTED: Final = Event("client.interrupted", WARNING)
CLIENT_FAILED: Final = Event("client.failed", ERROR, ("reason",))

# Functions, and failures that nobody handled.
FUNCTION_CALLED: Final = Event("function.called", DEBUG, ("function", "caller", "outcome", "duration_ms", "arguments"))
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


_QUIET: Final = (
    answers.PRESENCE_ACCEPTED,  # the journal that the mission shows has no line for it
    answers.TYPING_TOLD,
    answers.READ_NOTED,
)


def _level_of(answer: Answer) -> int:
    if answer in _QUIET:
        return DEBUG
    return INFO if answer.code < FIRST_ERROR else ERROR


MESSAGE_FIELDS: Final = ("number", "recipients", "duration_ms")
"""What the journal has of a message beside the answer: its number in the store, the connections it was written to
(as ranges: `2-57,60`), and the milliseconds between its arrival and the answer."""

_MORE: Final[dict[Answer, tuple[str, ...]]] = {
    answers.MESSAGE_DELIVERED: MESSAGE_FIELDS,
    answers.MESSAGE_KEPT: MESSAGE_FIELDS,
    answers.MESSAGE_CONFLICT: MESSAGE_FIELDS,
}
_ANSWERS: Final[dict[str, Event]] = {
    name: Event(name, _level_of(answer), answer.fields + _MORE.get(answer, ()), int(answer.code))
    for name, answer in answers.ALL.items()
}
ALL: Final[dict[str, Event]] = _ANSWERS | {
    value.name: value for value in list(globals().values()) if isinstance(value, Event)
}


def of_answer(answer: Answer) -> Event:
    """The event of `answer`; its values are the answer's values, then for a message those of `MESSAGE_FIELDS`.

    Raises KeyError for an unlisted answer.
    """
    return _ANSWERS[answer.name]
