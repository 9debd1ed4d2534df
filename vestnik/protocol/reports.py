"""What is asked about messages that moderators are to look at."""

from typing import Literal, TypeAlias

from vestnik.protocol.request import Number, Request

ReportOutcome: TypeAlias = Literal["settled", "dismissed"]
"""What became of a report: something was done about it, or there was nothing to do."""


class ReportMessage(Request, tag="report", kw_only=True):
    """Tell the moderators of a message of somebody else, and why."""

    to: str
    seq: Number
    reason: str = ""


class Reports(Request, tag="reports"):
    """Ask for the reports that one is to act on, of `room` or of all. `after` is the number of the last one before."""

    room: str | None = None
    after: Number | None = None
    limit: Number | None = None


class Resolve(Request, tag="resolve", kw_only=True):
    """Say what became of a report."""

    report: Number
    outcome: ReportOutcome = "settled"
