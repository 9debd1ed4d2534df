"""Names of rooms and people that one may see, so that they can be completed and suggested."""

import asyncio
from contextlib import suppress
from typing import Final

from vestnik.cli.client.shell import MAX_NAMES, Shell
from vestnik.client import ClientError
from vestnik.log.journaled import journaled

PAUSE: Final = 10.0
"""Seconds between two times that all names are asked for."""


async def keep_learning(shell: Shell) -> None:
    """Ask for all names, and again when one was sought in vain, but not too often; never ends."""
    while True:
        shell.strange.clear()
        await learn(shell)
        await asyncio.sleep(PAUSE)
        await shell.strange.wait()


@journaled(logger="client")
async def learn(shell: Shell) -> None:
    """Ask for all rooms and people, page by page, as many as are remembered, and for what bots can do here.

    What the server has not is left out.
    """
    for ask in (_learn_rooms, _learn_people):
        try:
            await ask(shell)
        except ClientError:  # no event: the answer had one, or the connection when it was lost
            return
    if shell.to and not shell.plain:
        with suppress(ClientError):  # no event: the connection had one when it was lost
            await shell.offers.learn(shell.to)


async def _learn_rooms(shell: Shell) -> None:
    after = None
    while len(shell.names) < MAX_NAMES:
        page = await shell.client.rooms(after=after)
        shell.know(*(room.room for room in page))
        before, after = after, page.next or (page[-1].room if page else None)
        if not page.more or after in (before, None):
            return


async def _learn_people(shell: Shell) -> None:
    after = None
    while len(shell.names) < MAX_NAMES:
        page = await shell.client.everybody(after=after)
        shell.know(*(person.name for person in page))
        before, after = after, page[-1].name if page else None
        if not page.more or after in (before, None):  # a server that does not know of pages gives the same again
            return
