"""Answers and deliveries as bytes, plain and rich."""

import json
from typing import Any

import pytest

from tests.chat.conftest import Ear
from vestnik.chat.directs import Direct
from vestnik.chat.outcome import Post, Reply
from vestnik.chat.sessions import Account, Session
from vestnik.chat.storage.accounts import AccountRecord
from vestnik.chat.storage.messages import EVERYBODY, Extras
from vestnik.protocol import answers
from vestnik.protocol.events import Forwarded
from vestnik.secret import Secret
from vestnik.server import wire
from vestnik.server.wire import Acknowledgements, encode_delivery, encode_post, encode_reply
from vestnik.texts import Wording

EN = Wording("en")


def read(line: bytes) -> dict[str, Any]:
    """The object on a line, which is one line."""
    assert line.endswith(b"}\n")
    assert line.count(b"\n") == 1
    found = json.loads(line)
    assert isinstance(found, dict)
    return found


def post(client_id: str | None = "7", *, to: str = "boris", rich: bool = False) -> Post:
    """A kept message from anna to somebody."""
    session = Session(Ear())
    session.rich = rich
    anna = Account(AccountRecord(1, "anna"), "anna")
    return Post(session, anna, 1, Direct(5, 1, AccountRecord(2, to)), 5, to, "text", client_id, seq=3)


def test_plain_answers() -> None:
    """A plain answer is `response` with `alert` below 400 and with `error` from 400 on, and nothing else."""
    good = encode_reply(EN, Reply(answers.ROOM_JOINED, ("anna", "#tea")), False, "7")
    assert read(good) == {"response": 200, "alert": "User anna joined room #tea"}
    bad = encode_reply(EN, Reply(answers.ROOM_UNKNOWN, ("#tea",)), False, "7")
    assert read(bad) == {"response": 404, "error": "Room #tea does not exist"}


@pytest.mark.parametrize("answer", answers.ALL.values(), ids=lambda answer: answer.name)
@pytest.mark.parametrize("rich", [False, True])
def test_every_answer(answer: answers.Answer, rich: bool) -> None:
    """Every answer is a three-digit number and one text in its place; `id` is for rich clients only."""
    found = read(encode_reply(EN, Reply(answer, answer.fields), rich, "7"))
    assert found.pop("id", None) == ("7" if rich else None)
    assert list(found) == ["response", "error" if answer.code >= 400 else "alert"]
    assert found["response"] == int(answer.code)


def test_rich_answer_without_id() -> None:
    """A request without an id gets an answer without one."""
    assert "id" not in read(encode_reply(EN, Reply(answers.ROOM_JOINED, ("a", "b")), True, None))


def test_names_and_token() -> None:
    """A list of names takes the place of the text, an empty one too; a token is given to whoever asked."""
    contacts = Reply(answers.CONTACTS_LISTED, ("anna", 1), names=["Вера"])
    assert read(encode_reply(EN, contacts, False, None)) == {"response": 202, "alert": ["Вера"]}
    empty = Reply(answers.CONTACTS_LISTED, ("anna", 0), names=[])
    assert read(encode_reply(EN, empty, False, None)) == {"response": 202, "alert": []}
    login = Reply(answers.LOGIN_ACCEPTED, ("anna",), token=Secret("t"))
    assert read(encode_reply(EN, login, False, None))["token"] == "t"


@pytest.mark.parametrize("answer", [answers.MESSAGE_DELIVERED, answers.MESSAGE_KEPT])
def test_acknowledgement(answer: answers.Answer) -> None:
    """The answer to a message is plain, or carries `seq` and, if there was one, `id`."""
    made = Acknowledgements(EN)
    plain = read(made.encode(answer, post()))
    assert list(plain) == ["response", "alert"]
    assert read(made.encode(answer, post(rich=True))) == plain | {"id": "7", "seq": 3}
    assert read(made.encode(answer, post(None, rich=True))) == plain | {"seq": 3}


def test_remembered_acknowledgements(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers that are remembered are those of the same addressee and code, also past the limit."""
    monkeypatch.setattr(wire, "REMEMBERED", 2)
    made = Acknowledgements(EN)
    for _ in range(2):
        for to in ("boris", "Вера", "#tea", "anna"):
            for answer, end in (
                (answers.MESSAGE_DELIVERED, "delivered"),
                (answers.MESSAGE_KEPT, "will be delivered later"),
            ):
                assert read(made.encode(answer, post(to=to)))["alert"] == f"Message from anna to {to} {end}"


@pytest.mark.parametrize("rich", [False, True])
def test_conflict_is_an_error(rich: bool) -> None:
    """A message whose id was used elsewhere is answered 409 with its text in `error`, which names the id."""
    made = Acknowledgements(EN)
    for client_id in ("7", "8"):
        found = read(made.encode(answers.MESSAGE_CONFLICT, post(client_id, rich=rich)))
        assert found["response"] == 409
        assert client_id in found["error"]
        assert "alert" not in found


def test_deliveries() -> None:
    """A plain delivery has five fields and no more; a rich one `seq` and, if there was one, `id`."""
    plain = {"action": "msg", "time": 1.5, "from": "anna", "to": "#tea", "message": "Привет\n"}
    assert read(encode_delivery(1.5, "anna", "#tea", "Привет\n", 3, "7", False)) == plain
    assert read(encode_delivery(1.5, "anna", "#tea", "Привет\n", 3, "7", True)) == plain | {"seq": 3, "id": "7"}
    assert read(encode_delivery(1.5, "anna", "#tea", "Привет\n", 3, None, True)) == plain | {"seq": 3}


ORIGIN = {"from": "Вера", "to": "", "seq": 7, "time": 1.5}


@pytest.mark.parametrize(
    ("extras", "fields"),
    [
        (Extras(reply_to=2, thread=1), {"reply_to": 2, "thread": 1}),
        (Extras(mentions=(EVERYBODY, AccountRecord(3, "Вера"))), {"mentions": ["all", "Вера"]}),
        (Extras(forwarded=Forwarded("Вера", "", 7, 1.5)), {"forwarded": ORIGIN}),
    ],
)
@pytest.mark.parametrize("client_id", ["7", None])
def test_delivery_of_more(extras: Extras, fields: dict[str, Any], client_id: str | None) -> None:
    """What only some messages have is for rich clients; a plain one gets its five fields."""
    made = post(client_id)
    plain, rich = encode_post(made, False), encode_post(made, True)
    made.extras = extras
    assert encode_post(made, False) == plain
    assert read(encode_post(made, True)) == read(rich) | fields
