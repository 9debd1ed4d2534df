"""The client's commands about rooms and their members."""

from typing import Any, get_args

from vestnik.cli.client_arguments import Arguments, BadLine
from vestnik.cli.client_conversation import Conversation
from vestnik.client import MemberState, RoomState
from vestnik.protocol.requests import RoleName


async def join(talk: Conversation, given: Arguments) -> None:
    """Become a member of a room and talk to it."""
    talk.to = room = given.name()
    talk.know(room)
    talk.done(await talk.client.join(room))
    await talk.read_shown()


async def leave(talk: Conversation, given: Arguments) -> None:
    """Stop being a member of a room."""
    room = given.name() if given or not talk.to else talk.to
    if talk.is_chosen(room):
        talk.to = ""
    talk.done(await talk.client.leave(room))


async def rooms(talk: Conversation, given: Arguments) -> None:
    """Show all rooms that one may know of, or those with some words in them."""
    query = given.rest() if given else ""
    found: list[RoomState] = []
    page = await talk.client.rooms(query)
    found += page
    while page.more and page:
        page = await talk.client.rooms(query, after=page[-1].room)
        found += page
    talk.know(*(room.room for room in found))
    talk.screen.rooms(found)


async def room(talk: Conversation, given: Arguments) -> None:
    """Show what a room is like."""
    talk.screen.room(await talk.client.get_room(given.room_alone()))


async def create(talk: Conversation, given: Arguments) -> None:
    """Make a room, and talk to it."""
    name = given.word()
    private = given.takes("private")
    given.end()
    talk.done(await talk.client.create_room(name, private=private))
    await talk.choose(name)


async def topic(talk: Conversation, given: Arguments) -> None:
    """Change the topic."""
    await _set(talk, given.room(), topic=given.name())


async def describe(talk: Conversation, given: Arguments) -> None:
    """Change the description."""
    await _set(talk, given.room(), description=given.name())


async def rename(talk: Conversation, given: Arguments) -> None:
    """Give the chosen room another name."""
    before, after = given.chosen(), given.name()
    await _set(talk, before, name=after)
    if talk.is_chosen(before):
        await talk.choose(after)


async def archive(talk: Conversation, given: Arguments) -> None:
    """Close a room: it can be read, nobody can write."""
    await _set(talk, given.room_alone(), archived=True)


async def unarchive(talk: Conversation, given: Arguments) -> None:
    """Open an archived room again."""
    await _set(talk, given.room_alone(), archived=False)


async def retention(talk: Conversation, given: Arguments) -> None:
    """Say for how many days messages are kept."""
    room_name = given.room()
    days = None if given.takes("off") else given.number()
    given.end()
    await _set(talk, room_name, retention=days)


async def members(talk: Conversation, given: Arguments) -> None:
    """Show all members of a room."""
    room_name = given.room_alone()
    found: list[MemberState] = []
    page = await talk.client.members(room_name)
    found += page
    while page.more and page:
        page = await talk.client.members(room_name, after=page[-1].name)
        found += page
    talk.know(*(member.name for member in found))
    talk.screen.members(found)


async def invite(talk: Conversation, given: Arguments) -> None:
    """Make somebody a member."""
    talk.done(await talk.client.invite(given.room(), given.name()))


async def remove(talk: Conversation, given: Arguments) -> None:
    """End somebody's membership."""
    talk.done(await talk.client.remove(given.room(), given.name()))


async def ban(talk: Conversation, given: Arguments) -> None:
    """Remove somebody and keep them out."""
    talk.done(await talk.client.ban(given.room(), given.name()))


async def unban(talk: Conversation, given: Arguments) -> None:
    """Let somebody in again."""
    talk.done(await talk.client.unban(given.room(), given.name()))


async def mute(talk: Conversation, given: Arguments) -> None:
    """Keep somebody from writing, for some minutes or until unmuted."""
    room_name, name = given.room(), given.word()
    minutes = given.number() if given else None
    given.end()
    talk.done(await talk.client.mute(room_name, name, None if minutes is None else minutes * 60))


async def unmute(talk: Conversation, given: Arguments) -> None:
    """Let somebody write again."""
    talk.done(await talk.client.unmute(given.room(), given.name()))


async def role(talk: Conversation, given: Arguments) -> None:
    """Make somebody owner, moderator or ordinary member."""
    room_name, name, role_name = given.room(), given.word(), given.word()
    given.end()
    for known in get_args(RoleName):
        if known == role_name:
            talk.done(await talk.client.set_role(room_name, name, known))
            return
    raise BadLine


async def group(talk: Conversation, given: Arguments) -> None:
    """Find or begin the conversation of some people, and talk to them."""
    names = [Arguments(name, "").name() for name in given.rest().split(",")]
    talk.know(*names)
    name = await talk.client.group(*names)
    await talk.choose(name)
    talk.screen.line(name)


async def _set(talk: Conversation, room_name: str, **changed: Any) -> None:
    talk.done(await talk.client.set_room(room_name, **changed))
