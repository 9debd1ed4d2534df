"""Questions that a bot has asked, and who has answered them."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, TypeAlias

from msgspec import UNSET

from vestnik.client.bots.errors import CommandError
from vestnik.protocol.events import Delivery
from vestnik.protocol.names import ROOM_SIGN, name_key
from vestnik.texts import say

MAX_QUESTIONS: Final = 1_000
"""Questions that may wait for their answers; one more is refused. So many answers that were found are remembered."""

Expected: TypeAlias = tuple[str, int, str]
"""Where an answer is expected, and from whom: a conversation, a thread in it (0: in none), an author."""


class Questions:
    """Those that are not answered yet. `slots` are the things that may be done at a time: who waits does nothing."""

    def __init__(self, slots: asyncio.Semaphore, language: str) -> None:
        self.language = language
        self._slots = slots
        self._waiting: dict[Expected, deque[asyncio.Future[Delivery]]] = {}
        self._count = 0
        self._found: deque[tuple[str, int]] = deque(maxlen=MAX_QUESTIONS)

    @asynccontextmanager
    async def expecting(self, conversation: str, thread: int, author: str) -> AsyncIterator[asyncio.Future[Delivery]]:
        """An answer that is to come, while it is waited for. Raises CommandError when too many are."""
        if self._count >= MAX_QUESTIONS:
            raise CommandError(say(self.language, "bots.crowded"))
        asked = _asked(conversation, thread, author)
        answer: asyncio.Future[Delivery] = asyncio.get_running_loop().create_future()
        waiting = self._waiting.setdefault(asked, deque())
        waiting.append(answer)
        self._count += 1
        self._slots.release()
        try:
            yield answer
        finally:
            self._count -= 1
            waiting.remove(answer)
            if not waiting:
                self._waiting.pop(asked, None)
            await self._slots.acquire()

    def found(self, conversation: str, seq: int) -> None:
        """Note that a message was an answer which was found in the history: should it still come, it is none again."""
        self._found.append((name_key(conversation), seq))

    def take(self, message: Delivery, conversation: str) -> bool:
        """Whether a message is an answer; the question that was asked first gets it."""
        seen = (name_key(conversation), 0 if message.seq is UNSET else message.seq)
        if seen in self._found:
            self._found.remove(seen)
            return True
        thread = 0
        if conversation.startswith(ROOM_SIGN):
            thread = 0 if message.thread is UNSET else message.thread
        waiting = self._waiting.get(_asked(conversation, thread, message.from_), ())
        for answer in waiting:
            if not answer.done():
                answer.set_result(message)
                return True
        return False


def _asked(conversation: str, thread: int, author: str) -> Expected:
    return name_key(conversation), thread, name_key(author)
