"""Numbers and ids that outlive what had them, the clock that retention trusts; the index leaves for its own file."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, and have the database itself note what is removed."""
    op.create_table("removed_message", sa.Column("number", sa.Integer, primary_key=True))
    op.create_table(
        "spent_id",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("sender_id", sa.Integer, nullable=False),
        sa.Column("client_id", sa.String(36), nullable=False),
        sa.Column("conversation_id", sa.Integer, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("digest", sa.LargeBinary(16), nullable=False),
        sa.Column("removed", sa.Float, nullable=False),
        sa.UniqueConstraint("sender_id", "client_id"),
    )
    op.create_table(
        "clock",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("trusted", sa.Float, nullable=False),
        sa.Column("shown", sa.Float, nullable=False),
        sa.Column("steady", sa.Float, nullable=False),
    )
    if op.get_bind().dialect.name != "sqlite":
        return
    _note_what_is_removed()
    _drop_search_index()


def _note_what_is_removed() -> None:
    """Whoever deletes rows, their numbers are not given again, and the index for searching hears of it."""
    for statement in (
        "CREATE TRIGGER message_removed AFTER DELETE ON message BEGIN"
        " UPDATE epoch SET given = OLD.id WHERE given < OLD.id;"
        " INSERT OR IGNORE INTO removed_message (number) VALUES (OLD.id); END",
        "CREATE TRIGGER change_removed AFTER DELETE ON change BEGIN"
        " UPDATE epoch SET given = OLD.id WHERE given < OLD.id; END",
    ):
        op.execute(statement)


def _drop_search_index() -> None:
    for table in ("search_index", "search_part", "search_word", "search_state"):
        op.execute(f"DROP TABLE {table}")
