"""Lists that the server gives, as rows of columns."""

import pytest

from vestnik.cli.client.lists import (
    FOR_EVER,
    conversation_row,
    member_row,
    message_row,
    person_row,
    room_row,
    version_row,
)
from vestnik.client import ConversationState, Delivery, MemberState, Person, RoomState, Version

EPOCH, MINUTE = "1970-01-01 00:00:00", "1970-01-01 00:01:00"


@pytest.fixture(autouse=True)
def _utc(utc: None) -> None:
    """Times are shown in UTC."""


def test_rooms() -> None:
    """A room has everything there is; one that is nothing in particular is public."""
    room = RoomState(
        "#tea", 2, private=True, archived=True, topic="Чай", description="D", edits="nobody", retention=7, role="owner"
    )
    assert room_row(room)[:8] == ("#tea", "2", "owner", "private archived", "7", "Чай", "nobody", "D")
    assert room_row(room)[8:] == ("members", "", "members", "members", "")
    strict = RoomState("#tea", 2, posting="owners", inviting="moderators", pinning="owners", slow=30)
    assert room_row(strict)[8:] == ("owners", "moderators", "owners", "members", "30")
    assert room_row(RoomState("#cake", 1))[:6] == ("#cake", "1", "", "public", "", "")


def test_members() -> None:
    """A member may be muted until some time, or for ever."""
    assert member_row(MemberState("anna", 0, "owner")) == ("anna", "owner", EPOCH, "")
    assert member_row(MemberState("boris", 0, muted=60.0)) == ("boris", "member", EPOCH, MINUTE)
    assert member_row(MemberState("clara", 0, muted=FOR_EVER + 1))[3] == "forever"


def test_people() -> None:
    """Somebody who is there was not seen last at any time."""
    assert person_row(Person("anna", "away", "Lunch", seen=0)) == ("anna", "away", EPOCH, "Lunch")
    assert person_row(Person("boris", "online")) == ("boris", "online", "", "")


def test_conversations_and_versions() -> None:
    """Counts of a conversation, and what became of a version."""
    conversation = ConversationState("#tea", 5, 1, read=3, unread=2, mentions=1)
    assert conversation_row(conversation) == ("#tea", "2", "1", "5", "3")
    assert version_row(Version(0, "anna", "Hi")) == (EPOCH, "anna", "edit", "Hi")
    assert version_row(Version(0, "anna", "Ho", deleted=True)) == (EPOCH, "anna", "delete", "Ho")


def test_messages() -> None:
    """What else there is to a message is words at its end."""
    message = Delivery(0, "boris", "#tea", "Hi", 5, reply_to=3, edited=1.0, replies=2, reactions={"👍": ["anna"]})
    assert message_row(message) == ("5", EPOCH, "boris", "#tea", "Hi", "edited replies=2 reply=3 👍=1")
    assert message_row(Delivery(0, "boris", "anna", "Hi"))[0] == ""
