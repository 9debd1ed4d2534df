"""The state that the rules work on, put together once and handed to every handler."""

from collections.abc import Callable, Iterable

from vestnik.chat.directs import Directs
from vestnik.chat.limits import Limits
from vestnik.chat.passwords import Passwords
from vestnik.chat.presence import Presences
from vestnik.chat.rooms import Rooms
from vestnik.chat.sessions import Sessions
from vestnik.chat.storage import Storage
from vestnik.chat.storage.rooms import RoomRecord


class Chat:
    """Rooms, sessions, presence, limits, and the doors to storage, password checking and the clock.

    `login_lifetime` is how long an unused login lives, in seconds; `clock` gives UNIX seconds;
    `rooms` and `published` (the number of the last message) are what the store holds.
    """

    def __init__(
        self,
        *,
        storage: Storage,
        passwords: Passwords,
        limits: Limits,
        login_lifetime: float,
        clock: Callable[[], float],
        rooms: Iterable[RoomRecord] = (),
        published: int = 0,
    ) -> None:
        self.storage = storage
        self.passwords = passwords
        self.limits = limits
        self.login_lifetime = login_lifetime
        self.clock = clock
        self.rooms = Rooms(rooms)
        self.presence = Presences(clock)
        self.sessions = Sessions(self.rooms, published, self.presence)
        self.directs = Directs()
