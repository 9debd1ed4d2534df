"""Invites to the server, and registration, as the rules need them kept."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol, TypeAlias

from vestnik.chat.storage.accounts import NameStanding
from vestnik.chat.storage.changes import ChangeEvent
from vestnik.chat.storage.rooms import Standing
from vestnik.chat.storage.rules import Rule
from vestnik.protocol.administration import InviteRole
from vestnik.protocol.events import InviteState
from vestnik.protocol.requests import ServerRole


class InvitersStanding(NamedTuple):
    """What the rules ask of who makes an invite: what they are now, a guest if disabled, None for the user that the
    server runs as; and how many invites are good (`total`)."""

    by: ServerRole | None
    total: int


class RegistrationStanding(NamedTuple):
    """What the rules ask of a registration: how the name stands, and whether there is an invite that is good, made by
    somebody who could still make it."""

    name: NameStanding
    invited: bool


class Registered(NamedTuple):
    """An account that was made: whose invite it came by, if that has a name, and the rooms it was brought into."""

    inviter: str
    changes: tuple[ChangeEvent, ...]


InviteRule: TypeAlias = Rule[InvitersStanding]
RegistrationRule: TypeAlias = Rule[RegistrationStanding]
RoomChoice: TypeAlias = Callable[[Standing], bool]
"""Whether somebody who stands so in a room may bring others into it."""


class InviteStorage(Protocol):
    """Every method returns after the change is on disk. Times are UNIX seconds."""

    async def inviters_standing(self, by_id: int | None, now: float) -> InvitersStanding:
        """How the account `by_id` stands that wants to make an invite, or the user that the server runs as."""

    async def add_invite(
        self,
        code_hash: str,
        role: InviteRole,
        uses: int,
        rooms: Sequence[int],
        now: float,
        expires: float,
        rule: InviteRule,
        by_id: int | None = None,
    ) -> int:
        """Keep an invite, and forget those that are good no more; its number. Raises what `rule` raises."""

    async def invites(self, after: int, limit: int, now: float) -> list[InviteState]:
        """The invites that are good, by number, those behind `after`."""

    async def remove_invite(self, invite_id: int) -> bool:
        """Forget an invite; whether there was one."""

    async def registration_standing(
        self, name: str, key: str, code_hash: str | None, now: float
    ) -> RegistrationStanding:
        """How somebody stands who wants to register."""

    async def register(
        self,
        name: str,
        key: str,
        password_hash: str,
        code_hash: str | None,
        now: float,
        rule: RegistrationRule,
        allowed: RoomChoice,
    ) -> Registered:
        """Keep a new account, and use up an invite once. Raises what `rule` raises.

        It becomes a member of those rooms of the invite that whoever made it may still invite to, as `allowed` says.
        """
