"""What the names of rooms look like, so that none is made that could be taken for another."""

import sqlalchemy as sa
from alembic import op

from vestnik.chat.storage.likeness import room_skeleton

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns. Rooms that look alike stay as they are, and are named to whoever asks."""
    connection = op.get_bind()
    for table, named, groups in (("room", "name", "people IS NOT NULL"), ("room_alias", "key", "0")):
        op.add_column(table, sa.Column("skeleton", sa.Text))
        op.create_index(f"ix_{table}_skeleton", table, ["skeleton"])
        rows = sa.table(table, sa.column("key"), sa.column("skeleton"))
        found = connection.exec_driver_sql(f"SELECT key, {named} FROM {table} WHERE NOT ({groups})").all()  # noqa: S608
        for key, name in found:
            connection.execute(sa.update(rows).where(rows.c.key == key).values(skeleton=room_skeleton(name)))
