"""Texts of other people, made safe for a terminal: nothing in them moves the cursor, changes colours or turns a line.

They stay as they were written as far as that can be seen: what joins letters of Persian or Hindi and the parts of an
emoji is no less a part of a text than what it joins.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from vestnik.log.escape import escape

TAB: Final = 4
"""Cells from one tab stop to the next."""
MAX_MARKS: Final = 8
"""Accents and the like on one character; more would cover the lines around it."""
MAX_BLANKS: Final = 200
"""Blanks in a row, so that thousands of tabs do not take long to be laid out."""
NEW_LINE: Final = " ⏎ "
"""What stands for a new line where there may be only one."""

_LINES: Final = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_BLANKS: Final = re.compile(f" {{{MAX_BLANKS},}}")
_SIGNS: Final = {ord(sign): f"\\u{ord(sign):04x}" for sign in "│┌└─→"}
_JOINERS: Final = "\u200c\u200d"
_JOINED: Final = frozenset({"Lo", "Mn", "Mc", "Me", "So", "Sk"})  # categories of what a joiner may stand behind
_DIRECTIONS: Final = "\u200e\u200f"  # LRM, RLM: they end where they stand
_UNSEEN: Final = frozenset("\u00ad\u200b\u2060\u2061\u2062\u2063\u2064\ufeff")
_BLACK_FLAG: Final = "\U0001f3f4"
_TAGS: Final = range(0xE0020, 0xE0080)  # name the region of a flag
_NEW_EMOJI: Final = range(0x1F000, 0x1FFFE)
_NEW_IDEOGRAPHS: Final = range(0x20000, 0x3FFFE)


def printable(text: str) -> str:
    """`text` with everything escaped that is not plainly visible: for names, and for scripts."""
    return text if text.isprintable() else "".join(c if c.isprintable() else escape(c) for c in text)


def shown_name(name: str) -> str:
    """A name, `printable` and without the signs by which lines of the screen are told from texts."""
    return printable(name).translate(_SIGNS)


def visible(text: str) -> str:
    """One line of a text as it was written, but that controls are escaped, and what shows nothing is left out."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_characters(_BLANKS.sub(" " * MAX_BLANKS, text.expandtabs(TAB))))


def lines_of(text: str) -> list[str]:
    """The lines of a text, each of them `visible`; at least one."""
    return [visible(line) for line in _LINES.split(text)]


def one_line(text: str) -> str:
    """A text as one `visible` line, with a sign for each new line in it."""
    return visible(text) if text.isprintable() else NEW_LINE.join(lines_of(text))


def _characters(text: str) -> Iterator[str]:
    before, marks = "", 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        shown = "" if marks > MAX_MARKS else _character(character, before)
        yield shown
        before = shown or before


def _character(character: str, before: str) -> str:
    """What is shown of a character, `before` which stands another one."""
    if character.isprintable():
        return character
    category, number = unicodedata.category(character), ord(character)
    if category in {"Zs", "Co"} or character in _DIRECTIONS:
        return character
    if category == "Cn" and (number in _NEW_EMOJI or number in _NEW_IDEOGRAPHS):
        return character  # newer than the tables of this Python
    if character in _JOINERS:
        return character if before and unicodedata.category(before[-1]) in _JOINED else ""
    if character in _UNSEEN:
        return ""
    if category == "Cf" and unicodedata.bidirectional(character) in {"AN", "AL"}:
        return character  # signs of Arabic and Syriac that can be seen
    if number in _TAGS and before and (before == _BLACK_FLAG or ord(before[-1]) in _TAGS):
        return character
    return escape(character)
