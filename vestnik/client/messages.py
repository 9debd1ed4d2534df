"""What a client does with messages and conversations."""

from typing import Literal
from uuid import uuid4

from msgspec import UNSET

from vestnik.client import catalogue
from vestnik.client.asking import Asking, Page, page
from vestnik.log.journaled import journaled
from vestnik.protocol.events import ConversationState, Delivery, Response, Version
from vestnik.protocol.reports import ReportMessage
from vestnik.protocol.requests import (
    Conversations,
    Delete,
    Edit,
    Edits,
    Forward,
    History,
    Msg,
    Pin,
    Pins,
    React,
    Read,
    Search,
    Typing,
    Unpin,
    Unreact,
)


class MessageActions(Asking):
    """Messages. `to` is a room (`#name`) or a person, `seq` a message's number in that conversation."""

    @journaled(arguments=("to",), logger="client")
    async def send(self, to: str, text: str, *, message_id: str | None = None, reply_to: int | None = None) -> Response:
        """Send `text`; the answer carries the message's `seq`. `reply_to` is the `seq` of the message it answers.

        Its `response` is 200 when the message went to a room or to a connection of the person, 202 when it is kept for
        later; either way it is on disk. `message_id` (at most 36 characters, made up if not given) makes sending again
        harmless: the server keeps a message of one id once. Refused with 404 when there is no such addressee, 403 when
        one may not write there, 400 for a text that is empty or too long, 409 for an id that another message has.
        """
        request = Msg(to=to, message=text, from_=self.name, id=message_id or str(uuid4()), reply_to=reply_to)
        if self.journal_text:
            return await self._request(request, catalogue.CLIENT_SENDING, self.name, to, text)
        return await self._request(request, catalogue.CLIENT_SENDING_PRIVATE, self.name, to)

    @journaled(arguments=("to", "source", "seq"), logger="client")
    async def forward(self, to: str, source: str, seq: int, *, message_id: str | None = None) -> Response:
        """Send a copy of message `seq` of conversation `source`; the answer carries the `seq` of the copy.

        It is answered like a message that is sent. `message_id` is as in `send`.
        """
        request = Forward(to=to, source=source, seq=seq, id=message_id or str(uuid4()))
        return await self._ask(request, f"{source} {seq} → {to}")

    @journaled(arguments=("to", "seq"), logger="client")
    async def report(self, to: str, seq: int, reason: str = "") -> Response:
        """Let those who moderate look at a message of somebody else; without a room administrators of the server."""
        return await self._ask(ReportMessage(to=to, seq=seq, reason=reason), f"{to} {seq}")

    @journaled(arguments=("to", "seq"), logger="client")
    async def edit(self, to: str, seq: int, text: str) -> Response:
        """Change the text of a message of one's own; the earlier one stays to be seen (`edits`)."""
        request = Edit(to=to, seq=seq, message=text)
        if self.journal_text:
            return await self._request(request, catalogue.CLIENT_EDITING, self.name, to, seq, text)
        return await self._ask(request, f"{to} {seq}")

    @journaled(arguments=("to", "seq"), logger="client")
    async def delete(self, to: str, seq: int) -> Response:
        """Delete a message: one's own, or as a moderator anybody's. Its `seq` stays, without a text."""
        return await self._ask(Delete(to=to, seq=seq), f"{to} {seq}")

    @journaled(arguments=("to", "seq"), logger="client")
    async def edits(self, to: str, seq: int) -> list[Version]:
        """The earlier versions of a message, oldest first."""
        response = await self._ask(Edits(to=to, seq=seq), f"{to} {seq}")
        return [] if response.edits is UNSET else response.edits

    @journaled(arguments=("to", "seq"), logger="client")
    async def react(self, to: str, seq: int, emoji: str) -> Response:
        """Put an emoji, of at most 32 characters, to a message."""
        return await self._ask(React(to=to, seq=seq, emoji=emoji), f"{to} {seq} {self._private(emoji)}".rstrip())

    @journaled(arguments=("to", "seq"), logger="client")
    async def unreact(self, to: str, seq: int, emoji: str) -> Response:
        """Take one's emoji off a message."""
        return await self._ask(Unreact(to=to, seq=seq, emoji=emoji), f"{to} {seq} {self._private(emoji)}".rstrip())

    @journaled(arguments=("to", "seq"), logger="client")
    async def pin(self, to: str, seq: int) -> Response:
        """Pin a message to its conversation."""
        return await self._ask(Pin(to=to, seq=seq), f"{to} {seq}")

    @journaled(arguments=("to", "seq"), logger="client")
    async def unpin(self, to: str, seq: int) -> Response:
        """Take a message off the pinned ones."""
        return await self._ask(Unpin(to=to, seq=seq), f"{to} {seq}")

    @journaled(arguments=("to",), logger="client")
    async def pins(self, to: str) -> list[Delivery]:
        """The pinned messages of a conversation."""
        response = await self._ask(Pins(to=to), to)
        return [] if response.messages is UNSET else response.messages

    @journaled(arguments=("to", "before", "after", "around", "limit", "thread"), logger="client")
    async def history(
        self,
        to: str,
        *,
        before: int | None = None,
        after: int | None = None,
        around: int | None = None,
        limit: int | None = None,
        thread: int | None = None,
    ) -> Page[Delivery]:
        """Messages before, after or around a `seq`, or the newest, in the order of `seq`.

        With `thread` only the message of that `seq` and the replies below it. A page has at most `limit` messages, 100
        if that is not given or more; its `more` says that there are more in the direction that was asked for.
        """
        request = History(to=to, before=before, after=after, around=around, limit=limit, thread=thread)
        response = await self._ask(request, to)
        return page(response.messages, response)

    @journaled(logger="client")
    async def conversations(self) -> list[ConversationState]:
        """All conversations: how far they go, how far they are read, what is unread."""
        response = await self._ask(Conversations())
        return [] if response.conversations is UNSET else response.conversations

    @journaled(arguments=("to", "seq"), logger="client")
    async def read(self, to: str, seq: int) -> Response:
        """Note that a conversation is read up to `seq`, for all devices of the account; it never goes back."""
        return await self._ask(Read(to=to, seq=seq), f"{to} {seq}")

    @journaled(arguments=("to",), logger="client")
    async def typing(self, to: str) -> Response:
        """Tell a conversation that one is typing. It may be called with every key: one in three seconds is told."""
        return await self._ask(Typing(to=to), to)

    @journaled(arguments=("from_", "in_", "since", "until", "has", "limit"), logger="client")
    async def search(
        self,
        query: str = "",
        *,
        from_: str | None = None,
        in_: str | None = None,
        since: float | None = None,
        until: float | None = None,
        has: list[Literal["link", "reaction", "pin", "reply", "forward", "mention"]] | None = None,
        before: str | None = None,
        limit: int | None = None,
    ) -> Page[Delivery]:
        """Messages with all words of `query`, by an author, in a conversation, of a time (UNIX s), with something.

        `before` is the `next` of the page before.
        """
        request = Search(
            query=query, from_=from_, in_=in_, since=since, until=until, has=has or [], before=before, limit=limit
        )
        response = await self._ask(request, self._private(query))
        return page(response.messages, response)
