"""Colours that can be read on a light and on a dark background, or none."""

from collections.abc import Mapping
from enum import Enum
from typing import Final
from zlib import crc32

from vestnik.protocol.names import name_key

PEOPLE: Final = (28, 30, 32, 62, 64, 98, 100, 128, 130, 134, 162, 167)
"""Of 256 colours those for people: each has a contrast of 3.6 at least to black and to white (WCAG)."""
FEW_PEOPLE: Final = (31, 32, 35, 36)
"""The same where there are only 8: yellow, white and black are missing, and blue, which is dark on black."""


class Style(Enum):
    """What something is: the codes of its look (SGR) with 256 colours, with 8, and without."""

    OWN = "1", "1", "1"
    MENTION = "1;7", "1;7", "1;7"
    DIM = "38;5;243", "", ""
    LINK = "4;38;5;32", "4;36", "4"
    CODE = "38;5;130", "35", ""
    ERROR = "38;5;160", "31", ""
    RULE = "1;38;5;243", "1", "1"


class Depth(Enum):
    """How many colours there are; MONO has bold and underlined letters, PLAIN nothing."""

    MANY = 0
    FEW = 1
    MONO = 2
    PLAIN = 3


def depth_of(environment: Mapping[str, str]) -> Depth:
    """What the terminal can do, and its user wants (`NO_COLOR`), as the environment says."""
    term = environment.get("TERM", "dumb")
    if term == "dumb":
        return Depth.PLAIN
    if environment.get("NO_COLOR"):
        return Depth.MONO
    if "256" in term or "direct" in term or environment.get("COLORTERM"):
        return Depth.MANY
    return Depth.FEW


class Colours:
    """Paints texts, which have no colours yet."""

    def __init__(self, depth: Depth) -> None:
        self.depth = depth

    def paint(self, text: str, style: Style) -> str:
        """`text` in a style."""
        return self._paint(text, "" if self.depth is Depth.PLAIN else style.value[self.depth.value])

    def person(self, text: str, name: str) -> str:
        """`text` in the colour of somebody, which is always the same."""
        number = crc32(name_key(name).encode("utf-8", "surrogatepass"))
        if self.depth is Depth.MANY:
            return self._paint(text, f"38;5;{PEOPLE[number % len(PEOPLE)]}")
        if self.depth is Depth.FEW:
            return self._paint(text, str(FEW_PEOPLE[number % len(FEW_PEOPLE)]))
        return text

    def _paint(self, text: str, codes: str) -> str:
        return f"\x1b[{codes}m{text}\x1b[0m" if codes and text else text
