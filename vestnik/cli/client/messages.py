"""The client's commands about messages and conversations."""

from typing import Final

from msgspec import UNSET

from vestnik.cli.client.arguments import Arguments, search_filters
from vestnik.cli.client.shell import Shell
from vestnik.client import Delivery
from vestnik.protocol.names import name_key

HISTORY: Final = 20
"""Messages that /history shows if it is not said how many."""
MAX_HISTORY: Final = 10_000
"""Messages that it shows at most."""


async def to(shell: Shell, given: Arguments) -> None:
    """Choose whom the next lines go to."""
    await shell.choose(given.name())


async def history(shell: Shell, given: Arguments) -> None:
    """Show the newest messages, or those before one."""
    conversation = given.conversation()
    count, is_before = HISTORY, given.takes("before")
    if given and not is_before:
        count, is_before = given.number(), given.takes("before")
    before = given.number() if is_before else None
    given.end()
    await _show_history(shell, conversation, count, before=before)


async def thread(shell: Shell, given: Arguments) -> None:
    """Show a message and all replies below it."""
    conversation, seq = _message(given)
    await _show_history(shell, conversation, MAX_HISTORY, thread=seq)


async def reply(shell: Shell, given: Arguments) -> None:
    """Send a message that answers another one of the chosen conversation."""
    given.chosen()
    await shell.send(reply_to=given.number(), text=given.rest())


async def edit(shell: Shell, given: Arguments) -> None:
    """Change the text of a message."""
    shell.done(await shell.client.edit(given.conversation(), given.number(), given.rest()))


async def delete(shell: Shell, given: Arguments) -> None:
    """Delete a message."""
    shell.done(await shell.client.delete(*_message(given)))


async def edits(shell: Shell, given: Arguments) -> None:
    """Show the earlier versions of a message."""
    shell.screen.versions(await shell.client.edits(*_message(given)))


async def react(shell: Shell, given: Arguments) -> None:
    """Put an emoji to a message."""
    shell.done(await shell.client.react(given.conversation(), given.number(), given.rest()))


async def unreact(shell: Shell, given: Arguments) -> None:
    """Take one's emoji off a message."""
    shell.done(await shell.client.unreact(given.conversation(), given.number(), given.rest()))


async def pin(shell: Shell, given: Arguments) -> None:
    """Pin a message."""
    shell.done(await shell.client.pin(*_message(given)))


async def unpin(shell: Shell, given: Arguments) -> None:
    """Take a message off the pinned ones."""
    shell.done(await shell.client.unpin(*_message(given)))


async def pins(shell: Shell, given: Arguments) -> None:
    """Show the pinned messages."""
    shell.screen.messages(await shell.client.pins(given.name() if given else given.chosen()))


async def forward(shell: Shell, given: Arguments) -> None:
    """Send a copy of a message to somebody else."""
    source, seq = given.conversation(), given.number()
    shell.done(await shell.client.forward(given.name(), source, seq))


async def search(shell: Shell, given: Arguments) -> None:
    """Show the messages that fit best."""
    filters = search_filters(given.rest())
    found = await shell.client.search(**filters)
    while found.more and not found:  # it took long, and has not come to an end
        found = await shell.client.search(**{**filters, "before": found.next})
    shell.screen.messages(found)
    if found.more:
        shell.screen.note(shell.screen.text("cli.client_more"))


async def conversations(shell: Shell, given: Arguments) -> None:
    """Show all conversations with what is unread in them."""
    given.end()
    found = await shell.client.conversations()
    shell.know(*(each.to for each in found))
    shell.screen.conversations(found)


async def read(shell: Shell, given: Arguments) -> None:
    """Note that a conversation is read up to a message, or to the last one."""
    conversation = given.conversation()
    seq = given.number() if given else shell.last_shown(conversation)
    given.end()
    if seq is None:
        states = await shell.client.conversations()
        seq = next((each.seq for each in states if name_key(each.to) == name_key(conversation)), 0)
    shell.done(await shell.client.read(conversation, seq))


def _message(given: Arguments) -> tuple[str, int]:
    """A message, which is all that is given: its conversation and its number. Raises BadLine."""
    found = given.conversation(), given.number()
    given.end()
    return found


async def _show_history(
    shell: Shell, conversation: str, count: int, *, before: int | None = None, thread: int | None = None
) -> None:
    """Show the last `count` messages `before` one, oldest first, however many pages that takes. Raises ClientError."""
    found: list[Delivery] = []
    left = min(count, MAX_HISTORY)
    while left > 0:
        page = await shell.client.history(conversation, before=before, limit=left, thread=thread)
        found[:0] = page
        left -= len(page)
        if not page.more or not page or page[0].seq is UNSET:
            break
        before = page[0].seq
    for message in found:
        shell.showed(message)
        shell.know(message.from_)
    shell.screen.messages(found)
