"""The epoch: which history the numbers of messages and changes belong to."""

from typing import NamedTuple, Protocol


class EpochRecord(NamedTuple):
    """The present epoch, a short random text.

    `began` is the number of the newest message or change that is from before it; `past` are earlier epochs of this
    history, and others that were found not to be.
    """

    epoch: str
    began: int
    past: frozenset[str]


class EpochStorage(Protocol):
    """Every method returns after the change is on disk."""

    async def current_epoch(self) -> EpochRecord:
        """The present epoch."""

    async def begin_epoch(self, seen: str | None = None) -> EpochRecord:
        """Begin a new epoch, because what clients have may not be what is here; `seen` is one that was found outside.

        Whoever puts the store back to an earlier state calls this: restoring, failing over to a copy, repairing.
        """
