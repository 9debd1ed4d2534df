"""Guests who have no account; rooms and people that admit them."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns. Nobody admits guests who has not said so."""
    op.add_column("account", sa.Column("visitor", sa.Integer, nullable=False, server_default="0"))
    op.add_column("account", sa.Column("admits_guests", sa.Boolean, nullable=False, server_default="0"))
    op.add_column("room", sa.Column("guests", sa.Boolean, nullable=False, server_default="0"))
    op.create_index("ix_account_visitor", "account", ["visitor"], sqlite_where=sa.text("visitor = 1"))
