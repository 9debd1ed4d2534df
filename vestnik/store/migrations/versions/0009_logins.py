"""Where logins come from, for the list of one's own."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; of the logins that are there it is not known."""
    for name in ("device", "address"):
        op.add_column("login", sa.Column(name, sa.Text, nullable=False, server_default=""))
