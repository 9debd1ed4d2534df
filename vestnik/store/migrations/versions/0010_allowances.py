"""Who may do what in a room is for its owners to say, and how often members write."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns: in rooms that are there all stays as it was."""
    for column in (
        sa.Column("posting", sa.Text, nullable=False, server_default="members"),
        sa.Column("inviting", sa.Text),
        sa.Column("pinning", sa.Text, nullable=False, server_default="members"),
        sa.Column("mention_all", sa.Text, nullable=False, server_default="members"),
        sa.Column("slow", sa.Integer, nullable=False, server_default="0"),
    ):
        op.add_column("room", column)
