"""Threads that read the database, and whose turn it is: nobody's questions keep another's waiting for long.

There are three ways in. What may take a page's time goes to a few threads, where an account has one question at a
time and accounts take turns; who asks without an end gets a share of a processor (`Pace`). What finds a few rows by a
key has a thread of its own, and so have logins: neither waits for pages. Which account asks is said by `ASKER`; what
nobody asks (at the start, for instance) is not limited.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from contextvars import ContextVar
from time import thread_time
from typing import Any, Final, TypeAlias, TypeVar

from sqlalchemy import Connection, Engine

T = TypeVar("T")
Connect: TypeAlias = Callable[[], AbstractContextManager[Connection]]
"""Begins a transaction."""

NOBODY: Final = 0
"""Who asks when no account does."""
ASKER: Final[ContextVar[int]] = ContextVar("asker", default=NOBODY)
"""The number of the account for which something is asked."""
PAGES: Final = 2
"""Threads for what takes a page's time."""
LONGEST: Final = 5.0
"""Seconds of a thread's processor time after which SQLite gives up a question of an account. Every question ends long
before by itself; this is for what nobody has thought of, and for the account it is a failure of the server."""
SHARE: Final = 0.25
"""How much of a processor an account may have for its pages in the long run."""
ALLOWANCE: Final = 0.3
"""Seconds of processor time that it may have at once: some thousand messages."""
MAX_PACED: Final = 10_000
"""Accounts whose share is remembered; past it those are forgotten that have not asked lately."""
STEPS: Final = 20_000
"""Instructions of SQLite's machine after which the time is looked at: about a millisecond."""


class Readers:
    """The threads that ask one database. Every connection waits for its own question: no more wait than there are."""

    def __init__(self, engine: Engine) -> None:
        """`engine` has at least `CONNECTIONS` connections."""
        self._pages = Lane(engine, "store-reader", PAGES, paced=True)
        self._look_ups = Lane(engine, "store-look-up", 1)
        self._logins = Lane(engine, "store-login", 1)

    async def page(self, query: Callable[[Connection], T], connect: Connect | None = None) -> T:
        """What `query` finds, which may take a page's time; in a transaction of `connect`, or else of the database."""
        return await self._pages.run(query, connect)

    async def look_up(self, query: Callable[[Connection], T]) -> T:
        """What `query` finds, which is a few rows by a key."""
        return await self._look_ups.run(query)

    async def log_in(self, query: Callable[[Connection], T]) -> T:
        """What `query` finds, which a login waits for."""
        return await self._logins.run(query)

    def close(self) -> None:
        """End the threads, when they have answered."""
        for lane in (self._pages, self._look_ups, self._logins):
            lane.close()


CONNECTIONS: Final = PAGES + 2
"""Connections to the database that `Readers` use at once."""


class Pace:
    """How much of the threads' time accounts have had lately. Who has asked for much is to rest.

    Nobody who looks at something or comes back after a while asks for so much; who asks without an end leaves the
    processor to others.
    """

    def __init__(self) -> None:
        self._paid: dict[int, float] = {}  # by account: when what it has had is paid for, at `SHARE`

    def rest(self, who: int, took: float, now: float) -> float:
        """Seconds for which an account is to rest that has just had `took` seconds of processor time."""
        if len(self._paid) > MAX_PACED:
            self._paid = {each: paid for each, paid in self._paid.items() if paid > now}
        paid = self._paid[who] = max(self._paid.get(who, now), now) + took / SHARE
        return max(0.0, paid - now - ALLOWANCE / SHARE)


class Lane:
    """Some threads, and the questions that wait for them: one of an account at a time, the accounts in turn."""

    def __init__(self, engine: Engine, name: str, threads: int, *, paced: bool = False) -> None:
        """`paced`: whoever asks for much rests between two questions."""
        self._engine = engine
        self._pace = Pace() if paced else None
        self._took: dict[int, float] = {}  # seconds of the questions that have just been answered, by account
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._free = threads
        self._served: set[int] = set()  # accounts whose question is with a thread, or which rest
        self._waiting: dict[int, deque[asyncio.Future[None]]] = {}  # by account; whose turn is next comes first

    async def run(self, query: Callable[[Connection], T], connect: Connect | None = None) -> T:
        """What `query` finds, when it is its turn."""
        who = ASKER.get()
        if self._free and who not in self._served:
            self._begin(who)
        else:
            await self._turn(who)
        running = asyncio.get_running_loop().run_in_executor(self._threads, self._ask, query, who, connect)
        running.add_done_callback(lambda done: self._end(who, done))
        return await asyncio.shield(running)  # who is cancelled has a thread until it has ended

    def close(self) -> None:
        """End the threads, when they have answered."""
        self._threads.shutdown()

    def _ask(self, query: Callable[[Connection], T], who: int, connect: Connect | None) -> T:
        with (connect or self._engine.begin)() as connection:
            if who == NOBODY:
                return query(connection)
            raw: Any = connection.connection.driver_connection
            began = thread_time()
            raw.set_progress_handler(lambda: thread_time() > began + LONGEST, STEPS)
            try:
                return query(connection)
            finally:
                raw.set_progress_handler(None, 0)
                self._took[who] = thread_time() - began

    async def _turn(self, who: int) -> None:
        """Wait until there is a thread for a question of an account."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(who, deque()).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # it has got its turn, and does not take it
                self._give_back(who)
            raise

    def _begin(self, who: int) -> None:
        self._free -= 1
        if who != NOBODY:
            self._served.add(who)

    def _end(self, who: int, done: asyncio.Future[Any]) -> None:
        if not done.cancelled():
            done.exception()  # raised where somebody waits for it
        took = self._took.pop(who, 0.0)
        loop = asyncio.get_running_loop()
        rest = 0.0 if self._pace is None or who == NOBODY else self._pace.rest(who, took, loop.time())
        if rest > 0:
            self._free += 1
            loop.call_later(rest, self._rested, who)
            self._hand_out()
        else:
            self._give_back(who)

    def _give_back(self, who: int) -> None:
        self._free += 1
        self._rested(who)

    def _rested(self, who: int) -> None:
        self._served.discard(who)
        self._hand_out()

    def _hand_out(self) -> None:
        """Free threads go to those whose turn it is."""
        while self._free and (turn := self._next()):
            turn.set_result(None)

    def _next(self) -> asyncio.Future[None] | None:
        """The turn of the first who waits and is not served already; all others come before it does so again."""
        for who in list(self._waiting):
            if who in self._served:
                continue
            turns = self._waiting.pop(who)
            while turns:
                turn = turns.popleft()
                if turn.done():
                    continue  # cancelled
                if turns:
                    self._waiting[who] = turns
                self._begin(who)
                return turn
        return None
