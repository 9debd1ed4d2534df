"""What a change carries with it so that it is made only if it may be."""

from typing import Generic, TypeVar

import msgspec

S = TypeVar("S")


class Rule(msgspec.Struct, Generic[S], frozen=True, tag=True):
    """Whether a change may be made: called by the store with how things stand, in the change's own transaction.

    Nothing comes between the two. A rule is a value, with the names that a refusal tells: it can be sent to where the
    change is made.
    """

    def __call__(self, standing: S) -> None:
        """Raises a VestnikError if it may not: the store's method raises that, and nothing has changed."""
        raise NotImplementedError
