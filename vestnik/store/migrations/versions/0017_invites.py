"""Invites to the server, and who came by whose."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables and the column."""
    op.add_column("account", sa.Column("invited_by_id", sa.Integer))
    op.create_table(
        "invite",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("code_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("by_id", sa.Integer, sa.ForeignKey("account.id")),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("uses", sa.Integer, nullable=False),
        sa.Column("created", sa.Float, nullable=False),
        sa.Column("expires", sa.Float, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "invite_room",
        sa.Column("invite_id", sa.Integer, sa.ForeignKey("invite.id"), primary_key=True),
        sa.Column("room_id", sa.Integer, sa.ForeignKey("room.id"), primary_key=True),
    )
    op.create_index("ix_invite_room_room_id", "invite_room", ["room_id"])
