"""`report`, `reports`, `resolve`: messages that moderators are to look at."""

from typing import Any, Final

import msgspec

from vestnik.chat.actions.rooms import page_size
from vestnik.chat.chat import Chat
from vestnik.chat.conversations import Conversation, find_conversation, find_room, name_of
from vestnik.chat.names import check_text
from vestnik.chat.outcome import Reply, Telling
from vestnik.chat.reading import may_hear
from vestnik.chat.roles import role_of
from vestnik.chat.rooms import Room
from vestnik.chat.rules.matrix import ranks
from vestnik.chat.rules.reports import MayReport, MayResolve, may_act, moderates
from vestnik.chat.server_roles import ADMINISTRATORS
from vestnik.chat.session import Session
from vestnik.chat.storage.reports import KeptReport
from vestnik.protocol import answers
from vestnik.protocol.events import ReportNotice, ReportState
from vestnik.protocol.reports import ReportMessage, Reports, Resolve

MAX_REPORTS: Final = 100
"""Reports of one account that wait to be looked at."""
MAX_LOOKED: Final = 200
"""Reports that are looked at for one page."""
PAGE_CHARACTERS: Final = 100_000
"""Characters of messages in one page."""
MAX_REASON: Final = 500
"""Characters of a reason."""


async def report(chat: Chat, session: Session, request: ReportMessage) -> Reply:
    """Tell those who moderate of a message. Doing it twice changes nothing, until somebody has acted on it."""
    account = session.speaker
    reason = check_text("reason", request.reason, MAX_REASON, lines=True)
    conversation = await find_conversation(chat, account, request.to)
    name, now = name_of(conversation), chat.clock()
    rule = MayReport(account.name, name, MAX_REPORTS)
    made = await chat.storage.report(conversation.id, request.seq, account.id, reason, now, rule)
    assert made is not None  # noqa: S101  # the rule refuses what there is not
    reply = Reply(answers.REPORT_MADE, (account.name, name, request.seq, made.number))
    if not made.new:
        return reply
    to = name if isinstance(conversation, Room) else account.name  # as its author calls it
    notice = ReportNotice(now, made.number, to, request.seq)
    return reply._replace(told=(Telling(notice, "changes", _who_act(chat, conversation, made.author_id)),))


async def list_reports(chat: Chat, session: Session, request: Reports) -> Reply:
    """The reports that the asker is to act on, the oldest first."""
    account = session.speaker
    room = None if request.room is None else find_room(chat, account, request.room, "room")
    limit = page_size(chat, request.limit)
    number = None if room is None else room.id
    kept = await chat.storage.reports(account.id, number, request.after or 0, MAX_LOOKED)
    found: list[ReportState] = []
    characters, following = 0, kept[-1].report.report if len(kept) == MAX_LOOKED else None
    for each in kept:
        if may_act(each.standing) and _may_hear(chat, session, each):
            characters += len(each.report.message)
            if found and (len(found) == limit or characters > PAGE_CHARACTERS):
                following = found[-1].report
                break
            found.append(each.report)
    more: dict[str, Any] = {"reports": found}
    if following is not None:
        more |= {"more": True, "next": str(following)}
    return Reply(answers.REPORTS_LISTED, (account.name, len(found)), more=more)


def _may_hear(chat: Chat, session: Session, kept: KeptReport) -> bool:
    """Whether a report may still be told: who moderates a room may have been removed from it since it was read."""
    return kept.standing.server_role in ADMINISTRATORS or may_hear(chat.rooms, kept.report.to, session)


async def resolve(chat: Chat, session: Session, request: Resolve) -> Reply:
    """Say what became of a report: who made it is told, and the others who could have. Raises NotFound for others."""
    account = session.speaker
    done = await chat.storage.resolve_report(request.report, account.id, MayResolve(request.report))
    assert done is not None  # noqa: S101  # the rule refuses what there is not
    notice = ReportNotice(chat.clock(), request.report, done.to, done.seq, request.outcome)
    room = chat.rooms.by_id(done.conversation_id)
    audience = _who_act(chat, room, done.author_id) - {done.by_id}
    mine = msgspec.structs.replace(notice, to=done.author) if room is None else notice
    told = Telling(notice, "changes", audience), Telling(mine, "changes", frozenset({done.by_id}))
    return Reply(answers.REPORT_RESOLVED, (account.name, request.report, request.outcome), told=told)


def _who_act(chat: Chat, conversation: Conversation | None, author_id: int) -> frozenset[int]:
    """Who is to act on a report of a message of an author, of those who are connected."""
    room = conversation if isinstance(conversation, Room) and not conversation.group else None
    author = None if room is None else role_of(room, author_id)
    found: set[int] = set()
    if room is not None:
        found = {number for number, role in room.roles.items() if ranks(role, "moderator") and moderates(role, author)}
    if room is None or author == "owner":
        found |= chat.sessions.administrators()
    return frozenset(found - {author_id})
