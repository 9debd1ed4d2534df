"""Who may make an account for themselves, and who may invite others to."""

from typing import Literal, TypeAlias

from vestnik.chat.rules.accounts import MayTakeName
from vestnik.chat.rules.rooms import MayInvite
from vestnik.chat.server_roles import ADMINISTRATORS, RANK
from vestnik.chat.storage.invites import InvitersStanding, InviteRule, RegistrationRule, RegistrationStanding
from vestnik.chat.storage.rooms import Standing
from vestnik.protocol import answers
from vestnik.protocol.errors import Forbidden, VestnikError, WrongLogin
from vestnik.protocol.requests import ServerRole

Registration: TypeAlias = Literal["invite", "open", "closed"]
"""Who may register: with an invite, everybody, nobody."""


class MayRegister(RegistrationRule, frozen=True):
    """With a code that is good, or without one where everybody may; under a name that is free. `mode` says who may."""

    name: str
    mode: Registration
    with_code: bool

    def __call__(self, standing: RegistrationStanding) -> None:
        """Raises Forbidden, WrongLogin for a code that is not good, and Conflict for the name."""
        if self.mode == "closed":
            raise Forbidden(answers.REGISTRATION_CLOSED)
        if self.with_code and not standing.invited:
            raise WrongLogin(answers.CODE_REFUSED)
        if self.mode == "invite" and not self.with_code:
            raise Forbidden(answers.REGISTRATION_INVITE)
        MayTakeName(self.name)(standing.name)


def may_bring_in(standing: Standing) -> bool:
    """Whether somebody may bring a new account into a room by an invite that they made: as `MayInvite` says by then."""
    try:
        MayInvite("", "", "")(standing)
    except VestnikError:  # no event: an invite is good for the other rooms
        return False
    return True


class MayInvitePeople(InviteRule, frozen=True):
    """An administrator may invite people to roles below their own, an owner to any; `limit` invites at a time."""

    by: str
    role: ServerRole
    limit: int

    def __call__(self, standing: InvitersStanding) -> None:
        """Raises Forbidden."""
        if standing.by is not None:
            if standing.by not in ADMINISTRATORS:
                raise Forbidden(answers.ACCOUNT_ROLE, self.by, "administrator")
            if standing.by != "owner" and RANK[self.role] >= RANK[standing.by]:
                raise Forbidden(answers.ACCOUNT_ROLE, self.by, "owner")
        if standing.total >= self.limit:
            raise Forbidden(answers.INVITE_LIMIT, self.limit)
