"""What others have changed, as sentences."""

import pytest

from vestnik.cli.client.drawing.changes import CHANGES, FIELDS, SIGNS, sentences
from vestnik.cli.client.drawing.words import in_words
from vestnik.protocol.events import Change


def change(kind: str, **more: object) -> Change:
    """A change that boris made in #tea, with all fields that some kind has."""
    fields = {"seq": 5, "message": "Hi", "emoji": "👍", "name": "clara", "role": "owner"} if kind != "set_room" else {}
    return Change(0, "boris", "#tea", 1, kind, **(fields | more))  # type: ignore[arg-type]


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("kind", CHANGES)
def test_change(kind: str, language: str) -> None:
    """Every kind of change is one sentence that says who did what where."""
    (line,) = sentences(change(kind), "anna", language)
    assert "boris" in line
    assert "#tea" in line
    assert ("clara" in line) == (kind in {"invite", "remove", "ban", "unban", "mute", "unmute", "set_role"})
    assert ("5" in line) == (kind in {"delete", "react", "unreact", "pin", "unpin"})


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        ("name", "#chai", "#chai"),
        ("topic", "Green", "Green"),
        ("topic", "", ""),
        ("description", "Sorts", "Sorts"),
        ("private", True, ""),
        ("private", False, ""),
        ("archived", True, ""),
        ("archived", False, ""),
        ("edits", "nobody", "nobody"),
        ("retention", 30, "30"),
        ("retention", None, ""),
        ("posting", "moderators", "moderators"),
        ("inviting", "owners", "owners"),
        ("inviting", None, ""),
        ("pinning", "members", "members"),
        ("mention_all", "owners", "owners"),
        ("slow", 30, "30"),
        ("slow", 0, ""),
    ],
)
def test_change_of_a_room(field: str, value: object, shown: str, language: str) -> None:
    """Every field of a room has its sentence, also when it is taken away."""
    assert field in FIELDS
    (line,) = sentences(change("set_room", **{field: value}), "anna", language)
    assert "boris" in line
    assert "#tea" in line
    assert in_words(language, shown) in line
    assert "None" not in line


def test_several_fields() -> None:
    """Several things that were changed at once are several sentences."""
    found = list(sentences(change("set_room", topic="Green", archived=True), "anna", "en"))
    assert found == ["boris changed the topic of #tea: Green", "boris archived #tea"]


def test_group() -> None:
    """A group conversation that somebody begins is not called a room."""
    found = list(sentences(Change(0, "boris", "#@5", 1, "create_room"), "anna", "en"))
    assert found == ["boris began the group conversation #@5"]


def test_direct_conversation() -> None:
    """A direct conversation is called by the other one's name, whoever made the change."""
    theirs, mine = Change(0, "boris", "anna", 1, "delete", seq=5), Change(0, "anna", "boris", 1, "delete", seq=6)
    assert list(sentences(theirs, "anna", "en")) == ["boris deleted message 5 in boris"]
    assert list(sentences(mine, "anna", "en")) == ["anna deleted message 6 in boris"]


def test_unknown_change() -> None:
    """A kind of change that this client does not know is named."""
    assert list(sentences(change("paint"), "anna", "en")) == ["boris changed #tea: paint"]


def test_signs() -> None:
    """What has a sign has a sentence too, for messages that are not known."""
    assert set(SIGNS) <= set(CHANGES)
