"""Who is logged in: the accounts that have a session, and the rooms that these hear."""

from collections import deque
from collections.abc import Callable

from vestnik.chat.guests import stays
from vestnik.chat.presence import Presences
from vestnik.chat.rooms import Room, RoomDirectory
from vestnik.chat.server_roles import ADMINISTRATORS
from vestnik.chat.session import MAX_LATE, NO_FLOORS, NOTHING_MISSING, Account, Missing, Session
from vestnik.chat.storage.accounts import AccountRecord
from vestnik.protocol.requests import ServerRole


class Sessions:
    """All sessions that are logged in, by account; keeps the audiences of the rooms in step with them.

    `depart` is called with a guest who goes; whoever forgets them sets it.
    `expulsions` is how often accounts were expelled or got another role, so that a login can tell whether that happened
    meanwhile; `passing` are sessions whose tokens will expire.
    """

    def __init__(self, rooms: RoomDirectory, presence: Presences) -> None:
        self.expulsions = 0
        self.passing: set[Session] = set()
        self.depart: Callable[[Account], None] = stays
        self._presence = presence
        self._rooms = rooms
        self._accounts: dict[int, Account] = {}

    def find(self, account_id: int) -> Account | None:
        """The account, if it has a session."""
        return self._accounts.get(account_id)

    def administrators(self) -> set[int]:
        """The numbers of the administrators of the server that have a session."""
        return {account.id for account in self._accounts.values() if account.role in ADMINISTRATORS}

    def attach(
        self,
        session: Session,
        record: AccountRecord,
        key: str,
        features: frozenset[str],
        status: str = "",
        role: ServerRole = "member",
    ) -> bool:
        """Log a session in: from now on it hears the account's rooms. No change when its connection is gone.

        `status` is the account's status text as it was saved, `role` what it is on the server. Logging in again on the
        same connection changes what the client understands, and lets it hear what its features say from then on:
        nothing until it resumes, or all; nothing either with a `scope` that lets it hear nothing.
        Returns whether it is to get what was kept, as after the first login of a session or the first without `resume`.
        """
        if session.closed:
            return False
        waits = "resume" in features or (session.scope is not None and not session.scope.hears)
        if session.account is not None and session.account.id == record.id:
            begins = not session.live and not waits
            if begins:
                self._begin(session)
            elif waits:
                self.suspend(session)
            self._understand(session, features)
            self._watch(session)
            return begins
        self.detach(session)
        account = self._accounts.get(record.id)
        if account is None:
            account = self._accounts[record.id] = Account(record, key, role)
        account.sessions.add(session)
        session.account = account
        self._watch(session)
        if waits:
            self.suspend(session)
        else:
            self._begin(session)
        self._understand(session, features)
        self._presence.come(session, status)
        return True

    def _watch(self, session: Session) -> None:
        """Remember a session whose token will expire."""
        self.passing.discard(session)
        if session.scope is not None and session.scope.expires is not None:
            self.passing.add(session)

    def expel_expired(self, now: float) -> None:
        """End the connections whose tokens have expired by `now` (UNIX seconds)."""
        for session in tuple(self.passing):
            if session.scope is not None and session.scope.expires is not None and session.scope.expires <= now:
                session.recipient.expel()

    def _begin(self, session: Session) -> None:
        """Let a session hear everything from now on, direct messages after those that were kept."""
        session.missing.over = not session.live
        session.live = True
        session.missing = NOTHING_MISSING
        session.waiting = []
        session.floors = NO_FLOORS

    def suspend(self, session: Session) -> None:
        """Let a session hear nothing until it has got what it has missed."""
        session.missing.over = not session.live
        session.live = False
        session.missing = Missing()
        session.waiting = None
        session.floors = NO_FLOORS
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
        self.rehear(session)

    def rehear(self, session: Session) -> None:
        """Let a session hear its rooms in the format that it has now."""
        account = session.account
        for room in self._rooms.of(account.id) if account is not None else ():
            self.hear(session, room)

    def detach(self, session: Session) -> None:
        """Log a session out, for instance because its connection ended."""
        account = session.account
        if account is None:
            return
        for room in self._rooms.of(account.id):
            room.detach(session)
        self._presence.go(session)
        self.passing.discard(session)
        account.sessions.discard(session)
        if not account.sessions:
            del self._accounts[account.id]
        session.account = None
        session.waiting = None
        if account.visitor and not account.sessions:
            self.depart(account)

    def expel(self, account_id: int, but: Session | None = None) -> None:
        """End the connections of an account, `but` one: it may not log in any more as it could."""
        self.expulsions += 1
        account = self._accounts.get(account_id)
        for session in tuple(account.sessions) if account else ():
            if session is not but:
                session.recipient.expel()

    def set_role(self, account_id: int, role: ServerRole) -> None:
        """An account is something else on the server from now on."""
        self.expulsions += 1
        account = self._accounts.get(account_id)
        if account is not None:
            account.role = role

    def expel_logins(self, account_id: int, ended: Callable[[int | None], bool]) -> None:
        """End the connections of an account whose login (None: the one without a token) has ended."""
        self.expulsions += 1
        account = self._accounts.get(account_id)
        for session in tuple(account.sessions) if account else ():
            if ended(session.login_id):
                session.recipient.expel()

    def hear(self, session: Session, room: Room) -> None:
        """Let a session hear a room, or note in the room that it is absent as long as it is not live.

        Not one whose token is for other rooms.
        """
        if session.scope is None or session.scope.has(room.id):
            room.attach(session)
        else:
            room.detach(session)

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

    def left(self, account_id: int, room: Room, origin: str | None = None) -> None:
        """No session of an account hears the room any more; `origin` is the connection that asked for it.

        Should that one join again, it knows from where on it hears the room.
        """
        account = self._accounts.get(account_id)
        for session in account.sessions if account else ():
            room.detach(session)
            if not session.live:
                session.missing.left.add(room.id)
                session.missing.conversations.discard(room.id)
                if session.recipient.name == origin:
                    session.missing.positions.pop(room.id, None)
