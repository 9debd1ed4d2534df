"""Messages that somebody wants moderators to look at."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "report",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("conversation_id", sa.Integer, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("author_id", sa.Integer, sa.ForeignKey("account.id"), nullable=False),
        sa.Column("by_id", sa.Integer, sa.ForeignKey("account.id"), nullable=False),
        sa.Column("time", sa.Float, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.UniqueConstraint("conversation_id", "seq", "by_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_report_by_id", "report", ["by_id"])
