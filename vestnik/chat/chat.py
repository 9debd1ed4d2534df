"""The state that the rules work on, put together once and handed to every handler."""

from collections.abc import Awaitable, Callable, Iterable

from vestnik.chat.blocks import Blocks
from vestnik.chat.creations import Creations
from vestnik.chat.directs import Directs
from vestnik.chat.floods import Floods
from vestnik.chat.guests import Guests
from vestnik.chat.initials import Initials
from vestnik.chat.known_names import KnownNames
from vestnik.chat.limits import Limits
from vestnik.chat.outcome import Reply
from vestnik.chat.passwords import Passwords
from vestnik.chat.presence import Presences
from vestnik.chat.rooms import RoomDirectory
from vestnik.chat.rules.registration import Registration
from vestnik.chat.session import Session
from vestnik.chat.sessions import Sessions
from vestnik.chat.state import State
from vestnik.chat.storage import Storage
from vestnik.chat.storage.changes import RoomRecord
from vestnik.protocol import answers
from vestnik.protocol.errors import BadRequest
from vestnik.protocol.request import Request


async def _nothing_to_keep(_account_id: int) -> None:
    """What there is to keep before anything was delivered."""


def _any_number(now: int) -> int:
    """How many connections an account may have where nobody counts them."""
    return now + 1


def _nothing_accepted() -> None:
    """What there is to hand over to the store before anything was accepted."""


async def _no_administration(_session: Session, request: Request) -> Reply:
    """What there is to do for administrators where nobody keeps records of it."""
    raise BadRequest(answers.ACTION_UNKNOWN, str(request.__struct_config__.tag))


class Chat:
    """Rooms, sessions, presence, limits, and the doors to storage, password checking and the clock.

    `login_lifetime` is how long an unused login lives, in seconds; `clock` gives UNIX seconds;
    `rooms`, `names` (of all accounts), `blocks` (who blocks whom) and `epoch` are what the store holds.
    `guests` says whether there are any.
    `asks_invited` says that who is invited becomes a member only by saying yes.
    `plain_passwords` says that passwords and tokens are taken also where others could read them on the way.
    `registration` says who may make an account, `public_address` where people find the server, if that is known.
    `hand_over` gives the store the messages that were accepted until now, before whatever it is given next.
    `deliveries_kept` returns when the store knows what was delivered to an account until now; whoever delivers sets it.
    `administer` does an act of administration for a session that may ask for it; whoever keeps the records sets it.
    `most_connections` says how many an account may have that has so many now; whoever counts connections sets it.
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
        names: Iterable[str] = (),
        epoch: str = "",
        asks_invited: bool = False,
        registration: Registration = "invite",
        public_address: str = "",
        plain_passwords: bool = False,
        blocks: Iterable[tuple[int, int]] = (),
        guests: Guests | None = None,
    ) -> None:
        self.asks_invited = asks_invited
        self.plain_passwords = plain_passwords
        self.registration = registration
        self.public_address = public_address
        self.storage = storage
        self.passwords = passwords
        self.limits = limits
        self.login_lifetime = login_lifetime
        self.clock = clock
        self.epoch = epoch
        self.rooms = RoomDirectory(rooms)
        self.presence = Presences(clock)
        self.sessions = Sessions(self.rooms, self.presence)
        self.state = State(self.rooms, self.sessions)
        self.directs = Directs()
        self.blocks = Blocks(blocks)
        self.floods = Floods()
        self.guests = Guests() if guests is None else guests
        self.creations = Creations(limits.creations)
        self.registrations = Creations(limits.registrations)
        self.initials = Initials(names)
        self.known_names = KnownNames(storage)
        self.most_connections: Callable[[int], int] = _any_number
        self.administer: Callable[[Session, Request], Awaitable[Reply]] = _no_administration
        self.hand_over: Callable[[], None] = _nothing_accepted
        self.deliveries_kept: Callable[[int], Awaitable[None]] = _nothing_to_keep
