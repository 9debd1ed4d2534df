"""The client's commands about messages and conversations."""

from typing import Final

from msgspec import UNSET

from vestnik.cli.client.arguments import Arguments, search_filters
from vestnik.cli.client.pages import PageBudget
from vestnik.cli.client.shell import Shell
from vestnik.cli.client.targets import find
from vestnik.client import Delivery
from vestnik.protocol.names import name_key

HISTORY: Final = 20
"""Messages that /history shows if it is not said how many."""
MAX_HISTORY: Final = 10_000
"""Messages that it shows at most."""


async def to(shell: Shell, given: Arguments) -> None:
    """Choose whom the next lines go to: for people, if there is such a conversation. Raises ClientError, BadLine."""
    await shell.choose(await find(shell, given.name()))


async def message(shell: Shell, given: Arguments) -> None:
    """Send a message to somebody, whoever is chosen."""
    to = given.person()
    await shell.send(given.rest(), to=to)


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
    to, seq, text = given.conversation(), given.number(), given.rest()
    shell.did(await shell.client.edit(to, seq, text), to, "edit", seq=seq, message=text)


async def report(shell: Shell, given: Arguments) -> None:
    """Let moderators look at a message, and say why."""
    to, seq = given.conversation(), given.number()
    shell.done(await shell.client.report(to, seq, given.text() if given else ""))


async def delete(shell: Shell, given: Arguments) -> None:
    """Delete a message."""
    to, seq = _message(given)
    shell.did(await shell.client.delete(to, seq), to, "delete", seq=seq)


async def edits(shell: Shell, given: Arguments) -> None:
    """Show the earlier versions of a message."""
    shell.screen.versions(await shell.client.edits(*_message(given)))


async def react(shell: Shell, given: Arguments) -> None:
    """Put an emoji to a message."""
    to, seq, emoji = given.conversation(), given.number(), given.rest()
    shell.did(await shell.client.react(to, seq, emoji), to, "react", seq=seq, emoji=emoji)


async def unreact(shell: Shell, given: Arguments) -> None:
    """Take one's emoji off a message."""
    to, seq, emoji = given.conversation(), given.number(), given.rest()
    shell.did(await shell.client.unreact(to, seq, emoji), to, "unreact", seq=seq, emoji=emoji)


async def pin(shell: Shell, given: Arguments) -> None:
    """Pin a message."""
    to, seq = _message(given)
    shell.did(await shell.client.pin(to, seq), to, "pin", seq=seq)


async def unpin(shell: Shell, given: Arguments) -> None:
    """Take a message off the pinned ones."""
    to, seq = _message(given)
    shell.did(await shell.client.unpin(to, seq), to, "unpin", seq=seq)


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
    budget = PageBudget()
    while budget.takes(found) and found.more and not found:  # it took long, and has not come to an end
        found = await shell.client.search(**{**filters, "before": found.next})
    shell.screen.messages(found, here=False)
    if found.more:
        shell.screen.note(shell.screen.text("cli.client_more"))


async def conversations(shell: Shell, given: Arguments) -> None:
    """Show all conversations with what is unread in them."""
    given.end()
    found = await shell.client.conversations()
    shell.know(*(each.to for each in found))
    shell.screen.conversations(found)


async def unread(shell: Shell, given: Arguments) -> None:
    """Talk to the next conversation with something unread, one with mentions before others.

    Where nothing is unread in others, what is left of the chosen one goes on.
    """
    given.end()
    found = await shell.client.conversations()
    shell.know(*(each.to for each in found))
    names = [each.to for each in found]
    here = next((number for number, name in enumerate(names) if shell.is_chosen(name)), -1)
    others = [*found[here + 1 :], *found[: max(here, 0)]]
    waiting = sorted((each for each in others if each.unread), key=lambda each: not each.mentions)
    if not waiting:
        mark = shell.reading.marks.get(shell.to)
        if mark is not None and mark.unread:
            await shell.choose(shell.to)
        else:
            shell.screen.note(shell.screen.text("cli.client_all_read"))
        return
    await shell.choose(waiting[0].to)
    if not shell.screen.terminal:
        shell.screen.line(waiting[0].to)


async def read(shell: Shell, given: Arguments) -> None:
    """Note that a conversation is read up to a message, or to the last one."""
    conversation = given.conversation()
    seq = given.number() if given else shell.last_shown(conversation)
    given.end()
    if seq is None:
        states = await shell.client.conversations()
        seq = next((each.seq for each in states if name_key(each.to) == name_key(conversation)), 0)
    shell.done(await shell.client.read(conversation, seq))
    if (mark := shell.reading.marks.get(conversation)) is not None:
        mark.take(seq)


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
    budget = PageBudget()
    while left > 0:
        page = await shell.client.history(conversation, before=before, limit=left, thread=thread)
        found[:0] = page
        left -= len(page)
        if not budget.takes(page) or not page.more or not page or page[0].seq is UNSET:
            break
        before = page[0].seq
    for message in found:
        shell.know(message.from_)
    shell.screen.messages(found)
    shell.reading.see(found, after=found[0].seq if found and found[0].seq is not UNSET and thread is None else None)
