"""Answers: the value of each, and those to messages as bytes."""

import json
from typing import Any

import pytest

from tests.chat.conftest import Ear
from vestnik.chat.outcome import Post, Reply
from vestnik.chat.session import Session
from vestnik.chat.storage.messages import MessageEvent
from vestnik.protocol import answers
from vestnik.protocol.formats import JIM_PLAIN, JIM_RICH
from vestnik.secret import Secret
from vestnik.server import answering
from vestnik.server.answering import Acknowledgements, respond
from vestnik.texts import Wording, Wordings

EN = Wording("en")


def read(line: bytes) -> dict[str, Any]:
    """The object on a line, which is one line."""
    assert line.endswith(b"}\n")
    assert line.count(b"\n") == 1
    found = json.loads(line)
    assert isinstance(found, dict)
    return found


def session_of(*, rich: bool) -> Session:
    """A session in one of the formats."""
    session = Session(Ear())
    session.format = JIM_RICH if rich else JIM_PLAIN
    return session


def post(client_id: str | None = "7", *, to: str = "boris", rich: bool = False) -> Post:
    """A kept message from anna to somebody."""
    return Post(session_of(rich=rich), MessageEvent(5, 1, "anna", 2, to, "text", client_id, seq=3))


def encode_reply(reply: Reply, rich: bool, request_id: str | None) -> bytes:
    """An answer as it is sent."""
    session = session_of(rich=rich)
    return session.format.answer(respond(EN, reply, session, request_id))


def test_plain_answers() -> None:
    """A plain answer is `response` with `alert` below 400 and with `error` from 400 on, and nothing else."""
    good = encode_reply(Reply(answers.ROOM_JOINED, ("anna", "#tea")), False, "7")
    assert read(good) == {"response": 200, "alert": "User anna joined room #tea"}
    bad = encode_reply(Reply(answers.ROOM_UNKNOWN, ("#tea",)), False, "7")
    assert read(bad) == {"response": 404, "error": "Room #tea does not exist"}


@pytest.mark.parametrize("answer", answers.ALL.values(), ids=lambda answer: answer.name)
@pytest.mark.parametrize("rich", [False, True])
def test_every_answer(answer: answers.Answer, rich: bool) -> None:
    """Every answer is a three-digit number and one text in its place; `id` is for rich clients only."""
    found = read(encode_reply(Reply(answer, answer.fields), rich, "7"))
    assert found.pop("id", None) == ("7" if rich else None)
    assert list(found) == ["response", "error" if answer.code >= 400 else "alert"]
    assert found["response"] == int(answer.code)


def test_rich_answer_without_id() -> None:
    """A request without an id gets an answer without one."""
    assert "id" not in read(encode_reply(Reply(answers.ROOM_JOINED, ("a", "b")), True, None))


def test_names_and_token() -> None:
    """A list of names takes the place of the text, an empty one too; a token is given to whoever asked."""
    contacts = Reply(answers.CONTACTS_LISTED, ("anna", 1), names=["Вера"])
    assert read(encode_reply(contacts, False, None)) == {"response": 202, "alert": ["Вера"]}
    empty = Reply(answers.CONTACTS_LISTED, ("anna", 0), names=[])
    assert read(encode_reply(empty, False, None)) == {"response": 202, "alert": []}
    login = Reply(answers.LOGIN_ACCEPTED, ("anna",), token=Secret("t"))
    assert read(encode_reply(login, False, None))["token"] == "t"


@pytest.mark.parametrize("answer", [answers.MESSAGE_DELIVERED, answers.MESSAGE_KEPT])
def test_acknowledgement(answer: answers.Answer) -> None:
    """The answer to a message is plain, or carries `seq` and, if there was one, `id`."""
    made = Acknowledgements(Wordings("en"))
    plain = read(made.encode(answer, post()))
    assert list(plain) == ["response", "alert"]
    assert read(made.encode(answer, post(rich=True))) == plain | {"id": "7", "seq": 3}
    assert read(made.encode(answer, post(None, rich=True))) == plain | {"seq": 3}


@pytest.mark.parametrize("rich", [False, True])
def test_remembered_acknowledgements(monkeypatch: pytest.MonkeyPatch, rich: bool) -> None:
    """Answers that are remembered are those of the same addressee and code, also past the limit."""
    monkeypatch.setattr(answering, "REMEMBERED", 2)
    made = Acknowledgements(Wordings("en"))
    for _ in range(2):
        for to in ("boris", "Вера", "#tea", "anna"):
            for answer, end in (
                (answers.MESSAGE_DELIVERED, "delivered"),
                (answers.MESSAGE_KEPT, "will be delivered later"),
            ):
                found = read(made.encode(answer, post(to=to, rich=rich)))
                assert found["alert"] == f"Message from anna to {to} {end}"


def test_numbers_are_not_remembered() -> None:
    """Each answer to a rich client has the `seq` and the `id` of its own message."""
    made = Acknowledgements(Wordings("en"))
    for seq, client_id in enumerate(("a", None, "b")):
        given = post(client_id, rich=True)
        given.message.seq = seq
        found = read(made.encode(answers.MESSAGE_DELIVERED, given))
        assert (found["seq"], found.get("id")) == (seq, client_id)


@pytest.mark.parametrize("rich", [False, True])
def test_conflict_is_an_error(rich: bool) -> None:
    """A message whose id was used elsewhere is answered 409 with its text in `error`, which names the id."""
    made = Acknowledgements(Wordings("en"))
    for client_id in ("7", "8"):
        found = read(made.encode(answers.MESSAGE_CONFLICT, post(client_id, rich=rich)))
        assert found["response"] == 409
        assert client_id in found["error"]
        assert "alert" not in found


@pytest.mark.parametrize("rich", [False, True])
def test_the_language_that_a_client_has_named(rich: bool) -> None:
    """Each client gets the answers to its messages in its own language, and others in the server's."""
    made = Acknowledgements(Wordings("en"))
    said = {"": "Message from anna to boris delivered", "ru": "Сообщение от anna к boris доставлено"}
    for lang in ("", "ru", "fr", "ru", ""):
        given = post(rich=rich)
        given.session.lang = lang
        assert read(made.encode(answers.MESSAGE_DELIVERED, given))["alert"] == said.get(lang, said[""])
