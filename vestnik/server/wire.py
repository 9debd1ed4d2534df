"""Answers and deliveries as bytes: plain for plain clients, with `seq` and `id` for rich ones."""

from msgspec import UNSET

from vestnik.chat.outcome import Post, Reply
from vestnik.protocol.answers import Answer
from vestnik.protocol.codes import FIRST_ERROR
from vestnik.protocol.messages import Delivery, Response, encode
from vestnik.protocol.texts import Wording


def encode_reply(wording: Wording, reply: Reply, rich: bool, request_id: str | None) -> bytes:
    """One answer. A token is sent to whoever asked for one; `id` only to rich clients."""
    answer = reply.answer
    text = wording.text(answer.name, answer.fields, reply.values)
    response = Response(int(answer.code))
    if answer.code >= FIRST_ERROR:
        response.error = text
    else:
        response.alert = text if reply.names is None else reply.names
    if reply.token is not None:
        response.token = reply.token
    if rich and request_id is not None:
        response.id = request_id
    return encode(response)


def encode_acknowledgement(wording: Wording, answer: Answer, post: Post, rich: bool) -> bytes:
    """The answer to a message that is kept; with its `seq` and `id` for a rich client."""
    text = wording.text(answer.name, answer.fields, (post.sender.name, post.to, post.seq, post.id))
    if not rich:
        return encode(Response(int(answer.code), text))
    return encode(Response(int(answer.code), text, UNSET, UNSET if post.id is None else post.id, post.seq))


def encode_delivery(time: float, sender: str, to: str, text: str, seq: int, client_id: str | None, rich: bool) -> bytes:
    """A message for its recipients. `time` in UNIX seconds."""
    if not rich:
        return encode(Delivery(time, sender, to, text))
    return encode(Delivery(time, sender, to, text, seq, UNSET if client_id is None else client_id))
