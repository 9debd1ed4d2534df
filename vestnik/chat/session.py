"""A session, the account that speaks in it, and the connection that it writes to."""

from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple, Protocol

from vestnik.chat.administration import Administrator
from vestnik.chat.scopes import Scope
from vestnik.chat.storage.accounts import AccountRecord
from vestnik.chat.storage.messages import MessageEvent
from vestnik.protocol import answers
from vestnik.protocol.errors import NotAuthorised, VestnikError
from vestnik.protocol.formats import Formats
from vestnik.protocol.requests import Position, ServerRole

NO_FEATURES: frozenset[str] = frozenset()
MAX_LATE = 100
"""Events that a session may get late, when what it had missed was sent; past it the oldest are forgotten."""


class Recipient(Protocol):
    """Something that takes bytes until it is `closing`, and waits for the answers to its messages.

    `number` counts the connections of this server, from 1; `name` is the same as text. `network` is where it comes
    from, as far as one stranger can come from it alone. `formats` are those of its door.
    `pending` is how many of its messages are not answered yet.
    """

    @property
    def address(self) -> tuple[str, int]:
        """Address and port of the client."""

    closing: bool
    number: int
    name: str
    network: str
    formats: Formats
    pending: int
    session: "Session"
    send: Callable[[bytes], None]
    """Writes whole frames to the connection."""

    def fail(self, number: int, request_id: str | None) -> None:
        """Answer request `number`, a message, which could not be kept."""

    def refuse(self, error: VestnikError, number: int, request_id: str | None) -> None:
        """Answer request `number`, a message, which may not be kept."""

    def go_on(self) -> None:
        """Serve what waited for the answers to messages."""

    def drained(self) -> Awaitable[None]:
        """Return when the client has read most of what was sent to it, or is gone."""

    def release(self) -> None:
        """Read again, after too many messages were waiting for the store."""

    def unread(self) -> int:
        """Bytes of what was sent that the client's side has not acknowledged."""

    def taken(self) -> int:
        """Something that changes when the client takes some of what waits for it."""

    def holds(self) -> int:
        """Bytes that are kept for the connection."""

    def check_buffer(self) -> None:
        """Close the connection if too many bytes wait for it."""

    def give_up(self, waiting: int) -> None:
        """Close the connection, for which `waiting` messages or bytes wait already."""

    def hung_up(self) -> bool:
        """Whether the client has closed its side, also if that was not read yet."""

    def expel(self) -> None:
        """Close the connection, whose account may not log in any more as it could."""


class ClaimedCursor(NamedTuple):
    """What a client says that it has of the conversation that it calls `name`; None: something of another epoch."""

    name: str
    position: Position | None


class Missing:
    """What a session that resumes has not got yet.

    `cursors` is what it says that it has, by the keys of names, while it still says so; None when it has nothing.
    `positions` is how far it has each conversation (`seq`, `change`), `conversations` those in which there is more,
    `read` those of which something was read in the store. `anew` is how many begin anew. `names` is what a session
    that hears of changes calls rooms, until it is told of another name. `left` are rooms that the account has left
    meanwhile: it gets nothing more of them. `late` are events that it gets at the end, with the number of the room
    that was left by them, or 0. `begun` says that it is getting it, `over` that it gets no more of it, because it has
    logged in anew.
    """

    __slots__ = ("anew", "begun", "conversations", "cursors", "late", "left", "names", "over", "positions", "read")

    def __init__(self) -> None:
        self.cursors: dict[str, ClaimedCursor] | None = None
        self.anew = 0
        self.positions: dict[int, tuple[int, int]] = {}
        self.conversations: set[int] = set()
        self.read: set[int] = set()
        self.names: dict[int, str] = {}
        self.left: set[int] = set()
        self.late: deque[tuple[int, bytes]] = deque(maxlen=MAX_LATE)
        self.begun = False
        self.over = False


NOTHING_MISSING = Missing()
"""That of sessions which are live, one for all of them."""
NO_FLOORS: Final[Mapping[int, tuple[int, int]]] = MappingProxyType({})
NOWHERE: Final[Mapping[str, float]] = MappingProxyType({})


class Account:
    """An account with at least one session: `key` is its name as it is compared, `role` what it is on the server.

    `visitor` says that it is a guest without one, who is gone with the connection.
    """

    __slots__ = ("id", "key", "name", "role", "sessions", "visitor")

    def __init__(self, record: AccountRecord, key: str, role: ServerRole = "member") -> None:
        self.role = role
        self.visitor = bool(record.visitor)
        self.id = record.id
        self.name = record.name
        self.key = key
        self.sessions: set[Session] = set()


class Session:
    """What the server knows of one connection: who speaks, and what the client understands.

    `claimed` is the name of the last attempt to log in, `lang` the language that it asked for, if any; `administrator`
    who acts, if it may do what others may not.
    `format` is how things are written to it. `scope` is what it may do, if its token gives less than everything.
    Direct messages that come after the login are in `waiting` until the ones kept from before are delivered, then it is
    None. `floors` is how far (`seq`, `change`) the session has read direct conversations in the store: what comes up to
    there it has already. `closed` says that the connection is gone; who waits for something meanwhile sets
    `gone`, which is called then. `failed` says that the last attempt to log in was refused.
    `exposed` says that others can read on the way what is said: the connection comes from another machine and is not
    encrypted. `away` says that its user is; `typed` are the conversations that were told of typing lately, and when
    (UNIX s).

    A session that resumes is not `live` until it has got what it had missed, and hears nothing but that and of
    people's presence; `missing` says what that is.
    """

    __slots__ = (
        "account",
        "administrator",
        "away",
        "claimed",
        "closed",
        "exposed",
        "failed",
        "features",
        "floors",
        "format",
        "gone",
        "lang",
        "live",
        "login_id",
        "missing",
        "recipient",
        "scope",
        "typed",
        "waiting",
    )

    def __init__(self, recipient: Recipient) -> None:
        self.recipient = recipient
        self.account: Account | None = None
        self.administrator: Administrator | None = None
        self.claimed = ""
        self.lang = ""
        self.closed = False
        self.exposed = False
        self.failed = False
        self.gone: Callable[[], None] | None = None
        self.features = NO_FEATURES
        self.format = recipient.formats(NO_FEATURES)
        self.login_id: int | None = None
        self.scope: Scope | None = None
        self.waiting: list[MessageEvent] | None = None
        self.floors = NO_FLOORS
        self.live = True
        self.missing = NOTHING_MISSING
        self.away = False
        self.typed = NOWHERE

    def end(self) -> None:
        """The connection is gone."""
        self.closed = True
        if self.gone is not None:
            self.gone()

    @property
    def speaker(self) -> Account:
        """The account that speaks. Raises NotAuthorised when nobody is logged in."""
        if self.account is None:
            raise NotAuthorised(answers.LOGIN_REQUIRED, self.claimed)
        return self.account

    @property
    def name(self) -> str:
        """The account's name, or the name last claimed, or an empty string."""
        return self.account.name if self.account else self.claimed
