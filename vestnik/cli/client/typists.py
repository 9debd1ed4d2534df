"""Who is typing where, and telling others that one is."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import Final

from vestnik.client import Client, ClientError, Refused
from vestnik.protocol.names import name_key

LASTS: Final = 6.0
"""Seconds for which somebody is typing who was said to be: they say it again as long as they are."""
MAX_TYPISTS: Final = 1_000
"""People who are remembered as typing at once."""
AGAIN: Final = 3.0
"""Seconds after which others are told again; the server passes on no more."""


class Typists:
    """Others who are typing; `clock` is in seconds."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._since: dict[tuple[str, str], tuple[str, float]] = {}  # by conversation and person, how they spell it

    def begin(self, conversation: str, name: str) -> None:
        """Somebody is typing."""
        key = name_key(conversation), name_key(name)
        if key in self._since or len(self._since) < MAX_TYPISTS:
            self._since[key] = name, self._clock()

    def end(self, conversation: str, name: str) -> None:
        """Somebody is not typing any more."""
        self._since.pop((name_key(conversation), name_key(name)), None)

    def names(self, conversation: str) -> list[str]:
        """Who is typing in a conversation."""
        self._forget()
        return [name for (where, _), (name, _since) in self._since.items() if where == name_key(conversation)]

    def __bool__(self) -> bool:
        """Whether somebody was typing when it was asked last."""
        was = bool(self._since)
        self._forget()
        return was

    def _forget(self) -> None:
        now = self._clock()
        self._since = {key: found for key, found in self._since.items() if now - found[1] < LASTS}


class OwnTyping:
    """Tells others that one is typing: one request at a time, and none where the server did not want the last one."""

    def __init__(self, client: Client, clock: Callable[[], float] = monotonic) -> None:
        self._client = client
        self._clock = clock
        self._told = 0.0  # when it was
        self._unwanted = ""  # a conversation
        self._telling: asyncio.Task[None] | None = None

    def typed(self, conversation: str) -> None:
        """A key was typed in a message to a conversation."""
        now = self._clock()
        if (self._telling is not None and not self._telling.done()) or name_key(conversation) == self._unwanted:
            return
        if self._told and now - self._told < AGAIN:
            return
        self._told = now
        self._telling = asyncio.get_running_loop().create_task(self._tell(conversation))

    def sent(self) -> None:
        """The message was sent: the next one is told at once."""
        self._told = 0.0

    async def stop(self) -> None:
        """Wait for nothing any more."""
        if self._telling is not None:
            self._telling.cancel()
            with suppress(asyncio.CancelledError):  # no event: it was asked to
                await self._telling

    async def _tell(self, conversation: str) -> None:
        try:
            await self._client.typing(conversation)
        except Refused:  # no event: the answer had one; nobody is there to be told
            self._unwanted = name_key(conversation)
        except ClientError:  # no event: it had one when it was made
            return
