"""Who is connected: one session for each connection, and the accounts that have at least one."""

from collections import deque
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from vestnik.chat.administration import Administrator
from vestnik.chat.presence import Presences
from vestnik.chat.recipient import Recipient
from vestnik.chat.rooms import Room, Rooms
from vestnik.chat.storage.accounts import AccountRecord
from vestnik.protocol import answers
from vestnik.protocol.errors import NotAuthorised
from vestnik.protocol.requests import Position

NO_FEATURES: frozenset[str] = frozenset()
MAX_LATE = 100
"""Events that a session may get late, when what it had missed was sent; past it the oldest are forgotten."""


class Missing:
    """What a session that resumes has not got yet.

    `cursors` is what it says that it has, by name, while it still says so; None when it has nothing. `positions` is
    how far it has each conversation (`seq`, `change`), `conversations` those in which there is more. `names` is what a
    session that hears of changes calls rooms, until it is told of another name. `left` are rooms that the account has
    left meanwhile: it gets nothing more of them. `late` are events that it gets at the end, with the number of the room
    that was left by them, or 0. `begun` says that it is getting it.
    """

    __slots__ = ("begun", "conversations", "cursors", "late", "left", "names", "positions")

    def __init__(self) -> None:
        self.cursors: dict[str, Position] | None = None
        self.positions: dict[int, tuple[int, int]] = {}
        self.conversations: set[int] = set()
        self.names: dict[int, str] = {}
        self.left: set[int] = set()
        self.late: deque[tuple[int, bytes]] = deque(maxlen=MAX_LATE)
        self.begun = False


NOTHING_MISSING = Missing()
"""That of sessions which are live, one for all of them."""
NOWHERE: Final[Mapping[str, float]] = MappingProxyType({})


class Account:
    """An account with at least one session. `key` is its name as it is compared."""

    __slots__ = ("id", "key", "name", "sessions")

    def __init__(self, record: AccountRecord, key: str) -> None:
        self.id = record.id
        self.name = record.name
        self.key = key
        self.sessions: set[Session] = set()


class Session:
    """What the server knows of one connection: who speaks, and what the client understands.

    `claimed` is the name of the last attempt to log in; `administrator` who acts, if it may do what others may not.
    `format` is how things are written to it.
    Direct messages numbered up to `horizon` were published before the login; those published since are in `waiting`
    until the ones kept from before are delivered, then it is None. `closed` says that the connection is gone.
    `away` says that its user is; `typed` are the conversations that were told of typing lately, and when (UNIX s).

    A session that resumes is not `live` until it has got what it had missed, and hears nothing but that and of
    people's presence; `missing` says what that is.
    """

    __slots__ = (
        "account",
        "administrator",
        "away",
        "claimed",
        "closed",
        "features",
        "format",
        "horizon",
        "live",
        "login_id",
        "missing",
        "recipient",
        "typed",
        "waiting",
    )

    def __init__(self, recipient: Recipient) -> None:
        self.recipient = recipient
        self.account: Account | None = None
        self.administrator: Administrator | None = None
        self.claimed = ""
        self.closed = False
        self.features = NO_FEATURES
        self.format = recipient.formats(NO_FEATURES)
        self.login_id: int | None = None
        self.horizon = 0
        self.waiting: list[Any] | None = None
        self.live = True
        self.missing = NOTHING_MISSING
        self.away = False
        self.typed = NOWHERE

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


class Sessions:
    """All sessions that are logged in, by account; keeps the audiences of the rooms in step with them.

    `published` is the number of the message that was published last; `expulsions` how often accounts were expelled,
    so that a login can tell whether that happened while it was checked.
    """

    def __init__(self, rooms: Rooms, published: int, presence: Presences) -> None:
        self.published = published
        self.expulsions = 0
        self._presence = presence
        self._rooms = rooms
        self._accounts: dict[int, Account] = {}

    def find(self, account_id: int) -> Account | None:
        """The account, if it has a session."""
        return self._accounts.get(account_id)

    def attach(
        self, session: Session, record: AccountRecord, key: str, features: frozenset[str], status: str = ""
    ) -> bool:
        """Log a session in: from now on it hears the account's rooms. No change when its connection is gone.

        `status` is the account's status text as it was saved. Logging in again on the same connection changes only what
        the client understands. Returns whether it was the first login of this session.
        """
        if session.closed:
            return False
        if session.account is not None and session.account.id == record.id:
            self._understand(session, features)
            return False
        self.detach(session)
        account = self._accounts.get(record.id)
        if account is None:
            account = self._accounts[record.id] = Account(record, key)
        account.sessions.add(session)
        session.account = account
        if "resume" in features:
            self.suspend(session)
        else:
            session.horizon = self.published
            session.waiting = []
        self._understand(session, features)
        self._presence.come(session, status)
        return True

    def suspend(self, session: Session) -> None:
        """Let a session hear nothing until it has got what it has missed."""
        session.live = False
        session.missing = Missing()
        session.waiting = None
        for room in self._rooms.of(session.speaker.id):
            self.hear(session, room)

    def revive(self, session: Session) -> None:
        """Let a session hear everything again that its account hears."""
        session.live = True
        session.missing = NOTHING_MISSING
        for room in self._rooms.of(session.speaker.id):
            self.hear(session, room)

    def _understand(self, session: Session, features: frozenset[str]) -> None:
        session.features = features
        session.format = session.recipient.formats(features)
        self._presence.listen(session)
        account = session.speaker
        for room in self._rooms.of(account.id):
            self.hear(session, room)

    def detach(self, session: Session) -> None:
        """Log a session out, for instance because its connection ended."""
        account = session.account
        if account is None:
            return
        for room in self._rooms.of(account.id):
            room.detach(session)
        self._presence.go(session)
        account.sessions.discard(session)
        if not account.sessions:
            del self._accounts[account.id]
        session.account = None
        session.waiting = None

    def expel(self, account_id: int) -> None:
        """End the connections of an account: it may not log in any more as it could."""
        self.expulsions += 1
        account = self._accounts.get(account_id)
        for session in tuple(account.sessions) if account else ():
            session.recipient.expel()

    def hear(self, session: Session, room: Room) -> None:
        """Let a session hear a room, or note in the room that it is absent as long as it is not live."""
        room.attach(session)

    def joined(self, account_id: int, room: Room) -> None:
        """Let all sessions of an account hear a room from its present end on.

        One that is not live and had it before goes on from there, and so hears in order that it was left and joined.
        """
        account = self._accounts.get(account_id)
        for session in account.sessions if account else ():
            if not session.live:
                self._joined_again(session.missing, room)
            self.hear(session, room)

    def _joined_again(self, missing: Missing, room: Room) -> None:
        missing.positions.setdefault(room.id, (room.seq, room.change))
        if room.id in missing.left:
            missing.left.remove(room.id)
            missing.conversations.add(room.id)
            missing.late = deque((each for each in missing.late if each[0] != room.id), MAX_LATE)

    def left(self, account_id: int, room: Room) -> None:
        """No session of an account hears the room any more."""
        account = self._accounts.get(account_id)
        for session in account.sessions if account else ():
            room.detach(session)
            if not session.live:
                session.missing.left.add(room.id)
                session.missing.conversations.discard(room.id)
