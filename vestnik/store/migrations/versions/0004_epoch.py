"""The epoch of the store, and which numbers were given."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table, and begin the first epoch. What is there already belongs to it."""
    made = op.create_table(
        "epoch",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("epoch", sa.Text, nullable=False, unique=True),
        sa.Column("began", sa.Integer, nullable=False),
        sa.Column("given", sa.Integer, nullable=False),
    )
    op.bulk_insert(made, [{"epoch": secrets.token_hex(4), "began": 0, "given": 0}])
