"""How far a client has each conversation: what is new to it, what it has already, and what is missing between.

Messages (`seq`) and changes (`change`) of a conversation are counted without gaps. Numbers of what the client has done
itself come with the answers, and may be ahead of what others did before and is still on its way.

All numbers are those of one epoch of the server. When it has another one, or less than the client had, it says of which
conversations the numbers mean nothing any more: these begin anew.
"""

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Final, NamedTuple, TypeAlias

import msgspec
from msgspec import UNSET

from vestnik.protocol.events import Change, ConversationState, Delivery, Response
from vestnik.protocol.names import ROOM_SIGN, conversation_of, name_key
from vestnik.protocol.request import Number, Request
from vestnik.protocol.requests import Ban, CreateRoom, Forward, Group, Join, Leave, Msg, Position, Remove, SetRoom

MAX_AHEAD: Final = 100_000
"""Own numbers of one conversation that wait for those before them; what is above comes again as an event."""

MAX_CONVERSATIONS: Final = 20_000
"""Conversations that are counted beside those that the server has listed; it takes half as many cursors itself."""
MAX_ALIASES: Final = 1_000
"""Former names of rooms that are remembered; past it the oldest are forgotten."""

Saved: TypeAlias = Mapping[str, int | Mapping[str, int | str] | Position]
"""Cursors as an application keeps them: by conversation a `seq`, or `{"seq": ..., "change": ..., "epoch": ...}`."""


class SavedPosition(Position):
    """A position, and the epoch that it is of; None if that is not known."""

    epoch: str | None = None


class Fit(Enum):
    """What a number is to a count: the next one, one that is there already, or one behind others that are missing."""

    NEXT = "next"
    KNOWN = "known"
    GAP = "gap"


class Count:
    """The last number up to which nothing is missing; None while it is not known where the count begins."""

    __slots__ = ("_ahead", "last")

    def __init__(self, last: int | None) -> None:
        self.last = last
        self._ahead: set[int] = set()

    def fit(self, number: int) -> Fit:
        """What `number` would be."""
        if number in self._ahead or (self.last is not None and number <= self.last):
            return Fit.KNOWN
        return Fit.NEXT if self.last is None or number == self.last + 1 else Fit.GAP

    def take(self, number: int) -> None:
        """Everything up to `number` is there now, or will never come."""
        if self._ahead and number - 1 != self.last:
            self._ahead = {each for each in self._ahead if each > number}
        while number + 1 in self._ahead:
            number += 1
            self._ahead.discard(number)
        self.last = number

    def own(self, number: int) -> None:
        """The client has done `number` itself."""
        if self.last is not None and number == self.last + 1:
            self.take(number)
        elif self.fit(number) is not Fit.KNOWN and len(self._ahead) < MAX_AHEAD:
            self._ahead.add(number)

    def align(self, first: int, last: int) -> None:
        """The server has nothing before `first` and nothing behind `last`."""
        if self.last is not None and self.last + 1 < first:
            self.take(first - 1)
        if self.last is not None and self.last > last:  # it has lost something: its numbers begin again from there
            self._ahead.clear()
            self.last = last


class Cursor:
    """How far one conversation is there.

    `waiting` events of it are not read by the application yet; while there are some, `read` is how far it has read,
    or None if that cannot be said.
    """

    __slots__ = ("change", "name", "read", "seq", "waiting")

    def __init__(self, name: str, position: Position | None = None) -> None:
        if position is None and not name.startswith(ROOM_SIGN):
            position = Position()  # a direct conversation that the server has not listed begins with its first message
        self.name = name
        self.seq = Count(None if position is None else position.seq)
        self.change = Count(None if position is None else position.change)
        self.waiting = 0
        self.read: Position | None = None

    @property
    def position(self) -> Position | None:
        """How far it is there; None as long as that is not known."""
        return None if self.seq.last is None else Position(self.seq.last, self.change.last or 0)

    @property
    def position_read(self) -> Position | None:
        """How far the application has read it."""
        return self.read if self.waiting else self.position


class Judgement(NamedTuple):
    """What an event is to its cursor. `expected` is the number that would have been the next."""

    cursor: Cursor
    fit: Fit
    expected: int | None


class SequenceGap(NamedTuple):
    """What the server has not sent: the conversation, the next number, and the one that it has gone on to."""

    conversation: str
    expected: int
    found: int


class Cursors:
    """The cursors of all conversations of the account `own`. Without `saved` the client is new: it has nothing.

    `epoch` is the one that they are of, None if that is not known. Of saved ones those of the first epoch among them
    are taken: what others say means nothing beside them, and so has to be sent from its beginning. Raises ValueError
    for what are no cursors.
    """

    def __init__(self, own: str, saved: Saved | None = None) -> None:
        self._own = own
        self._cursors: dict[str, Cursor] = {}
        self._aliases: dict[str, str] = {}  # from older keys of rooms to the present ones
        self._resuming = False  # the list is there, and what was missed is on its way
        self._listed: dict[Cursor, ConversationState] = {}
        self.known = saved is not None
        self.epoch: str | None = None
        try:
            found = msgspec.convert(saved or {}, dict[str, Number | SavedPosition], from_attributes=True)
        except msgspec.ValidationError as error:
            raise ValueError(f"these are no cursors: {error}") from None
        for name, position in found.items():
            epoch = position.epoch if isinstance(position, SavedPosition) else None
            self.epoch = self.epoch or epoch
            if epoch in {None, self.epoch}:
                at = Position(position) if isinstance(position, int) else Position(position.seq, position.change)
                self._cursors[name_key(name)] = Cursor(name, at)

    def cursor(self, name: str) -> Cursor:
        """The cursor of the conversation `name`."""
        found = self._find(name)
        if found is None:
            key = name_key(name)
            found = self._cursors[self._aliases.get(key, key)] = Cursor(name)
        return found

    def _find(self, name: str) -> Cursor | None:
        key = name_key(name)
        return self._cursors.get(self._aliases.get(key, key))

    def positions(self) -> dict[str, Position] | None:
        """What a `resume` has to say; None for a new client."""
        if not self.known:
            return None
        return {cursor.name: position for cursor in self._cursors.values() if (position := cursor.position) is not None}

    def saved(self) -> dict[str, dict[str, int | str]] | None:
        """How far the application has read everything, for keeping it; None while nothing is known."""
        if not self.known:
            return None
        found = {cursor.name: cursor.position_read for cursor in self._cursors.values()}
        epoch = {} if self.epoch is None else {"epoch": self.epoch}
        return {name: {"seq": at.seq, "change": at.change, **epoch} for name, at in found.items() if at is not None}

    # Resuming.

    def begin(self, states: Iterable[ConversationState], epoch: str | None = None) -> list[str]:
        """Take the list of all conversations that answers a `resume`: older names, what is gone, where a new one is.

        Returns those that begin anew. What the application has not read of them yet stays before what comes now.
        """
        cursors: dict[str, Cursor] = {}
        anew: list[str] = []
        self._listed = {}
        self.epoch = epoch
        for state in states:
            if state.as_ is not UNSET:
                self._rename(state.as_, state.to)
            if state.anew:
                self._forget(state.to)
                anew.append(state.to)
            there = name_key(state.to) in self._cursors
            cursor = self.cursor(state.to)
            cursor.name = state.to
            if not self.known:
                cursor.seq.last = state.seq if state.kept is UNSET else state.kept - 1
            if not there or cursor.seq.last is None:  # it had no cursor: older changes are in the messages already
                cursor.change.take(state.change)
            cursor.seq.align(state.first, state.seq)
            cursor.change.align(0, state.change)
            cursors[name_key(state.to)] = cursor
            self._listed[cursor] = state
        self._cursors = cursors
        self.known = self._resuming = True
        return anew

    def end(self, *, complete: bool) -> SequenceGap | None:
        """Everything that was missing has come; if not, what has not. Not `complete`: some of it was not taken."""
        self._resuming = False
        listed, self._listed = self._listed, {}
        for cursor, state in listed.items():
            for count, last in ((cursor.seq, state.seq), (cursor.change, state.change)) if complete else ():
                if count.last is None:
                    count.take(last)
                elif count.last < last:
                    return SequenceGap(cursor.name, count.last + 1, last)
        return None

    # What comes.

    def judge(self, event: Delivery | Change) -> Judgement:
        """What an event that has a number is to its conversation."""
        name = conversation_of(event.from_, event.to, self._own)
        number = _number(event)
        if self._resuming and name.startswith(ROOM_SIGN) and self._find(name) is None:
            # It is called so since the list was made, or new since then: the next list will say which.
            return Judgement(Cursor(name), Fit.GAP, None)
        if len(self._cursors) >= MAX_CONVERSATIONS and self._find(name) is None:
            return Judgement(Cursor(name), Fit.GAP, None)  # whoever sends this may invent names for ever
        cursor = self.cursor(name)
        count = cursor.change if isinstance(event, Change) else cursor.seq
        fit = count.fit(number)
        if fit is Fit.GAP and isinstance(event, Change) and self._ends_membership(event):
            fit = Fit.NEXT  # it is told to who is not there any more
        return Judgement(cursor, fit, None if count.last is None else count.last + 1)

    def take(self, cursor: Cursor, event: Delivery | Change) -> None:
        """Count an event that was judged to be the next, and is waiting for the application from now on."""
        number = _number(event)
        if not cursor.waiting:
            cursor.read = cursor.position
            if cursor.read is None and isinstance(event, Delivery):
                cursor.read = Position(number - 1, cursor.change.last or 0)
        cursor.waiting += 1
        if isinstance(event, Delivery):
            cursor.seq.take(number)
            return
        cursor.change.take(number)
        state = self._listed.get(cursor)
        if state is not None and number <= state.change:
            return  # the list is newer
        if event.kind == "set_room" and isinstance(event.name, str):
            self._rename(cursor.name, event.name)
        elif self._ends_membership(event):
            self._forget(cursor.name)

    def take_own(self, cursor: Cursor, event: Delivery | Change) -> None:
        """Count an event of which the application need not hear."""
        (cursor.change if isinstance(event, Change) else cursor.seq).own(_number(event))

    def read(self, cursor: Cursor, event: Delivery | Change) -> None:
        """The application has got an event that was waiting."""
        cursor.waiting -= 1
        if cursor.read is None:
            return
        if isinstance(event, Change):
            cursor.read.change = event.change
        else:
            cursor.read.seq = _number(event)

    def _ends_membership(self, change: Change) -> bool:
        """Whether the account itself is no member any more."""
        if change.kind == "leave":
            return self._is_own(change.from_)
        return change.kind in {"remove", "ban"} and isinstance(change.name, str) and self._is_own(change.name)

    # What the client does itself.

    def acknowledge(self, request: Request, response: Response) -> None:
        """Take the numbers of an answer that is no error, and what it means for the client's conversations."""
        name = getattr(request, "to", None) or getattr(request, "room", None)
        if response.room is not UNSET:
            name = response.room
        if isinstance(request, Join | CreateRoom | Group) and isinstance(name, str) and response.seq is not UNSET:
            count = self.cursor(name).seq
            if count.last is None:
                count.take(response.seq)
        if isinstance(name, str):
            if isinstance(request, Msg | Forward):
                if response.seq is not UNSET:
                    self.cursor(name).seq.own(response.seq)
            elif response.change is not UNSET:
                count = self.cursor(name).change
                if count.last is None and isinstance(request, Join | CreateRoom | Group):
                    count.take(response.change)
                else:
                    count.own(response.change)
        if isinstance(request, Leave) or (isinstance(request, Remove | Ban) and self._is_own(request.name)):
            self._forget(request.room)
        elif isinstance(request, SetRoom) and isinstance(request.name, str):
            self._rename(request.room, request.name)

    # Names.

    def is_own(self, event: Delivery | Change) -> bool:
        """Whether an event comes from the account itself."""
        return self._is_own(event.from_)

    def _is_own(self, name: str) -> bool:
        return name_key(name) == name_key(self._own)

    def _forget(self, name: str) -> None:
        key = name_key(name)
        self._cursors.pop(self._aliases.get(key, key), None)

    def _rename(self, before: str, after: str) -> None:
        old, new = name_key(before), name_key(after)
        old = self._aliases.get(old, old)
        cursor = self._cursors.pop(old, None)
        if cursor is not None:
            cursor.name = after
            self._cursors[new] = cursor
        self._aliases = {
            key: new if present == old else present for key, present in self._aliases.items() if key != new
        }
        if old != new:
            self._aliases[old] = new
            if len(self._aliases) > MAX_ALIASES:
                del self._aliases[next(iter(self._aliases))]


def _number(event: Delivery | Change) -> int:
    number = event.change if isinstance(event, Change) else event.seq
    return 0 if number is UNSET else number
