"""What a server journals: every event there is, with its level and fields.

Each answer has its event (`of_answer`), the others are the constants below. What is promised to be in the journal,
whatever else has no room: messages, what is changed in conversations, logins and their ends, administration, and what
the server itself does with the store and with being there.
"""

from dataclasses import replace
from logging import CRITICAL, DEBUG, ERROR, INFO, WARNING
from typing import Final

from vestnik import texts
from vestnik.log.events import EventCatalogue, EventType
from vestnik.protocol import answers
from vestnik.protocol.answers import Answer
from vestnik.protocol.codes import FIRST_ERROR, Code

OUTSIDE: Final = 0
"""What a record is worth that anybody can cause without a login: less than any other."""
COUNTED: Final = ("count", "kinds", "since", "until")
"""What is said of lines that were counted: how many, of which kinds, and between which times of day."""

_CATALOGUE: Final = EventCatalogue(texts.journal.CATALOGUE, answers.NAMES)
_event: Final = _CATALOGUE.add

# The server.
SERVER_STARTED: Final = _event("server.started", INFO, ("address", "port"), promised=True)
SERVER_CLOSING: Final = _event("server.closing", WARNING, ("connections",), promised=True)
SERVER_STOPPED: Final = _event("server.stopped", INFO, promised=True)
SERVER_RELOADED: Final = _event("server.reloaded", INFO, ("settings",), promised=True)
SERVER_NOT_RELOADED: Final = _event("server.not_reloaded", ERROR, ("reason",), promised=True)
SERVER_RESTART_NEEDED: Final = _event("server.restart_needed", WARNING, ("settings",), promised=True)
SERVER_UNHEARD: Final = _event("server.unheard", WARNING, ("reason",))
SERVER_FEW_DESCRIPTORS: Final = _event("server.few_descriptors", CRITICAL, ("limit", "least"))
SERVER_NO_DESCRIPTORS: Final = _event("server.no_descriptors", ERROR, ("limit",), promised=True)
SERVER_FORCED: Final = _event("server.forced", WARNING)
SERVER_UNCLEAN: Final = _event("server.unclean", WARNING, ("pid",), promised=True)
SERVER_ADDRESS_IN_USE: Final = _event("server.address_in_use", CRITICAL, ("address", "port"))
SERVER_ADDRESS_BAD: Final = _event("server.address_bad", CRITICAL, ("address", "port", "reason"))
SERVER_DIRECTORY_BAD: Final = _event("server.directory_bad", CRITICAL, ("path", "reason"))
SERVER_SETTING_BAD: Final = _event("server.setting_bad", CRITICAL, ("key", "reason"))
SERVER_SETTING_UNKNOWN: Final = _event("server.setting_unknown", CRITICAL, ("key",))
SERVER_SETTINGS_UNREADABLE: Final = _event("server.settings_unreadable", CRITICAL, ("path", "reason"))
SERVER_DOUBTFUL_NAMES: Final = _event("server.doubtful_names", WARNING, ("accounts",))
SERVER_TLS_UNREADABLE: Final = _event("server.tls_unreadable", CRITICAL, ("path", "reason"))
SERVER_TLS_NOT_PEM: Final = _event("server.tls_not_pem", CRITICAL, ("path",))
SERVER_TLS_KEY_LOCKED: Final = _event("server.tls_key_locked", CRITICAL, ("path",))
SERVER_TLS_KEY_DIFFERS: Final = _event("server.tls_key_differs", CRITICAL, ("certificate", "key"))
SERVER_TLS_REFUSED: Final = _event("server.tls_refused", CRITICAL, ("path", "reason"))
SERVER_TLS_LOADED: Final = _event("server.tls_loaded", INFO, ("path", "fingerprint", "expires"), promised=True)
SERVER_TLS_KEPT: Final = _event("server.tls_kept", ERROR, ("reason",), promised=True)
SERVER_TLS_ENDS: Final = _event("server.tls_ends", WARNING, ("path", "expires"), promised=True)
SERVER_LOGINS_FORGOTTEN: Final = _event("server.logins_forgotten", WARNING, ("reason",))
SERVER_LOGINS_UNKEPT: Final = _event("server.logins_unkept", WARNING, ("reason",))
SERVER_FAILED: Final = _event("server.failed", CRITICAL, ("reason",))

# The store.
STORE_LOCKED: Final = _event("store.locked", CRITICAL, ("path", "pid"))
STORE_NEWER: Final = _event("store.newer", CRITICAL, ("path", "found", "known"))
STORE_FOREIGN: Final = _event("store.foreign", CRITICAL, ("path", "reason"))
STORE_UNSAFE: Final = _event("store.unsafe", CRITICAL, ("path", "reason"))
STORE_RESTORED: Final = _event("store.restored", WARNING, ("kept", "journaled", "epoch"), promised=True)
STORE_FAILED: Final = _event("store.failed", ERROR, ("reason",))
STORE_DELAYED: Final = _event("store.delayed", WARNING, ("queued",))
STORE_INDEX_DISCARDED: Final = _event("store.index_discarded", WARNING, ("reason",))

# Connections.
CONNECTION_OPENED: Final = _event("connection.opened", INFO, ("ip", "port"))
CONNECTION_CLOSED: Final = _event("connection.closed", INFO, ("account",))
CONNECTION_REFUSED: Final = _event("connection.refused", WARNING, ("limit",), worth=OUTSIDE)
CONNECTION_NO_DESCRIPTOR: Final = _event("connection.no_descriptor", WARNING, ("limit",), worth=OUTSIDE)
CONNECTION_REPEATED: Final = _event("connection.repeated", WARNING, ("network", *COUNTED), made=COUNTED)
CONNECTION_CROWDED: Final = _event("connection.crowded", WARNING, ("network", "limit"), worth=OUTSIDE)
CONNECTION_ENCRYPTED: Final = _event("connection.encrypted", DEBUG, ("version", "cipher"))
CONNECTION_TLS_FAILED: Final = _event("connection.tls_failed", WARNING, ("reason",), worth=OUTSIDE)
CONNECTION_PROXIED: Final = _event("connection.proxied", DEBUG, ("proxy",))
CONNECTION_PROXY_BAD: Final = _event("connection.proxy_bad", WARNING, ("reason",), worth=OUTSIDE)
CONNECTION_SLOW: Final = _event("connection.slow", WARNING, ("account", "waiting"), worth=INFO)
CONNECTION_SILENT: Final = _event("connection.silent", WARNING, ("account",), worth=INFO)
CONNECTION_ENDED: Final = _event("connection.ended", WARNING, ("account",))
CONTROL_BAD: Final = _event("control.bad", CRITICAL, ("path", "reason"))
CONTROL_REFUSED: Final = _event("control.refused", WARNING, ("uid", "pid"))
PROBE_SENT: Final = _event("probe.sent", DEBUG, ("account",))
PRESENCE_ANNOUNCED: Final = _event("presence.announced", DEBUG, ("people", "connections"))
BACKLOG_DELIVERED: Final = _event("backlog.delivered", INFO, ("account", "count", "messages"))
SESSION_ANEW: Final = _event("session.anew", WARNING, ("account", "count"), worth=INFO)
GUEST_LEFT: Final = _event("guest.left", INFO, ("account",), promised=True)
SESSION_REPEATED: Final = _event("session.repeated", INFO, ("account", *COUNTED), made=COUNTED, promised=True)
DELIVERY_CUT_OFF: Final = _event("delivery.cut_off", WARNING, ("account", "count"))
SESSION_RESUMED: Final = _event("session.resumed", INFO, ("account", "count", "messages"))
CHANGE_MADE: Final = _event("change.made", INFO, ("account", "to", "kind", "change", "number", "epoch"), promised=True)
CHANGE_RECOVERED: Final = _event(
    "change.recovered",
    INFO,
    ("account", "to", "kind", "change", "number", "epoch", "recovered"),
    promised=True,
)
RETENTION_ROOM_REMOVED: Final = _event("retention.room_removed", INFO, ("room",), promised=True)
RETENTION_NAMES_FREED: Final = _event("retention.names_freed", INFO, ("count",), promised=True)
RETENTION_APPLIED: Final = _event("retention.applied", INFO, ("room", "count"), promised=True)
RETENTION_DOUBTED: Final = _event("retention.doubted", WARNING, ("shown", "trusted", "hours"))
MESSAGE_RECOVERED: Final = _event(
    "message.recovered", INFO, ("account", "to", "seq", "id", "number", "epoch", "recovered"), promised=True
)
REQUEST_FAILED: Final = _event("request.failed", ERROR, ("action",))
REQUEST_COUNTED: Final = _event("request.counted", INFO, ("account", *COUNTED), made=COUNTED)
REQUEST_REPEATED: Final = _event("request.repeated", ERROR, ("account", *COUNTED), made=COUNTED)

# Administration of accounts, beside its answers.
ADMIN_REFUSED: Final = _event("admin.refused", ERROR, ("reason",), promised=True)
ADMIN_UNDONE: Final = _event("admin.undone", ERROR, ("reason",), promised=True)
ADMIN_CUT_OFF: Final = _event("admin.cut_off", ERROR, promised=True)
ADMIN_KEYED: Final = _event("admin.keyed", INFO, ("journal",), promised=True)
ADMIN_BACKUP_BEGUN: Final = _event("admin.backup_begun", INFO, ("path",), promised=True)
ADMIN_BACKUP_MADE: Final = _event("admin.backup_made", INFO, ("path", "bytes"), promised=True)
ADMIN_BACKUP_FAILED: Final = _event("admin.backup_failed", ERROR, ("path", "reason"), promised=True)
ADMIN_RESTORE_BEGUN: Final = _event("admin.restore_begun", INFO, ("path",), promised=True)
ADMIN_RESTORED: Final = _event("admin.restored", INFO, ("path", "epoch", "kept"), promised=True)
ADMIN_RESTORE_FAILED: Final = _event("admin.restore_failed", ERROR, ("path", "reason"), promised=True)


_QUIET: Final = (
    answers.PRESENCE_ACCEPTED,  # the journal that the mission shows has no line for it
    answers.TYPING_TOLD,
    answers.READ_NOTED,
    answers.ADMIN_SHOWN,
)


def _level_of(answer: Answer) -> int:
    if answer in _QUIET:
        return DEBUG
    return INFO if answer.code < FIRST_ERROR else ERROR


MESSAGE_FIELDS: Final = ("number", "epoch", "recipients", "duration_ms")
"""What the journal has of a message beside the answer: its number in the store and the epoch of that, the connections
it was written to (as ranges: `2-57,60`), and the milliseconds between its arrival and the answer."""

_MORE: Final[dict[Answer, tuple[str, ...]]] = {
    answers.MESSAGE_DELIVERED: MESSAGE_FIELDS,
    answers.MESSAGE_KEPT: MESSAGE_FIELDS,
    answers.MESSAGE_NOTED: MESSAGE_FIELDS,
    answers.MESSAGE_CONFLICT: MESSAGE_FIELDS,
    answers.MESSAGE_DIFFERS: MESSAGE_FIELDS,
    answers.MESSAGE_WITHDRAWN: MESSAGE_FIELDS,
}


_PROMISED: Final = (
    answers.MESSAGE_DELIVERED,
    answers.MESSAGE_KEPT,
    answers.MESSAGE_NOTED,
    answers.LOGIN_ACCEPTED,
    answers.LOGIN_RESUMED,
    answers.LOGIN_ENDED,
    answers.GUEST_ENTERED,
    answers.LOGIN_REVOKED,
    answers.LOGINS_REVOKED,
    answers.TOTP_CONFIRMED,
    answers.TOTP_ENDED,
    answers.TOTP_CODES,
    answers.ACCOUNT_REGISTERED,
    answers.PASSWORD_CHANGED,
    answers.PASSWORD_RESET,
)
"""What is promised always; of the others it is what has changed something (`of_change`)."""


def _is_promised(answer: Answer) -> bool:
    return answer in _PROMISED or answer.name.startswith("admin.")


def _worth_of(answer: Answer) -> int | None:
    """A refusal is worth no more than what is done: it may come for as often as somebody likes."""
    return INFO if FIRST_ERROR <= answer.code < Code.SERVER_ERROR else None


_ANSWERS: Final = EventCatalogue(texts.answers.CATALOGUE, answers.NAMES)
for _answer in answers.ALL.values():
    _more = _MORE.get(_answer, ())
    # The journal of administration tells what was done, not what was answered.
    _code = None if _answer.name.startswith("admin.") else int(_answer.code)
    _ANSWERS.add(
        _answer.name,
        _level_of(_answer),
        _answer.fields + _more,
        code=_code,
        made=_more,
        promised=_is_promised(_answer),
        worth=_worth_of(_answer),
    )
ALL: Final = _ANSWERS.all | _CATALOGUE.all

_CHANGES: Final = {name: replace(event, promised=True) for name, event in _ANSWERS.all.items()}
_REPEATED: Final = {name: replace(event, promised=False, worth=INFO) for name, event in _ANSWERS.all.items()}
_OUTSIDE: Final = {name: replace(event, worth=OUTSIDE) for name, event in _ANSWERS.all.items()}


def of_answer(answer: Answer) -> EventType:
    """The event of `answer`; its values are the answer's values, then for a message those of `MESSAGE_FIELDS`.

    Raises KeyError for an unlisted answer.
    """
    return _ANSWERS.all[answer.name]


def of_change(answer: Answer) -> EventType:
    """The event of `answer` to a request that has changed something in a conversation."""
    return _CHANGES[answer.name]


def of_repeated(answer: Answer) -> EventType:
    """The event of `answer` to a message that was sent before."""
    return _REPEATED[answer.name]


def of_stranger(answer: Answer) -> EventType:
    """The event of `answer` to somebody who is not logged in and asked for something else than a login."""
    return _OUTSIDE[answer.name]
