"""The tables (docs/architecture.md, "What is kept"). Migrations in `migrations/versions` build them step by step."""

from typing import Final

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

VERSIONS: Final = tuple(f"{number:04}" for number in range(1, 18))
"""The migrations this program knows, oldest first."""
HEAD: Final = VERSIONS[-1]

metadata: Final = MetaData()

account = Table(
    "account",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("key", Text, nullable=False, unique=True),  # the name as it is compared: NFKC, case-folded
    # What the name looks like (`chat.storage.likeness`); null for one that looks like another which was there before.
    Column("skeleton", Text, unique=True, index=True),
    Column("password_hash", Text, nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("created", Float, nullable=False),
    Column("status", Text, nullable=False, server_default=""),  # the last status text
    Column("seen", Float),  # when it was last connected
    Column("role", Text, nullable=False, server_default="member"),  # `protocol.requests.ServerRole`
    # 0: an account; 1: a guest without one, who is connected (`VISITING`); 2: one who has gone (`GONE`).
    Column("visitor", Integer, nullable=False, server_default="0"),
    Column("admits_guests", Boolean, nullable=False, server_default="0"),  # whether guests may write to it
    Column("invited_by_id", Integer),  # the account whose invite it came by
)

Index("ix_account_visitor", account.c.visitor, sqlite_where=account.c.visitor == 1)

login = Table(
    "login",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account_id", ForeignKey("account.id"), nullable=False, index=True),
    Column("token_hash", String(64), unique=True),  # SHA-256, hexadecimal; null for a login without a token
    Column("created", Float, nullable=False),
    Column("used", Float, nullable=False),
    Column("device", Text, nullable=False, server_default=""),  # what the client calls itself
    Column("address", Text, nullable=False, server_default=""),  # from which it was used last
)

authenticator = Table(
    "authenticator",
    metadata,
    Column("account_id", ForeignKey("account.id"), primary_key=True),
    Column("key", Text, nullable=False),  # base32
    Column("confirmed", Boolean, nullable=False),  # whether it is in force
    Column("step", Integer, nullable=False),  # of the last code that was used, so that none is used twice
    Column("tries", Float, nullable=False),  # that were left
    Column("tried", Float, nullable=False),  # when the last one was made
)

recovery_code = Table(
    "recovery_code",
    metadata,
    Column("account_id", ForeignKey("account.id"), primary_key=True),
    Column("code_hash", String(64), primary_key=True),  # SHA-256, hexadecimal
)

# What bots log in with (`chat.storage.bots`).
bot_token = Table(
    "bot_token",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account_id", ForeignKey("account.id"), nullable=False, index=True),
    Column("token_hash", String(64), nullable=False, unique=True),  # SHA-256, hexadecimal
    Column("label", Text, nullable=False),
    Column("created", Float, nullable=False),
    Column("used", Float),
    Column("expires", Float),
    Column("rooms", Text),  # JSON: the numbers of rooms; null: all
    Column("may", Text, nullable=False),  # JSON: groups of actions, and actions
    sqlite_autoincrement=True,  # a connection knows the number of its token, which is not to be another's
)

bot_command = Table(
    "bot_command",
    metadata,
    Column("account_id", ForeignKey("account.id"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("arguments", Text, nullable=False),
    Column("about", Text, nullable=False),
)

# The code with which somebody gives an account a new password; one for each account.
reset = Table(
    "reset",
    metadata,
    Column("account_id", ForeignKey("account.id"), primary_key=True),
    Column("code_hash", String(64), nullable=False),  # SHA-256, hexadecimal
    Column("time", Float, nullable=False),
    Column("expires", Float, nullable=False),
    Column("by_id", ForeignKey("account.id")),  # null: the user that the server runs as
)

# Codes with which people register. Those that are good no more are deleted when another one is made.
invite = Table(
    "invite",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code_hash", String(64), nullable=False, unique=True),  # SHA-256, hexadecimal
    Column("by_id", ForeignKey("account.id")),  # null: the user that the server runs as
    Column("role", Text, nullable=False),
    Column("uses", Integer, nullable=False),  # how many may still use it
    Column("created", Float, nullable=False),
    Column("expires", Float, nullable=False),
    sqlite_autoincrement=True,  # a number means one invite for ever
)

invite_room = Table(
    "invite_room",
    metadata,
    Column("invite_id", ForeignKey("invite.id"), primary_key=True),
    Column("room_id", ForeignKey("room.id"), primary_key=True, index=True),
)

conversation = Table(
    "conversation",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("created", Float, nullable=False),
    # The two accounts of a direct conversation, the smaller id first; null for a room.
    Column("low_id", ForeignKey("account.id")),
    Column("high_id", ForeignKey("account.id"), index=True),
    # Retention has removed the messages up to this seq, so that the numbers go on even if none is left.
    Column("floor", Integer, nullable=False, server_default="0"),
    UniqueConstraint("low_id", "high_id"),
)

room = Table(
    "room",
    metadata,
    Column("id", ForeignKey("conversation.id"), primary_key=True),
    Column("name", Text, nullable=False),
    Column("key", Text, nullable=False, unique=True),
    Column("skeleton", Text, index=True),  # what the name looks like; null for a group
    Column("private", Boolean, nullable=False, server_default="0"),
    Column("archived", Boolean, nullable=False, server_default="0"),
    Column("topic", Text, nullable=False, server_default=""),
    Column("description", Text, nullable=False, server_default=""),
    Column("edits", Text, nullable=False, server_default="members"),  # who sees earlier versions of messages
    Column("retention", Integer),  # days that messages are kept; null: for ever
    # Who may do what: members, moderators, owners.
    Column("posting", Text, nullable=False, server_default="members"),
    Column("inviting", Text),  # null: members, of a private room moderators
    Column("pinning", Text, nullable=False, server_default="members"),
    Column("mention_all", Text, nullable=False, server_default="members"),
    Column("slow", Integer, nullable=False, server_default="0"),  # seconds between two messages of a member
    Column("guests", Boolean, nullable=False, server_default="0"),  # whether guests may enter
    # The account numbers of a group conversation, sorted, with commas between; null for a room.
    Column("people", Text, unique=True, index=True),
    # How often the server has found nobody in it, one time after the other; it looks once an hour.
    Column("vacant", Integer, nullable=False, server_default="0"),
)

# The names that a room had before, in their order: they still lead to it.
room_alias = Table(
    "room_alias",
    metadata,
    Column("key", Text, primary_key=True),
    Column("room_id", ForeignKey("room.id"), nullable=False, index=True),
    Column("skeleton", Text, index=True),
    # How often the server has found that nobody had used it since it looked last, one time after the other.
    Column("idle", Integer, nullable=False, server_default="0"),
)

member = Table(
    "member",
    metadata,
    Column("room_id", ForeignKey("room.id"), primary_key=True),
    Column("account_id", ForeignKey("account.id"), primary_key=True, index=True),
    Column("joined", Float, nullable=False),
    Column("since", Integer, nullable=False, server_default="0"),  # the last seq of the room when it was joined
    Column("role", Text, nullable=False, server_default="member"),  # owner, moderator, member
    Column("invited", Boolean, nullable=False, server_default="0"),  # by somebody else
)

# Not a column of `member`: who leaves and joins again is still muted.
mute = Table(
    "mute",
    metadata,
    Column("room_id", ForeignKey("room.id"), primary_key=True),
    Column("account_id", ForeignKey("account.id"), primary_key=True),
    Column("until", Float, nullable=False),
)

ban = Table(
    "ban",
    metadata,
    Column("room_id", ForeignKey("room.id"), primary_key=True),
    Column("account_id", ForeignKey("account.id"), primary_key=True),
    Column("by_id", ForeignKey("account.id"), nullable=False),
    Column("time", Float, nullable=False),
)

# No foreign keys here: the writer takes both ids from rows it has just seen, and nothing deletes those.
message = Table(
    "message",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("conversation_id", Integer, nullable=False),
    Column("seq", Integer, nullable=False),  # 1, 2, 3, ... in its conversation, without gaps
    Column("sender_id", Integer, nullable=False),
    Column("client_id", String(36)),
    Column("time", Float, nullable=False),
    Column("text", Text, nullable=False),
    Column("edited", Float),
    Column("deleted", Float),
    Column("reply_to", Integer),  # the seq of the message that this one answers
    Column("thread", Integer),  # the seq of the first message of the thread
    Column("forwarded", Text),  # JSON: `protocol.events.Forwarded`
    UniqueConstraint("conversation_id", "seq"),
)
# Where an index is partial is said for SQLite only: naming another database here loads its dialect, which is 2 MB. The
# migrations, which make the tables, say it for both.
Index(
    "ix_message_thread",
    message.c.conversation_id,
    message.c.thread,
    message.c.seq,
    sqlite_where=message.c.thread.is_not(None),
)
Index(
    "ix_message_sender_id_client_id",
    message.c.sender_id,
    message.c.client_id,
    unique=True,
    sqlite_where=message.c.client_id.is_not(None),
)

cursor = Table(
    "cursor",
    metadata,
    Column("conversation_id", ForeignKey("conversation.id"), primary_key=True),
    Column("account_id", ForeignKey("account.id"), primary_key=True),
    Column("delivered", Integer, nullable=False),  # the last seq written to one of the account's connections
    Column("read", Integer, nullable=False, server_default="0"),  # the last seq that the account has read
)

# Everything that happens in a conversation beside new messages: edits, reactions, memberships, ...
change = Table(
    "change",
    metadata,
    Column("id", Integer, primary_key=True),  # counted together with message.id, in commit order
    Column("conversation_id", Integer, nullable=False),
    Column("change", Integer, nullable=False),  # 1, 2, 3, ... in its conversation, without gaps
    Column("account_id", Integer, nullable=False),  # who did it
    Column("time", Float, nullable=False),
    Column("kind", Text, nullable=False),  # the name of the action
    Column("seq", Integer),  # of the message, if it is about one
    Column("data", Text, nullable=False),  # JSON: the other fields of `protocol.events.Change`
    Column("before", Text),  # the text that the message had before
    UniqueConstraint("conversation_id", "change"),
)
Index(
    "ix_change_versions",
    change.c.conversation_id,
    change.c.seq,
    sqlite_where=change.c.before.is_not(None),
)

reaction = Table(
    "reaction",
    metadata,
    Column("conversation_id", Integer, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("emoji", Text, primary_key=True),
    Column("account_id", Integer, primary_key=True),
    Column("time", Float, nullable=False),
    sqlite_with_rowid=False,
)

pin = Table(
    "pin",
    metadata,
    Column("conversation_id", Integer, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("account_id", Integer, nullable=False),
    Column("time", Float, nullable=False),
    sqlite_with_rowid=False,
)

mention = Table(
    "mention",
    metadata,
    Column("conversation_id", Integer, primary_key=True),
    Column("account_id", Integer, primary_key=True),  # 0: everybody
    Column("seq", Integer, primary_key=True),
    Index("ix_mention_seq", "conversation_id", "seq"),
    sqlite_with_rowid=False,
)

# One row for each epoch, the present one last (`chat.storage.epochs`).
epoch = Table(
    "epoch",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("epoch", Text, nullable=False, unique=True),
    Column("began", Integer, nullable=False),  # the last number before it
    Column("given", Integer, nullable=False),  # the last number that was given when retention removed something
)

# The numbers of messages that are gone and perhaps still in the index for searching. A trigger fills it.
removed_message = Table("removed_message", metadata, Column("number", Integer, primary_key=True))

# The ids of messages that retention has removed, so that none is kept again under the same id; the oldest first.
spent_id = Table(
    "spent_id",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sender_id", Integer, nullable=False),
    Column("client_id", String(36), nullable=False),
    Column("conversation_id", Integer, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("digest", LargeBinary(16), nullable=False),  # of the text that was sent
    Column("removed", Float, nullable=False),
    UniqueConstraint("sender_id", "client_id"),
)

# At most one row: what retention knows of the time (`store.queries.clock`).
clock = Table(
    "clock",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("trusted", Float, nullable=False),  # the last time that was believed
    Column("shown", Float, nullable=False),  # what the clock showed last
    Column("steady", Float, nullable=False),  # seconds for which it went on evenly since it was doubted
)

# Who was invited to a room and has not answered yet.
invitation = Table(
    "invitation",
    metadata,
    Column("room_id", ForeignKey("room.id"), primary_key=True),
    Column("account_id", ForeignKey("account.id"), primary_key=True, index=True),
    Column("by_id", ForeignKey("account.id"), nullable=False),
    Column("time", Float, nullable=False),
)

# Whom an account has blocked.
block = Table(
    "block",
    metadata,
    Column("account_id", ForeignKey("account.id"), primary_key=True),
    Column("blocked_id", ForeignKey("account.id"), primary_key=True),
)

# Messages that somebody wants moderators to look at, until they have.
report = Table(
    "report",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("conversation_id", Integer, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("author_id", ForeignKey("account.id"), nullable=False),
    Column("by_id", ForeignKey("account.id"), nullable=False, index=True),
    Column("time", Float, nullable=False),
    Column("reason", Text, nullable=False),
    Column("text", Text, nullable=False),  # of the message, as it was then
    UniqueConstraint("conversation_id", "seq", "by_id"),
    sqlite_autoincrement=True,  # a number is not given again: somebody may still have it
)

contact = Table(
    "contact",
    metadata,
    Column("account_id", ForeignKey("account.id"), primary_key=True),
    Column("contact_id", ForeignKey("account.id"), primary_key=True),
)
