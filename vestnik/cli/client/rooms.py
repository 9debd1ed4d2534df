"""The client's commands about rooms and their members."""

from collections.abc import Mapping, Sequence, Set
from typing import Any, Final, TypeVar, get_args

from msgspec import UNSET

from vestnik.cli.client.arguments import Arguments, BadLine
from vestnik.cli.client.drawing.words import in_words
from vestnik.cli.client.pages import all_pages
from vestnik.cli.client.shell import Shell
from vestnik.client import MemberState, Page, ReportState, RoomState
from vestnik.language import LANGUAGES
from vestnik.protocol.codes import Code
from vestnik.protocol.reports import ReportOutcome
from vestnik.protocol.requests import RoleName
from vestnik.texts import say

T = TypeVar("T")

ALLOWED: Final = ("posting", "inviting", "pinning", "mention_all", "edits")
"""The settings of a room in the order of the words for them (`cli.allow_what`)."""
CIRCLES: Final = ("members", "moderators", "owners", "nobody", None)
"""Who may do that, in the order of `cli.allow_who`."""
USUAL: Final = frozenset({"members", "moderators", "owners"})
CHOICES: Final[Mapping[str, Set[str | None]]] = {
    "edits": frozenset({"members", "moderators", "nobody"}),
    "inviting": frozenset({*USUAL, None}),
}
"""Those that a setting has, if they are not the `USUAL` ones."""
FIRST: Final = 1
"""The number of the change that makes a room."""


async def join(shell: Shell, given: Arguments) -> None:
    """Become a member of a room and talk to it.

    For people what was chosen stays so if the room does not take them. The next lines of a script go to the room that
    it has named or nowhere, never to the one before.
    """
    if not given:
        raise BadLine("cli.argument_needed")
    room = given.new_room()
    if given:
        raise BadLine("cli.room_quotes", room=f"{room} {given.rest()}")
    if not shell.screen.terminal:
        shell.to = room
    response = await shell.client.join(room)
    room = shell.spelling(room) if response.room is UNSET else response.room
    if response.change == FIRST:
        shell.did(response, room, "create_room")
        shell.suggest("cli.near_rooms", [room])
    else:
        shell.did(response, room, "join")
    await shell.choose(room)


async def leave(shell: Shell, given: Arguments) -> None:
    """Stop being a member of a room."""
    room = given.room_name() if given or not shell.to else given.chosen_room()
    if shell.is_chosen(room) and not shell.screen.terminal:
        shell.to = ""
    response = await shell.client.leave(room)
    shell.left(room)
    shell.did(response, room, "leave")


async def rooms(shell: Shell, given: Arguments) -> None:
    """Show all rooms that one may know of, or those with some words in them."""
    query = given.rest() if given else ""

    async def ask(after: str) -> Page[RoomState]:
        return await shell.client.rooms(query, after=after or None)

    found = await all_pages(ask, lambda page: page.next or (page[-1].room if page else ""))
    shell.know(*(room.room for room in found))
    shell.screen.rooms(found)
    shell.cut_short(found)


async def room(shell: Shell, given: Arguments) -> None:
    """Show what a room is like."""
    shell.screen.room(await shell.client.get_room(given.room_alone()))


async def create(shell: Shell, given: Arguments) -> None:
    """Make a room, and talk to it."""
    name = given.new_room()
    private = given.takes("private")
    given.end()
    shell.did(await shell.client.create_room(name, private=private), name, "create_room")
    await shell.choose(name)


async def topic(shell: Shell, given: Arguments) -> None:
    """Change the topic, or show it."""
    name = given.room()
    if given:
        await _set(shell, name, topic=given.text())
        return
    found = await shell.client.get_room(name)
    shell.screen.rows([(found.room, found.topic)] if found.topic else [])


async def describe(shell: Shell, given: Arguments) -> None:
    """Change the description."""
    await _set(shell, given.room(), description=given.text())


async def rename(shell: Shell, given: Arguments) -> None:
    """Give the chosen room another name."""
    before, after = given.chosen_room(), given.room_name()
    await _set(shell, before, name=after)
    if shell.is_chosen(before):
        await shell.choose(after)


async def archive(shell: Shell, given: Arguments) -> None:
    """Close a room: it can be read, nobody can write."""
    await _set(shell, given.room_alone(), archived=True)


async def unarchive(shell: Shell, given: Arguments) -> None:
    """Open an archived room again."""
    await _set(shell, given.room_alone(), archived=False)


async def retention(shell: Shell, given: Arguments) -> None:
    """Say for how many days messages are kept."""
    room_name = given.room()
    days = None if given.takes("off") else given.number()
    given.end()
    await _set(shell, room_name, retention=days)


async def allow(shell: Shell, given: Arguments) -> None:
    """Say who may write, invite, pin, mention all, or see earlier texts."""
    room_name, what, who = given.room(), given.word(), given.word()
    given.end()
    field, circle = _choose(what, "cli.allow_what", ALLOWED), _choose(who, "cli.allow_who", CIRCLES)
    if circle not in CHOICES.get(field, USUAL):
        raise BadLine
    await _set(shell, room_name, **{field: circle})


async def slow(shell: Shell, given: Arguments) -> None:
    """Say how many seconds lie between two messages of a member."""
    room_name = given.room()
    seconds = 0 if given.takes("off") else given.number()
    given.end()
    await _set(shell, room_name, slow=seconds)


async def admit(shell: Shell, given: Arguments) -> None:
    """Let guests into a room."""
    await _set(shell, given.room_alone(), guests=True)


async def unadmit(shell: Shell, given: Arguments) -> None:
    """Let no guests into a room."""
    await _set(shell, given.room_alone(), guests=False)


async def members(shell: Shell, given: Arguments) -> None:
    """Show all members of a room."""
    room_name = given.room_alone()

    async def ask(after: str) -> Page[MemberState]:
        return await shell.client.members(room_name, after=after or None)

    found = await all_pages(ask, lambda page: page[-1].name if page else "")
    shell.know(*(member.name for member in found))
    shell.screen.members(found)
    shell.cut_short(found)


async def invitations(shell: Shell, given: Arguments) -> None:
    """Show where one is invited."""
    given.end()
    found = await shell.client.invitations()
    shell.know(*(name for each in found for name in (each.from_, each.room)))
    shell.screen.rows([(each.room, each.from_) for each in found], columns=2)


async def decline(shell: Shell, given: Arguments) -> None:
    """Say no to an invitation."""
    shell.done(await shell.client.decline(given.room_name()))


async def invite(shell: Shell, given: Arguments) -> None:
    """Make somebody a member, or ask them."""
    room_name, name = given.room(), given.name()
    response = await shell.client.invite(room_name, name)
    if response.response == Code.ACCEPTED:
        shell.done(response)
    else:
        shell.did(response, room_name, "invite", name=name)


async def remove(shell: Shell, given: Arguments) -> None:
    """End somebody's membership."""
    room_name, name = given.room(), given.name()
    shell.did(await shell.client.remove(room_name, name), room_name, "remove", name=name)


async def ban(shell: Shell, given: Arguments) -> None:
    """Remove somebody and keep them out."""
    room_name, name = given.room(), given.name()
    shell.did(await shell.client.ban(room_name, name), room_name, "ban", name=name)


async def unban(shell: Shell, given: Arguments) -> None:
    """Let somebody in again."""
    room_name, name = given.room(), given.name()
    shell.did(await shell.client.unban(room_name, name), room_name, "unban", name=name)


async def mute(shell: Shell, given: Arguments) -> None:
    """Keep somebody from writing, for some minutes or until unmuted."""
    room_name, name = given.room(), given.person()
    minutes = given.number() if given else None
    given.end()
    if minutes == 0:
        raise BadLine
    seconds = None if minutes is None else minutes * 60
    shell.did(await shell.client.mute(room_name, name, seconds), room_name, "mute", name=name)


async def unmute(shell: Shell, given: Arguments) -> None:
    """Let somebody write again."""
    room_name, name = given.room(), given.name()
    shell.did(await shell.client.unmute(room_name, name), room_name, "unmute", name=name)


async def reports(shell: Shell, given: Arguments) -> None:
    """Show the reports that one is to act on, of a room or of all."""
    room_name = given.room_name() if given else None

    async def ask(after: str) -> Page[ReportState]:
        return await shell.client.reports(room_name, after=int(after) if after else None)

    found = await all_pages(ask, lambda page: page.next or (str(page[-1].report) if page else ""))
    shell.know(*(name for report in found for name in (report.by, report.from_)))
    shell.screen.reports(found)
    shell.cut_short(found)


async def resolve(shell: Shell, given: Arguments) -> None:
    """Say what became of a report."""
    number = given.number()
    outcome: ReportOutcome = "dismissed" if given.takes("dismissed") else "settled"
    given.end()
    shell.done(await shell.client.resolve(number, outcome))


async def role(shell: Shell, given: Arguments) -> None:
    """Make somebody owner, moderator or ordinary member."""
    room_name, name, role_name = given.room(), given.person(), given.word().casefold()
    given.end()
    for known in get_args(RoleName):
        if role_name in {known, in_words(shell.screen.language, known)}:
            shell.did(await shell.client.set_role(room_name, name, known), room_name, "set_role", name=name, role=known)
            return
    raise BadLine


async def group(shell: Shell, given: Arguments) -> None:
    """Find or begin the conversation of some people, and talk to them."""
    names = [Arguments(name, "").name() for name in given.rest().split(",")]
    given.names += names
    name = await shell.client.group(*names)
    shell.know(*names)
    await shell.choose(name)
    shell.screen.line(name)


def _choose(word: str, words: str, meant: Sequence[T]) -> T:
    """What a word of the sentence `words` means, in whatever language. Raises BadLine for any other word."""
    for language in LANGUAGES:
        known = say(language, words).split("|")
        if word.casefold() in known:
            return meant[known.index(word.casefold())]
    raise BadLine


async def _set(shell: Shell, room_name: str, **changed: Any) -> None:
    shell.did(await shell.client.set_room(room_name, **changed), room_name, "set_room", **changed)
