"""Who may do what with a message that is there.

`account` is the name of who does it, `place` what they call the conversation.
"""

from typing import ClassVar

from vestnik.chat.blocks import check_blocks
from vestnik.chat.rules.matrix import About, Doing, check_member, needed, ranks
from vestnik.chat.storage.alterations import AlterationRule, MessageStanding
from vestnik.protocol import answers
from vestnik.protocol.errors import Forbidden, NotFound


class MayAlter(AlterationRule, frozen=True):
    """Somebody may do something (`action`) with a message that is there; `now` in UNIX seconds."""

    action: ClassVar[str]
    about: ClassVar[About] = ""

    account: str
    place: str
    now: float

    def __call__(self, standing: MessageStanding) -> None:
        """Raises Forbidden, and NotFound for a message that is not there."""
        if standing.room is not None:
            Doing(self.account, self.place, self.action, self.now).check(standing.room, self.about)
        else:
            check_blocks(self.account, self.place, blocked=standing.blocked, own=standing.blocking)
        check_there(self.place, standing)


class MayEdit(MayAlter, frozen=True):
    """They may edit only what they have written themselves: nothing that was forwarded, either."""

    action = "edit"
    about = "own"

    def __call__(self, standing: MessageStanding) -> None:
        """Raises Forbidden, and NotFound for a message that is not there."""
        super().__call__(standing)
        if not standing.own or standing.forwarded:
            raise Forbidden(answers.MESSAGE_NOT_OWN, self.account, self.place, standing.seq)


class MayReact(MayAlter, frozen=True):
    """They may put an emoji to a message that has fewer than `limit` others."""

    action = "react"

    limit: int

    def __call__(self, standing: MessageStanding) -> None:
        """Raises Forbidden, and NotFound for a message that is not there."""
        super().__call__(standing)
        if standing.others >= self.limit:
            raise Forbidden(answers.REACTION_LIMIT, self.place, standing.seq, self.limit)


class MayPin(MayAlter, frozen=True):
    """They may pin a message where fewer than `limit` others are pinned."""

    action = "pin"

    limit: int

    def __call__(self, standing: MessageStanding) -> None:
        """Raises Forbidden, and NotFound for a message that is not there."""
        super().__call__(standing)
        if standing.others >= self.limit:
            raise Forbidden(answers.PIN_LIMIT, self.place, self.limit)


class MayUnpin(MayAlter, frozen=True):
    """They may take it off the pinned ones."""

    action = "unpin"


class MayDelete(AlterationRule, frozen=True):
    """Everybody may delete their own message, a moderator anybody's, also again."""

    account: str
    place: str

    def __call__(self, standing: MessageStanding) -> None:
        """Raises Forbidden, and NotFound for a message that never was."""
        if standing.room is not None:
            check_member(self.account, self.place, standing.room)
        if not standing.known:
            raise NotFound(answers.MESSAGE_UNKNOWN, self.place, standing.seq)
        room = standing.room
        moderates = room is not None and ranks(room.role, needed(room, "delete", "another's"))
        if not standing.own and not moderates:
            raise Forbidden(answers.MESSAGE_NOT_OWN, self.account, self.place, standing.seq)


class MayUnreact(AlterationRule, frozen=True):
    """What is one's own may be taken back always."""

    account: str
    place: str

    def __call__(self, standing: MessageStanding) -> None:
        """Raises Forbidden, and NotFound for a message that is not there."""
        if standing.room is not None:
            check_member(self.account, self.place, standing.room)
        check_there(self.place, standing)


def check_there(place: str, standing: MessageStanding) -> None:
    """Raises NotFound for a message that is not there."""
    if not standing.known or standing.deleted:
        raise NotFound(answers.MESSAGE_UNKNOWN, place, standing.seq)
