"""The first characters of all accounts' names: a text in which none of them stands behind an `@` mentions nobody.

So most texts with an `@` in them need no look-up of names, which would keep their sender's next message waiting.
"""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

SIGN: Final = "@"
EVERYBODY_NAMES: Final = ("all", "все")
"""What stands behind the sign to mention everybody in a room."""


class Initials:
    """Those of `names`, and of `EVERYBODY_NAMES`."""

    def __init__(self, names: Iterable[str]) -> None:
        self._known = {_initial(name[0]) for name in (*EVERYBODY_NAMES, *names)}

    def add(self, name: str) -> None:
        """Take in another account's name."""
        self._known.add(_initial(name[0]))

    def begins(self, text: str, at: int) -> bool:
        """Whether the sign at index `at` of a text is followed by one of the initials."""
        following = text[at + 1 : at + 2]
        return bool(following) and _initial(following) in self._known

    def may_mention(self, text: str) -> bool:
        """Whether an `@` in `text`, at its start or behind no letter or digit, is followed by one of the initials."""
        at = text.find(SIGN)
        while at >= 0:
            if (at == 0 or not text[at - 1].isalnum()) and self.begins(text, at):
                return True
            at = text.find(SIGN, at + 1)
        return False


@lru_cache(maxsize=4096)
def _initial(character: str) -> str:
    """What all ways to write a character begin with, in upper or lower case, composed or not."""
    return unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold())[:1]
