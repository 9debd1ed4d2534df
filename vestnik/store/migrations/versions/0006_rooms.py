"""Empty rooms and unused names are counted; what was deleted is gone; origins of messages have a number."""

from typing import Any

import msgspec
import sqlalchemy as sa
from alembic import op

from vestnik.protocol.names import name_key

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what is counted and who was invited; then bring what is kept into its new form."""
    for table, column in (
        ("room", sa.Column("vacant", sa.Integer, nullable=False, server_default="0")),
        ("room_alias", sa.Column("idle", sa.Integer, nullable=False, server_default="0")),
        ("member", sa.Column("invited", sa.Boolean, nullable=False, server_default="0")),
    ):
        op.add_column(table, column)
    op.create_table(
        "block",
        sa.Column("account_id", sa.Integer, sa.ForeignKey("account.id"), primary_key=True),
        sa.Column("blocked_id", sa.Integer, sa.ForeignKey("account.id"), primary_key=True),
    )
    op.create_table(
        "invitation",
        sa.Column("room_id", sa.Integer, sa.ForeignKey("room.id"), primary_key=True),
        sa.Column("account_id", sa.Integer, sa.ForeignKey("account.id"), primary_key=True),
        sa.Column("by_id", sa.Integer, sa.ForeignKey("account.id"), nullable=False),
        sa.Column("time", sa.Float, nullable=False),
    )
    op.create_index("ix_invitation_account_id", "invitation", ["account_id"])
    connection = op.get_bind()
    _forget_deleted_texts(connection)
    _number_origins(connection)
    # A mute holds for every role from now on, and a role that was given had ended it.
    op.execute(
        "DELETE FROM mute WHERE EXISTS (SELECT 1 FROM member WHERE member.room_id = mute.room_id"
        " AND member.account_id = mute.account_id AND member.role <> 'member')"
    )


def _forget_deleted_texts(connection: sa.Connection) -> None:
    """Edits are kept without the text and the mentions of then, and deleted messages without any earlier text."""
    here = "message.conversation_id = change.conversation_id AND message.seq = change.seq"
    gone = f"EXISTS (SELECT 1 FROM message WHERE {here} AND message.deleted IS NOT NULL)"  # noqa: S608
    connection.exec_driver_sql("UPDATE change SET data = '{}' WHERE kind = 'edit'")
    connection.exec_driver_sql(f"UPDATE change SET before = NULL WHERE kind = 'edit' AND {gone}")  # noqa: S608
    connection.exec_driver_sql("UPDATE change SET before = '' WHERE kind = 'delete' AND before IS NOT NULL")


def _number_origins(connection: sa.Connection) -> None:
    """Where a forwarded message comes from: the number of the room, or the two whose conversation it is."""
    rooms = dict(tuple(row) for row in connection.exec_driver_sql("SELECT key, room_id FROM room_alias"))
    rooms |= dict(tuple(row) for row in connection.exec_driver_sql("SELECT key, id FROM room"))
    found = connection.exec_driver_sql(
        "SELECT message.id, message.forwarded, conversation.low_id, conversation.high_id FROM message"
        " JOIN conversation ON conversation.id = message.conversation_id WHERE message.forwarded IS NOT NULL"
    ).all()
    for number, text, low_id, high_id in found:
        origin: dict[str, Any] = msgspec.json.decode(text)
        to = origin.pop("to", "")
        if to.startswith("#"):
            if (room_id := rooms.get(name_key(to))) is not None:
                origin["place"] = room_id
        elif to and low_id is not None:
            origin |= {"to": to, "people": [low_id, high_id]}
        connection.exec_driver_sql(
            "UPDATE message SET forwarded = ? WHERE id = ?", (msgspec.json.encode(origin).decode(), number)
        )
