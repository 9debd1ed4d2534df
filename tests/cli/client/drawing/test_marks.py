"""What there is to a message beside its text."""

from vestnik.cli.client.drawing.marks import marks, mentions, reactions
from vestnik.protocol.events import Delivery, Forwarded


def test_marks() -> None:
    """Everything that is so about a message has its sentence, and nothing else has."""
    assert list(marks(Delivery(0, "a", "#b", "c", 1, pinned=False, replies=0))) == []
    found = Delivery(0, "a", "#b", "c", 1, edited=1.0, pinned=True, replies=2, forwarded=Forwarded("d", "#e", 1, 0))
    names = ["cli.mark_forwarded", "cli.mark_edited", "cli.mark_pinned", "cli.mark_replies"]
    assert [name for name, _ in marks(found)] == names
    assert [name for name, _ in marks(Delivery(0, "a", "#b", "", 1, edited=1.0, deleted=2.0))] == ["cli.mark_deleted"]


def test_reactions() -> None:
    """Reactions are told by emoji, if there are any."""
    assert list(reactions(Delivery(0, "a", "#b", "c"))) == []
    assert list(reactions(Delivery(0, "a", "#b", "c", reactions={"x": ["d"]}))) == [("x", ["d"])]


def test_mentions() -> None:
    """Somebody else mentions one by name, however it is written, or everybody."""
    for names, by, expected in [
        (["Anna"], "boris", True),
        (["all"], "boris", True),
        (["clara"], "boris", False),
        (["anna"], "ANNA", False),
    ]:
        assert mentions(Delivery(0, by, "#b", "c", mentions=names), "anna") is expected
    assert not mentions(Delivery(0, "boris", "#b", "@anna"), "anna")
