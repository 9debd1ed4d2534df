"""The tables (docs/architecture.md, "What is kept"). Migrations in `migrations/versions` build them step by step."""

from typing import Final

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

VERSIONS: Final = ("0001",)
"""The migrations this program knows, oldest first."""
HEAD: Final = VERSIONS[-1]

metadata: Final = MetaData()

account = Table(
    "account",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("key", Text, nullable=False, unique=True),  # the name as it is compared: NFKC, case-folded
    Column("password_hash", Text, nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("created", Float, nullable=False),
    # Grows with every change an administrator makes, so that a running server can ask what is new.
    Column("revision", Integer, nullable=False, index=True),
)

login = Table(
    "login",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account_id", ForeignKey("account.id"), nullable=False, index=True),
    Column("token_hash", String(64), unique=True),  # SHA-256, hexadecimal; null for a login without a token
    Column("created", Float, nullable=False),
    Column("used", Float, nullable=False),
)

conversation = Table(
    "conversation",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("created", Float, nullable=False),
    # The two accounts of a direct conversation, the smaller id first; null for a room.
    Column("low_id", ForeignKey("account.id")),
    Column("high_id", ForeignKey("account.id"), index=True),
    UniqueConstraint("low_id", "high_id"),
)

room = Table(
    "room",
    metadata,
    Column("id", ForeignKey("conversation.id"), primary_key=True),
    Column("name", Text, nullable=False),
    Column("key", Text, nullable=False, unique=True),
)

member = Table(
    "member",
    metadata,
    Column("room_id", ForeignKey("room.id"), primary_key=True),
    Column("account_id", ForeignKey("account.id"), primary_key=True, index=True),
    Column("joined", Float, nullable=False),
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
    UniqueConstraint("conversation_id", "seq"),
)
Index(
    "ix_message_sender_id_client_id",
    message.c.sender_id,
    message.c.client_id,
    unique=True,
    sqlite_where=message.c.client_id.is_not(None),
    postgresql_where=message.c.client_id.is_not(None),
)

cursor = Table(
    "cursor",
    metadata,
    Column("conversation_id", ForeignKey("conversation.id"), primary_key=True),
    Column("account_id", ForeignKey("account.id"), primary_key=True),
    Column("delivered", Integer, nullable=False),  # the last seq written to one of the account's connections
)

contact = Table(
    "contact",
    metadata,
    Column("account_id", ForeignKey("account.id"), primary_key=True),
    Column("contact_id", ForeignKey("account.id"), primary_key=True),
)
