"""The connection, as those see it who sit before the client."""

import asyncio
from collections.abc import Callable
from math import ceil
from typing import Final

from vestnik.cli.client.arguments import Arguments, BadLine
from vestnik.cli.client.shell import Shell

TICK: Final = 1.0
"""Seconds after which what is shown of a lost connection is shown anew."""


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


async def tick(shell: Shell, redraw: Callable[[], None]) -> None:
    """Have the prompt drawn anew every second while it counts them, or says who is typing; never ends."""
    while True:
        await asyncio.sleep(TICK)
        if not shell.connected or shell.typists:
            redraw()
