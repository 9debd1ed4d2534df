"""The connection, as those see it who sit before the client."""

import asyncio
import time
from collections.abc import Callable
from math import ceil
from typing import Final

from vestnik.cli.client.arguments import Arguments, BadLine
from vestnik.cli.client.shell import Shell

TICK: Final = 1.0
"""Seconds after which what is shown of a lost connection is shown anew."""
SUSPENDED: Final = 30.0
"""Seconds of suspension after which a connection is not trusted any more."""


def link_sign(shell: Shell) -> str:
    """What the prompt says of the connection: nothing as long as there is one."""
    if shell.connected:
        return ""
    seconds = ceil(shell.client.link.seconds)
    return shell.screen.text("cli.link_waits" if seconds else "cli.link_connects", seconds=seconds)


async def reconnect(shell: Shell, given: Arguments) -> None:
    """Connect again at once. Raises BadLine where a lost connection is not made again."""
    given.end()
    if not shell.client.reconnect():
        raise BadLine("cli.link_once")


def slept() -> float:
    """Seconds for which the machine was suspended since it was started, as far as it counts them."""
    clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime(clock) - time.clock_gettime(time.CLOCK_MONOTONIC)


async def tick(shell: Shell, redraw: Callable[[], None], asleep: Callable[[], float] = slept) -> None:
    """Have the prompt drawn anew every second while it counts them, or says who is typing; never ends.

    After the machine was suspended (`asleep`, in seconds) it connects again: such a connection is mostly dead, and it
    would take minutes until that is noticed.
    """
    before = asleep()
    while True:
        await asyncio.sleep(TICK)
        now = asleep()
        if now - before > SUSPENDED:
            shell.client.reconnect()
        before = now
        if not shell.connected or shell.typists:
            redraw()
