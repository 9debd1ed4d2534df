"""How the store is asked: a query by a reader thread, a change by the writer."""

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Access:
    """What the families of the store's methods are made of."""

    _login_lifetime: float
    """How long an unused login lives, in seconds."""

    async def _read(self, query: Callable[..., T], *values: object) -> T:
        """What `query` finds, called with a connection that cannot write and `values`."""
        raise NotImplementedError

    async def _change(self, change: Callable[..., T], *values: object) -> T:
        """What `change` returns, called with a connection inside a transaction and `values`, once that is on disk."""
        raise NotImplementedError
