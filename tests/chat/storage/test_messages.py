"""Values of messages that do something."""

from vestnik.chat.storage.messages import Origin
from vestnik.protocol.events import Forwarded


def test_an_origin_is_shown_with_the_name_that_its_place_has_for_somebody() -> None:
    """What of it only the store needs is not shown."""
    assert Origin("anna", 3, 1.5, place=7).shown("#tea") == Forwarded("anna", "#tea", 3, 1.5)
    assert Origin("anna", 3, 1.5, to="boris", people=(1, 2)).shown("") == Forwarded("anna", "", 3, 1.5)
