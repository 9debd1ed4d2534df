"""Messages and changes that take the right to write away meet in the writer: whichever comes first there is first.

A message is checked in memory, which hears of a change only when that is on disk. So while one is on its way, messages
to its room wait until it has been heard of, and are checked then; otherwise they do not wait.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from vestnik.chat.chat import Chat
from vestnik.chat.rooms import Room

MAX_ROUNDS: Final = 8
"""How often a message waits for changes that began while it waited for others."""


@contextmanager
def doubted(chat: Chat, room: Room) -> Iterator[None]:
    """Around a change by which members may lose the right to write: what was accepted before it goes before it."""
    chat.hand_over()
    room.doubts += 1
    try:
        yield
    finally:
        room.doubts -= 1


async def resolve(chat: Chat, room: Room) -> None:
    """Return when what was on its way is known in memory."""
    for _ in range(MAX_ROUNDS):
        if not room.doubts:
            return
        await chat.storage.settle()
