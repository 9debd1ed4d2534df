"""Answers: from what came of a request to the value that a door's format turns into bytes."""

from collections.abc import Collection
from typing import Final

from msgspec import UNSET

from vestnik.chat.outcome import Post, Reply
from vestnik.chat.session import Session
from vestnik.protocol.answers import Answer
from vestnik.protocol.codes import FIRST_ERROR, Code
from vestnik.protocol.events import Response
from vestnik.protocol.formats import Format
from vestnik.texts import Wording, Wordings

REMEMBERED: Final = 10_000
"""Plain answers that are remembered; past it all are forgotten and encoded anew."""


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
    """The answers to messages that are kept. One without numbers says the same each time, so it is encoded once."""

    def __init__(self, wordings: Wordings) -> None:
        self._wordings = wordings
        self._remembered: dict[tuple[Format, str, str, str, str], bytes] = {}

    def encode(self, answer: Answer, post: Post) -> bytes:
        """The answer to `post` in the format of where it came from."""
        form, message = post.session.format, post.message
        if form.rich:
            return form.answer(self._respond(answer, post))
        key = (form, post.session.lang, answer.name, message.author, message.to)
        line = self._remembered.get(key)
        if line is None:
            line = form.answer(self._respond(answer, post))
            if answer.code < FIRST_ERROR:  # the text of an error names the message
                if len(self._remembered) >= REMEMBERED:
                    self._remembered.clear()
                self._remembered[key] = line
        return line

    def _respond(self, answer: Answer, post: Post) -> Response:
        message, wording = post.message, self._wordings.of(post.session.lang)
        values = (message.author, message.to, message.seq, message.id)
        response = _begin(answer, wording.text(answer.name, answer.fields, values), message.id)
        response.seq = message.seq
        if post.withdrawn:
            response.deleted = True
        return response
