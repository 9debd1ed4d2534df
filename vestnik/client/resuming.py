"""The requests that make a `resume`."""

from collections.abc import Iterator, Mapping
from typing import Final

from vestnik.protocol.framing import MAX_VALUE
from vestnik.protocol.requests import Position, Resume

ENTRY: Final = 80
"""Bytes that a cursor takes at most beside its name."""
ROOM: Final = MAX_VALUE - 1024
"""Bytes for the cursors of one request."""


def resume_requests(positions: Mapping[str, Position] | None, epoch: str | None = None) -> Iterator[Resume]:
    """As many requests as it takes to say all positions in values that a server reads; None: a client that is new.

    `epoch` is the one that they are of, if that is known.
    """
    if positions is None:
        yield Resume()
        return
    part: dict[str, int | Position] = {}
    size = 0
    for name, position in positions.items():
        # A character of a name takes at most twice its bytes in JSON, escaped.
        needed = ENTRY + 2 * len(name.encode())
        if size + needed > ROOM:
            yield Resume(cursors=part, more=True, epoch=epoch)
            part, size = {}, 0
        part[name] = position
        size += needed
    yield Resume(cursors=part, epoch=epoch)
