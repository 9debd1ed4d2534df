"""Writing what a turn answers at once: a system call for each answer takes longer than the answer."""

from collections.abc import Callable
from typing import Protocol


class Gatherer(Protocol):
    """Who writes with `send`, unless `closing`; `gathered` is what a turn has written so far."""

    closing: bool
    send: Callable[[bytes], None]
    gathered: list[bytes] | None


def gather(who: Gatherer, write: Callable[[bytes], None], serve: Callable[[], None]) -> None:
    """Let somebody serve a turn, and `write` what that gives."""
    if not who.closing:
        who.gathered = []
        who.send = who.gathered.append
    try:
        serve()
    finally:
        write_gathered(who, write)


def write_gathered(who: Gatherer, write: Callable[[bytes], None]) -> None:
    """Write what a turn has given so far, if there is a turn, and from here on each thing by itself."""
    if who.gathered is not None:
        data, who.gathered, who.send = b"".join(who.gathered), None, write
        if data:
            write(data)
