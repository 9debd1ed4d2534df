"""The client's commands about messages and conversations."""

from typing import Final

from msgspec import UNSET

from vestnik.cli.client_arguments import Arguments, search_filters
from vestnik.cli.client_conversation import Conversation
from vestnik.client import Delivery
from vestnik.protocol.names import name_key

HISTORY: Final = 20
"""Messages that /history shows if it is not said how many."""
MAX_HISTORY: Final = 10_000
"""Messages that it shows at most."""


async def to(talk: Conversation, given: Arguments) -> None:
    """Choose whom the next lines go to."""
    await talk.choose(given.name())


async def history(talk: Conversation, given: Arguments) -> None:
    """Show the newest messages, or those before one."""
    conversation = given.conversation()
    count, is_before = HISTORY, given.takes("before")
    if given and not is_before:
        count, is_before = given.number(), given.takes("before")
    before = given.number() if is_before else None
    given.end()
    await _show_history(talk, conversation, count, before=before)


async def thread(talk: Conversation, given: Arguments) -> None:
    """Show a message and all replies below it."""
    conversation, seq = _message(given)
    await _show_history(talk, conversation, MAX_HISTORY, thread=seq)


async def reply(talk: Conversation, given: Arguments) -> None:
    """Send a message that answers another one of the chosen conversation."""
    given.chosen()
    await talk.send(reply_to=given.number(), text=given.rest())


async def edit(talk: Conversation, given: Arguments) -> None:
    """Change the text of a message."""
    talk.done(await talk.client.edit(given.conversation(), given.number(), given.rest()))


async def delete(talk: Conversation, given: Arguments) -> None:
    """Delete a message."""
    talk.done(await talk.client.delete(*_message(given)))


async def edits(talk: Conversation, given: Arguments) -> None:
    """Show the earlier versions of a message."""
    talk.screen.versions(await talk.client.edits(*_message(given)))


async def react(talk: Conversation, given: Arguments) -> None:
    """Put an emoji to a message."""
    talk.done(await talk.client.react(given.conversation(), given.number(), given.rest()))


async def unreact(talk: Conversation, given: Arguments) -> None:
    """Take one's emoji off a message."""
    talk.done(await talk.client.unreact(given.conversation(), given.number(), given.rest()))


async def pin(talk: Conversation, given: Arguments) -> None:
    """Pin a message."""
    talk.done(await talk.client.pin(*_message(given)))


async def unpin(talk: Conversation, given: Arguments) -> None:
    """Take a message off the pinned ones."""
    talk.done(await talk.client.unpin(*_message(given)))


async def pins(talk: Conversation, given: Arguments) -> None:
    """Show the pinned messages."""
    talk.screen.messages(await talk.client.pins(given.name() if given else given.chosen()))


async def forward(talk: Conversation, given: Arguments) -> None:
    """Send a copy of a message to somebody else."""
    source, seq = given.conversation(), given.number()
    talk.done(await talk.client.forward(given.name(), source, seq))


async def search(talk: Conversation, given: Arguments) -> None:
    """Show the messages that fit best."""
    found = await talk.client.search(**search_filters(given.rest()))
    talk.screen.messages(found)
    if found.more:
        talk.screen.note(talk.screen.text("cli.client_more"))


async def conversations(talk: Conversation, given: Arguments) -> None:
    """Show all conversations with what is unread in them."""
    given.end()
    found = await talk.client.conversations()
    talk.know(*(each.to for each in found))
    talk.screen.conversations(found)


async def read(talk: Conversation, given: Arguments) -> None:
    """Note that a conversation is read up to a message, or to the last one."""
    conversation = given.conversation()
    seq = given.number() if given else talk.last_shown(conversation)
    given.end()
    if seq is None:
        states = await talk.client.conversations()
        seq = next((each.seq for each in states if name_key(each.to) == name_key(conversation)), 0)
    talk.done(await talk.client.read(conversation, seq))


def _message(given: Arguments) -> tuple[str, int]:
    """A message, which is all that is given: its conversation and its number. Raises BadLine."""
    found = given.conversation(), given.number()
    given.end()
    return found


async def _show_history(
    talk: Conversation, conversation: str, count: int, *, before: int | None = None, thread: int | None = None
) -> None:
    """Show the last `count` messages `before` one, oldest first, however many pages that takes. Raises ClientError."""
    found: list[Delivery] = []
    left = min(count, MAX_HISTORY)
    while left > 0:
        page = await talk.client.history(conversation, before=before, limit=left, thread=thread)
        found[:0] = page
        left -= len(page)
        if not page.more or not page or page[0].seq is UNSET:
            break
        before = page[0].seq
    for message in found:
        talk.showed(message)
        talk.know(message.from_)
    talk.screen.messages(found)
