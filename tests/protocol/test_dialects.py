"""Dialects: what public programs say in place of plain JIM, and what they hear."""

import json
from typing import Any

import pytest

from vestnik.chat.storage.messages import MessageEvent
from vestnik.protocol.dialects import (
    DESTINATION,
    MESS_TEXT,
    PLAIN,
    PLAINLY,
    RECEIVER,
    SILENTLY,
    Dialect,
    DialectFormat,
    Spelling,
    means_everybody,
    read,
    recognise,
)
from vestnik.protocol.events import Delivery, Person, Response
from vestnik.protocol.messages import REQUESTS
from vestnik.protocol.requests import AnyRequest, Authenticate, GetContacts, Msg, Presence, Quit, Who
from vestnik.protocol.spellings import named

COMMON = "#all"


def understood(dialect: Dialect = PLAINLY, **fields: Any) -> tuple[AnyRequest | None, Dialect]:
    """What a request with these fields means, whether plain JIM knows it or not."""
    data = json.dumps(fields).encode()
    try:
        request: AnyRequest | None = REQUESTS.decode(data)
    except ValueError:
        request, dialect = read(data, dialect)
    return (None, dialect) if request is None else recognise(request, dialect, COMMON)


def written(dialect: Dialect, spoken: dict[str, Spelling] | None = None) -> DialectFormat:
    """How things look in a dialect."""
    return DialectFormat(dialect, COMMON, spoken or {})


def sent(author: str, to: str, text: str) -> MessageEvent:
    """A message that has just been kept."""
    return MessageEvent(5, 1, author, 0, to, text, None, seq=3, time=1.5)


def lines(data: bytes) -> list[dict[str, Any]]:
    """The objects of some lines."""
    return [json.loads(line) for line in data.splitlines()]


@pytest.mark.parametrize(
    ("fields", "spelling"),
    [
        ({"action": "message", "from": "anna", "to": "boris", "mess_text": "Hi"}, MESS_TEXT),
        ({"action": "message", "sender": "anna", "destination": "boris", "mess_text": "Hi"}, DESTINATION),
        ({"action": "msg", "sender": "anna", "receiver": "boris", "message": "Hi"}, RECEIVER),
        ({"action": "message", "from": "anna", "to": "boris", "message": "Hi"}, MESS_TEXT),
        ({"action": "msg", "from": "anna", "to": "boris", "message": "Hi"}, PLAIN),
    ],
    ids=repr,
)
def test_messages(fields: dict[str, Any], spelling: Spelling) -> None:
    """However a message is spelled it is one, with its claim of an author, and its author hears others alike."""
    request, dialect = understood(**fields)
    assert isinstance(request, Msg)
    assert (request.to, request.message, request.from_ or request.sender) == ("boris", "Hi", "anna")
    assert dialect.spelling == spelling
    (heard,) = lines(written(dialect).kept(Delivery(1.0, "boris", "anna", "Ho")))
    expected = {"action": spelling.action, "time": 1.0, spelling.author: "boris", spelling.text: "Ho"}
    assert heard == expected | ({} if spelling.to is None else {spelling.to: "anna"})


def test_exit() -> None:
    """`exit` is `quit`."""
    request, _ = understood(action="exit", account_name="anna", time=1)
    assert isinstance(request, Quit)


@pytest.mark.parametrize(
    ("fields", "heard"),
    [
        ({"action": "get_contacts", "user": "anna"}, [{"response": 202, "data_list": ["boris", "clara"]}]),
        (
            {"action": "get_contacts", "account_name": "anna"},
            [
                {"response": 202, "quantity": 2},
                {"action": "contact_list", "user_id": "boris"},
                {"action": "contact_list", "user_id": "clara"},
            ],
        ),
        ({"action": "get_contacts", "user_login": "anna"}, [{"response": 202, "alert": ["boris", "clara"]}]),
        ({"action": "get_contacts"}, [{"response": 202, "alert": ["boris", "clara"]}]),
    ],
    ids=repr,
)
def test_contacts(fields: dict[str, Any], heard: list[dict[str, Any]]) -> None:
    """The list of contacts looks as the request does."""
    request, dialect = understood(**fields)
    assert isinstance(request, GetContacts)
    assert lines(written(dialect).answer(Response(202, alert=["boris", "clara"]))) == heard


def test_contacts_in_a_dialect() -> None:
    """Who speaks a dialect and names nobody gets a number and the contacts one by one."""
    _, dialect = understood(Dialect(joining=True), action="get_contacts", time=1)
    assert lines(written(dialect).answer(Response(202, alert=[]))) == [{"response": 202, "quantity": 0}]


@pytest.mark.parametrize(
    ("fields", "heard"),
    [
        ({"action": "get_users", "account_name": "anna"}, {"data_list": ["boris", "clara"]}),
        ({"action": "get_contacts_all", "user_login": "anna"}, {"alert": [[1, "boris"], [2, "clara"]]}),
    ],
    ids=repr,
)
def test_people(fields: dict[str, Any], heard: dict[str, Any]) -> None:
    """So does the list of people; who asks is a claim."""
    request, dialect = understood(**fields)
    assert isinstance(request, Who)
    assert request.all
    assert named(request.account_name) == ("anna",)
    people = [Person("boris", "online"), Person("clara", "offline")]
    assert lines(written(dialect).answer(Response(200, people=people))) == [{"response": 202, **heard}]


@pytest.mark.parametrize("to", ["#", "@all", "@ALL", "all", "@все"])
def test_everybody(to: str) -> None:
    """Who writes to everybody writes to the common room, and hears it under that name."""
    request, dialect = understood(action="msg", to=to, message="Hi")
    assert isinstance(request, Msg)
    assert request.to == COMMON
    assert dialect.joining
    assert lines(written(dialect).kept(Delivery(1.0, "boris", COMMON, "Ho")))[0]["to"] == to
    assert not means_everybody("#tea")


def test_who_has_said_nothing_hears_what_others_say() -> None:
    """Who only says that they are there, by a bare name, hears each message as its author spells it."""
    request, dialect = understood(action="presence", user={"account_name": "anna"})
    assert isinstance(request, Presence)
    form = written(dialect, {"boris": DESTINATION})
    assert lines(form.message(sent("boris", COMMON, "Hi")))[0]["mess_text"] == "Hi"
    assert lines(form.message(sent("clara", COMMON, "Hi")))[0]["message"] == "Hi"
    _, dialect = understood(dialect, action="msg", to="boris", message="x")
    assert dialect.spelling == PLAIN
    _, dialect = understood(action="presence", type="status", user={"account_name": "anna", "status": "here"})
    assert dialect == PLAINLY


def test_a_login_spelled_otherwise_is_no_plain_one() -> None:
    """Name and password at the top level are understood, and are a dialect."""
    request, dialect = understood(action="authenticate", account_name="anna", password="secret")
    assert isinstance(request, Authenticate)
    assert dialect.joining


def test_simple_programs_know_only_one_code() -> None:
    """What was accepted for later is 200 to who knows nothing else; refusals and lists stay as they are."""
    form = written(Dialect(simple=True))
    assert lines(form.answer(Response(202, alert="kept"))) == [{"response": 200, "alert": "kept"}]
    assert lines(form.answer(Response(404, error="no"))) == [{"response": 404, "error": "no"}]
    assert lines(form.answer(Response(202, alert=["boris"]))) == [{"response": 202, "alert": ["boris"]}]


def test_nobody_hears_of_what_nobody_asked_for() -> None:
    """Joining by writing has no answer, whatever comes of it."""
    form = written(Dialect(joining=True))
    assert form.answer(Response(200, alert="joined", id=SILENTLY)) == b""
    assert form.answer(Response(403, error="banned", id=SILENTLY)) == b""
    claimed = "".join(list(SILENTLY))  # the same text, as a client may send it
    assert form.answer(Response(200, alert="joined", id=claimed)) != b""


@pytest.mark.parametrize(
    "data",
    [
        b'{"action":"message","from":"anna","to":"boris"}',
        b'{"action":"message","mess_text":"Hi"}',
        b'{"action":"message","to":1,"mess_text":"Hi"}',
        b'{"action":"msg","sender":"anna","receiver":["boris"],"message":"Hi"}',
        b'{"action":"get_user"}',
        b'{"action":null}',
        b'["message"]',
        b'{"action":"message"',
    ],
    ids=repr,
)
def test_what_means_nothing(data: bytes) -> None:
    """What lacks something, or is wrong, means nothing in a dialect, either, and changes nothing."""
    assert read(data, PLAINLY) == (None, PLAINLY)
