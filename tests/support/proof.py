"""The fixture `proof` of exhaustive tests: whole in `make proof`, samples of themselves in `make test`."""

from collections.abc import Iterable
from typing import NamedTuple, TypeVar

T = TypeVar("T")


class Proof(NamedTuple):
    """How much of an exhaustive test is wanted: all of it (`whole`), or a sample that is always the same."""

    whole: bool

    def some(self, cases: Iterable[T], sample: int) -> list[T]:
        """All cases; in a sample so many of them (at least 2), evenly from the first to the last."""
        every = list(cases)
        if self.whole or len(every) <= sample:
            return every
        return [every[number * (len(every) - 1) // (sample - 1)] for number in range(sample)]

    def number(self, whole: int, sample: int) -> int:
        """How often something random is tried."""
        return whole if self.whole else sample
