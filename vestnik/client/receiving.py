"""What the server says unasked, on its way to the application: each thing once, in order, without gaps."""

from collections.abc import Iterable

from msgspec import UNSET

from vestnik.client import catalogue
from vestnik.client.cursors import Cursor, Cursors, Fit, SequenceGap
from vestnik.client.errors import ConnectionFailed
from vestnik.client.event_queue import MAX_EVENTS, BegunAnew, Disconnected, Event, EventQueue, Reconnected
from vestnik.client.outbox import Outbox
from vestnik.log.journal import Journal
from vestnik.protocol.events import (
    Change,
    Delivery,
    InvitationNotice,
    Notice,
    PresenceNotice,
    ReadNotice,
    ReportNotice,
    Response,
    TypingNotice,
)

Heard = Delivery | Change | ReadNotice | TypingNotice | InvitationNotice | ReportNotice | PresenceNotice | Notice


class Receiver:
    """Puts events into the `queue`. With `cursors` those that are counted are taken once and without gaps.

    When the queue is full, without cursors the oldest event is dropped; with cursors nothing more is taken until the
    application has read everything, and then the rest is asked for again: the receiver is `behind`. `counting` is
    false while the server is one that does not count.
    """

    def __init__(self, journal: Journal, outbox: Outbox, cursors: Cursors | None, journal_text: bool) -> None:
        self.queue = EventQueue()
        self.counting = cursors is not None
        self.behind = False
        self._journal = journal
        self._outbox = outbox
        self._cursors = cursors
        self._journal_text = journal_text
        self._overflowing = False

    def take(self, event: Heard, connection: str) -> SequenceGap | None:
        """Take what came on a connection; returns what is missing before it, and then does not take it."""
        cursor: Cursor | None = None
        cursors = self._cursors
        if isinstance(event, Delivery | Change) and cursors is not None and self._is_counted(event):
            cursor, fit, expected = cursors.judge(event)
            if fit is Fit.KNOWN:
                return None
            if not self.behind and fit is Fit.GAP:
                number = event.change if isinstance(event, Change) else event.seq
                return SequenceGap(cursor.name, expected or 0, number or 0)
            if cursors.is_own(event) and self._settled(event):
                cursors.take_own(cursor, event)
                return None
            if not self._has_room():
                return None
            cursors.take(cursor, event)
        self._record(event, connection)
        self._put(event, cursor)
        return None

    def end_of_missed(self) -> SequenceGap | None:
        """Everything that a `resume` has missed has come; or what has not."""
        return None if self._cursors is None else self._cursors.end(complete=not self.behind)

    def disconnected(self, error: ConnectionFailed) -> None:
        """Tell the application that the connection is lost."""
        self._put(Disconnected(error), None)

    def reconnected(self, attempts: int) -> None:
        """Tell the application that there is a connection again."""
        self._put(Reconnected(attempts), None)

    def begun_anew(self, conversations: Iterable[str]) -> None:
        """Tell the application which conversations begin anew, even if the queue is full: it has to know."""
        self.queue.put(BegunAnew(tuple(conversations)))

    def read(self) -> Event:
        """The oldest event, for the application. Raises IndexError if there is none."""
        event, cursor = self.queue.take()
        if cursor is not None and self._cursors is not None and isinstance(event, Delivery | Change):
            self._cursors.read(cursor, event)
        return event

    def all_read(self) -> bool:
        """Begin to take events again; whether some were not taken meanwhile, and have to be asked for."""
        behind, self.behind, self._overflowing = self.behind, False, False
        return behind

    def _is_counted(self, event: Delivery | Change) -> bool:
        return self.counting and (isinstance(event, Change) or event.seq is not UNSET)

    def _settled(self, event: Delivery | Change) -> bool:
        """Whether an event tells of what a request of this client has done; a message answers its request."""
        pending = self._outbox.change(event) if isinstance(event, Change) else self._outbox.message(event)
        if pending is None or not pending.sent:
            return False
        if isinstance(event, Change):
            pending.change = event.change
            return True
        self._outbox.remove(pending)
        pending.settle(Response(200, id=event.id, seq=event.seq))
        return True

    def _has_room(self) -> bool:
        if not self.behind and self.queue.full:
            self.behind = True
            self._journal.record(catalogue.CLIENT_BEHIND, MAX_EVENTS)
        return not self.behind

    def _put(self, event: Event, cursor: Cursor | None) -> None:
        if self.queue.full:
            if self._cursors is not None and self.counting:
                return  # only what is not counted comes here
            self.queue.take()
            if not self._overflowing:
                self._overflowing = True
                self._journal.record(catalogue.CLIENT_OVERFLOW, MAX_EVENTS)
        self.queue.put(event, cursor)

    def _record(self, event: Heard, connection: str) -> None:
        if isinstance(event, Delivery):
            more = {name: value for name in ("seq", "id") if (value := getattr(event, name)) is not UNSET}
            if self._journal_text:
                said = (event.from_, event.to, event.message)
                self._journal.record(catalogue.CLIENT_RECEIVED, *said, connection=connection, more=more)
            else:
                who = (event.from_, event.to)
                self._journal.record(catalogue.CLIENT_RECEIVED_PRIVATE, *who, connection=connection, more=more)
        elif isinstance(event, Change):
            what = (event.from_, event.to, event.kind, event.change)
            self._journal.record(catalogue.CLIENT_CHANGE, *what, connection=connection)
        elif not isinstance(event, Notice):
            action = str(type(event).__struct_config__.tag)
            self._journal.record(catalogue.CLIENT_NOTED, action, connection=connection)
