"""How long to wait before the next attempt to connect."""

import asyncio
import random
from collections.abc import Awaitable, Callable


class Backoff:
    """Exponential backoff with full jitter: at once, then anything up to `base`, twice `base` and so on.

    Never more than `cap` seconds. The first attempt does not wait: most connections are lost alone, and a server that
    is gone refuses at once. The next ones are spread, so that clients that lost their server at one moment do not come
    back at one moment. `jitter` gives numbers from 0 to 1, `sleep` waits for so many seconds. Each client needs one of
    its own.
    """

    def __init__(
        self,
        base: float = 0.5,
        cap: float = 10.0,
        *,
        jitter: Callable[[], float] = random.random,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self.cap = cap
        self.sleep = sleep
        self._base = base
        self._jitter = jitter
        self._limit = 0.0

    def next(self) -> float:
        """The seconds to wait now."""
        limit = min(self._limit, self.cap)
        self._limit = max(limit * 2, self._base)
        return limit * self._jitter()

    def succeeded(self, lasted: float) -> None:
        """A connection was good for `lasted` seconds. If that is more than the next wait, waiting begins anew.

        One that was lost at once counts like an attempt that failed.
        """
        if lasted >= min(self._limit, self.cap):
            self.reset()

    def reset(self) -> None:
        """Waiting begins anew: the next attempt is made at once."""
        self._limit = 0.0
