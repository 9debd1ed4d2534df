"""Patience with clients that are refused again and again, first a pause, then the end; and with the store at `quit`."""

from typing import Final, NamedTuple

STEP: Final = 16
"""Refusals in a row after which the pause doubles."""
FIRST_PAUSE: Final = 0.05
"""Seconds of the shortest pause."""
LONGEST_PAUSE: Final = 1.0
"""Seconds of the longest."""
QUIT_WITHIN: Final = 5.0
"""Seconds for which `quit` waits until it is on disk that the login has ended; then the connection ends first."""


class Patience(NamedTuple):
    """How many requests in a row may be refused until the client has to pause (`free`), and until the `end`."""

    free: int
    end: int

    def pause(self, refusals: int) -> float:
        """Seconds for which nothing more is taken from a client after so many refusals in a row; 0: none."""
        if refusals <= self.free:
            return 0.0
        doublings = min((refusals - self.free) // STEP, 10)
        return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)


STRANGER: Final = Patience(32, 128)
"""That with somebody who is not logged in."""
MEMBER: Final = Patience(128, 1024)
"""That with an account: a program that makes the same mistake for each of its rooms is slowed down at most."""
