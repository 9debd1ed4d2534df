"""All peers of one server, whatever door they came through: their numbers, limits of time, and the end of all."""

import asyncio
import itertools
from typing import Final

from vestnik.chat.outcome import Reply
from vestnik.log.journaled import journaled
from vestnik.protocol import answers
from vestnik.protocol.answers import Answer
from vestnik.protocol.codes import Code
from vestnik.protocol.events import Notice, Probe
from vestnik.server import catalogue
from vestnik.server.door import Door
from vestnik.server.peer import Peer
from vestnik.server.services import Services
from vestnik.server.settings import Settings

SWEEP: Final = 5.0
"""Seconds between two looks at the time limits, unless a limit is so short that it needs more."""


class Peers:
    """The connections that are there, at most `max_connections`."""

    def __init__(self, services: Services, settings: Settings) -> None:
        self.loop = asyncio.get_running_loop()
        self._services = services
        self._settings = settings
        self._numbers = itertools.count(1)
        self._peers: set[Peer] = set()
        self._period = min(SWEEP, settings.unfinished / 4, (settings.keepalive or SWEEP * 4) / 4)
        self._sweeper: asyncio.TimerHandle | None = None
        self._looked = self.loop.time()
        self._passed = 0.0  # seconds that count, until it was looked last
        self._gone = asyncio.Event()

    def __len__(self) -> int:
        return len(self._peers)

    # What doors report.

    @journaled
    def open(self, door: Door) -> Peer:
        """A connection is there; it gets its name for the journal. One too many is told so and closed."""
        peer = Peer(self._services, door, next(self._numbers), self._passed)
        self._peers.add(peer)
        self._gone.clear()
        limit = self._settings.max_connections
        if len(self._peers) > limit:
            self._services.refusals.turned_away(peer, catalogue.CONNECTION_REFUSED, limit)
            self._dismiss(peer, answers.SERVER_FULL, limit)
        else:
            self._services.refusals.opened(peer)
        return peer

    @journaled
    def lose(self, peer: Peer) -> None:
        """A connection is gone."""
        peer.lose()
        self._peers.discard(peer)
        self._services.refusals.closed(peer)
        if not self._peers:
            self._gone.set()

    # Time limits.

    def sweep(self) -> None:
        """Look at the time limits of all, now and then from now on.

        The process may have stood still (stopped, suspended): everything that came meanwhile is read before anybody is
        judged, and no more time is counted than one could have read in.
        """
        now = self.loop.time()
        self._passed += min(now - self._looked, 2 * self._period)
        self._looked = now
        self.loop.call_soon(self.loop.call_soon, self._judge)  # the next pass but one: after the sockets were asked
        self._sweeper = self.loop.call_later(self._period, self.sweep)

    def _judge(self) -> None:
        settings, now = self._settings, self._passed
        for peer in list(self._peers):
            if peer.active:
                peer.active = peer.probed = False
                peer.heard = now
            if peer.closing:
                continue
            begun = 0 if peer.busy else peer.unfinished
            if begun != peer.begun:
                peer.begun, peer.begun_at = begun, now
            if begun and now - peer.begun_at > settings.unfinished:
                self._dismiss(peer, answers.VALUE_UNFINISHED, f"{settings.unfinished:g}")
            elif settings.keepalive and now - peer.heard > settings.keepalive:
                self._probe(peer, now)

    def _probe(self, peer: Peer, now: float) -> None:
        if "probe" not in peer.session.features:
            return
        services = self._services
        if not peer.probed:
            peer.probed = True
            services.fanout.send(Probe(services.chat.clock()), (peer.session,))
            services.journal.record(catalogue.PROBE_SENT, peer.session.name, connection=peer.name)
        elif now - peer.heard > 2 * self._settings.keepalive:
            services.journal.record(catalogue.CONNECTION_SILENT, peer.session.name, connection=peer.name)
            peer.abort()

    def _dismiss(self, peer: Peer, answer: Answer, *values: object) -> None:
        peer.answer(Reply(answer, values), peer.requests, None)
        peer.close()

    # Shutdown.

    @journaled
    def stop_sweeping(self) -> None:
        """Look at no time limits any more."""
        if self._sweeper is not None:
            self._sweeper.cancel()

    @journaled
    async def finish(self, notice: str) -> None:
        """Tell those who understand, answer what was received, and return when every connection is closed."""
        services = self._services
        told = Notice(services.chat.clock(), Code.IMPORTANT_NOTICE, notice)
        services.fanout.send(told, [peer.session for peer in self._peers if "notice" in peer.session.features])
        for peer in list(self._peers):
            peer.finish()
        if self._peers:
            await self._gone.wait()
        await services.tasks.wait()

    @journaled
    async def abort(self) -> None:
        """Close what is left at once, and return when it is closed."""
        for peer in list(self._peers):
            peer.abort()
        self._services.tasks.cancel()
        if self._peers:
            await self._gone.wait()
        await self._services.tasks.wait()
