"""To what a record belongs: the connection and the request that are being served, in a context variable.

Tasks and `asyncio.to_thread` take it along; `run_in_executor` needs `contextvars.copy_context().run`.
"""

from contextvars import ContextVar
from typing import Final, TypeAlias

Correlation: TypeAlias = tuple[str | None, int | None]
"""(connection, request): the connection's name and the number of the request on it, from 1."""

NOWHERE: Final[Correlation] = (None, None)
CORRELATION: Final[ContextVar[Correlation]] = ContextVar("correlation", default=NOWHERE)
"""Set where a request begins to be served; a record that is told nothing else takes it from here."""
