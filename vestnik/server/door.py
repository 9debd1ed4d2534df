"""What a door is to the peer behind it: it moves bytes, and finds the requests in them."""

from collections.abc import Callable
from typing import Final, Protocol, TypeAlias

from vestnik.protocol.administration import AnyAction
from vestnik.protocol.errors import BadRequest
from vestnik.protocol.formats import Formats, jim_formats

Incoming: TypeAlias = AnyAction | BadRequest | None
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

    def taken(self) -> int:
        """Bytes that the client's side has acknowledged so far, or something else that changes when it takes some."""

    def holds(self) -> int:
        """Bytes that are kept for the client: those that it has not taken, and those of it that are not served yet."""

    def unfinished(self) -> int:
        """The number of the request of which only the beginning has come; 0: there is none."""

    def refused(self) -> bool:
        """Whether that request was answered already: it is too long or too deep, and its end is waited for."""

    def close(self) -> None:
        """Close after what is written has been sent."""

    def abort(self) -> None:
        """Close at once."""


def to_nobody(_data: bytes) -> None:
    """What writes to a connection that is ending."""


class Gone:
    """What a peer has in place of its door when the connection is gone: so that neither keeps the other."""

    formats = staticmethod(jim_formats)
    address = ("", 0)

    def __init__(self) -> None:
        self.write: Callable[[bytes], None] = to_nobody

    def pause_reading(self) -> None:
        """Nothing comes."""

    def resume_reading(self) -> None:
        """Nothing comes."""

    def waiting(self) -> int:
        """Nothing waits."""
        return 0

    def hung_up(self) -> bool:
        """Yes."""
        return True

    def unread(self) -> int:
        """What was not taken is known already."""
        return 0

    def taken(self) -> int:
        """Nothing is taken."""
        return 0

    def holds(self) -> int:
        """Nothing is kept."""
        return 0

    def unfinished(self) -> int:
        """Nothing comes."""
        return 0

    def refused(self) -> bool:
        """Nothing comes."""
        return False

    def close(self) -> None:
        """It is closed."""

    def abort(self) -> None:
        """It is closed."""


GONE: Final = Gone()
