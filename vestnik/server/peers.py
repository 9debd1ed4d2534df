"""All peers of one server, whatever door they came through: their numbers, limits of time, and the end of all."""

import asyncio
import itertools
from typing import Final

from vestnik.chat.outcome import Reply
from vestnik.chat.session import Recipient, Session
from vestnik.log.events import EventType
from vestnik.log.journaled import journaled
from vestnik.protocol import answers
from vestnik.protocol.answers import Answer
from vestnik.protocol.codes import Code
from vestnik.protocol.events import Notice, Probe
from vestnik.protocol.formats import Format
from vestnik.server import catalogue
from vestnik.server.buffers import relieve
from vestnik.server.descriptors import DescriptorRoom
from vestnik.server.door import Door
from vestnik.server.memory import Freed
from vestnik.server.peer import Peer
from vestnik.server.services import Services
from vestnik.server.settings import Settings
from vestnik.server.shares import Networks, share_of

SWEEP: Final = 5.0
"""Seconds between two looks at the time limits, unless a limit is so short that it needs more."""
MAX_TURNED_AWAY: Final = 256
"""Connections too many that are told so; past it they are closed without a word."""


class Peers:
    """The connections that are there, at most `max_connections`."""

    def __init__(self, services: Services, settings: Settings) -> None:
        self.loop = asyncio.get_running_loop()
        self._services = services
        self.adopt(settings)
        self._numbers = itertools.count(1)
        self._peers: set[Peer] = set()
        self._turned_away: set[Peer] = set()
        self._networks = Networks()
        self._descriptors = DescriptorRoom()
        self._freed = Freed()
        self._stuck: dict[Recipient, tuple[int, float]] = {}  # what the choked had taken, and since when no more
        services.chat.most_connections = self._most_connections
        self._sweeper: asyncio.TimerHandle | None = None
        self._looked = self.loop.time()
        self._passed = 0.0  # seconds that count, until it was looked last
        self._gone = asyncio.Event()

    def __len__(self) -> int:
        return len(self._peers)

    def adopt(self, settings: Settings) -> None:
        """Take limits from these settings from now on."""
        self._settings = settings
        shortest = min(settings.unfinished, settings.login_within, settings.choked, settings.keepalive or SWEEP * 4)
        self._period = min(SWEEP, shortest / 4)

    # What doors report.

    @journaled
    def open(self, door: Door) -> Peer:
        """A connection is there; it gets its name for the journal. One too many is told so and closed."""
        peer = Peer(self._services, door, next(self._numbers), self._passed)
        self._peers.add(peer)
        self._gone.clear()
        room = self._descriptors.room
        limit = min(self._settings.max_connections, room)
        total = len(self._peers) - len(self._turned_away)
        same = self._networks.enter(peer.network)
        share = share_of(limit, total - same)
        if len(self._peers) > room:
            allowed, most = (self._descriptors.limit,), self._descriptors.spare
            self._turn_away(peer, catalogue.CONNECTION_NO_DESCRIPTOR, allowed, answers.SERVER_FULL, room, most)
        elif total > limit:
            self._turn_away(peer, catalogue.CONNECTION_REFUSED, (limit,), answers.SERVER_FULL, limit)
        elif same > share:
            self._turn_away(peer, catalogue.CONNECTION_CROWDED, (peer.network, share), answers.NETWORK_CROWDED, share)
        else:
            self._services.refusals.opened(peer)
        return peer

    def note(self, peer: Peer, event: EventType, *values: object) -> None:
        """A door says of a connection what `event` does."""
        self._services.refusals.note(peer, event, *values)

    def _turn_away(
        self,
        peer: Peer,
        event: EventType,
        values: tuple[object, ...],
        answer: Answer,
        limit: int,
        most: int | None = None,
    ) -> None:
        """Close a connection too many. It counts no more, so that others find room while it takes notice; past `most`
        of them (`MAX_TURNED_AWAY`) it is not told."""
        self._services.refusals.turned_away(peer, event, *values)
        self._networks.leave(peer.network)
        self._turned_away.add(peer)
        if len(self._turned_away) > (MAX_TURNED_AWAY if most is None else most):
            peer.abort()
        else:
            self._dismiss(peer, answer, limit)

    def _most_connections(self, now: int) -> int:
        """How many connections an account may have that has so many `now`."""
        total = len(self._peers) - len(self._turned_away)
        return share_of(min(self._settings.max_connections, self._descriptors.room), total - now)

    @journaled
    def lose(self, peer: Peer) -> None:
        """A connection is gone."""
        peer.lose()
        self._peers.discard(peer)
        self._freed.ended()
        self._stuck.pop(peer, None)
        if peer in self._turned_away:
            self._turned_away.discard(peer)
        else:
            self._networks.leave(peer.network)
        self._services.refusals.closed(peer)
        peer.forget()
        if not self._peers:
            self._gone.set()

    def reformat(self, session: Session, form: Format) -> None:
        """Write to a session in another format from now on."""
        session.format = form
        self._services.chat.sessions.rehear(session)

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
            if peer.session.account is None and not peer.busy and now - peer.opened > settings.login_within:
                self._dismiss(peer, answers.LOGIN_LATE, f"{settings.login_within:g}")
            elif begun and now - peer.begun_at > settings.unfinished:
                late = Reply(answers.VALUE_UNFINISHED, (f"{settings.unfinished:g}",), final=peer.refused)
                peer.answer(late, peer.requests, None)  # not for a second time: then it is journaled only
                peer.close()
            elif settings.keepalive and now - peer.heard > settings.keepalive:
                self._probe(peer, now)

        relieve(self._peers, settings.buffers)
        if self._descriptors.news():
            self._services.journal.record(catalogue.SERVER_NO_DESCRIPTORS, self._descriptors.limit)
        self._end_stuck()
        self._freed.look(now)

    def _end_stuck(self) -> None:
        """Cut off those who have taken nothing for so long of what waits for them."""
        stuck = {}
        for recipient in tuple(self._services.fanout.choked):
            taken = recipient.taken()
            before, since = self._stuck.get(recipient, (None, self._passed))
            if taken != before:
                since = self._passed
            elif self._passed - since > self._settings.choked:
                recipient.give_up(recipient.unread())
                continue
            stuck[recipient] = taken, since
        self._stuck = stuck

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
    async def finish(self) -> None:
        """Tell those who understand, answer what was received, and return when every connection is closed."""
        services = self._services
        told = [peer.session for peer in self._peers if "notice" in peer.session.features]
        for wording in services.wordings:
            notice = Notice(services.chat.clock(), Code.IMPORTANT_NOTICE, wording.text("notice.closing", (), ()))
            services.fanout.send(notice, [each for each in told if services.wordings.of(each.lang) is wording])
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
