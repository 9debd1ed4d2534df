"""Lines that come again and again: the first ones are journaled as they are, the rest is counted.

A connection has an allowance of lines for its refusals, and one for other answers to what changes nothing; what is past
them becomes one line with a count, after a second and then more and more seldom. Those who are not logged in share
another allowance with everybody in their network, for refusals and for their coming and going, and a third one with all
strangers. An account has one for its logins. So what strangers send makes the journal longer by less and less, over
however many connections and kinds of requests it is spread.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import cache
from logging import INFO
from typing import Final, Protocol

from vestnik.chat.outcome import Reply
from vestnik.chat.session import Session
from vestnik.log.events import EventType
from vestnik.log.journal import Journal
from vestnik.protocol import answers
from vestnik.server import catalogue
from vestnik.server.repeats import FIRST_WAIT, Allowance, Repeats

OF_CONNECTION: Final = Allowance(10, 1.0)
OF_ANSWERS: Final = Allowance(1_000, 20.0)
OF_LOGINS: Final = Allowance(1_000, 5.0)
OF_NETWORK: Final = Allowance(500, 5.0)
OF_ALL: Final = Allowance(2_000, 20.0)
"""Lines for the refusals of a connection; for its other answers; for the logins of an account; for strangers of one
network; for all strangers."""
ALL: Final = "*"
"""What stands for all networks together."""
MAX_NETWORKS: Final = 1_000
"""Networks, and accounts, that are told apart; past it the one that was seen least lately is forgotten."""


class Caller(Protocol):
    """Who is refused: a peer."""

    name: str
    network: str
    session: Session

    @property
    def address(self) -> tuple[str, int]:
        """Address and port of the client."""


class Refusals:
    """Journals refusals, other answers to what changes nothing, and the coming and going of strangers.

    `clock` gives seconds since 1970, `monotonic` seconds.
    """

    def __init__(
        self,
        journal: Journal,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._journal = journal
        self._clock = clock
        self._monotonic = monotonic
        self._loop = asyncio.get_running_loop()
        self._connections: dict[str, Repeats] = {}  # those that were refused something
        self._answers: dict[str, Repeats] = {}  # those that have asked for something
        self._unseen: set[str] = set()  # connections whose beginning was not shown
        self._networks: OrderedDict[str, Repeats] = OrderedDict()
        self._accounts: OrderedDict[str, Repeats] = OrderedDict()
        self._all = Repeats(ALL, OF_ALL, monotonic())
        self._timer: asyncio.TimerHandle | None = None

    # Connections.

    def opened(self, caller: Caller) -> None:
        """A connection is there."""
        if not self._show(caller, catalogue.CONNECTION_OPENED, caller.address):
            self._unseen.add(caller.name)

    def turned_away(self, caller: Caller, event: EventType, *values: object) -> None:
        """A connection cannot be taken, as `event` says."""
        if not self._show(caller, event, values):
            self._unseen.add(caller.name)

    def note(self, caller: Caller, event: EventType, *values: object) -> None:
        """It was found out how a client speaks, or that it cannot be understood."""
        if event.level < INFO:
            self._journal.record(event, *values, connection=caller.name)
        else:
            self._show(caller, event, values)

    def login(self, caller: Caller, reply: Reply, number: int, more: Mapping[str, object]) -> None:
        """A login has begun, gone on or ended, with request `number`. `more` are further fields of the record.

        A stranger may end none, too. At the first login at the latest it is said where a connection came from.
        """
        answer = reply.answer
        if answer is answers.LOGIN_NONE:
            self._show(caller, catalogue.of_stranger(answer), reply.values, number, more)
            return
        now = self._monotonic()
        event, source = catalogue.of_answer(answer), self._account(str(reply.values[0]), now)
        if not source.allows(now):
            self._hide(source, event, now)
            return
        if caller.name in self._unseen:
            self._unseen.discard(caller.name)
            self._journal.record(catalogue.CONNECTION_OPENED, *caller.address, connection=caller.name)
        self._journal.record(event, *reply.values, connection=caller.name, request=number, more=more)

    def closed(self, caller: Caller) -> None:
        """A connection is gone."""
        self._settle(caller)
        if caller.name in self._unseen:
            self._unseen.discard(caller.name)
        else:
            self._journal.record(catalogue.CONNECTION_CLOSED, caller.session.name or None, connection=caller.name)

    def _settle(self, caller: Caller) -> None:
        """Tell the counts of a connection, and begin anew."""
        for sources, tell in ((self._answers, self._tell_answers), (self._connections, self._tell_connection)):
            source = sources.pop(caller.name, None)
            if source is not None and source.hidden:
                tell(source, self._monotonic())

    # Refusals.

    def refuse(self, caller: Caller, reply: Reply, number: int, more: Mapping[str, object]) -> None:
        """Request `number` was refused. `more` are further fields of the record.

        One that ends the connection is not counted with those before it.
        """
        if reply.answer is answers.REFUSED_TOO_OFTEN:
            self._settle(caller)
        if caller.session.account is not None:
            self.answer(caller.session, catalogue.of_answer(reply.answer), reply.values, number, more)
            return
        now = self._monotonic()
        source = self._source(self._connections, OF_CONNECTION, caller.session, now)
        source.network = caller.network
        event = catalogue.of_stranger(reply.answer)
        if source.allows(now):
            self._show(caller, event, reply.values, number, more)
        else:
            self._hide(source, event, now)

    def fail(self, caller: Caller, action: str, number: int, error: Exception) -> None:
        """Request `number` has failed as it should not: its traceback is shown unless that happens again and again."""
        session, now = caller.session, self._monotonic()
        source = self._source(self._connections, OF_CONNECTION, session, now)
        known = session.account is not None
        source.account, source.network = (session.name, None) if known else (None, caller.network)
        if source.allows(now):
            event = catalogue.REQUEST_FAILED
            self._journal.record(event, action, connection=caller.name, request=number, error=error)
        else:
            self._hide(source, catalogue.REQUEST_FAILED, now)

    def answer(
        self,
        session: Session,
        event: EventType,
        values: tuple[object, ...],
        number: int | None = None,
        more: Mapping[str, object] | None = None,
    ) -> None:
        """Somebody who is logged in was answered request `number`, and nothing has changed; or it has gone on (None).

        `more` is as in `refuse`.
        """
        name = session.recipient.name
        if event.level >= INFO:
            sources, allowance = (
                (self._answers, OF_ANSWERS) if event.level == INFO else (self._connections, OF_CONNECTION)
            )
            now = self._monotonic()
            source = self._source(sources, allowance, session, now)
            source.account, source.network = session.name, None
            if not source.allows(now):
                self._hide(source, event, now)
                return
        self._journal.record(event, *values, connection=name, request=number, more=more)

    def _source(self, sources: dict[str, Repeats], allowance: Allowance, session: Session, now: float) -> Repeats:
        """Where the lines of a connection are counted; those of one that is gone already with all others."""
        if session.closed:
            return self._all
        name = session.recipient.name
        found = sources.get(name)
        if found is None:
            found = sources[name] = Repeats(name, allowance, now)
        return found

    # Counts.

    def flush(self) -> None:
        """Tell all counts now, at the end."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._tell(self._monotonic(), everything=True)

    def _show(
        self,
        caller: Caller,
        event: EventType,
        values: tuple[object, ...],
        number: int | None = None,
        more: Mapping[str, object] | None = None,
    ) -> bool:
        """Journal what a stranger causes, or count it; whether it was journaled."""
        now = self._monotonic()
        source = self._short_of(caller.network, now)
        if source is None:
            self._journal.record(event, *values, connection=caller.name, request=number, more=more)
            return True
        self._hide(source, event, now)
        return False

    def _short_of(self, name: str, now: float) -> Repeats | None:
        """Takes a line out of the allowances of strangers. If there is none, what it is to be counted with instead."""
        network = self._network(name, now)
        if not network.allows(now):
            return network
        return None if self._all.allows(now) else self._all

    def _account(self, name: str, now: float) -> Repeats:
        found = self._accounts.get(name)
        if found is None:
            found = self._accounts[name] = Repeats(name, OF_LOGINS, now)
            if len(self._accounts) > MAX_NETWORKS:
                _, forgotten = self._accounts.popitem(last=False)
                if forgotten.hidden:
                    self._tell_logins(forgotten, now)
        else:
            self._accounts.move_to_end(name)
        return found

    def _network(self, name: str, now: float) -> Repeats:
        found = self._networks.get(name)
        if found is None:
            found = self._networks[name] = Repeats(name, OF_NETWORK, now)
            if len(self._networks) > MAX_NETWORKS:
                _, forgotten = self._networks.popitem(last=False)
                self._all.take_over(forgotten, now)
        else:
            self._networks.move_to_end(name)
        return found

    def _hide(self, source: Repeats, event: EventType, now: float) -> None:
        source.hide(_kind(event), self._clock(), now)
        if self._timer is None:
            self._timer = self._loop.call_later(FIRST_WAIT, self._look)

    def _look(self) -> None:
        self._timer = None
        if self._tell(self._monotonic()):
            self._timer = self._loop.call_later(FIRST_WAIT, self._look)

    def _tell(self, now: float, *, everything: bool = False) -> bool:
        """Tell the counts that are due, or all; whether there are any left."""
        left = False
        for sources, tell in (
            (self._accounts.values(), self._tell_logins),
            (self._answers.values(), self._tell_answers),
            (self._connections.values(), self._tell_connection),
            (self._networks.values(), self._tell_network),
            ((self._all,), self._tell_all),
        ):
            for source in [found for found in sources if found.hidden]:
                if everything or source.due <= now:
                    tell(source, now)
                else:
                    left = True
        return left

    def _tell_connection(self, source: Repeats, now: float) -> None:
        """Journal the count of a connection; that of a stranger is counted with its network's when there is no line."""
        if source.network is not None and (other := self._short_of(source.network, now)) is not None:
            other.take_over(source, now)
        else:
            values = (source.account, *source.take())
            self._journal.record(catalogue.REQUEST_REPEATED, *values, connection=source.label)

    def _tell_logins(self, source: Repeats, _now: float) -> None:
        self._journal.record(catalogue.SESSION_REPEATED, source.label, *source.take())

    def _tell_answers(self, source: Repeats, _now: float) -> None:
        values = (source.account, *source.take())
        self._journal.record(catalogue.REQUEST_COUNTED, *values, connection=source.label)

    def _tell_network(self, source: Repeats, now: float) -> None:
        if self._all.allows(now):
            self._tell_all(source, now)
        else:
            self._all.take_over(source, now)

    def _tell_all(self, source: Repeats, _now: float) -> None:
        self._journal.record(catalogue.CONNECTION_REPEATED, source.label, *source.take())


@cache
def _kind(event: EventType) -> str:
    """What records of an event are called in a count."""
    return event.name if event.code is None else f"{event.code} {event.name}"
