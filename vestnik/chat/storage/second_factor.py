"""The second factor of accounts, as the rules need it kept."""

from collections.abc import Collection
from typing import Final, NamedTuple, Protocol


class SecondFactor(NamedTuple):
    """What an account has beside its password: a `key` (base32) for one-time codes, in force once it is `confirmed`.

    `codes` is how many recovery codes are left.
    """

    key: str
    confirmed: bool
    codes: int


MAX_TRIES: Final = 10
"""One-time codes that may be wrong one after the other."""
TRY_EVERY: Final = 600.0
"""Seconds after which there is another try: whoever knows the password guesses a code in a year with 16 %."""


class SecondFactorStorage(Protocol):
    """Every method that changes something returns after that is on disk. Times are UNIX seconds."""

    async def second_factor(self, account_id: int) -> SecondFactor | None:
        """What an account has."""

    async def begin_second_factor(self, account_id: int, key: str) -> bool:
        """Keep a key that is still to be confirmed; whether none is in force."""

    async def confirm_second_factor(self, account_id: int, key: str, step: int, code_hashes: Collection[str]) -> bool:
        """Put a key in force, of which the code of a step was used, with recovery codes; whether it was still there."""

    async def end_second_factor(self, account_id: int) -> bool:
        """Forget key and recovery codes; whether they were in force."""

    async def set_recovery_codes(self, account_id: int, code_hashes: Collection[str]) -> None:
        """Keep these recovery codes in the place of others."""

    async def take_try(self, account_id: int, now: float) -> float:
        """Count a try of a one-time code, before it is known whether it is right.

        Seconds until the next one may be made, if there were too many; then this one does not count.
        """

    async def use_step(self, account_id: int, step: int) -> bool:
        """Note that the code of a step was right, which makes the tries before it good; not if it was used already."""

    async def use_recovery_code(self, account_id: int, code_hash: str) -> bool:
        """Forget a recovery code; whether there was one."""
