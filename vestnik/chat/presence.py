"""Who is there: online, away or offline, with a status text, over all of a person's sessions; and who is to hear of it.

Changes are gathered in rounds (`next_round`, once a second in the server), so that many become one notice and a
reconnect none at all. What a login or logout costs here does not depend on how many people there are.
"""

from collections.abc import Callable, Set
from itertools import islice
from typing import Final

from msgspec import UNSET

from vestnik.chat.session import Session
from vestnik.chat.storage.accounts import AccountRecord
from vestnik.chat.storage.people import Seen
from vestnik.protocol.events import Person

ONLINE: Final = "online"
AWAY: Final = "away"
OFFLINE: Final = "offline"

GRACE: Final = 5
"""Whole rounds for which somebody without a session is not yet offline."""
MAX_ROUND: Final = 500
"""People who are announced in one round, and whose presence is saved in one; more wait for the next."""


NOBODY: Final[Set[int]] = frozenset()


def unseen(name: str) -> Person:
    """What somebody sees of a person whose presence is hidden from them: as if they had never been connected."""
    return Person(name, OFFLINE)


class Presentity:
    """Somebody who is, was or may be present (RFC 2778): `state` and `status` are what others may see of it now.

    `told` are the state and status that were announced last; None when somebody has seen another one meanwhile, so
    that it must be announced in any case. `sessions` is how many there are, `away` how many of them are away; `seen`
    when the last one ended (UNIX seconds). `guest` says that it is one of the server.
    """

    __slots__ = ("away", "guest", "id", "name", "seen", "sessions", "state", "status", "told")

    def __init__(self, account: AccountRecord, status: str) -> None:
        self.id = account.id
        self.name = account.name
        self.guest = False
        self.state = OFFLINE
        self.status = status
        self.told: tuple[str, str] | None = self.shown
        self.sessions = 0
        self.away = 0
        self.seen = 0.0

    @property
    def shown(self) -> tuple[str, str]:
        """What is to be announced when it has changed."""
        return self.state, self.status

    def person(self) -> Person:
        """The same for the wire."""
        return Person(self.name, self.state, self.status, self.seen if self.state == OFFLINE else UNSET, self.guest)


class Presences:
    """The presence of everybody who is connected or was a moment ago. `clock` gives UNIX seconds.

    `listeners` are the sessions that want to hear of changes; without any, nothing is gathered for them. `announced`
    are the accounts of those of the last round, in the same order.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self.listeners: set[Session] = set()
        self.announced: list[int] = []
        self._clock = clock
        self._round = 0
        self._here: dict[int, Presentity] = {}  # not offline
        self._gone: dict[int, Presentity] = {}  # offline, but not announced or not saved yet
        self._leaving: dict[int, int] = {}  # those without a session who are not offline yet: the round they left in
        self._news: dict[int, Presentity] = {}  # those who are not as they were announced
        self._unsaved: dict[int, Presentity] = {}
        self._saving: dict[int, Presentity] = {}

    # What sessions do.

    def come(self, session: Session, status: str) -> None:
        """A session has logged in. `status` is the account's last status text that was saved."""
        account = session.speaker
        one = self._here.get(account.id)
        if one is None:
            one = self._gone.pop(account.id, None) or Presentity(AccountRecord(account.id, account.name), status)
            one.guest = account.role == "guest"
            self._here[account.id] = self._unsaved[account.id] = one
        else:
            self._leaving.pop(account.id, None)
        one.sessions += 1
        self._update(one)

    def go(self, session: Session) -> None:
        """A session logs out."""
        self.listeners.discard(session)
        one = self._here[session.speaker.id]
        one.sessions -= 1
        one.away -= session.away
        session.away = False
        if one.sessions:
            self._update(one)
        else:
            one.seen = self._clock()
            self._leaving[one.id] = self._round - (GRACE + 1) * session.speaker.visitor  # who is gone is gone

    def listen(self, session: Session) -> None:
        """Take note whether a session wants to hear of changes."""
        if "presence" in session.features:
            self.listeners.add(session)
        else:
            self.listeners.discard(session)

    def set_away(self, session: Session, away: bool) -> None:
        """A session that is logged in says whether its user is away."""
        one = self._here[session.speaker.id]
        one.away += away - session.away
        session.away = away
        self._update(one)

    def set_status(self, session: Session, status: str) -> None:
        """A session that is logged in gives its account a status text; an empty one clears it."""
        one = self._here[session.speaker.id]
        if one.status != status:
            one.status = status
            self._unsaved[one.id] = one
            self._update(one)

    # What others see.

    def status(self, session: Session) -> str:
        """The status text of the account of a session that is logged in."""
        return self._here[session.speaker.id].status

    def find(self, account_id: int) -> Person | None:
        """An account's presence for somebody who asks; None if what is saved of it holds."""
        one = self._here.get(account_id) or self._gone.get(account_id)
        return None if one is None else _show(one)

    def present(self, limit: int, hidden: Set[int] = NOBODY) -> tuple[list[Person], bool]:
        """Those who are not offline, at most `limit`, for somebody who asks; and whether there are more.

        The presence of the accounts `hidden` is kept from them.
        """
        seen = (one for one in self._here.values() if one.id not in hidden)
        found = list(islice(seen, limit))
        return [_show(one) for one in found], next(seen, None) is not None

    # Rounds.

    def next_round(self) -> list[Person]:
        """End a round: those who are not as they were announced last, at most `MAX_ROUND`. They count as announced."""
        self._round += 1
        for account_id, left in list(islice(self._leaving.items(), MAX_ROUND)):
            if self._round - left <= GRACE:
                break
            self._leave(account_id)
        people, self.announced = [], []
        for one in list(islice(self._news.values(), MAX_ROUND)):
            del self._news[one.id]
            one.told = one.shown
            people.append(one.person())
            self.announced.append(one.id)
            self._settle(one)
        return people

    def _leave(self, account_id: int) -> None:
        """Somebody's grace is over."""
        del self._leaving[account_id]
        one = self._gone[account_id] = self._unsaved[account_id] = self._here.pop(account_id)
        one.state = OFFLINE
        self._note(one)

    def _update(self, one: Presentity) -> None:
        """Work out the state of somebody who has a session."""
        one.state = ONLINE if one.sessions > one.away else AWAY
        self._note(one)

    def _note(self, one: Presentity) -> None:
        """Take note whether somebody is to be announced."""
        if not self.listeners:
            one.told = one.shown
        if one.told == one.shown:
            self._news.pop(one.id, None)
        else:
            self._news[one.id] = one

    # What is saved.

    def save_all(self) -> None:
        """Let everybody who is not offline be saved, because the server ends."""
        self._unsaved.update(self._here)

    def take_unsaved(self) -> list[Seen]:
        """What is to be saved next, at most `MAX_ROUND` people; to be followed by `saved` before more is taken."""
        now = self._clock()
        for one in list(islice(self._unsaved.values(), MAX_ROUND)):
            self._saving[one.id] = self._unsaved.pop(one.id)
        return [Seen(one.id, one.status, now if one.sessions else one.seen) for one in self._saving.values()]

    def saved(self, done: bool) -> None:
        """What was taken is on disk; or it is not, and is to be taken again."""
        saving, self._saving = self._saving, {}
        if done:
            for one in saving.values():
                self._settle(one)
        else:
            self._unsaved = saving | self._unsaved

    def _settle(self, one: Presentity) -> None:
        """Forget somebody who is offline, announced and saved."""
        if not (one.id in self._news or one.id in self._unsaved or one.id in self._saving):
            self._gone.pop(one.id, None)


def _show(one: Presentity) -> Person:
    """Somebody's presence for whoever asks, who must hear of it if it becomes again what it was announced as."""
    if one.told != one.shown:
        one.told = None
    return one.person()
