"""Answers and deliveries as bytes: plain for plain clients, with `seq` and `id` for rich ones."""

from typing import Final

from msgspec import UNSET, UnsetType

from vestnik.chat.outcome import Post, Reply
from vestnik.chat.storage.changes import ChangeRecord
from vestnik.chat.storage.messages import Extras
from vestnik.protocol.answers import Answer
from vestnik.protocol.codes import FIRST_ERROR
from vestnik.protocol.events import Change, Delivery, Response
from vestnik.protocol.messages import encode
from vestnik.texts import Wording

REMEMBERED: Final = 10_000
"""Plain answers that are remembered; past it all are forgotten and encoded anew."""


def encode_reply(wording: Wording, reply: Reply, rich: bool, request_id: str | None, *, changes: bool = False) -> bytes:
    """One answer. A token is sent to whoever asked for one; `id` only to rich clients.

    The number of the `change` that was made goes to those who count `changes`.
    """
    answer = reply.answer
    text = wording.text(answer.name, answer.fields, reply.values)
    response = Response(int(answer.code))
    if answer.code >= FIRST_ERROR:
        response.error = text
    else:
        response.alert = text if reply.names is None else reply.names
    if reply.token is not None:
        response.token = reply.token
    for name, value in reply.more.items():
        setattr(response, name, value)
    if rich and request_id is not None:
        response.id = request_id
    if changes and reply.published:
        response.change = reply.published[0].change.change
    return encode(response)


class Acknowledgements:
    """The answers to messages that are kept. A plain one says the same each time, so it is encoded once."""

    def __init__(self, wording: Wording) -> None:
        self._wording = wording
        self._plain: dict[tuple[str, str, str], bytes] = {}

    def encode(self, answer: Answer, post: Post) -> bytes:
        """The answer to `post`; with its `seq` and `id` for a rich client."""
        if post.session.rich:
            return self._encode(answer, post, UNSET if post.id is None else post.id, post.seq)
        key = (answer.name, post.sender.name, post.to)
        line = self._plain.get(key)
        if line is None:
            line = self._encode(answer, post, UNSET, UNSET)
            if answer.code < FIRST_ERROR:  # the text of an error names the message
                if len(self._plain) >= REMEMBERED:
                    self._plain.clear()
                self._plain[key] = line
        return line

    def _encode(self, answer: Answer, post: Post, client_id: str | UnsetType, seq: int | UnsetType) -> bytes:
        text = self._wording.text(answer.name, answer.fields, (post.sender.name, post.to, post.seq, post.id))
        response = Response(int(answer.code), id=client_id, seq=seq)
        if answer.code >= FIRST_ERROR:
            response.error = text
        else:
            response.alert = text
        return encode(response)


def encode_delivery(time: float, sender: str, to: str, text: str, seq: int, client_id: str | None, rich: bool) -> bytes:
    """A message for its recipients. `time` in UNIX seconds."""
    if not rich:
        return encode(Delivery(time, sender, to, text))
    return encode(Delivery(time, sender, to, text, seq, UNSET if client_id is None else client_id))


def encode_shown(message: Delivery, rich: bool) -> bytes:
    """A message as it is kept, for somebody who was away."""
    return encode(message if rich else Delivery(message.time, message.from_, message.to, message.message))


def encode_post(post: Post, rich: bool) -> bytes:
    """A message that has just been kept, for its recipients."""
    if rich and post.extras is not None:
        return _encode_extended(post, post.extras)
    return encode_delivery(post.time, post.sender.name, post.to, post.text, post.seq, post.id, rich)


def _encode_extended(post: Post, extras: Extras) -> bytes:
    """The rich delivery of a message that has what only some messages have."""
    delivery = Delivery(post.time, post.sender.name, post.to, post.text, post.seq)
    if post.id is not None:
        delivery.id = post.id
    if extras.reply_to is not None:
        delivery.reply_to = extras.reply_to
    if extras.thread is not None:
        delivery.thread = extras.thread
    if extras.mentions:
        delivery.mentions = [account.name for account in extras.mentions]
    if extras.forwarded is not None:
        delivery.forwarded = extras.forwarded
    return encode(delivery)


def encode_change(to: str, change: ChangeRecord) -> bytes:
    """A change of conversation `to` for those who hear of it."""
    seq = UNSET if change.seq is None else change.seq
    return encode(Change(change.time, change.account, to, change.change, change.kind, seq, **change.data))
