"""What a door is to the peer behind it: it moves bytes, and finds the requests in them."""

from collections.abc import Callable
from typing import Final, Protocol, TypeAlias

from vestnik.protocol.errors import BadRequest
from vestnik.protocol.formats import Formats
from vestnik.protocol.requests import AnyRequest

Incoming: TypeAlias = AnyRequest | BadRequest | None
"""What a door finds: a request, what was sent in its place, or None when it has worked for a while at a long one."""

WRITE_HIGH: Final = 65_536
"""Bytes waiting to be sent above which a door says that its client is choked."""


class Door(Protocol):
    """Where a peer came through: it moves bytes. Above `WRITE_HIGH` bytes it calls `Peer.choke`, later `Peer.relax`."""

    write: Callable[[bytes], None]
    """Sends bytes, or keeps them until the client takes them."""

    @property
    def formats(self) -> Formats:
        """The formats that it offers."""

    @property
    def address(self) -> tuple[str, int]:
        """Address and port of the client."""

    def pause_reading(self) -> None:
        """Read nothing more for now."""

    def resume_reading(self) -> None:
        """Read again."""

    def waiting(self) -> int:
        """Bytes that the client has not taken yet."""

    def hung_up(self) -> bool:
        """Whether the client has closed its side, also if that was not read yet."""

    def unread(self) -> int:
        """Bytes that the client's side has not acknowledged, those that `waiting` counts among them."""

    def unfinished(self) -> int:
        """The number of the request of which only the beginning has come; 0: there is none."""

    def close(self) -> None:
        """Close after what is written has been sent."""

    def abort(self) -> None:
        """Close at once."""
