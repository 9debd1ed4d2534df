"""Where things stand on the lines of a terminal.

A message has its time, number and author in front of a bar and its text behind it, line under line, so that no text
can look like a line of its own:

    10:12   [1]         anna │ Tea is ready, who is coming?
                             ┌ ↳ [1] anna: Tea is ready, who is coming?
    10:13   [2]        boris │ Two minutes, I am
                             │ bringing cake
                             └ edited · 👍 anna
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import Final, NamedTuple

from wcwidth import clip, iter_graphemes, iter_sequences, wrap
from wcwidth import width as cells

END: Final = "\x1b[0m"
"""Ends what is painted."""
BAR: Final = " │ "
ABOVE: Final = " ┌ "
BELOW: Final = " └ "
MAX_LINES: Final = 1_000
"""Lines that are drawn of one message; a notice stands for the rest."""
NARROW: Final = 46
"""Cells below which authors have lines of their own."""
GAP: Final = "  "
"""What stands between two columns of a table."""
LEAST: Final = 12
"""Cells that a text has at least, however narrow the terminal is or long a name."""
LABELS: Final = ((100, 16), (76, 12), (0, 9))
"""By the terminal's width, the cells for authors."""
_TOKEN: Final = re.compile(r" +|[^ ]+")
_NUMBER: Final = 5
_TIME: Final = 5


class MessageHead(NamedTuple):
    """What stands in front of a text: time of day, number, author. They may be painted."""

    time: str
    number: str
    label: str


class Layout:
    """The columns of a terminal that is `width` cells wide."""

    def __init__(self, width: int) -> None:
        self.width = max(width - 1, LEAST)  # a full line would make some terminals begin another one
        self.narrow = width < NARROW
        label = next(cells_ for least, cells_ in LABELS if width >= least)
        self._label = label
        self._indent = 0 if self.narrow else _TIME + 1 + _NUMBER + 1 + label
        self.room = max(self.width - self._indent - len(BAR), LEAST)
        """Cells that a text has."""

    def message(self, head: MessageHead, lines: Sequence[str], above: str = "", below: str = "") -> Iterator[str]:
        """A message: a line `above` it that fits into `room`, its head and its lines, and what there is `below` it."""
        front = f"{right(head.time, _TIME)} {right(head.number, _NUMBER)} {right(head.label, self._label)}"
        if self.narrow:
            front = " ".join(part for part in head if part)
        if above and not self.narrow:
            yield f"{' ' * self._indent}{ABOVE}{above}"
        over = cells(front) - self._indent
        if self.narrow or over > self.room - LEAST:
            yield front
            front, over = "", 0
            if above and self.narrow:
                yield f"{ABOVE}{above}"
        for line in self._wrapped(lines, max(over, 0)):
            yield f"{front or ' ' * self._indent}{BAR}{line}".rstrip()
            front = ""
        if below:
            yield from self.below(below)

    def below(self, text: str, time: str = "") -> Iterator[str]:
        """Lines that belong to a message: the one above them, or one that `text` names and something is new of."""
        front, sign = right(time, self._indent, left=True), BELOW
        for line in self._wrapped([text], 0):
            yield f"{front}{sign}{line}"
            front, sign = " " * self._indent, " " * len(sign)

    def note(self, text: str, indent: str) -> Iterator[str]:
        """A sentence with its other lines indented."""
        return iter(wrap(text, self.width, subsequent_indent=indent, break_on_hyphens=False) or [""])

    def table(self, rows: Sequence[Sequence[str]]) -> Iterator[str]:
        """Rows of columns, each as wide as it has to be; the last one goes on below itself where it does not fit."""
        widths = [max(map(cells, column)) for column in zip_longest(*rows, fillvalue="")]
        before = sum(widths[:-1]) + len(GAP) * (len(widths) - 1)
        room = self.width - before if self.width - before >= LEAST else sum(widths)
        for row in rows:
            front = GAP.join(right(cell, wide, left=True) for cell, wide in zip(row, widths[:-1], strict=False))
            last = row[len(widths) - 1] if len(row) == len(widths) else ""
            for line in wrapped(last, room):
                yield f"{front}{GAP if front else ''}{line}".rstrip()
                front = " " * (before - len(GAP))

    def _wrapped(self, lines: Iterable[str], over: int) -> Iterator[str]:
        count = 0
        for piece in (each for line in lines for each in pieces(line, self.room)):
            for part in wrapped(piece, self.room, over):
                count += 1
                if count > MAX_LINES:
                    yield "…"
                    return
                yield part
                over = 0


def wrapped(line: str, room: int, over: int = 0) -> list[str]:
    """The parts of a line that fit into `room` cells each, but the first of which has `over` less; at least one."""
    found = wrap(line, room, initial_indent=" " * over, break_on_hyphens=False) or [""]
    found[0] = found[0][over:]
    return found


def pieces(line: str, room: int) -> Iterator[str]:
    """A line, broken in front of each word that needs more than `room` cells, and that word broken.

    So a link is broken once less; and it takes as long as the line is: `wrap` takes the square of a word.
    """
    piece = ""
    for token in _TOKEN.findall(line):
        if cells(token) <= room or token.isspace():
            piece += token
            continue
        if piece.strip():
            yield piece.rstrip(" ")
            piece = ""
        *whole, piece = _chopped(piece + token, room)
        yield from whole
    yield piece


def _chopped(word: str, room: int) -> Iterator[str]:
    """Parts of a word with at most `room` cells each, each painted as the word is."""
    part, used, style = "", 0, ""
    for segment, is_code in iter_sequences(word):
        if is_code:
            part, style = part + segment, "" if segment == END else segment
            continue
        for character in iter_graphemes(segment):
            needed = cells(character)
            if used + needed > room:
                yield part + (END if style else "")
                part, used = style, 0
            part, used = part + character, used + needed
    yield part


def right(text: str, room: int, *, left: bool = False) -> str:
    """`text` at the right of `room` cells, or at their left."""
    blanks = " " * (room - cells(text))
    return text + blanks if left else blanks + text


def cut(text: str, room: int) -> str:
    """As much of the beginning of a line as fits into `room` cells."""
    return text if cells(text) <= room else f"{clip(text, 0, room - 1)}…"
