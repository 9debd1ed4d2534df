"""Reports of messages. What a rule refuses has changed nothing."""

from typing import Any, Final

from sqlalchemy import Connection, Integer, Row, Select, and_, bindparam, delete, exists, func, or_, select
from sqlalchemy.dialects.sqlite import insert as insert_or_ignore

from vestnik.chat.storage.alterations import AlterationRule, MessageStanding
from vestnik.chat.storage.reports import KeptReport, MadeReport, ReportRule, ReportStanding, ResolvedReport
from vestnik.protocol.events import ReportState
from vestnik.store.queries.places import TO, with_place
from vestnik.store.queries.standing import standing_in
from vestnik.store.schema import account, member, message, report, room

_AUTHOR: Final = account.alias("author")
_BY: Final = account.alias("by")
_ME: Final = bindparam("account_id", type_=Integer)
_MESSAGE: Final = select(message.c.sender_id, message.c.text, message.c.deleted).where(
    message.c.conversation_id == bindparam("conversation_id"), message.c.seq == bindparam("seq")
)
_WAITING: Final = select(func.count()).select_from(report).where(report.c.by_id == _ME)
_ROLE: Final = (
    select(member.c.role)
    .where(member.c.room_id == report.c.conversation_id, member.c.account_id == report.c.author_id)
    .scalar_subquery()
)
_REPORTS: Final[Select[Any]] = with_place(
    select(
        report.c.id,
        report.c.time,
        report.c.conversation_id,
        report.c.seq,
        report.c.author_id,
        report.c.by_id,
        report.c.reason,
        report.c.text,
        _BY.c.name.label("by"),
        _AUTHOR.c.name.label("author"),
        _ROLE.label("author_role"),
        TO,
    )
    .join(_BY, _BY.c.id == report.c.by_id)
    .join(_AUTHOR, _AUTHOR.c.id == report.c.author_id),
    report,
    report.c.author_id,
)
_SERVER_ROLE: Final = select(account.c.role).where(account.c.id == _ME)
_MODERATED: Final = select(member.c.room_id).where(member.c.account_id == _ME, member.c.role != "member")
_FOR_ADMINISTRATORS: Final = and_(
    or_(room.c.id.is_(None), room.c.people.is_not(None), _ROLE == "owner"),
    exists().where(account.c.id == _ME, account.c.role.in_(("administrator", "owner"))),
)


def make_report(
    connection: Connection,
    conversation_id: int,
    seq: int,
    account_id: int,
    reason: str,
    now: float,
    rule: AlterationRule,
) -> MadeReport | None:
    """Keep a report, with what the message says; None if there is no such message."""
    place = standing_in(connection, conversation_id, account_id)
    found = connection.execute(_MESSAGE, {"conversation_id": conversation_id, "seq": seq}).first()
    known = _number(connection, conversation_id, seq, account_id)
    waiting = 0 if known else connection.execute(_WAITING, {"account_id": account_id}).scalar_one()
    if found is None:
        rule(MessageStanding(seq, known=False, room=place))
        return None
    own = found.sender_id == account_id
    rule(MessageStanding(seq, True, found.deleted is not None, own, others=waiting, room=place))
    values = {"conversation_id": conversation_id, "seq": seq, "author_id": found.sender_id, "by_id": account_id}
    values |= {"time": now, "reason": reason, "text": found.text}
    new = connection.execute(insert_or_ignore(report).values(values).on_conflict_do_nothing()).rowcount > 0
    return MadeReport(_number(connection, conversation_id, seq, account_id), found.sender_id, new)


def _number(connection: Connection, conversation_id: int, seq: int, account_id: int) -> int:
    place = (report.c.conversation_id == conversation_id, report.c.seq == seq, report.c.by_id == account_id)
    return int(connection.execute(select(report.c.id).where(*place)).scalar() or 0)


def list_reports(
    connection: Connection, account_id: int, room_id: int | None, after: int, limit: int
) -> list[KeptReport]:
    """Reports with higher numbers than `after`, of one room or of all, and how the account stands to each.

    Those that no rule could let it see are left out.
    """
    wanted = _REPORTS.where(report.c.id > after, or_(report.c.conversation_id.in_(_MODERATED), _FOR_ADMINISTRATORS))
    if room_id is not None:
        wanted = wanted.where(report.c.conversation_id == room_id)
    rows = connection.execute(wanted.order_by(report.c.id).limit(limit), {"account_id": account_id}).all()
    return [
        KeptReport(
            ReportState(row.id, row.time, row.by, row.to, row.seq, row.author, row.text, row.reason),
            _standing(connection, row, account_id),
        )
        for row in rows
    ]


def resolve_report(connection: Connection, number: int, account_id: int, rule: ReportRule) -> ResolvedReport | None:
    """Forget a report that was acted on, and what it has of the message."""
    row = connection.execute(_REPORTS.where(report.c.id == number)).first()
    if row is None:
        rule(ReportStanding(None, "guest", own=True))  # like one that nobody may see
        return None
    rule(_standing(connection, row, account_id))
    connection.execute(delete(report).where(report.c.id == number))
    return ResolvedReport(row.by_id, row.author_id, row.author, row.conversation_id, row.to, row.seq)


def _standing(connection: Connection, row: Row[Any], account_id: int) -> ReportStanding:
    role = connection.execute(_SERVER_ROLE, {"account_id": account_id}).scalar_one()
    place = standing_in(connection, row.conversation_id, account_id)
    return ReportStanding(place, role, row.author_id == account_id, row.author_role)
