"""What retention knows: the time it trusts, and the ids of what it has removed."""

from typing import NamedTuple, Protocol


class ClockRecord(NamedTuple):
    """What is known of the time (UNIX seconds): the last one that was `trusted`, and what the clock has `shown` last.

    `steady` are the seconds for which the clock has gone on evenly since it was doubted; 0 when it is not.
    """

    trusted: float
    shown: float
    steady: float = 0.0


class RetentionStorage(Protocol):
    """Every method returns after the change is on disk."""

    async def known_clock(self) -> ClockRecord | None:
        """What is known of the time; of a store that does not know, by its newest message. None if there is none."""

    async def save_clock(self, record: ClockRecord) -> None:
        """Remember it."""

    async def forget_ids(self, before: float, limit: int) -> int:
        """Forget ids whose messages retention has removed before a time, at most `limit`; how many there were."""
