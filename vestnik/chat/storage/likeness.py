"""When two names look alike: what is kept of a name so that nobody gets one that could be taken for another's."""

import unicodedata

from vestnik.chat.storage.confusables import LOOKS_LIKE


def skeleton(name: str) -> str:
    """The form that names have in common which look alike: `confusable` as UTS #39 has it, in upper or lower case.

    It is compared, never shown.
    """
    return _look(_look(unicodedata.normalize("NFKC", name)).casefold())


def _look(text: str) -> str:
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", text).translate(LOOKS_LIKE))
