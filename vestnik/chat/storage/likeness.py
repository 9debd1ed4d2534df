"""When two names look alike: what is kept of a name so that nobody gets one that could be taken for another's."""

import unicodedata
from typing import Final

from vestnik.chat.storage.confusables import LOOKS_LIKE

_EXCLAMATION: Final = "\u01c3"
"""A letter by its kind, which nobody takes for one."""


def skeleton(name: str) -> str:
    """The form that names have in common which look alike: `confusable` as UTS #39 has it, in upper or lower case.

    Punctuation around a name is that of the sentence it stands in (`@anna, are you there?`), so it makes no difference.
    It is compared, never shown.
    """
    return room_skeleton(bare(unicodedata.normalize("NFKC", name)))


def room_skeleton(name: str) -> str:
    """The same for the name of a room, which signs around it belong to: `#c` is not `#c#`."""
    return _look(_look(unicodedata.normalize("NFKC", name)).casefold())


def bare(name: str) -> str:
    """A name without the punctuation around it; itself if there is nothing else."""
    inside = [at for at, character in enumerate(name) if not _is_punctuation(character)]
    return name[inside[0] : inside[-1] + 1] if inside else name


def _is_punctuation(character: str) -> bool:
    return character in (" ", _EXCLAMATION) or unicodedata.category(character)[0] == "P"


def _look(text: str) -> str:
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", text).translate(LOOKS_LIKE))
