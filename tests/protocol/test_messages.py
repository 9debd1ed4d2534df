"""The schema of the wire: what is accepted, what is refused and how, what is sent."""

import json
import time
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestnik.protocol.errors import BadRequest
from vestnik.protocol.events import Delivery, Notice, Probe, Response
from vestnik.protocol.messages import DECODE_ERRORS, REQUESTS, decode_server_message, encode, explain
from vestnik.protocol.requests import (
    AddContact,
    Authenticate,
    DelContact,
    GetContacts,
    Join,
    Leave,
    Msg,
    Presence,
    Quit,
    User,
)
from vestnik.secret import Secret


def refusal(data: bytes) -> BadRequest:
    """The 400 for a request that cannot be decoded."""
    with pytest.raises(DECODE_ERRORS) as caught:
        REQUESTS.decode(data)
    return explain(caught.value, data)


@pytest.mark.parametrize(
    "request_",
    [
        Presence(user=User("anna", status="here")),
        Authenticate(user=User("anna", password=Secret("secret")), features=["seq"], remember=True),
        Authenticate(user=User("anna", token=Secret("t"), remember=True)),
        Msg(to="#tea", message="Привет", from_="anna", id="1"),
        Join(room="#tea"),
        Leave(room="#tea"),
        Quit(),
        GetContacts(user_login="anna"),
        AddContact(user_id="boris"),
        DelContact(user_id="boris", user_login="anna"),
    ],
    ids=lambda request: type(request).__name__,
)
def test_requests_survive_the_wire(request_: msgspec.Struct) -> None:
    """What a client encodes is what a server decodes."""
    line = encode(request_)
    assert line.endswith(b"}\n")
    assert encode(REQUESTS.decode(line)) == line


@pytest.mark.parametrize("time", ["0", "1573760672.167031", "1573760672167031000", '"1573760672"', '"<unix>"', "null"])
def test_any_time_is_accepted(time: str) -> None:
    """`time` is taken whatever programs in the wild put there."""
    assert isinstance(REQUESTS.decode(f'{{"action":"quit","time":{time}}}'), Quit)


def test_specification_example() -> None:
    """The objects of the specification are understood, with `from`, `encoding` and fields nobody knows."""
    message = REQUESTS.decode(
        '{"action": "msg", "time": 1, "to": "#room_name", "from": "account_name", "message": "Hello World",'
        ' "encoding": "ascii", "extra": {"deep": [1]}}'
    )
    assert isinstance(message, Msg)
    assert (message.to, message.from_, message.message) == ("#room_name", "account_name", "Hello World")
    presence = REQUESTS.decode(
        '{"action": "presence", "time": 1, "type": "status", "user": {"account_name": "C", "status": "Yep!"}}'
    )
    assert isinstance(presence, Presence)
    assert presence.user is not None
    assert (presence.user.account_name, presence.user.status) == ("C", "Yep!")


def test_secrets_are_not_shown() -> None:
    """The text form of a user and of its request has neither password nor token."""
    user = User("anna", password=Secret("secret"), token=Secret("secret"))
    for shown in (user, Authenticate(user=user), Response(202, token=Secret("secret"))):
        assert "secret" not in repr(shown)
        assert "***" in repr(shown)


def test_secrets_are_secrets_on_both_sides() -> None:
    """Password and token come out of both decoders as `Secret`, and go over the wire as they are."""
    line = encode(Authenticate(user=User("anna", password=Secret('pa"ss'), token=Secret("токен"))))
    assert json.loads(line)["user"] == {"account_name": "anna", "password": 'pa"ss', "token": "токен"}
    request = REQUESTS.decode(line)
    assert isinstance(request, Authenticate)
    assert (request.user.password, request.user.token) == (Secret('pa"ss'), Secret("токен"))
    response = decode_server_message(b'{"response":202,"token":"t"}')
    assert isinstance(response, Response)
    assert response.token == Secret("t")


@pytest.mark.parametrize("value", ["1", "1e999", "9" * 5000, '["canary"]', '{"canary":"canary"}', "true"])
@pytest.mark.parametrize("field", ["password", "token"])
def test_wrong_secrets_are_named_and_not_repeated(field: str, value: str) -> None:
    """A password or token that is no text is a 400 that names the field and has nothing of the value."""
    data = f'{{"action":"authenticate","user":{{"account_name":"anna","{field}":{value}}}}}'.encode()
    error = refusal(data)
    assert (error.answer.name, error.values) == ("field.invalid", (f"user.{field}",))
    with pytest.raises(DECODE_ERRORS) as caught:
        REQUESTS.decode(data)
    assert "canary" not in f"{caught.value!r} {caught.value.__cause__!r}"


def test_other_objects_are_not_for_the_wire() -> None:
    """The encoder that knows secrets takes nothing else that is not of the schema."""
    with pytest.raises(NotImplementedError):
        encode(Response(200, object()))  # type: ignore[arg-type]  # that is what is tested


@pytest.mark.parametrize(
    ("data", "name", "values"),
    [
        (b'{"time":1}', "action.missing", ()),
        (b"{}", "action.missing", ()),
        (b'{"action":"dance"}', "action.unknown", ("dance",)),
        (b'{"action":"' + b"x" * 100 + b'"}', "action.unknown", ("x" * 100,)),
        (b'{"action":"' + b"x" * 5000 + b'"}', "action.unknown", ("x" * 100 + "…",)),
        ('{"action":"танец\' - at"}'.encode(), "action.unknown", ("танец' - at",)),
        (b'{"action":"a\\nb"}', "action.unknown", ("a\nb",)),
        (b'{"action":""}', "action.unknown", ("",)),
        (b'{"action":1}', "field.invalid", ("action",)),
        (b'{"action":null}', "field.invalid", ("action",)),
        (b'{"action":"msg","to":"#a"}', "field.missing", ("message",)),
        (b'{"action":"msg","to":1,"message":"x"}', "field.invalid", ("to",)),
        (b'{"action":"msg","to":"a","message":"x","from":1}', "field.invalid", ("from",)),
        (b'{"action":"authenticate"}', "field.missing", ("user",)),
        (b'{"action":"authenticate","user":{}}', "field.missing", ("user.account_name",)),
        (b'{"action":"authenticate","user":[]}', "field.invalid", ("user",)),
        (b'{"action":"authenticate","user":{"account_name":[]}}', "field.invalid", ("user.account_name",)),
        (b'{"action":"quit","id":5}', "field.invalid", ("id",)),
        (b"[]", "value.not_object", ()),
        (b"null", "value.not_object", ()),
        (b'"{}"', "value.not_object", ()),
        (b'{"action":}', "value.malformed", (10,)),
        (b'{"action":"quit",}', "value.malformed", (17,)),
        (b'{"action":"quit"', "value.malformed", (16,)),
    ],
    ids=repr,
)
def test_refusals_name_what_is_wrong(data: bytes, name: str, values: tuple[Any, ...]) -> None:
    """A request that is not understood is a 400 that names the field, the action or the byte."""
    error = refusal(data)
    assert (error.answer.name, error.values, error.fatal) == (name, values, False)
    assert error.code == 400


def test_wrong_elements_are_named() -> None:
    """A wrong element of a list is named by the list and its place in some form."""
    error = refusal(b'{"action":"authenticate","user":{"account_name":"a"},"features":["seq",1]}')
    assert error.answer.name == "field.invalid"
    assert str(error.values[0]).startswith("features")


def test_explaining_is_linear() -> None:
    """A long value that looks like many places of an error costs no more than another one, and the place is right."""
    state = " - at `$" * 8000
    data = json.dumps({"action": "presence", "user": {"state": state}}).encode()
    begun = time.thread_time()
    assert refusal(data).values == ("user.state",)
    assert time.thread_time() - begun < 0.2


def test_encode_one_line() -> None:
    """A message is one line, whatever is in its text, and fields that are not set are not there."""
    line = encode(Delivery(1.5, "anna", "#tea", "a\nb\u2028" + "x" * 1000))
    assert line.count(b"\n") == 1
    assert json.loads(line) == {
        "action": "msg",
        "time": 1.5,
        "from": "anna",
        "to": "#tea",
        "message": "a\nb\u2028" + "x" * 1000,
    }
    assert encode(Response(200, "ok")) == b'{"response":200,"alert":"ok"}\n'


@pytest.mark.parametrize(
    "message",
    [
        Response(200, "ok"),
        Response(202, ["anna", "boris"]),
        Response(404, error="no"),
        Response(200, "ok", id="1", seq=7, token=Secret("t")),
        Delivery(1.5, "anna", "#tea", "text"),
        Delivery(1.5, "anna", "boris", "text", 3, "id"),
        Probe(2.0),
        Notice(3.0, 101, "bye"),
    ],
    ids=repr,
)
def test_server_messages_survive_the_wire(message: msgspec.Struct) -> None:
    """What a server encodes is what a client decodes."""
    assert decode_server_message(encode(message)) == message


@pytest.mark.parametrize("data", [b"{}", b'{"action":"dance"}', b'{"alert":"x"}'])
def test_unknown_server_messages(data: bytes) -> None:
    """An event that this client does not know is nothing."""
    assert decode_server_message(data) is None


def test_other_servers() -> None:
    """Servers in the wild send any `time`, `from`-less messages and alerts that are no text."""
    assert decode_server_message(b'{"action":"probe","time":"now"}') == Probe(0.0)
    assert decode_server_message(b'{"action":"msg","message":"x"}') == Delivery(0.0, "", "", "x")
    assert decode_server_message(b'{"response":200,"alert":{"a":1}}') == Response(200)


def test_alerts_are_what_the_schema_says() -> None:
    """The list in an answer's alert holds texts, or there is none."""
    found = decode_server_message(b'{"response":202,"alert":[1,null]}')
    assert isinstance(found, Response)
    assert not isinstance(found.alert, list) or all(isinstance(name, str) for name in found.alert)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just(10**400),
    lambda inner: st.lists(inner, max_size=3),
)


@given(
    st.dictionaries(
        st.sampled_from(
            ["response", "alert", "error", "action", "time", "from", "to", "message", "seq", "code", "text"]
        ),
        json_values | st.sampled_from(["msg", "probe", "notice", 200, 404]),
    )
)
def test_no_server_surprises_the_decoder(fields: dict[str, Any]) -> None:
    """Whatever a server sends, the client's decoder raises nothing but what the framer expects."""
    data = json.dumps(fields).encode()
    try:
        decode_server_message(data)
    except DECODE_ERRORS as error:
        refused = explain(error, data)
        assert refused.text("en")


def test_huge_time_of_a_server() -> None:
    """A `time` that no clock shows does not break the decoder."""
    assert decode_server_message(b'{"action":"probe","time":1' + b"0" * 400 + b"}") is not None


@given(st.dictionaries(st.sampled_from(["action", "user", "to", "message", "id", "features", "room"]), json_values))
def test_every_refusal_has_its_sentence(fields: dict[str, Any]) -> None:
    """Whatever is wrong with a request can be said in both languages."""
    data = json.dumps(fields).encode()
    try:
        REQUESTS.decode(data)
    except DECODE_ERRORS as error:
        found = explain(error, data)
        assert found.text("ru")
        assert found.text("en")


@pytest.mark.parametrize(
    "fields",
    [
        {"action": "msg", "time": 1, "from": "{}", "to": "#tea", "message": "x"},
        {"action": "msg", "time": 1, "from": "a", "to": "{}", "message": "x"},
        {"action": "msg", "time": 1, "from": "a", "to": "#tea", "message": "{}{}{}{}"},
        {"action": "msg", "time": 1, "from": "a", "to": "#tea", "message": "x", "reactions": {"{}": []}},
        {"action": "change", "time": 1, "from": "a", "to": "#tea", "change": 1, "kind": "edit", "message": "{}{}{}{}"},
        {"action": "notice", "time": 1, "code": 101, "text": "{}{}{}{}"},
        {"response": 200, "alert": "{}{}{}{}"},
        {"response": 200, "alert": ["{}"]},
        {"response": 400, "error": "{}{}{}{}"},
        {"response": 200, "rooms": [{"room": "{}", "members": 1}]},
        {"response": 200, "people": [{"name": "a", "state": "online", "status": "{}"}]},
    ],
    ids=str,
)
def test_what_a_server_says_has_bounds(fields: dict[str, object]) -> None:
    """A name or text that is longer than any of ours does not get to the application of a client."""
    text = json.dumps(fields)
    assert decode_server_message(text.replace("{}", "x" * 20).encode()) is not None
    with suppress(*DECODE_ERRORS):
        assert "x" * 20_000 not in repr(decode_server_message(text.replace("{}", "x" * 20_000).encode()))
