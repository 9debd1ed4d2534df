"""A client that is connected, and what it hears."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from tests.support.waiting import DEADLINE
from vestnik.client import Change, Client, Delivery, Event, PresenceNotice

Lines = Callable[[], list[str]]
Make = Callable[..., Client]


@asynccontextmanager
async def connected(client: Client) -> AsyncIterator[AsyncIterator[Event]]:
    """A client that is connected and logged in, and its events."""
    await client.connect()
    await client.authenticate()
    events = client.events()
    try:
        yield events
    finally:
        await client.disconnect()
        await events.aclose()  # type: ignore[attr-defined]  # it is a generator


async def news(events: AsyncIterator[Event]) -> Event:
    """The next event, but for what is not kept."""
    while isinstance(event := await asyncio.wait_for(anext(events), DEADLINE), PresenceNotice | Change):
        pass
    return event


async def texts(events: AsyncIterator[Event], count: int) -> list[str]:
    """The texts of the next messages."""
    found: list[str] = []
    while len(found) < count:
        event = await asyncio.wait_for(anext(events), DEADLINE)
        if isinstance(event, Delivery):
            found.append(event.message)
    return found


def positions(client: Client) -> dict[str, tuple[int | str, int | str]]:
    """`seq` and `change` of the cursors of a client, which all name the same epoch."""
    saved = client.cursors or {}
    assert len({at["epoch"] for at in saved.values()}) <= 1
    return {name: (at["seq"], at["change"]) for name, at in saved.items()}
