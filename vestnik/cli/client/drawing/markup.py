"""Texts of messages with what stands out in them: links, code, names that mention the reader."""

import re
from collections.abc import Iterator
from typing import Final

from vestnik.cli.client.drawing.colours import Colours, Style
from vestnik.cli.client.drawing.visible import lines_of

FENCE: Final = "```"
EVERYBODY: Final = ("all", "все")

_LINK: Final = r"(?P<link>https?://[^\s<>\"`]*[^\s<>\"`.,;:!?'»”…)\]}*_])"
_CODE: Final = r"(?P<code>`[^`]+`)"


class Markup:
    """Finds what stands out, for the account `own`."""

    def __init__(self, own: str, colours: Colours) -> None:
        self._colours = colours
        names = "|".join(re.escape(name) for name in (own, *EVERYBODY))
        mention = rf"(?P<mention>(?<!\w)@(?:{names})(?!\w))"
        self._found: Final = re.compile(f"{_CODE}|{_LINK}|{mention}", re.IGNORECASE)

    def lines(self, text: str) -> Iterator[str]:
        """The lines of a text, safe and painted. What is between two lines that begin with ``` is code."""
        inside = False
        for line in lines_of(text):
            fence = line.lstrip().startswith(FENCE)
            if inside or fence:
                yield self._colours.paint(line, Style.CODE)
                inside ^= fence
            else:
                yield self._found.sub(self._paint, line)

    def _paint(self, found: re.Match[str]) -> str:
        style = {"code": Style.CODE, "link": Style.LINK, "mention": Style.MENTION}[found.lastgroup or "code"]
        return self._colours.paint(found[0], style)
