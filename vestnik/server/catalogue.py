"""What a server journals: every event there is, with its level and fields.

Each answer has its event (`of_answer`), the others are the constants below.
"""

from logging import CRITICAL, DEBUG, ERROR, INFO, WARNING
from typing import Final

from vestnik.log.events import Event, among
from vestnik.protocol import answers
from vestnik.protocol.answers import Answer
from vestnik.protocol.codes import FIRST_ERROR

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

# Administration of accounts.
ADMIN_ADDED: Final = Event("admin.added", INFO, ("account",))
ADMIN_PASSWORD: Final = Event("admin.password", INFO, ("account",))
ADMIN_DISABLED: Final = Event("admin.disabled", INFO, ("account",))
ADMIN_ENABLED: Final = Event("admin.enabled", INFO, ("account",))
ADMIN_LISTED: Final = Event("admin.listed", INFO, ("count",))
ADMIN_REFUSED: Final = Event("admin.refused", ERROR, ("reason",))


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


def _event(answer: Answer) -> Event:
    more = _MORE.get(answer, ())
    return Event(answer.name, _level_of(answer), answer.fields + more, int(answer.code), made=more)


_ANSWERS: Final[dict[str, Event]] = {name: _event(answer) for name, answer in answers.ALL.items()}
ALL: Final = _ANSWERS | among(globals())


def of_answer(answer: Answer) -> Event:
    """The event of `answer`; its values are the answer's values, then for a message those of `MESSAGE_FIELDS`.

    Raises KeyError for an unlisted answer.
    """
    return _ANSWERS[answer.name]
