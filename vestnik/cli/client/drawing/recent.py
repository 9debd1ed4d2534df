"""What was shown lately, so that what happens to it can be shown with it."""

from collections import OrderedDict
from typing import Final, NamedTuple

from vestnik.protocol.names import name_key

MAX_REMEMBERED: Final = 2_000
"""Messages that are remembered; the oldest go first."""
MAX_QUOTED: Final = 120
"""Characters of each that are remembered."""


class Place(NamedTuple):
    """A message: the key of its conversation, and its number there."""

    conversation: str
    seq: int


class Quoted(NamedTuple):
    """The author and the beginning of the text of a message."""

    author: str
    text: str


class Recent:
    """Remembers messages by their places."""

    def __init__(self) -> None:
        self._said: OrderedDict[Place, Quoted] = OrderedDict()

    def put(self, conversation: str, seq: int, author: str, text: str) -> None:
        """Remember a message, as it is now."""
        place = Place(name_key(conversation), seq)
        self._said[place] = Quoted(author, text[:MAX_QUOTED])
        self._said.move_to_end(place)
        if len(self._said) > MAX_REMEMBERED:
            self._said.popitem(last=False)

    def get(self, conversation: str, seq: int) -> Quoted | None:
        """A message, if it is remembered."""
        return self._said.get(Place(name_key(conversation), seq))

    def forget(self, conversation: str, seq: int) -> None:
        """A message is not there any more."""
        self._said.pop(Place(name_key(conversation), seq), None)
