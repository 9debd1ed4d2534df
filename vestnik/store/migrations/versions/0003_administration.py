"""Administration through the server: nobody needs to ask any more which accounts were changed."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Drop the number of an account's last change."""
    op.drop_index("ix_account_revision", "account")
    op.drop_column("account", "revision")
