"""What the names of accounts look like, so that nobody gets a name that could be taken for another's."""

import sqlalchemy as sa
from alembic import op

from vestnik.chat.storage.likeness import skeleton

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column. Of accounts that look alike the oldest has it; the others stay, and are named at each start."""
    op.add_column("account", sa.Column("skeleton", sa.Text))
    connection = op.get_bind()
    account = sa.table("account", sa.column("id"), sa.column("name"), sa.column("skeleton"))
    seen: set[str] = set()
    for number, name in connection.execute(sa.select(account.c.id, account.c.name).order_by(account.c.id)).all():
        found = skeleton(name)
        if found not in seen:
            seen.add(found)
            connection.execute(sa.update(account).where(account.c.id == number).values(skeleton=found))
    op.create_index("ix_account_skeleton", "account", ["skeleton"], unique=True)
