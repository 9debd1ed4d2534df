"""Who may try a password next: fair turns between networks, so that nobody waits for a stranger who guesses.

A check takes tens of milliseconds of a whole core, so strangers can ask for many more than there are. Each network
(`vestnik.server.networks`) gets its turn after the others, and every second turn goes to those from which somebody got
in before: a stranger may have many networks. Who is next in one is said by `vestnik.server.login_lines`. Failures slow
down what the same network tries, above all with the same name (`vestnik.server.slowing`), and very many failures with
one name what is tried with it from networks from which nobody got in with it before: nobody is locked out. Who is gone
is taken out at once.
"""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

from vestnik.chat.session import Session
from vestnik.protocol import answers
from vestnik.protocol.errors import NotAuthorised, ServerError, WrongLogin
from vestnik.server.login_lines import Delays, LoginLines

MAX_CHECKS: Final = 4096
"""Attempts that may wait; past it the network that has the most gives up one, which is refused as busy."""
MAX_NETWORK_CHECKS: Final = 2048
"""Attempts of one network that may wait; past it the name that has the most of them gives up one."""


MAX_KNOWN: Final = 10_000
"""Networks that are remembered because somebody got in from there; past it the one of longest ago is forgotten."""
LOOK_AGAIN: Final = 1.0
"""Seconds after which it is asked anew who has closed their side, when a network has no more places."""


class _Attempt:
    """Somebody who waits for a turn; `turn` is done when it comes. Those who hung up wait `behind` the others."""

    __slots__ = ("behind", "failed", "key", "name", "network", "session", "turn")

    def __init__(self, session: Session, name: str, key: str) -> None:
        self.session = session
        self.name = name
        self.key = key
        self.failed = session.failed
        self.behind = False
        self.network = session.recipient.network
        self.turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def hung_up(self) -> bool:
        """Whether the client has closed its side of the connection."""
        return self.session.recipient.hung_up()

    def refuse(self, error: Exception) -> None:
        """Let it wait no longer."""
        if not self.turn.done():
            self.turn.set_exception(error)


class LoginQueue:
    """Gives turns, of which `slots` are taken at a time. `clock` gives monotonic seconds.

    `known` are networks from which somebody got in, the latest last; `changes` counts what `known` and `delays` learn.
    """

    def __init__(self, slots: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._free = slots
        self._clock = clock
        self._networks: dict[str, LoginLines[_Attempt]] = {}  # those that have somebody who waits, the next one first
        self.known: dict[str, None] = {}
        self._known_first = False  # whether it was their turn last
        self.delays = Delays()
        self._timer: asyncio.TimerHandle | None = None
        self.changes = 0
        self._closed = False
        self._looked = -math.inf  # when it was asked last who has closed their side

    def __len__(self) -> int:
        return sum(lines.size for lines in self._networks.values())

    @asynccontextmanager
    async def turn(self, session: Session, name: str, key: str) -> AsyncIterator[None]:
        """Wait for a turn to try a password for `name`, whose key is `key`, and keep it as long as it takes.

        WrongLogin raised inside says that it failed. Raises ServerError when too many wait, and NotAuthorised when
        the connection has ended meanwhile.
        """
        attempt = _Attempt(session, name, key)
        await self._wait(attempt)
        try:
            yield
        except WrongLogin:
            session.failed = True
            self.changes += 1
            self.delays.fail(attempt.network, key, self._clock())
            raise
        else:
            session.failed = False
            self.changes += 1
            self.delays.forgive(attempt.network, key)
            self._remember(attempt.network)
        finally:
            self._free += 1
            self._go_on()

    def _remember(self, network: str) -> None:
        """Somebody got in from a network."""
        self.known.pop(network, None)
        if len(self.known) >= MAX_KNOWN:
            del self.known[next(iter(self.known))]
        self.known[network] = None

    async def _wait(self, attempt: _Attempt) -> None:
        session = attempt.session
        self._add(attempt)
        session.gone = lambda: self._drop(attempt)
        self._go_on()
        try:
            await attempt.turn
        except asyncio.CancelledError:
            if attempt.turn.done() and not attempt.turn.cancelled() and attempt.turn.exception() is None:
                self._free += 1  # the turn came together with the end
                self._go_on()
            self._remove(attempt)
            raise
        finally:
            session.gone = None

    def close(self) -> None:
        """Refuse all who wait, and who still comes: the server stops."""
        self._closed = True
        for lines in list(self._networks.values()):
            while (attempt := lines.loser(None)) is not None:
                lines.remove(attempt)
                attempt.refuse(ServerError(answers.SERVER_BUSY))
        self._networks.clear()
        self._go_on()

    def _drop(self, attempt: _Attempt) -> None:
        """The connection is gone: nobody waits for the answer."""
        if self._remove(attempt):
            attempt.refuse(NotAuthorised(answers.LOGIN_DROPPED, attempt.name))

    # Room for one more.

    def _add(self, attempt: _Attempt) -> None:
        if self._closed:
            raise ServerError(answers.SERVER_BUSY)
        lines = self._networks.get(attempt.network)
        if lines is not None and lines.size >= MAX_NETWORK_CHECKS:
            now = self._clock()
            if now - self._looked >= LOOK_AGAIN:
                self._looked = now
                for hung_up in lines.those_who_hung_up():
                    lines.remove(hung_up)
                    self._put_behind(lines, hung_up)
            if lines.size >= MAX_NETWORK_CHECKS:
                self._make_room(lines, attempt)
        elif len(self) >= MAX_CHECKS:
            self._make_room(max(self._networks.values(), key=lambda each: each.size), attempt)
        lines = self._networks.get(attempt.network)
        if lines is None:
            lines = self._networks[attempt.network] = LoginLines(attempt.network)
        lines.add(attempt)

    def _make_room(self, lines: LoginLines[_Attempt], newcomer: _Attempt) -> None:
        """Let somebody of a network give up. Raises ServerError when that is the newcomer."""
        loser = lines.loser(newcomer if newcomer.network == lines.network else None)
        if loser is None:
            raise ServerError(answers.SERVER_BUSY)
        self._remove(loser)
        loser.refuse(ServerError(answers.SERVER_BUSY))

    def _put_behind(self, lines: LoginLines[_Attempt], attempt: _Attempt) -> None:
        """Let somebody who hung up wait behind all others, if there is room for it there."""
        attempt.behind = True
        if not lines.put_behind(attempt):
            attempt.refuse(ServerError(answers.SERVER_BUSY))

    def _remove(self, attempt: _Attempt) -> bool:
        lines = self._networks.get(attempt.network)
        if lines is None or not lines.remove(attempt):
            return False
        if not lines.size:
            del self._networks[attempt.network]
        return True

    # Turns.

    def _go_on(self) -> None:
        """Give turns as long as there are free ones; look again when the next may begin."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._free and self._networks:
            now = self._clock()
            attempt, ready = self._next(now)
            if attempt is None:
                if self._networks:
                    self._timer = asyncio.get_running_loop().call_later(ready - now, self._go_on)
                return
            if not attempt.turn.done():
                self._free -= 1
                self.delays.begin(attempt.network, attempt.key, now)
                attempt.turn.set_result(None)

    def _next(self, now: float) -> tuple[_Attempt | None, float]:
        """Whose turn it is, taken out; if nobody may begin yet, when somebody may."""
        soonest = math.inf
        self._known_first = not self._known_first
        order = list(self._networks)
        if self._known_first:
            order.sort(key=lambda network: network not in self.known)
        for network in order:
            lines = self._networks[network]
            found, ready = self._first(lines, now)
            if not lines.size:
                del self._networks[network]
            elif found is not None:
                self._networks[network] = self._networks.pop(network)  # the turns of the others come before it
            if found is not None:
                return found, now
            soonest = min(soonest, ready)
        return None, soonest

    def _first(self, lines: LoginLines[_Attempt], now: float) -> tuple[_Attempt | None, float]:
        """Who of a network is next, of those who are there before those who hung up."""
        while True:
            found, ready = lines.next(self.delays, now)
            if found is None or found.behind or not found.hung_up():
                return found, ready
            self._put_behind(lines, found)
