"""One budget for what waits in all connections together: what was not taken yet, what was read and not served yet."""

from collections.abc import Iterable
from typing import Final, Protocol

RELIEF: Final = 0.75
"""Part of the budget down to which the largest are let go when it is exceeded."""


class Holder(Protocol):
    """A connection that may hold something."""

    closing: bool

    def holds(self) -> int:
        """Bytes that wait to be taken or to be served."""

    def give_up(self, waiting: int) -> None:
        """Close the connection, for which `waiting` bytes wait."""


def relieve(holders: Iterable[Holder], budget: int) -> None:
    """Cut off those who hold most when all together hold more than the budget, and no more of them than necessary."""
    held = [(holder.holds(), holder) for holder in holders if not holder.closing]
    total = sum(size for size, _ in held)
    if total <= budget:
        return
    for size, holder in sorted(held, key=_size, reverse=True):
        if total <= budget * RELIEF:
            return
        holder.give_up(size)
        total -= size


def _size(held: tuple[int, Holder]) -> int:
    return held[0]
