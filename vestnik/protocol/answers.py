"""Every answer the server can give: a stable name, a response code and the fields of its sentence.

The sentences themselves are in `texts`, under the same names. The journal makes one event of each answer
(`vestnik.server.catalogue`), so an answer cannot exist without its journal line.
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
LOGIN_DROPPED: Final = Answer("login.dropped", Code.NOT_AUTHORISED, ("account",))
LOGIN_REQUIRED: Final = Answer("login.required", Code.NOT_AUTHORISED, ("account",))
LOGIN_MISSING: Final = Answer("login.missing", Code.NOT_AUTHORISED)
LOGIN_LATE: Final = Answer("login.late", Code.NOT_AUTHORISED, ("limit",))
LOGIN_ENDED: Final = Answer("login.ended", Code.OK, ("account",))
LOGIN_NONE: Final = Answer("login.none", Code.OK)
ACCOUNT_DISABLED: Final = Answer("account.disabled", Code.FORBIDDEN, ("account",))
ACCOUNT_CROWDED: Final = Answer("account.crowded", Code.FORBIDDEN, ("account", "limit"))
ACCOUNT_UNKNOWN: Final = Answer("account.unknown", Code.NOT_FOUND, ("name",))
ACCOUNT_EXISTS: Final = Answer("account.exists", Code.CONFLICT, ("name",))
ACCOUNT_SIMILAR: Final = Answer("account.similar", Code.CONFLICT, ("name", "other"))
NAME_EMPTY: Final = Answer("name.empty", Code.BAD_REQUEST)
NAME_TOO_LONG: Final = Answer("name.too_long", Code.BAD_REQUEST, ("limit",))
NAME_INVALID: Final = Answer("name.invalid", Code.BAD_REQUEST, ("name",))
NAME_SIGN: Final = Answer("name.sign", Code.BAD_REQUEST, ("field", "sign"))
NAME_MIXED: Final = Answer("name.mixed", Code.BAD_REQUEST, ("field", "word"))
NAME_FOR_ALL: Final = Answer("name.for_all", Code.BAD_REQUEST, ("name",))
PASSWORD_EMPTY: Final = Answer("password.empty", Code.BAD_REQUEST)
PASSWORD_TOO_LONG: Final = Answer("password.too_long", Code.BAD_REQUEST, ("limit",))
PASSWORD_INVALID: Final = Answer("password.invalid", Code.BAD_REQUEST)
IDENTITY_MISMATCH: Final = Answer("identity.mismatch", Code.FORBIDDEN, ("account", "claimed"))
PRESENCE_ACCEPTED: Final = Answer("presence.accepted", Code.OK, ("account", "status"))

ROOM_JOINED: Final = Answer("room.joined", Code.OK, ("account", "room"))
ROOM_LEFT: Final = Answer("room.left", Code.OK, ("account", "room"))
ROOM_NOT_MEMBER: Final = Answer("room.not_member", Code.FORBIDDEN, ("account", "room"))
ROOM_UNKNOWN: Final = Answer("room.unknown", Code.NOT_FOUND, ("room",))
ROOM_UNKNOWN_LEAVE: Final = Answer("room.unknown_leave", Code.BAD_REQUEST, ("room",))
ROOM_LIMIT: Final = Answer("room.limit", Code.FORBIDDEN, ("account", "limit"))
ROOM_CREATIONS: Final = Answer("room.creations", Code.FORBIDDEN, ("account", "limit"))
INVITATION_SENT: Final = Answer("invitation.sent", Code.ACCEPTED, ("account", "room", "member"))
INVITATION_DECLINED: Final = Answer("invitation.declined", Code.OK, ("account", "room"))
INVITATIONS_LISTED: Final = Answer("invitations.listed", Code.OK, ("account", "count"))
INVITATION_LIMIT: Final = Answer("invitation.limit", Code.FORBIDDEN, ("account", "limit"))

ROOM_CREATED: Final = Answer("room.created", Code.CREATED, ("account", "room"))
ROOM_EXISTS: Final = Answer("room.exists", Code.CONFLICT, ("room",))
ROOM_CHANGED: Final = Answer("room.changed", Code.OK, ("account", "room", "fields"))
ROOM_SHOWN: Final = Answer("room.shown", Code.OK, ("account", "room"))
ROOMS_LISTED: Final = Answer("rooms.listed", Code.OK, ("account", "count"))
ROOM_PRIVATE: Final = Answer("room.private", Code.FORBIDDEN, ("account", "room"))
ROOM_ARCHIVED: Final = Answer("room.archived", Code.FORBIDDEN, ("room",))
ROOM_BANNED: Final = Answer("room.banned", Code.FORBIDDEN, ("account", "room"))
ROOM_MUTED: Final = Answer("room.muted", Code.FORBIDDEN, ("account", "room"))
ROOM_NOT_ALLOWED: Final = Answer("room.not_allowed", Code.FORBIDDEN, ("account", "room", "role"))
ROOM_LAST_OWNER: Final = Answer("room.last_owner", Code.CONFLICT, ("account", "room"))
GROUP_CREATED: Final = Answer("group.created", Code.CREATED, ("account", "room", "members"))
GROUP_FOUND: Final = Answer("group.found", Code.OK, ("account", "room", "members"))
GROUP_FIXED: Final = Answer("group.fixed", Code.FORBIDDEN, ("room",))
GROUP_SIZE: Final = Answer("group.size", Code.BAD_REQUEST, ("limit",))
MEMBERS_LISTED: Final = Answer("members.listed", Code.OK, ("account", "room", "count"))
MEMBER_UNKNOWN: Final = Answer("member.unknown", Code.NOT_FOUND, ("room", "member"))
MEMBER_OUTRANKS: Final = Answer("member.outranks", Code.FORBIDDEN, ("room", "member"))
MEMBER_INVITED: Final = Answer("member.invited", Code.OK, ("account", "room", "member"))
MEMBER_REMOVED: Final = Answer("member.removed", Code.OK, ("account", "room", "member"))
MEMBER_BANNED: Final = Answer("member.banned", Code.OK, ("account", "room", "member"))
MEMBER_UNBANNED: Final = Answer("member.unbanned", Code.OK, ("account", "room", "member"))
MEMBER_MUTED: Final = Answer("member.muted", Code.OK, ("account", "room", "member"))
MEMBER_UNMUTED: Final = Answer("member.unmuted", Code.OK, ("account", "room", "member"))
MEMBER_ROLE: Final = Answer("member.role", Code.OK, ("account", "room", "member", "role"))

MESSAGE_DELIVERED: Final = Answer("message.delivered", Code.OK, ("account", "to", "seq", "id"))
MESSAGE_KEPT: Final = Answer("message.kept", Code.ACCEPTED, ("account", "to", "seq", "id"))
MESSAGE_NOTED: Final = Answer("message.noted", Code.ACCEPTED, ("account", "to", "seq", "id"))
MESSAGE_CONFLICT: Final = Answer("message.conflict", Code.CONFLICT, ("account", "to", "seq", "id"))
MESSAGE_DIFFERS: Final = Answer("message.differs", Code.CONFLICT, ("account", "to", "seq", "id"))
MESSAGE_WITHDRAWN: Final = Answer("message.withdrawn", Code.CONFLICT, ("account", "to", "seq", "id"))
MESSAGE_UNKNOWN: Final = Answer("message.unknown", Code.NOT_FOUND, ("to", "seq"))
MESSAGE_NOT_OWN: Final = Answer("message.not_own", Code.FORBIDDEN, ("account", "to", "seq"))
MESSAGE_EDITED: Final = Answer("message.edited", Code.OK, ("account", "to", "seq"))
MESSAGE_DELETED: Final = Answer("message.deleted", Code.OK, ("account", "to", "seq"))
MESSAGE_PINNED: Final = Answer("message.pinned", Code.OK, ("account", "to", "seq"))
MESSAGE_UNPINNED: Final = Answer("message.unpinned", Code.OK, ("account", "to", "seq"))
EDITS_LISTED: Final = Answer("edits.listed", Code.OK, ("account", "to", "seq", "count"))
EDITS_HIDDEN: Final = Answer("edits.hidden", Code.FORBIDDEN, ("account", "to"))
PINS_LISTED: Final = Answer("pins.listed", Code.OK, ("account", "to", "count"))
PIN_LIMIT: Final = Answer("pin.limit", Code.FORBIDDEN, ("to", "limit"))
REACTION_ADDED: Final = Answer("reaction.added", Code.OK, ("account", "to", "seq", "emoji"))
REACTION_REMOVED: Final = Answer("reaction.removed", Code.OK, ("account", "to", "seq", "emoji"))
REACTION_LIMIT: Final = Answer("reaction.limit", Code.FORBIDDEN, ("to", "seq", "limit"))
HISTORY_LISTED: Final = Answer("history.listed", Code.OK, ("account", "to", "count"))
CONVERSATIONS_LISTED: Final = Answer("conversations.listed", Code.OK, ("account", "count"))
RESUME_CONTINUED: Final = Answer("resume.continued", Code.OK, ("account", "count"))
RESUME_ACCEPTED: Final = Answer("resume.accepted", Code.OK, ("account", "count"))
RESUME_RUNNING: Final = Answer("resume.running", Code.CONFLICT, ("account",))
RESUME_LIMIT: Final = Answer("resume.limit", Code.FORBIDDEN, ("account", "limit"))
READ_NOTED: Final = Answer("read.noted", Code.OK, ("account", "to", "seq"))
TYPING_TOLD: Final = Answer("typing.told", Code.OK, ("account", "to"))
SEARCH_FOUND: Final = Answer("search.found", Code.OK, ("account", "count"))
SEARCH_WORDS: Final = Answer("search.words", Code.BAD_REQUEST, ("limit",))
PEOPLE_LISTED: Final = Answer("people.listed", Code.OK, ("account", "count"))

CONTACTS_LISTED: Final = Answer("contacts.listed", Code.ACCEPTED, ("account", "count"))
CONTACT_ADDED: Final = Answer("contact.added", Code.OK, ("account", "contact"))
CONTACT_REMOVED: Final = Answer("contact.removed", Code.OK, ("account", "contact"))
CONTACT_UNKNOWN: Final = Answer("contact.unknown", Code.NOT_FOUND, ("account", "contact"))
CONTACT_LIMIT: Final = Answer("contact.limit", Code.FORBIDDEN, ("account", "limit"))

BLOCKED_LISTED: Final = Answer("blocked.listed", Code.ACCEPTED, ("account", "count"))
BLOCK_SET: Final = Answer("block.set", Code.OK, ("account", "name"))
BLOCK_LIFTED: Final = Answer("block.lifted", Code.OK, ("account", "name"))
BLOCK_LIMIT: Final = Answer("block.limit", Code.FORBIDDEN, ("account", "limit"))
INVITATION_BLOCKED: Final = Answer("invitation.blocked", Code.FORBIDDEN, ("account", "name"))

ADMIN_ADDED: Final = Answer("admin.added", Code.CREATED, ("account",))
ADMIN_SHOWN: Final = Answer("admin.shown", Code.OK, ("account",))
ADMIN_LISTED: Final = Answer("admin.listed", Code.OK, ("count",))
ADMIN_PASSWORD: Final = Answer("admin.password", Code.OK, ("account",))
ADMIN_DISABLED: Final = Answer("admin.disabled", Code.OK, ("account",))
ADMIN_ENABLED: Final = Answer("admin.enabled", Code.OK, ("account",))
ADMIN_UNRECORDED: Final = Answer("admin.unrecorded", Code.SERVER_ERROR, ("reason",))

VALUE_NOT_OBJECT: Final = Answer("value.not_object", Code.BAD_REQUEST)
VALUE_MALFORMED: Final = Answer("value.malformed", Code.BAD_REQUEST, ("byte",))
VALUE_TOO_LONG: Final = Answer("value.too_long", Code.BAD_REQUEST, ("limit",))
VALUE_TOO_DEEP: Final = Answer("value.too_deep", Code.BAD_REQUEST, ("limit",))
VALUE_UNFINISHED: Final = Answer("value.unfinished", Code.BAD_REQUEST, ("limit",))
STREAM_UNREADABLE: Final = Answer("stream.unreadable", Code.BAD_REQUEST, ("byte",))
REFUSED_TOO_OFTEN: Final = Answer("refused.too_often", Code.FORBIDDEN, ("limit",))
ACTION_MISSING: Final = Answer("action.missing", Code.BAD_REQUEST)
ACTION_UNKNOWN: Final = Answer("action.unknown", Code.BAD_REQUEST, ("action",))
FIELD_MISSING: Final = Answer("field.missing", Code.BAD_REQUEST, ("field",))
FIELD_INVALID: Final = Answer("field.invalid", Code.BAD_REQUEST, ("field",))
FIELD_EMPTY: Final = Answer("field.empty", Code.BAD_REQUEST, ("field",))
FIELD_TOO_LONG: Final = Answer("field.too_long", Code.BAD_REQUEST, ("field", "limit"))
FIELDS_EXCLUSIVE: Final = Answer("fields.exclusive", Code.BAD_REQUEST, ("fields",))
FIELDS_NONE: Final = Answer("fields.none", Code.BAD_REQUEST, ("fields",))

SERVER_ERROR: Final = Answer("server.error", Code.SERVER_ERROR)
SERVER_BUSY: Final = Answer("server.busy", Code.SERVER_ERROR)
NETWORK_CROWDED: Final = Answer("network.crowded", Code.FORBIDDEN, ("limit",))
SERVER_FULL: Final = Answer("server.full", Code.SERVER_ERROR, ("limit",))

NAMES: Final = frozenset(
    {"account", "accounts", "room", "to", "id", "name", "claimed", "member", "members", "contact", "other", "word"}
)
"""Fields of answers that hold what somebody has chosen to be called, or to call something."""

ALL: Final[dict[str, Answer]] = {value.name: value for value in list(globals().values()) if isinstance(value, Answer)}
