"""Accounts have a role on the server."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column. The oldest account that is not disabled is the owner, like the first one of new data."""
    op.add_column("account", sa.Column("role", sa.Text, nullable=False, server_default="member"))
    op.execute("UPDATE account SET role = 'owner' WHERE id = (SELECT id FROM account ORDER BY disabled, id LIMIT 1)")
