"""Rooms in which ordinary members write only now and then."""

from math import ceil
from typing import Final

from vestnik.chat.roles import role_of
from vestnik.chat.rooms import Room
from vestnik.chat.session import Account
from vestnik.protocol import answers
from vestnik.protocol.errors import TooMany

MAX_SPOKE: Final = 10_000
"""Members of a slow room of whom is remembered when they wrote; past it those are forgotten who wrote longest ago."""


def wait_of(room: Room, account: Account, now: float) -> int:
    """For how many seconds somebody has to wait before they may write in a room; `now` in UNIX seconds."""
    if room.spoke is None or role_of(room, account.id) != "member":
        return 0
    since = now - room.spoke.get(account.id, -float(room.slow))
    return ceil(room.slow - since) if 0 <= since < room.slow else 0


def take_turn(room: Room, account: Account, now: float) -> None:
    """Note that somebody writes in a room. Raises TooMany for who has to wait."""
    if room.spoke is None:
        return
    wait = wait_of(room, account, now)
    if wait:
        raise TooMany(answers.ROOM_SLOW, account.name, room.name, wait)
    room.spoke.pop(account.id, None)
    room.spoke[account.id] = now
    while len(room.spoke) > MAX_SPOKE:
        del room.spoke[next(iter(room.spoke))]
