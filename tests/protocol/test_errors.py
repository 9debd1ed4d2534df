"""The tree of exceptions."""

import pytest

from vestnik.protocol import answers, errors
from vestnik.protocol.errors import BadRequest, LocalError, NotFound, StartupError, VestnikError

CODES = {
    "VestnikError": 500,
    "BadRequest": 400,
    "NotAuthorised": 401,
    "WrongLogin": 402,
    "Forbidden": 403,
    "NotFound": 404,
    "Conflict": 409,
    "ServerError": 500,
    "LocalError": 500,
    "StartupError": 500,
}


def test_codes() -> None:
    """Every error knows the code it is answered with, and the tree has one root."""
    found = {name: value for name, value in vars(errors).items() if isinstance(value, type) and name in CODES}
    assert {name: int(error.code) for name, error in found.items()} == CODES
    assert all(issubclass(error, VestnikError) for error in found.values())


def test_the_tree_is_drawn_as_it_is() -> None:
    """The tree at the head of the module names every class, with its code and below its base."""
    drawn: dict[str, str] = {}
    above: list[tuple[int, str]] = []
    for line in (errors.__doc__ or "").splitlines():
        words = line.replace("│", " ").replace("├──", "   ").replace("└──", "   ").split()
        if not words or words[0] not in CODES:
            continue
        indent = line.index(words[0])
        above = [(at, name) for at, name in above if at < indent]
        drawn[words[0]] = above[-1][1] if above else "Exception"
        above.append((indent, words[0]))
        assert not words[1].isdigit() or int(words[1]) == CODES[words[0]]
    assert drawn == {name: getattr(errors, name).__base__.__name__ for name in CODES}


def test_text() -> None:
    """An error says its answer's sentence with its values, in either language; as a string in English."""
    error = NotFound(answers.ROOM_UNKNOWN, "#tea")
    assert error.text("ru") == "Чата #tea не существует"
    assert error.text("en") == str(error) == "Room #tea does not exist"


def test_values_with_braces() -> None:
    """What a stranger calls a room is never taken for a template."""
    assert NotFound(answers.ROOM_UNKNOWN, "#{0}{room}").text("en") == "Room #{0}{room} does not exist"


@pytest.mark.parametrize("values", [(), ("#tea", "#coffee")])
def test_wrong_number_of_values(values: tuple[str, ...]) -> None:
    """Too few or too many values for an answer are noticed when its sentence is made."""
    with pytest.raises(ValueError):
        NotFound(answers.ROOM_UNKNOWN, *values).text("en")


def test_fatal() -> None:
    """A bad request leaves the stream readable unless it says otherwise."""
    assert not BadRequest(answers.VALUE_NOT_OBJECT).fatal
    assert BadRequest(answers.STREAM_UNREADABLE, "0x80", fatal=True).fatal


def test_local_errors() -> None:
    """A local error says the sentence of its event with its fields."""
    error = StartupError("store.locked", path="/data", pid=7)
    assert isinstance(error, LocalError)
    assert error.text("en") == "Error! Another server (process 7) is working with the data in /data"
    assert str(error) == error.text("en")
    assert (error.event, error.fields) == ("store.locked", {"path": "/data", "pid": 7})
