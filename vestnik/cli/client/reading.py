"""What is unread is shown when one turns to a conversation, and what was shown is read."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import UNSET

from vestnik.cli.client.drawing.marks import mentions
from vestnik.cli.client.marks import MAX_MARKS, Mark, Marks
from vestnik.cli.client.screen import Screen
from vestnik.client import Client, ClientError, Delivery, Refused
from vestnik.log.journaled import journaled
from vestnik.protocol.events import ConversationState
from vestnik.protocol.names import conversation_of, name_key

CONTEXT: Final = 4
"""Messages that are shown of what is read already, when one turns to a conversation for the first time."""
MAX_UNREAD: Final = 200
"""Unread messages that are shown at once."""
PAGE: Final = 100
"""Messages that are asked for at once."""
PAUSE: Final = 1.0
"""Seconds for which what was shown is gathered, before the server hears that it is read."""


class ReadMarks:
    """Knows how far conversations are read, and says it to the server; only where a person sits before the screen."""

    def __init__(self, client: Client, screen: Screen) -> None:
        self.marks = Marks()
        self._client = client
        self._screen = screen
        self._visited: set[str] = set()
        self._showing = ""  # the conversation whose unread messages are being fetched
        self._held: list[Delivery] = []  # what came meanwhile: with what is fetched, or shown if nothing is
        self._shown = asyncio.Event()

    # What comes.

    def come(self, message: Delivery, *, chosen: bool) -> bool:
        """A message has come; whether it is to be shown now, and does not follow others that are being fetched."""
        if message.seq is UNSET:
            return True
        mark, own = self._note(message), self._is_own(message)
        conversation = conversation_of(message.from_, message.to, self._client.name)
        if name_key(conversation) == self._showing:
            if len(self._held) < MAX_UNREAD:
                self._held.append(message)
            return False
        if chosen:
            self._visit(conversation)
        if mark is not None and (chosen or (own and not mark.unread)):
            mark.show(message.seq, owes=not own)
            self._shown.set()
        return True

    def see(self, messages: Iterable[Delivery], *, after: int | None = None) -> None:
        """Messages were shown; if they are all that there is behind `after`, there is nothing between them."""
        for message in messages:
            if message.seq is UNSET:
                continue
            mark = self._note(message)
            if mark is None:
                return
            if after is not None and after <= mark.shown:
                mark.show_through(message.seq - 1)
                after = message.seq
            mark.show(message.seq, owes=not self._is_own(message))
        self._shown.set()

    def _note(self, message: Delivery) -> Mark | None:
        """There is a message, which has a number."""
        own = self._client.name
        seq = 0 if message.seq is UNSET else message.seq
        conversation = conversation_of(message.from_, message.to, own)
        counts = not self._is_own(message) and message.deleted is UNSET
        return self.marks.come(conversation, seq, counts=counts, mentions=mentions(message, own))

    def _is_own(self, message: Delivery) -> bool:
        return name_key(message.from_) == name_key(self._client.name)

    # Turning to a conversation.

    @journaled(arguments=("name",), logger="client")
    async def turn_to(self, name: str) -> None:
        """Show what is unread of a conversation, from where it is read on. Raises ClientError."""
        if not self._screen.terminal:
            return
        self._showing = name_key(name)
        try:
            for state in await self._client.conversations():
                self.marks.learn(state)
            mark = self.marks.get(name)
            if mark is None or not mark.known:  # it begins with the next message
                self.marks.learn(ConversationState(name, 0, 0))
            else:
                await self._show_unread(mark)
        except ClientError as error:  # no event: it had one when it was made, or the answer had
            for message in self._held:
                self._screen.message(message, here=True)
            if isinstance(error, Refused):  # by a server of plain JIM, or one that does not let us read
                return
            raise
        finally:
            self._held.clear()
            self._showing = ""
        await self.tell()

    async def _show_unread(self, mark: Mark) -> None:
        unread = mark.unread
        read = await self._context(mark)
        if read or unread:
            self._screen.rule(mark.name)
        if read:
            self._screen.messages(read)
        if not unread:
            mark.show_through(mark.last)
            return
        self._screen.rule(self._screen.text("cli.unread_here", count=unread))
        left = MAX_UNREAD
        while left > 0 and mark.shown < mark.last:
            after = mark.shown
            page = await self._client.history(mark.name, after=after, limit=min(left, PAGE))
            if not page:
                mark.show_through(mark.last)
                break
            self._screen.messages(page)
            self.see(page, after=after)
            left -= len(page)
        if mark.shown < mark.last:
            count = mark.last - mark.shown
            self._screen.note(self._screen.text("cli.unread_more", count=count, name=mark.name))

    async def _context(self, mark: Mark) -> Sequence[Delivery]:
        """Some messages that are read already, when one turns to a conversation for the first time.

        If nothing is unread they are the last that there are: one's own may stand behind what is read.
        """
        last = mark.shown if mark.unread else mark.last
        if not self._visit(mark.name) or last == 0:
            return ()
        return await self._client.history(mark.name, before=last + 1, limit=CONTEXT)

    def _visit(self, name: str) -> bool:
        """Whether a conversation was not looked at before."""
        if name_key(name) in self._visited or len(self._visited) >= MAX_MARKS:
            return False
        self._visited.add(name_key(name))
        return True

    # Telling the server.

    @journaled(logger="client")
    async def tell(self) -> None:
        """Tell the server what was shown and is not read yet. Raises ClientError."""
        if not self._screen.terminal:
            return
        for mark in list(self.marks.owing()):
            seq, mark.owed = mark.shown, False
            try:
                await self._client.read(mark.name, seq)
            except ClientError:
                mark.owed = True
                raise
            mark.take(seq)

    async def keep_telling(self) -> None:
        """Tell the server a moment after something was shown; never ends."""
        while True:
            await self._shown.wait()
            await asyncio.sleep(PAUSE)
            self._shown.clear()
            try:
                await self.tell()
            except ClientError:  # no event: it had one when it was made; what is unread is shown again
                continue
