"""A change as it is on disk, and as it is shown."""

from msgspec import UNSET

from vestnik.chat.storage.changes import ChangeEvent
from vestnik.protocol.events import Change


def test_shown() -> None:
    """Each hears a change under the name they have for the conversation, with the fields of its kind."""
    pinned = ChangeEvent(41, 7, 3, "anna", 5.0, "pin", 2, {})
    assert pinned.shown("#tea") == Change(5.0, "anna", "#tea", 3, "pin", 2)
    named = ChangeEvent(42, 7, 4, "anna", 6.0, "invite", None, {"name": "boris"}, account_id=1, person_id=2)
    assert named.shown("#чай") == Change(6.0, "anna", "#чай", 4, "invite", UNSET, name="boris")
