"""Who may do what with a message that is there."""

from typing import Any

import pytest

from tests.chat.rules import refusal
from vestnik.chat.rules.alterations import MayDelete, MayEdit, MayPin, MayReact, MayUnpin, MayUnreact
from vestnik.chat.storage.alterations import AlterationRule, MessageStanding
from vestnik.chat.storage.rooms import Standing

EDIT, DELETE = MayEdit("anna", "#tea", 5.0), MayDelete("anna", "#tea")
REACT, UNREACT = MayReact("anna", "#tea", 5.0, 2), MayUnreact("anna", "#tea")
PIN, UNPIN = MayPin("anna", "#tea", 5.0, 2), MayUnpin("anna", "#tea", 5.0)
EVERY_RULE = (EDIT, DELETE, REACT, UNREACT, PIN, UNPIN)


def answer(rule: AlterationRule, known: bool = True, **standing: Any) -> str | None:
    """The answer with which something that anna wants to do with message 7 is refused."""
    found = refusal(rule, MessageStanding(7, known, **standing))
    return found and found[0]


@pytest.mark.parametrize("rule", EVERY_RULE, ids=lambda rule: type(rule).__name__)
def test_the_message_must_be_there(rule: AlterationRule) -> None:
    """Nothing is done with a message that never was; nor with a deleted one, but for deleting it again."""
    assert refusal(rule, MessageStanding(7, known=False)) == ("message.unknown", ("#tea", 7))
    assert answer(rule, deleted=True, own=True) == (None if rule is DELETE else "message.unknown")
    assert answer(rule, own=True) is None


@pytest.mark.parametrize("rule", EVERY_RULE, ids=lambda rule: type(rule).__name__)
def test_writing(rule: AlterationRule) -> None:
    """It takes the right to write in the room; members take back without it what is their own. That is asked first."""
    own = rule in (DELETE, UNREACT)
    for room, expected in (
        (Standing("#tea"), "room.not_member"),
        (Standing("#tea", role="member", archived=True), "room.archived"),
        (Standing("#tea", role="member", muted=5.1), "room.muted"),
        (Standing("#tea", role="member", muted=5.0), None),
        (Standing("#tea", role="owner", muted=5.1), "room.muted"),
    ):
        if own and expected != "room.not_member":
            expected = None
        assert answer(rule, own=True, room=room) == expected
        assert answer(rule, known=False, room=room) == (expected or "message.unknown")


def test_others_messages() -> None:
    """Only one's own messages are edited, and no forwarded ones; moderators delete what is not theirs."""
    assert answer(EDIT) == answer(EDIT, own=True, forwarded=True) == answer(DELETE) == "message.not_own"
    for role, expected in (("member", "message.not_own"), ("moderator", None), ("owner", None)):
        assert answer(DELETE, room=Standing("#tea", role=role)) == expected  # type: ignore[arg-type]
    assert answer(EDIT, room=Standing("#tea", role="owner")) == "message.not_own"
    assert refusal(DELETE, MessageStanding(7, known=True)) == ("message.not_own", ("anna", "#tea", 7))


def test_limits() -> None:
    """As many reactions to a message, or pins in a conversation, as the limit allows."""
    assert answer(REACT, others=1) is answer(PIN, others=1) is None
    assert refusal(REACT, MessageStanding(7, known=True, others=2)) == ("reaction.limit", ("#tea", 7, 2))
    assert refusal(PIN, MessageStanding(7, known=True, others=2)) == ("pin.limit", ("#tea", 2))
