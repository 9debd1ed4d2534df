"""Bots have tokens and commands."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "bot_token",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("account_id", sa.Integer, sa.ForeignKey("account.id"), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("created", sa.Float, nullable=False),
        sa.Column("used", sa.Float),
        sa.Column("expires", sa.Float),
        sa.Column("rooms", sa.Text),
        sa.Column("may", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_bot_token_account_id", "bot_token", ["account_id"])
    op.create_table(
        "bot_command",
        sa.Column("account_id", sa.Integer, sa.ForeignKey("account.id"), primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("arguments", sa.Text, nullable=False),
        sa.Column("about", sa.Text, nullable=False),
    )
