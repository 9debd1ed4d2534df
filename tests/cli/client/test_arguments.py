"""How the client reads what stands behind a command."""

from collections.abc import Callable
from datetime import datetime

import pytest

from vestnik.cli.client.arguments import Arguments, BadLine, search_filters


def test_words_in_quotes() -> None:
    """A word ends at a blank or is in quotes; what is in the middle of a word is no quote."""
    given = Arguments('  "anna b"   it\'s "so"  x"y" ', "")
    assert [given.word(), given.word(), given.word(), given.word()] == ["anna b", "it's", "so", 'x"y"']
    assert not given


@pytest.mark.parametrize(
    ("text", "name"), [("anna b", "anna b"), ('"anna b"', "anna b"), ('"a" and "b"', '"a" and "b"')]
)
def test_name(text: str, name: str) -> None:
    """The rest of a line is a name as it is; quotes around all of it do not belong to it."""
    assert Arguments(text, "").name() == name


def test_rest_stays_as_it_is() -> None:
    """A text keeps its quotes and blanks."""
    given = Arguments('5  "so"  it is', "")
    assert given.number() == 5
    assert given.rest() == '"so"  it is'


@pytest.mark.parametrize(
    ("text", "conversation", "left"),
    [
        ("5 x", "#tea", "5 x"),
        ("#cake 5", "#cake", "5"),
        ("boris 5", "boris", "5"),
        ('"clara b" 5', "clara b", "5"),
        ("before 5", "#tea", "before 5"),
        ("", "#tea", ""),
    ],
)
def test_conversation_before_a_number(text: str, conversation: str, left: str) -> None:
    """What is no number and stands first names another conversation than the chosen one."""
    given = Arguments(text, "#tea")
    assert given.conversation() == conversation
    assert (given.rest() if given else "") == left


@pytest.mark.parametrize(
    ("text", "room", "left"),
    [("anna b", "#tea", "anna b"), ("#cake anna", "#cake", "anna"), ('"#my room" anna', "#my room", "anna")],
)
def test_room_first(text: str, room: str, left: str) -> None:
    """A first word that begins with # names another room than the chosen one."""
    given = Arguments(text, "#tea")
    assert given.room() == room
    assert given.rest() == left


def test_room_alone() -> None:
    """Where nothing else is needed all of the rest is the room."""
    assert Arguments("#my room", "#tea").room_alone() == "#my room"
    assert Arguments("", "#tea").room_alone() == "#tea"


def test_nobody_is_chosen() -> None:
    """Without a chosen conversation one has to be named."""
    for ask in (Arguments.chosen, Arguments.conversation, Arguments.room, Arguments.room_alone):
        with pytest.raises(BadLine) as caught:
            ask(Arguments("", ""))
        assert caught.value.name == "cli.no_addressee"


@pytest.mark.parametrize("ask", [Arguments.room, Arguments.room_alone, Arguments.chosen_room])
def test_somebody_is_no_room(ask: Callable[[Arguments], str]) -> None:
    """Where a room is needed, one has to be named while the conversation with somebody is chosen."""
    with pytest.raises(BadLine) as caught:
        ask(Arguments("", "boris"))
    assert (caught.value.name, caught.value.values) == ("cli.no_room", {"to": "boris"})


@pytest.mark.parametrize("ask", [Arguments.name, Arguments.person, Arguments.room_name, Arguments.new_room])
def test_an_empty_name(ask: Callable[[Arguments], str]) -> None:
    """Quotes with nothing in them are no name."""
    with pytest.raises(BadLine) as caught:
        ask(Arguments('""', "#tea"))
    assert caught.value.name == "cli.argument_needed"


def test_less_than_nothing() -> None:
    """A number with a minus before it is no name, unless it is in quotes."""
    with pytest.raises(BadLine):
        Arguments("-5", "#tea").conversation()
    assert Arguments('"-5" 5', "#tea").conversation() == "-5"


@pytest.mark.parametrize("ask", [Arguments.word, Arguments.number, Arguments.rest])
def test_something_is_missing(ask: object) -> None:
    """What is not there is an error."""
    assert callable(ask)
    with pytest.raises(BadLine):
        ask(Arguments("", "#tea"))


@pytest.mark.parametrize("text", ["x", "-1", "1.5", "٣", "12345678901234567890"])
def test_no_number(text: str) -> None:
    """A number is some digits, and not more of them than a number on the wire has."""
    with pytest.raises(BadLine):
        Arguments(text, "").number()


def test_nothing_may_be_left() -> None:
    """More than a command takes is an error."""
    with pytest.raises(BadLine):
        Arguments("more", "").end()
    Arguments("  ", "").end()


def test_takes() -> None:
    """A keyword is taken if it is the next word, and not if it is in quotes or only begins so."""
    given = Arguments("off", "")
    assert given.takes("off")
    assert not given
    for text in ('"off"', "offer", ""):
        assert not Arguments(text, "").takes("off")


def test_search_filters() -> None:
    """Filters may stand anywhere, the other words are the query."""
    found = search_filters('green from:"anna b" tea in:#tea has:link has:pin http://x from')
    assert found == {"query": "green tea http://x from", "from_": "anna b", "in_": "#tea", "has": ["link", "pin"]}


def test_search_times() -> None:
    """Days are local; `until` means the end of a day and the moment itself."""
    found = search_filters("since:2026-11-01 until:2026-11-01")
    assert found["since"] == datetime(2026, 11, 1).timestamp()
    assert found["until"] == datetime(2026, 11, 2).timestamp()
    assert search_filters("until:2026-11-01T12:30")["until"] == datetime(2026, 11, 1, 12, 30).timestamp()
    assert search_filters("since:2026-11-01T12:30+00:00")["since"] == 1793536200


def test_no_time() -> None:
    """What is no day is an error with a sentence of its own."""
    for text in ("since:yesterday", "until:2026-13-01", "since:0001-01-01", "until:9999-12-31"):
        with pytest.raises(BadLine) as caught:
            search_filters(text)
        assert caught.value.name == "cli.client_time"


@pytest.mark.parametrize(
    ("text", "name"), [("tea", "#tea"), ("#tea", "#tea"), ("#my room", "#my room"), ('"my room"', "#my room")]
)
def test_room_name(text: str, name: str) -> None:
    """Where only a room can stand, its sign may be left out."""
    given = Arguments(text, "")
    assert given.room_name() == name
    assert given.names == [name]


@pytest.mark.parametrize("text", ["#x #y", "#x,#y", "#x, #y", "x;#y"])
def test_several_rooms(text: str) -> None:
    """Several rooms are none, and the first of them is named as an example."""
    with pytest.raises(BadLine) as caught:
        Arguments(text, "").room_name()
    assert caught.value.values == {"room": "#x"}
    with pytest.raises(BadLine):
        Arguments(text, "").new_room()


def test_new_room() -> None:
    """A room that may come into being is one word, or in quotes, whatever is in it."""
    assert Arguments("x", "").new_room() == "#x"
    assert Arguments('"#x, #y" private', "").new_room() == "#x, #y"
    with pytest.raises(BadLine):
        Arguments("x,y", "").new_room()


@pytest.mark.parametrize(("text", "name"), [("@anna hi", "anna"), ("anna hi", "anna"), ('"@a b" hi', "@a b")])
def test_person(text: str, name: str) -> None:
    """Somebody is named with or without an `@`, which in quotes belongs to the name."""
    given = Arguments(text, "")
    assert given.person() == name
    assert given.rest() == "hi"
