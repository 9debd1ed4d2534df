"""What stands between a socket and the door passes on what it does not do itself."""

import asyncio
from typing import Any, cast

from vestnik.server.doors.layer import Layer


class Socket:
    """A socket's transport that notes what it is asked and told."""

    def __init__(self) -> None:
        self.told: list[tuple[Any, ...]] = []

    def __getattr__(self, name: str) -> Any:
        def tell(*arguments: Any) -> str:
            self.told.append((name, *arguments))
            return name

        return tell


def test_passed_on() -> None:
    """Pausing, limits, information and the sudden end are the socket's."""
    socket, layer = Socket(), Layer()
    layer._raw = cast(asyncio.Transport, socket)
    assert layer.get_extra_info("peername", 7) == "get_extra_info"
    assert layer.is_closing()
    layer.pause_reading()
    layer.resume_reading()
    layer.set_write_buffer_limits(high=2, low=1)
    layer.abort()
    assert socket.told == [
        ("get_extra_info", "peername", 7),
        ("is_closing",),
        ("pause_reading",),
        ("resume_reading",),
        ("set_write_buffer_limits", 2, 1),
        ("abort",),
    ]
