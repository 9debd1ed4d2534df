"""What the rules, and whoever delivers, know of a connection."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Protocol

from vestnik.protocol.formats import Formats

if TYPE_CHECKING:
    from vestnik.chat.sessions import Session


class Recipient(Protocol):
    """Something that takes bytes until it is `closing`, and waits for the answers to its messages.

    `number` counts the connections of this server, from 1; `name` is the same as text. `formats` are those of its door.
    `pending` is how many of its messages are not answered yet.
    """

    closing: bool
    number: int
    name: str
    formats: Formats
    pending: int
    session: "Session"
    send: Callable[[bytes], None]
    """Writes whole frames to the connection."""

    def fail(self, number: int, request_id: str | None) -> None:
        """Answer request `number`, a message, which could not be kept."""

    def go_on(self) -> None:
        """Serve what waited for the answers to messages."""

    def drained(self) -> Awaitable[None]:
        """Return when the client has read most of what was sent to it, or is gone."""

    def release(self) -> None:
        """Read again, after too many messages were waiting for the store."""

    def check_buffer(self) -> None:
        """Close the connection if too many bytes wait for it."""

    def give_up(self, waiting: int) -> None:
        """Close the connection, for which `waiting` messages or bytes wait already."""

    def expel(self) -> None:
        """Close the connection, whose account may not log in any more as it could."""
