"""The table of who may do what, and what a room may say instead."""

import pytest

from tests.chat.rules import refusal
from vestnik.chat.rules.matrix import MATRIX, Doing, needed, ranks
from vestnik.chat.storage.changes import Allowances
from vestnik.chat.storage.rooms import Standing
from vestnik.protocol.requests import EditsVisibility


def test_kinds() -> None:
    """A group has its own column, whatever it is set to; rooms are public or private."""
    public, private, group = Standing("#tea"), Standing("#tea", private=True), Standing("#@1", private=True, group=True)
    assert [needed(each, "invite") for each in (public, private, group)] == ["member", "moderator", "nobody"]
    strict = Allowances("owners", "owners", "owners", "owners")
    assert needed(group._replace(allowed=strict), "write") == "member"


def test_settings() -> None:
    """What a room says takes the place of the table, if it says something."""
    strict = Standing("#tea", private=True, allowed=Allowances("moderators", "members", "owners", "owners"))
    actions = ("write", "typing", "invite", "pin", "unpin", "mention_all")
    levels = ["moderator", "moderator", "member", "owner", "owner", "owner"]
    assert [needed(strict, action) for action in actions] == levels
    assert needed(strict, "edit", "own") == "moderator"
    assert needed(strict, "react") == "member"


@pytest.mark.parametrize("edits", ["members", "moderators", "nobody"])
def test_earlier_texts(edits: EditsVisibility) -> None:
    """Nobody is nobody, not even an owner."""
    level = needed(Standing("#tea", edits=edits), "edits")
    assert ranks("member", level) == (edits == "members")
    assert ranks("owner", level) == (edits != "nobody")


def test_every_setting_is_one() -> None:
    """The table names settings of rooms."""
    known = {*Allowances._fields, "edits"}
    assert {permission.setting for permission in MATRIX.values()} == {"", *known}


def test_refusals() -> None:
    """An archive is told of before the role, the role before the mute; but first who is no member."""
    doing = Doing("anna", "#jam", "write", 5.0)
    closed = Standing("#tea", archived=True, muted=9.0, allowed=Allowances(posting="owners"))
    assert refusal(doing.check, closed) == ("room.not_member", ("anna", "#tea"))
    assert refusal(doing.check, closed._replace(private=True)) == ("room.unknown", ("#jam",))
    inside = closed._replace(role="moderator")
    assert refusal(doing.check, inside) == ("room.archived", ("#tea",))
    assert refusal(doing.check, inside._replace(archived=False)) == ("room.not_allowed", ("anna", "#tea", "owner"))
    owner = inside._replace(archived=False, role="owner")
    assert refusal(doing.check, owner) == ("room.muted", ("anna", "#tea"))
    assert refusal(doing.check, owner._replace(muted=5.0)) is None
    group = Standing("#@1", private=True, group=True, role="member")
    assert refusal(Doing("anna", "#@1", "ban").check, group, "lower") == ("group.fixed", ("#@1",))
