"""Answers: from what came of a request to the value that a door's format turns into bytes."""

from collections.abc import Collection
from typing import Final, TypeVar

from msgspec import UNSET

from vestnik.chat.outcome import Post, Reply
from vestnik.chat.session import Session
from vestnik.protocol.answers import Answer
from vestnik.protocol.codes import FIRST_ERROR, Code
from vestnik.protocol.events import Response
from vestnik.protocol.formats import Format
from vestnik.texts import Wording, Wordings

K = TypeVar("K")
V = TypeVar("V")

REMEMBERED: Final = 10_000
"""Answers that are remembered; past it all are forgotten and made anew."""


def respond(wording: Wording, reply: Reply, features: Collection[str], request_id: str | None) -> Response:
    """One answer, for a client that has named `features`. A token is sent to whoever asked for one.

    The number of the `change` that was made goes to those who count `changes`. What came too often has `retry_after`.
    """
    answer = reply.answer
    response = _begin(answer, wording.text(answer.name, answer.fields, reply.values), request_id)
    if reply.names is not None and answer.code < FIRST_ERROR:
        response.alert = reply.names
    if reply.token is not None:
        response.token = reply.token
    if answer.code == Code.TOO_MANY and isinstance(seconds := reply.values[-1], int | float):
        response.retry_after = float(seconds)
    for name, value in reply.more.items():
        setattr(response, name, value)
    if reply.changes and "changes" in features:
        response.change = reply.changes[0].change
    return response


def encode_answer(wordings: Wordings, reply: Reply, session: Session, request_id: str | None) -> bytes:
    """One answer in the language and the format of the session that it is for."""
    return session.format.answer(respond(wordings.of(session.lang), reply, session.features, request_id))


def _begin(answer: Answer, text: str, request_id: str | None) -> Response:
    response = Response(int(answer.code), id=UNSET if request_id is None else request_id)
    if answer.code >= FIRST_ERROR:
        response.error = text
    else:
        response.alert = text
    return response


class Acknowledgements:
    """The answers to messages that are kept. But for numbers and ids one says the same each time, so it is put into
    words once, and encoded once for who gets neither.
    """

    def __init__(self, wordings: Wordings) -> None:
        self._wordings = wordings
        self._lines: dict[tuple[Format, str, str, str, str], bytes] = {}
        self._responses: dict[tuple[str, str, str, str], Response] = {}

    def encode(self, answer: Answer, post: Post) -> bytes:
        """The answer to `post` in the format of where it came from."""
        session, message = post.session, post.message
        form = session.format
        if answer.code >= FIRST_ERROR:  # its text names the message
            return form.answer(self._respond(answer, post))
        if not form.rich:
            key = (form, session.lang, answer.name, message.author, message.to)
            line = self._lines.get(key)
            if line is None:
                line = _remember(self._lines, key, form.answer(self._respond(answer, post)))
            return line
        place = (session.lang, answer.name, message.author, message.to)
        response = self._responses.get(place)
        if response is None:
            response = _remember(self._responses, place, self._respond(answer, post))
        else:
            response.id = UNSET if message.id is None else message.id
            response.seq = message.seq
        return form.answer(response)

    def _respond(self, answer: Answer, post: Post) -> Response:
        message, wording = post.message, self._wordings.of(post.session.lang)
        values = (message.author, message.to, message.seq, message.id)
        response = _begin(answer, wording.text(answer.name, answer.fields, values), message.id)
        response.seq = message.seq
        if post.withdrawn:
            response.deleted = True
        return response


def _remember(remembered: dict[K, V], key: K, value: V) -> V:
    if len(remembered) >= REMEMBERED:
        remembered.clear()
    remembered[key] = value
    return value
