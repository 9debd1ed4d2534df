"""What a client journals: every event there is, with its level and fields."""

from logging import CRITICAL, DEBUG, ERROR, INFO, WARNING
from typing import Final

from vestnik.log.events import EventCatalogue
from vestnik.protocol.answers import NAMES
from vestnik.texts import journal

_CATALOGUE: Final = EventCatalogue(journal.CATALOGUE, NAMES | {"sender"})
_event: Final = _CATALOGUE.add

CLIENT_CONNECTED: Final = _event("client.connected", INFO, ("address", "port", "local_port"))
CLIENT_AUTHENTICATING: Final = _event("client.authenticating", INFO, ("account",))
CLIENT_PRESENCE: Final = _event("client.presence", INFO)
CLIENT_PRESENCE_ANSWERED: Final = _event("client.presence_answered", DEBUG, ("code", "text"))
CLIENT_JOINING: Final = _event("client.joining", INFO, ("account", "room"))
CLIENT_LEAVING: Final = _event("client.leaving", INFO, ("account", "room"))
CLIENT_SENDING: Final = _event("client.sending", INFO, ("account", "to", "text"))
CLIENT_SENDING_PRIVATE: Final = _event("client.sending_private", INFO, ("account", "to"))
CLIENT_QUITTING: Final = _event("client.quitting", INFO, ("account",))
CLIENT_CONTACTS: Final = _event("client.contacts", INFO, ("account",))
CLIENT_CONTACT_ADDING: Final = _event("client.contact_adding", INFO, ("account", "contact"))
CLIENT_CONTACT_REMOVING: Final = _event("client.contact_removing", INFO, ("account", "contact"))
CLIENT_EDITING: Final = _event("client.editing", INFO, ("account", "to", "seq", "text"))
CLIENT_ASKING: Final = _event("client.asking", INFO, ("account", "action", "about"))
CLIENT_ANSWERED: Final = _event("client.answered", INFO, ("code", "text"))
CLIENT_REFUSED: Final = _event("client.refused", ERROR, ("code", "text"))
CLIENT_RECEIVED: Final = _event("client.received", DEBUG, ("sender", "to", "text"))
CLIENT_RECEIVED_PRIVATE: Final = _event("client.received_private", DEBUG, ("sender", "to"))
CLIENT_CHANGE: Final = _event("client.change", DEBUG, ("sender", "to", "kind", "change"))
CLIENT_NOTED: Final = _event("client.noted", DEBUG, ("action",))
CLIENT_PROBED: Final = _event("client.probed", DEBUG)
CLIENT_DISCONNECTED: Final = _event("client.disconnected", DEBUG, ("address", "port"))
CLIENT_UNKNOWN_HOST: Final = _event("client.unknown_host", CRITICAL, ("address", "port"))
CLIENT_CONNECTION_REFUSED: Final = _event("client.connection_refused", CRITICAL, ("address", "port"))
CLIENT_TIMEOUT: Final = _event("client.timeout", CRITICAL, ("address", "port", "seconds"))
CLIENT_CONNECTION_FAILED: Final = _event("client.connection_failed", CRITICAL, ("address", "port", "reason"))
CLIENT_NO_TLS: Final = _event("client.no_tls", CRITICAL, ("address", "port", "reason"))
CLIENT_CERTIFICATE_UNKNOWN: Final = _event(
    "client.certificate_unknown", CRITICAL, ("address", "port", "found", "reason")
)
CLIENT_CERTIFICATE_CHANGED: Final = _event("client.certificate_changed", CRITICAL, ("address", "port", "found", "path"))
CLIENT_CERTIFICATE_OTHER: Final = _event("client.certificate_other", CRITICAL, ("address", "port", "found", "expected"))
CLIENT_PINNED: Final = _event("client.pinned", WARNING, ("address", "port", "fingerprint", "reason"))
CLIENT_TURNED_AWAY: Final = _event("client.turned_away", ERROR, ("address", "port", "code", "text"))
CLIENT_CONNECTION_LOST: Final = _event("client.connection_lost", ERROR, ("address", "port"))
CLIENT_LOST: Final = _event("client.lost", WARNING, ("address", "port"))
CLIENT_RECONNECTING: Final = _event("client.reconnecting", INFO, ("attempt", "seconds"))
CLIENT_RECONNECT_FAILED: Final = _event("client.reconnect_failed", WARNING, ("attempt", "reason"))
CLIENT_RESUMING: Final = _event("client.resuming", INFO, ("account", "count"))
CLIENT_ANEW: Final = _event("client.anew", WARNING, ("account", "count"))
CLIENT_RESUMED: Final = _event("client.resumed", INFO, ("account",))
CLIENT_RESENT: Final = _event("client.resent", INFO, ("count",))
CLIENT_GAP: Final = _event("client.gap", WARNING, ("to", "expected", "found"))
CLIENT_NOT_JSON: Final = _event("client.not_json", ERROR, ("address", "port", "reason"))
CLIENT_SERVER_CLOSING: Final = _event("client.server_closing", WARNING, ("address", "port"))
CLIENT_OVERFLOW: Final = _event("client.overflow", WARNING, ("limit",))
CLIENT_BEHIND: Final = _event("client.behind", WARNING, ("limit",))
CLIENT_OUTBOX_FULL: Final = _event("client.outbox_full", ERROR, ("limit",))
CLIENT_INPUT_BAD: Final = _event("client.input_bad", WARNING, ("reason",))
CLIENT_INTERRUPTED: Final = _event("client.interrupted", WARNING)
CLIENT_OUTPUT_LOST: Final = _event("client.output_lost", ERROR, ("reason",))
CLIENT_BOT_CALLED: Final = _event("client.bot_called", INFO, ("command", "sender", "to", "seq"))
CLIENT_BOT_AGAIN: Final = _event("client.bot_again", WARNING, ("account", "count"))
CLIENT_BOT_FAILED: Final = _event("client.bot_failed", ERROR, ("command", "reason"))
CLIENT_BOT_UNSAVED: Final = _event("client.bot_unsaved", ERROR, ("account", "reason"))
CLIENT_FAILED: Final = _event("client.failed", ERROR, ("reason",))

ALL: Final = _CATALOGUE.all
