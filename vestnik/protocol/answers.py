"""Every answer the server can give: a stable name, a response code and the fields of its sentence.

The sentences themselves are in `texts`, under the same names. The journal makes one event of each answer
(`vestnik.log.events`), so an answer cannot exist without its journal line.
"""

from typing import Final, NamedTuple

from vestnik.protocol.codes import Code


class Answer(NamedTuple):
    """One kind of answer: `name` (dotted, stable), `code`, `fields` (the names of its values, in order)."""

    name: str
    code: Code
    fields: tuple[str, ...] = ()


LOGIN_ACCEPTED: Final = Answer("login.accepted", Code.ACCEPTED, ("account",))
LOGIN_RESUMED: Final = Answer("login.resumed", Code.OK, ("account",))
LOGIN_REFUSED: Final = Answer("login.refused", Code.WRONG_LOGIN, ("account",))
LOGIN_REQUIRED: Final = Answer("login.required", Code.NOT_AUTHORISED, ("account",))
LOGIN_MISSING: Final = Answer("login.missing", Code.NOT_AUTHORISED)
LOGIN_ENDED: Final = Answer("login.ended", Code.OK, ("account",))
ACCOUNT_DISABLED: Final = Answer("account.disabled", Code.FORBIDDEN, ("account",))
ACCOUNT_UNKNOWN: Final = Answer("account.unknown", Code.NOT_FOUND, ("name",))
ACCOUNT_EXISTS: Final = Answer("account.exists", Code.CONFLICT, ("name",))
IDENTITY_MISMATCH: Final = Answer("identity.mismatch", Code.FORBIDDEN, ("account", "claimed"))
PRESENCE_ACCEPTED: Final = Answer("presence.accepted", Code.OK, ("account", "status"))

ROOM_JOINED: Final = Answer("room.joined", Code.OK, ("account", "room"))
ROOM_LEFT: Final = Answer("room.left", Code.OK, ("account", "room"))
ROOM_NOT_MEMBER: Final = Answer("room.not_member", Code.FORBIDDEN, ("account", "room"))
ROOM_UNKNOWN: Final = Answer("room.unknown", Code.NOT_FOUND, ("room",))
ROOM_UNKNOWN_LEAVE: Final = Answer("room.unknown_leave", Code.BAD_REQUEST, ("room",))
ROOM_LIMIT: Final = Answer("room.limit", Code.FORBIDDEN, ("account", "limit"))

MESSAGE_DELIVERED: Final = Answer("message.delivered", Code.OK, ("account", "to", "seq", "id"))
MESSAGE_KEPT: Final = Answer("message.kept", Code.ACCEPTED, ("account", "to", "seq", "id"))
MESSAGE_CONFLICT: Final = Answer("message.conflict", Code.CONFLICT, ("account", "to", "seq", "id"))

CONTACTS_LISTED: Final = Answer("contacts.listed", Code.ACCEPTED, ("account", "count"))
CONTACT_ADDED: Final = Answer("contact.added", Code.OK, ("account", "contact"))
CONTACT_REMOVED: Final = Answer("contact.removed", Code.OK, ("account", "contact"))
CONTACT_UNKNOWN: Final = Answer("contact.unknown", Code.NOT_FOUND, ("account", "contact"))
CONTACT_LIMIT: Final = Answer("contact.limit", Code.FORBIDDEN, ("account", "limit"))

VALUE_NOT_OBJECT: Final = Answer("value.not_object", Code.BAD_REQUEST)
VALUE_MALFORMED: Final = Answer("value.malformed", Code.BAD_REQUEST, ("byte",))
VALUE_TOO_LONG: Final = Answer("value.too_long", Code.BAD_REQUEST, ("limit",))
VALUE_TOO_DEEP: Final = Answer("value.too_deep", Code.BAD_REQUEST, ("limit",))
VALUE_UNFINISHED: Final = Answer("value.unfinished", Code.BAD_REQUEST, ("limit",))
STREAM_UNREADABLE: Final = Answer("stream.unreadable", Code.BAD_REQUEST, ("byte",))
ACTION_MISSING: Final = Answer("action.missing", Code.BAD_REQUEST)
ACTION_UNKNOWN: Final = Answer("action.unknown", Code.BAD_REQUEST, ("action",))
FIELD_MISSING: Final = Answer("field.missing", Code.BAD_REQUEST, ("field",))
FIELD_INVALID: Final = Answer("field.invalid", Code.BAD_REQUEST, ("field",))
FIELD_EMPTY: Final = Answer("field.empty", Code.BAD_REQUEST, ("field",))
FIELD_TOO_LONG: Final = Answer("field.too_long", Code.BAD_REQUEST, ("field", "limit"))

SERVER_ERROR: Final = Answer("server.error", Code.SERVER_ERROR)
SERVER_BUSY: Final = Answer("server.busy", Code.SERVER_ERROR)
SERVER_FULL: Final = Answer("server.full", Code.SERVER_ERROR, ("limit",))

ALL: Final[dict[str, Answer]] = {value.name: value for value in list(globals().values()) if isinstance(value, Answer)}
