"""Formats: how answers, messages and events look on a door. A thing is encoded once for all who share a format.

A door offers its formats as a function from the features that a client has named (`Formats`); JIM's are here.
"""

from collections.abc import Callable, Sequence
from typing import Final, Protocol, TypeAlias

from msgspec import UNSET

from vestnik.protocol.events import Delivery, Forwarded, Response, ServerEvent
from vestnik.protocol.messages import encode

POOR_FEATURES: Final = frozenset({"probe", "notice"})
"""Features that do not bring numbers and ids along."""


class Named(Protocol):
    """Something with a name."""

    @property
    def name(self) -> str:
        """How it is called."""


class SentExtras(Protocol):
    """What only some messages have (`vestnik.protocol.events.Delivery`)."""

    @property
    def reply_to(self) -> int | None:
        """The `seq` of the message that it answers."""

    @property
    def thread(self) -> int | None:
        """The `seq` of the first message of their thread."""

    @property
    def forwarded(self) -> Forwarded | None:
        """Where it comes from."""

    @property
    def mentions(self) -> Sequence[Named]:
        """Whom it mentions."""


class Sent(Protocol):
    """A message that has just been kept."""

    @property
    def time(self) -> float:
        """When it was kept, in UNIX seconds."""

    @property
    def author(self) -> str:
        """The name of its author."""

    @property
    def to(self) -> str:
        """What its author calls the conversation."""

    @property
    def text(self) -> str:
        """What it says."""

    @property
    def seq(self) -> int:
        """Its number in the conversation."""

    @property
    def id(self) -> str | None:
        """The id that its author gave it."""

    @property
    def extras(self) -> SentExtras | None:
        """What only some messages have."""


class Format(Protocol):
    """One way to write things."""

    @property
    def rich(self) -> bool:
        """Whether it shows numbers, ids and what only some messages have."""

    def answer(self, response: Response) -> bytes:
        """The answer to a request."""

    def message(self, message: Sent) -> bytes:
        """A message that has just been kept, for its recipients."""

    def kept(self, message: Delivery) -> bytes:
        """A message as it is kept, for somebody who was away."""

    def event(self, event: ServerEvent) -> bytes:
        """Anything else that happens."""


Formats: TypeAlias = Callable[[frozenset[str]], Format]
"""The format of a door for a client that has named these features."""


class JimPlain:
    """What every JIM client understands: no more than the specification has."""

    rich: Final = False

    def answer(self, response: Response) -> bytes:
        """The answer without the `id` of its request, and that of a message without its `seq` and what goes with it."""
        response.id = response.seq = response.deleted = response.retry_after = UNSET
        return encode(response)

    def message(self, message: Sent) -> bytes:
        """Who says what to whom, and when."""
        return encode(Delivery(message.time, message.author, message.to, message.text))

    def kept(self, message: Delivery) -> bytes:
        """The same of a message that was kept."""
        return encode(Delivery(message.time, message.from_, message.to, message.message))

    def event(self, event: ServerEvent) -> bytes:
        """As it is: it is sent only to those who have asked for it."""
        return encode(event)


class JimRich:
    """JIM with numbers and ids."""

    rich: Final = True

    def answer(self, response: Response) -> bytes:
        """As it is."""
        return encode(response)

    def message(self, message: Sent) -> bytes:
        """With its `seq` and `id`, and what only some messages have."""
        client_id = UNSET if message.id is None else message.id
        delivery = Delivery(message.time, message.author, message.to, message.text, message.seq, client_id)
        if message.extras is not None:
            _extend(delivery, message.extras)
        return encode(delivery)

    def kept(self, message: Delivery) -> bytes:
        """As it is."""
        return encode(message)

    def event(self, event: ServerEvent) -> bytes:
        """As it is."""
        return encode(event)


def _extend(delivery: Delivery, extras: SentExtras) -> None:
    if extras.reply_to is not None:
        delivery.reply_to = extras.reply_to
    if extras.thread is not None:
        delivery.thread = extras.thread
    if extras.mentions:
        delivery.mentions = [each.name for each in extras.mentions]
    if extras.forwarded is not None:
        delivery.forwarded = extras.forwarded


JIM_PLAIN: Final = JimPlain()
JIM_RICH: Final = JimRich()


def jim_formats(features: frozenset[str]) -> Format:
    """Plain, unless a feature was named that brings numbers and ids along."""
    return JIM_RICH if features - POOR_FEATURES else JIM_PLAIN
