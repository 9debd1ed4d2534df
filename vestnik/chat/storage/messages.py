"""Messages and conversations, as the rules need them kept."""

from typing import NamedTuple, Protocol

from vestnik.protocol.events import Delivery


class KeptMessage(NamedTuple):
    """A direct message that waits for its recipient. `number` grows with every message kept."""

    number: int
    conversation_id: int
    seq: int
    sender: str
    id: str | None
    text: str
    time: float


class StoredMessage(NamedTuple):
    """A message without its text: who sent it where. `to` is `#room` or the name of a person."""

    number: int
    seq: int
    sender: str
    to: str
    id: str | None
    time: float


class Delivered(NamedTuple):
    """The last `seq` of a conversation that was written to a connection of an account."""

    conversation_id: int
    account_id: int
    seq: int


class HistoryPage(NamedTuple):
    """Messages in the order of their `seq`, and whether there are more in the direction that was asked for."""

    messages: list[Delivery]
    more: bool


class MessageStorage(Protocol):
    """Every method returns after the change is on disk. Times are UNIX seconds."""

    async def direct_conversation(self, one: int, other: int, now: float) -> int:
        """The number of the conversation of two accounts, which is begun if there is none."""
