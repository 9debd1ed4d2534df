"""What stands between a socket and the TCP door: a protocol to the one, a transport to the other."""

import asyncio
from typing import Any


class Layer(asyncio.Transport, asyncio.Protocol):
    """What passes on to the socket's transport, `_raw`, what it does not do itself."""

    __slots__ = ("_raw",)

    _raw: asyncio.Transport

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """What the socket's transport says."""
        return self._raw.get_extra_info(name, default)

    def is_closing(self) -> bool:
        """Whether it is being closed."""
        return self._raw.is_closing()

    def pause_reading(self) -> None:
        """Read nothing more for now."""
        self._raw.pause_reading()

    def resume_reading(self) -> None:
        """Read again."""
        self._raw.resume_reading()

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """When it is said that much waits."""
        self._raw.set_write_buffer_limits(high, low)

    def abort(self) -> None:
        """Close at once."""
        self._raw.abort()
