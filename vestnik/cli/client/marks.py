"""How far each conversation was shown, how far it is read, and what is unread in it."""

from collections.abc import Iterator
from typing import Final

from vestnik.protocol.events import ConversationState
from vestnik.protocol.names import name_key

MAX_MARKS: Final = 10_000
"""Conversations that are remembered; of others nothing is known, and nothing is read by itself."""
MAX_AHEAD: Final = 1_000
"""Messages of one conversation that may have been shown before others that stand before them."""


class Mark:
    """The conversation `name`.

    Up to `shown` every message was shown while the conversation was chosen; up to `read` the server knows that it is
    read; `last` is the last message that there is. Behind `shown` are `unread` messages of others, in `mentions` of
    which one is mentioned.
    """

    __slots__ = ("_ahead", "known", "last", "mentions", "name", "owed", "read", "shown", "unread")

    def __init__(self, name: str, before: int) -> None:
        self.name = name
        self.read = self.shown = self.last = before
        self.unread = self.mentions = 0
        self.owed = False
        """Whether messages of others were shown that are not read yet."""
        self.known = False
        """Whether the server has said how far it is read."""
        self._ahead: set[int] = set()

    def learn(self, state: ConversationState) -> None:
        """Take over what the server says."""
        before = max(state.read, state.first - 1)
        if not self.known:  # it was a guess
            self.shown = before
        self.known, self.name, self.read = True, state.to, state.read
        self.last = max(self.last, state.seq)
        self.unread, self.mentions = state.unread, state.mentions
        self.show_through(before)

    def come(self, seq: int, *, counts: bool, mentions: bool) -> None:
        """There is another message; it `counts` if it is somebody else's."""
        if seq <= self.last:
            return
        self.last = seq
        self.unread += counts
        self.mentions += counts and mentions

    def show(self, seq: int, *, owes: bool) -> None:
        """A message was shown; it `owes` being read if it is somebody else's."""
        self.owed |= owes and seq > self.read
        if seq == self.shown + 1:
            self.show_through(seq)
        elif seq > self.shown and len(self._ahead) < MAX_AHEAD:
            self._ahead.add(seq)

    def show_through(self, seq: int) -> None:
        """Everything up to a message was shown, or there is nothing more to show of it."""
        self.shown = max(self.shown, seq)
        while self.shown + 1 in self._ahead:
            self.shown += 1
            self._ahead.discard(self.shown)
        self._ahead = {each for each in self._ahead if each > self.shown}
        self.unread = min(self.unread, max(self.last - self.shown, 0))
        self.mentions = min(self.mentions, self.unread)

    def take(self, seq: int) -> None:
        """The server knows that it is read up to a message."""
        self.read = max(self.read, seq)
        self.owed &= self.shown > self.read
        self.show_through(min(seq, self.last))


class Marks:
    """The marks of all conversations, by name."""

    def __init__(self) -> None:
        self._marks: dict[str, Mark] = {}

    def get(self, name: str) -> Mark | None:
        """What is known of a conversation."""
        return self._marks.get(name_key(name))

    def learn(self, state: ConversationState) -> None:
        """Take over what the server says of a conversation."""
        if (mark := self._at(state.to, 0)) is not None:
            mark.learn(state)

    def come(self, name: str, seq: int, *, counts: bool, mentions: bool) -> Mark | None:
        """A message has come. Of a conversation that was not known, it is the first one that concerns the account."""
        if (mark := self._at(name, seq - 1)) is not None:
            mark.come(seq, counts=counts, mentions=mentions)
        return mark

    def rename(self, old: str, new: str) -> None:
        """A conversation is called otherwise."""
        if (mark := self._marks.pop(name_key(old), None)) is not None:
            mark.name = new
            self._marks[name_key(new)] = mark

    def forget(self, name: str) -> None:
        """Nothing is known of a conversation any more."""
        self._marks.pop(name_key(name), None)

    def unread(self) -> Iterator[Mark]:
        """Conversations with something unread."""
        return (mark for mark in self._marks.values() if mark.unread)

    def owing(self) -> Iterator[Mark]:
        """Conversations of which something was shown that the server does not know to be read."""
        return (mark for mark in self._marks.values() if mark.known and mark.owed and mark.shown > mark.read)

    def _at(self, name: str, before: int) -> Mark | None:
        key = name_key(name)
        if key not in self._marks and len(self._marks) < MAX_MARKS:
            self._marks[key] = Mark(name, before)
        return self._marks.get(key)
