"""Reports of messages, as the rules need them kept."""

from typing import NamedTuple, Protocol, TypeAlias

from vestnik.chat.storage.alterations import AlterationRule
from vestnik.chat.storage.rooms import Standing
from vestnik.chat.storage.rules import Rule
from vestnik.protocol.events import ReportState
from vestnik.protocol.requests import RoleName, ServerRole


class ReportStanding(NamedTuple):
    """What the rules ask of a report when an account wants to see it, or to say what became of it.

    `room` is how the account stands in the room of the message, None for a direct conversation; `server_role` what it
    is on the server; `own` that it has written the message; `author_role` what the author is in the room now.
    """

    room: Standing | None
    server_role: ServerRole
    own: bool
    author_role: RoleName | None = None


ReportRule: TypeAlias = Rule[ReportStanding]


class MadeReport(NamedTuple):
    """Report `number` of a message of account `author_id`; not `new` if the same account had made it before."""

    number: int
    author_id: int
    new: bool


class ResolvedReport(NamedTuple):
    """A report that somebody has acted on: who made it (account `by_id`), and of what, by whom.

    `to` is what the author calls the conversation, which has number `conversation_id`.
    """

    by_id: int
    author_id: int
    author: str
    conversation_id: int
    to: str
    seq: int


class KeptReport(NamedTuple):
    """A report, and how an account stands to it."""

    report: ReportState
    standing: ReportStanding


class ReportStorage(Protocol):
    """Those that change something return after that is on disk, and raise what their `rule` raises.

    Times are UNIX seconds.
    """

    async def report(
        self, conversation_id: int, seq: int, account_id: int, reason: str, now: float, rule: AlterationRule
    ) -> MadeReport | None:
        """Keep a report, with what the message says; None if there is no such message."""

    async def reports(self, account_id: int, room_id: int | None, after: int, limit: int) -> list[KeptReport]:
        """Reports with higher numbers than `after`, of one room or of all, that some rule could let the account see."""

    async def resolve_report(self, number: int, account_id: int, rule: ReportRule) -> ResolvedReport | None:
        """Forget a report that was acted on, and what it has of the message; None if there is none."""
