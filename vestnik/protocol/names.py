"""Names as both sides compare them, and what one account calls a conversation."""

import unicodedata
from functools import lru_cache
from typing import Final

ROOM_SIGN: Final = "#"
LONGEST_REMEMBERED: Final = 32
"""Characters up to which the key of a name is remembered. One may become 18: 4,096 of them are 6 MiB at most."""


def name_key(name: str) -> str:
    """The form in which names are compared: NFKC, case-folded, NFKC again.

    The time grows with the square of the length for the worst names: strangers' names are measured before.
    """
    return _remembered_key(name) if len(name) <= LONGEST_REMEMBERED else _key(name)


def _key(name: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


_remembered_key: Final = lru_cache(maxsize=4096)(_key)


def shortened(text: str, limit: int) -> str:
    """What is repeated of a stranger's text: at most `limit` characters of it, and a sign that there is more."""
    return text if len(text) <= limit else text[:limit] + "…"


def conversation_of(sender: str, to: str, own: str) -> str:
    """What the account `own` calls the conversation of something that `sender` sent to `to`.

    A room by its name, a direct conversation by the other person's.
    """
    if to.startswith(ROOM_SIGN) or name_key(to) != name_key(own):
        return to
    return sender
