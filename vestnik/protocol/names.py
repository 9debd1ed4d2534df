"""Names as both sides compare them, and what one account calls a conversation."""

import unicodedata
from functools import lru_cache
from typing import Final

ROOM_SIGN: Final = "#"


@lru_cache(maxsize=4096)
def name_key(name: str) -> str:
    """The form in which names are compared: NFKC, case-folded, NFKC again."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def conversation_of(sender: str, to: str, own: str) -> str:
    """What the account `own` calls the conversation of something that `sender` sent to `to`.

    A room by its name, a direct conversation by the other person's.
    """
    if to.startswith(ROOM_SIGN) or name_key(to) != name_key(own):
        return to
    return sender
