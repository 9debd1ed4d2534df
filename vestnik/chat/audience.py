"""Who hears what happens: the sessions of a room's members, or of the two people of a direct conversation."""

from collections.abc import Iterable
from typing import Final

from vestnik.chat.rooms import Room
from vestnik.chat.session import Session
from vestnik.chat.sessions import Sessions

COMING_AND_GOING: Final = frozenset({"create_room", "join", "invite", "leave", "remove", "ban"})
"""Changes after which a room may have another audience than before; those before and after hear of them."""


def sessions_of(sessions: Sessions, people: Iterable[int]) -> list[Session]:
    """The sessions of accounts, live or not."""
    return [session for account in map(sessions.find, people) if account is not None for session in account.sessions]


def sessions_in(room: Room) -> set[Session]:
    """The sessions that hear a room, and those that will when they have got what they missed."""
    return {recipient.session for hearers in room.hearers.values() for recipient in hearers} | room.absent
