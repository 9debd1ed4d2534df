"""Who may report a message, and who acts on it: those who moderate its room and outrank its author.

Where there is nobody like that, administrators of the server do: in direct and group conversations, and where the
author owns the room.
"""

from vestnik.chat.rules.alterations import check_there
from vestnik.chat.rules.matrix import Doing, needed, ranks
from vestnik.chat.server_roles import ADMINISTRATORS
from vestnik.chat.storage.alterations import AlterationRule, MessageStanding
from vestnik.chat.storage.reports import ReportRule, ReportStanding
from vestnik.protocol import answers
from vestnik.protocol.errors import Forbidden, NotFound
from vestnik.protocol.requests import RoleName


class MayReport(AlterationRule, frozen=True):
    """Somebody may report another's message that is there; fewer than `limit` reports of theirs wait already."""

    account: str
    place: str
    limit: int

    def __call__(self, standing: MessageStanding) -> None:
        """Raises Forbidden, and NotFound for a message that is not there."""
        if standing.room is not None:
            Doing(self.account, self.place, "report").check(standing.room, "another's")
        check_there(self.place, standing)
        if standing.own:
            raise Forbidden(answers.REPORT_OWN, self.account, self.place, standing.seq)
        if standing.others >= self.limit:
            raise Forbidden(answers.REPORT_LIMIT, self.account, self.limit)


class MayResolve(ReportRule, frozen=True):
    """Somebody may act on a report; to others there is none of this number."""

    report: int

    def __call__(self, standing: ReportStanding) -> None:
        """Raises NotFound."""
        if not may_act(standing):
            raise NotFound(answers.REPORT_UNKNOWN, self.report)


def may_act(standing: ReportStanding) -> bool:
    """Whether somebody may see a report and say what became of it. Nobody does of what they have written."""
    if standing.own:
        return False
    room = standing.room
    if (room is None or room.group or standing.author_role == "owner") and standing.server_role in ADMINISTRATORS:
        return True
    return (
        room is not None
        and moderates(room.role, standing.author_role)
        and ranks(room.role, needed(room, "resolve", "lower"))
    )


def moderates(role: RoleName | None, author: RoleName | None) -> bool:
    """Whether a role is above that of the author."""
    return not ranks(author, role)
