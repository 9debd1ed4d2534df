"""What a client does with rooms and their members."""

from msgspec import UNSET, UnsetType

from vestnik.client import catalogue
from vestnik.client.asking import Asking, Page, page
from vestnik.log.journaled import journaled
from vestnik.protocol.events import InvitationState, MemberState, ReportState, Response, RoomState
from vestnik.protocol.reports import ReportOutcome, Reports, Resolve
from vestnik.protocol.requests import (
    Ban,
    Circle,
    CreateRoom,
    Decline,
    EditsVisibility,
    GetRoom,
    Group,
    Invitations,
    Invite,
    Join,
    Leave,
    Members,
    Mute,
    Remove,
    RoleName,
    Rooms,
    SetRole,
    SetRoom,
    Unban,
    Unmute,
)


class RoomActions(Asking):
    """Rooms. `room` is `#name`, `name` an account's."""

    @journaled(arguments=("room",), logger="client")
    async def join(self, room: str) -> Response:
        """Become a member of a room; it is made if its name is free."""
        return await self._request(Join(room=room), catalogue.CLIENT_JOINING, self.name, room)

    @journaled(arguments=("room",), logger="client")
    async def leave(self, room: str) -> Response:
        """Stop being a member of a room. Refused with 403 for who is none."""
        return await self._request(Leave(room=room), catalogue.CLIENT_LEAVING, self.name, room)

    @journaled(arguments=("room", "private"), logger="client")
    async def create_room(
        self,
        room: str,
        *,
        private: bool = False,
        topic: str = "",
        description: str = "",
        edits: EditsVisibility = "members",
        retention: int | None = None,
        posting: Circle = "members",
        inviting: Circle | None = None,
        pinning: Circle = "members",
        mention_all: Circle = "members",
        slow: int = 0,
        guests: bool = False,
    ) -> Response:
        """Make a room and become its owner. `edits` says who may see earlier versions, `retention` is in days.

        `posting`, `inviting`, `pinning`, `mention_all` say who may do that; without `inviting` members invite to a
        public room, moderators to a private one. `slow` is in seconds: so many lie between two messages of a member.

        `guests` says whether guests may enter.
        """
        request = CreateRoom(
            room=room,
            private=private,
            topic=topic,
            description=description,
            edits=edits,
            retention=retention,
            posting=posting,
            inviting=inviting,
            pinning=pinning,
            mention_all=mention_all,
            slow=slow,
            guests=guests,
        )
        return await self._ask(request, room)

    @journaled(arguments=("room",), logger="client")
    async def set_room(
        self,
        room: str,
        *,
        name: str | UnsetType = UNSET,
        topic: str | UnsetType = UNSET,
        description: str | UnsetType = UNSET,
        private: bool | UnsetType = UNSET,
        archived: bool | UnsetType = UNSET,
        edits: EditsVisibility | UnsetType = UNSET,
        retention: int | UnsetType | None = UNSET,
        posting: Circle | UnsetType = UNSET,
        inviting: Circle | UnsetType | None = UNSET,
        pinning: Circle | UnsetType = UNSET,
        mention_all: Circle | UnsetType = UNSET,
        slow: int | UnsetType = UNSET,
        guests: bool | UnsetType = UNSET,
    ) -> Response:
        """Change what is given: name, topic, description, privacy, archived or not, and what `create_room` takes.

        `retention` is in days, None for ever. It takes a moderator for topic, description and `slow`, an owner for
        the rest.
        """
        request = SetRoom(
            room=room,
            name=name,
            topic=topic,
            description=description,
            private=private,
            archived=archived,
            edits=edits,
            retention=retention,
            posting=posting,
            inviting=inviting,
            pinning=pinning,
            mention_all=mention_all,
            slow=slow,
            guests=guests,
        )
        return await self._ask(request, room)

    @journaled(arguments=("room",), logger="client")
    async def get_room(self, room: str) -> RoomState:
        """What a room is like."""
        response = await self._ask(GetRoom(room=room), room)
        found = [] if response.rooms is UNSET else response.rooms
        return found[0] if found else RoomState(room, 0)

    @journaled(arguments=("after", "limit"), logger="client")
    async def rooms(self, query: str = "", *, after: str | None = None, limit: int | None = None) -> Page[RoomState]:
        """Public rooms and one's own by name; with `query` those with it in name, topic or description.

        `after` is the last name of the page before.
        """
        response = await self._ask(Rooms(query=query, after=after, limit=limit), self._private(query))
        return page(response.rooms, response)

    @journaled(arguments=("room", "after", "limit"), logger="client")
    async def members(self, room: str, *, after: str | None = None, limit: int | None = None) -> Page[MemberState]:
        """The members of a room by name. `after` is the last name of the page before."""
        response = await self._ask(Members(room=room, after=after, limit=limit), room)
        return page(response.members, response)

    @journaled(arguments=("room", "name"), logger="client")
    async def invite(self, room: str, name: str) -> Response:
        """Make an account a member of a room; where the server asks people, invite it (202)."""
        return await self._ask(Invite(room=room, name=name), f"{room} {name}")

    @journaled(logger="client")
    async def invitations(self) -> list[InvitationState]:
        """The rooms to which one was invited and has not answered yet."""
        response = await self._ask(Invitations(), self.name)
        return [] if response.invitations is UNSET else response.invitations

    @journaled(arguments=("room",), logger="client")
    async def decline(self, room: str) -> Response:
        """Say no to an invitation; `join` says yes."""
        return await self._ask(Decline(room=room), room)

    @journaled(arguments=("room", "name"), logger="client")
    async def remove(self, room: str, name: str) -> Response:
        """End the membership of an account; it may join again, if the room is public."""
        return await self._ask(Remove(room=room, name=name), f"{room} {name}")

    @journaled(arguments=("room", "name"), logger="client")
    async def ban(self, room: str, name: str) -> Response:
        """Remove an account and keep it out."""
        return await self._ask(Ban(room=room, name=name), f"{room} {name}")

    @journaled(arguments=("room", "name"), logger="client")
    async def unban(self, room: str, name: str) -> Response:
        """Let a banned account in again; it is no member by that."""
        return await self._ask(Unban(room=room, name=name), f"{room} {name}")

    @journaled(arguments=("room", "name", "seconds"), logger="client")
    async def mute(self, room: str, name: str, seconds: int | None = None) -> Response:
        """Keep a member from writing, for `seconds` or until unmuted."""
        return await self._ask(Mute(room=room, name=name, seconds=seconds), f"{room} {name}")

    @journaled(arguments=("room", "name"), logger="client")
    async def unmute(self, room: str, name: str) -> Response:
        """Let a muted member write again."""
        return await self._ask(Unmute(room=room, name=name), f"{room} {name}")

    @journaled(arguments=("room", "name", "role"), logger="client")
    async def set_role(self, room: str, name: str, role: RoleName) -> Response:
        """Make a member owner, moderator, or ordinary member."""
        return await self._ask(SetRole(room=room, name=name, role=role), f"{room} {name} {role}")

    @journaled(arguments=("room", "after", "limit"), logger="client")
    async def reports(
        self, room: str | None = None, *, after: int | None = None, limit: int | None = None
    ) -> Page[ReportState]:
        """The reports that one is to act on, of one room or of all. `after` is the number of the last one before."""
        response = await self._ask(Reports(room=room, after=after, limit=limit), room or "")
        return page(response.reports, response)

    @journaled(arguments=("report", "outcome"), logger="client")
    async def resolve(self, report: int, outcome: ReportOutcome = "settled") -> Response:
        """Say what became of report number `report`: something was done, or there was nothing to do."""
        return await self._ask(Resolve(report=report, outcome=outcome), f"{report} {outcome}")

    @journaled(logger="client")
    async def group(self, *members: str) -> str:
        """Find or begin the conversation of exactly these people and oneself; the name of its room."""
        response = await self._ask(Group(members=list(members)), ", ".join(members))
        return "" if response.room is UNSET else response.room
