"""What may have been meant by a name that there is not."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

from vestnik.protocol.names import ROOM_SIGN, name_key

ALIKE: Final = 0.65
"""How much of two names has to be the same, 1 being all, so that one may be meant by the other."""
MAX_NEAR: Final = 3
"""Names that are suggested."""
LONGEST: Final = 40
"""Characters that are compared: finding what is alike takes the square of them."""


def near(sought: str, names: Iterable[str]) -> list[str]:
    """Those of `names` that may be meant by `sought`, the likeliest first.

    A room is sought among rooms; by a name without `#` a room may be meant, too.
    """
    key = name_key(sought[:LONGEST]).removeprefix("@")
    known: dict[str, str] = {}
    for name in names:
        own = name_key(name[:LONGEST])
        if not key.startswith(ROOM_SIGN):
            own = own.removeprefix(ROOM_SIGN)
        elif not own.startswith(ROOM_SIGN):
            continue
        if own != key or name.startswith(ROOM_SIGN) != sought.startswith(ROOM_SIGN):
            known.setdefault(own, name)
    begun = [own for own in known if len(own) > 1 and (_begins(key, own) or (len(key) > 1 and own.startswith(key)))]
    found = sorted(begun) or get_close_matches(key, known, MAX_NEAR, ALIKE)
    return [known[own] for own in found][:MAX_NEAR]


def _begins(text: str, name: str) -> bool:
    """Whether a name is followed by something else, as the text of a message may be."""
    return text.startswith(name) and not text[len(name) : len(name) + 1].isalnum()
