"""Conversations: roles and settings of rooms, changes, reactions, pins, mentions, read cursors, presence, search."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add columns and tables; the oldest member of each room becomes its owner."""
    _extend_accounts()
    _extend_rooms()
    _extend_messages()
    _create_changes()
    _create_search_index()


def _extend_accounts() -> None:
    op.add_column("account", sa.Column("status", sa.Text, nullable=False, server_default=""))
    op.add_column("account", sa.Column("seen", sa.Float))


def _extend_rooms() -> None:
    op.add_column("conversation", sa.Column("floor", sa.Integer, nullable=False, server_default="0"))
    for column in (
        sa.Column("private", sa.Boolean, nullable=False, server_default="0"),
        sa.Column("archived", sa.Boolean, nullable=False, server_default="0"),
        sa.Column("topic", sa.Text, nullable=False, server_default=""),
        sa.Column("description", sa.Text, nullable=False, server_default=""),
        sa.Column("edits", sa.Text, nullable=False, server_default="members"),
        sa.Column("retention", sa.Integer),
        sa.Column("people", sa.Text),
    ):
        op.add_column("room", column)
    op.create_index("ix_room_people", "room", ["people"], unique=True)
    for column in (
        sa.Column("since", sa.Integer, nullable=False, server_default="0"),
        sa.Column("role", sa.Text, nullable=False, server_default="member"),
    ):
        op.add_column("member", column)
    op.execute(
        "UPDATE member SET role = 'owner' WHERE account_id = (SELECT other.account_id FROM member AS other"
        " WHERE other.room_id = member.room_id ORDER BY other.joined, other.account_id LIMIT 1)"
    )
    op.create_table(
        "room_alias",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("room_id", sa.Integer, sa.ForeignKey("room.id"), nullable=False, index=True),
    )
    op.create_table(
        "mute",
        sa.Column("room_id", sa.Integer, sa.ForeignKey("room.id"), primary_key=True),
        sa.Column("account_id", sa.Integer, sa.ForeignKey("account.id"), primary_key=True),
        sa.Column("until", sa.Float, nullable=False),
    )
    op.create_table(
        "ban",
        sa.Column("room_id", sa.Integer, sa.ForeignKey("room.id"), primary_key=True),
        sa.Column("account_id", sa.Integer, sa.ForeignKey("account.id"), primary_key=True),
        sa.Column("by_id", sa.Integer, sa.ForeignKey("account.id"), nullable=False),
        sa.Column("time", sa.Float, nullable=False),
    )


def _extend_messages() -> None:
    op.add_column("message", sa.Column("reply_to", sa.Integer))
    op.add_column("message", sa.Column("thread", sa.Integer))
    op.add_column("message", sa.Column("forwarded", sa.Text))
    op.add_column("cursor", sa.Column("read", sa.Integer, nullable=False, server_default="0"))
    threads = sa.text("thread IS NOT NULL")
    op.create_index(
        "ix_message_thread",
        "message",
        ["conversation_id", "thread", "seq"],
        sqlite_where=threads,
        postgresql_where=threads,
    )


def _create_changes() -> None:
    op.create_table(
        "change",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("conversation_id", sa.Integer, nullable=False),
        sa.Column("change", sa.Integer, nullable=False),
        sa.Column("account_id", sa.Integer, nullable=False),
        sa.Column("time", sa.Float, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("seq", sa.Integer),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("before", sa.Text),
        sa.UniqueConstraint("conversation_id", "change"),
    )
    versions = sa.text("before IS NOT NULL")
    op.create_index(
        "ix_change_versions",
        "change",
        ["conversation_id", "seq"],
        sqlite_where=versions,
        postgresql_where=versions,
    )
    op.create_table(
        "reaction",
        sa.Column("conversation_id", sa.Integer, primary_key=True),
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("emoji", sa.Text, primary_key=True),
        sa.Column("account_id", sa.Integer, primary_key=True),
        sa.Column("time", sa.Float, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "pin",
        sa.Column("conversation_id", sa.Integer, primary_key=True),
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("account_id", sa.Integer, nullable=False),
        sa.Column("time", sa.Float, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "mention",
        sa.Column("conversation_id", sa.Integer, primary_key=True),
        sa.Column("account_id", sa.Integer, primary_key=True),
        sa.Column("seq", sa.Integer, primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_mention_seq", "mention", ["conversation_id", "seq"])


def _create_search_index() -> None:
    """See `vestnik.store.search_index`, which is for SQLite alone."""
    if op.get_bind().dialect.name != "sqlite":
        return
    for statement in (
        # How far the index goes (`message.id`), and by which rules it was made.
        "CREATE TABLE search_state (indexed INTEGER NOT NULL, rules TEXT NOT NULL)",
        "INSERT INTO search_state (indexed, rules) VALUES (0, '')",
        "CREATE TABLE search_word (id INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE, stem TEXT NOT NULL)",
        "CREATE INDEX ix_search_word_stem ON search_word (stem)",
        "CREATE VIRTUAL TABLE search_part USING fts5(word, content = 'search_word', content_rowid = 'id',"
        " columnsize = 0, tokenize = 'trigram case_sensitive 1')",
        "CREATE VIRTUAL TABLE search_index USING fts5(terms, content = '', columnsize = 0,"
        " tokenize = \"ascii tokenchars '='\")",
        # Its parts are merged a little with every slice, instead of much now and then.
        "INSERT INTO search_index (search_index, rank) VALUES ('automerge', 0)",
    ):
        op.execute(statement)
