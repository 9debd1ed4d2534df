"""Who may report a message, and who acts on it."""

from typing import Any

import pytest

from tests.chat.rules import refusal
from vestnik.chat.rules.reports import MayReport, MayResolve, may_act
from vestnik.chat.storage.alterations import MessageStanding
from vestnik.chat.storage.reports import ReportStanding
from vestnik.chat.storage.rooms import Standing
from vestnik.protocol.requests import RoleName, ServerRole

REPORT = MayReport("anna", "#tea", 2)


def answer(**standing: Any) -> str | None:
    """With what a report of message 7 is refused."""
    found = refusal(REPORT, MessageStanding(7, True, **standing))
    return found and found[0]


def test_reporting() -> None:
    """Another's message that is there, by who may read it, muted or in an archive too; not more than the limit."""
    assert answer() is answer(room=Standing("#tea", role="member", muted=9e9, archived=True)) is None
    assert answer(room=Standing("#tea")) == "room.not_member"
    assert answer(own=True) == "report.own"
    assert answer(deleted=True) == "message.unknown"
    assert refusal(REPORT, MessageStanding(7, known=False)) == ("message.unknown", ("#tea", 7))
    assert answer(others=2) == "report.limit"


@pytest.mark.parametrize(
    ("role", "author", "expected"),
    [
        (None, None, False),
        ("member", None, False),
        ("moderator", None, True),
        ("moderator", "member", True),
        ("moderator", "moderator", False),
        ("owner", "moderator", True),
        ("owner", "owner", False),
    ],
)
def test_in_a_room(role: RoleName | None, author: RoleName | None, expected: bool) -> None:
    """Those act who moderate it and outrank the author, who may have left; nobody on what they have written."""
    room = Standing("#tea", role=role)
    assert may_act(ReportStanding(room, "member", own=False, author_role=author)) == expected
    assert not may_act(ReportStanding(room, "owner", own=True, author_role=author))


@pytest.mark.parametrize(
    ("role", "expected"), [("guest", False), ("member", False), ("administrator", True), ("owner", True)]
)
def test_administrators(role: ServerRole, expected: bool) -> None:
    """They act where a room has nobody for it: on messages of owners, in groups, and in direct conversations."""
    outside, group = Standing("#tea", private=True), Standing("#@1", private=True, group=True, role="member")
    assert may_act(ReportStanding(None, role, own=False)) == expected
    assert may_act(ReportStanding(group, role, own=False, author_role="member")) == expected
    assert may_act(ReportStanding(outside, role, own=False, author_role="owner")) == expected
    assert not may_act(ReportStanding(outside, role, own=False, author_role="moderator"))
    told = refusal(MayResolve(5), ReportStanding(outside, role, own=False, author_role="moderator"))
    assert told == ("report.unknown", (5,))
