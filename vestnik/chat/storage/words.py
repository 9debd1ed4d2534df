"""What is a word of a text: how texts and queries are cut, and when two words are the same.

Scripts without blanks between words (Chinese, Japanese, Thai, ...; Korean too, for its endings) are cut into pairs of
characters that overlap, so that any two neighbours are found. Upper and lower case, ё and е, accents, points and the
width of characters make no difference, nor does what shows nothing: soft hyphens, joiners, marks of direction.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from vestnik.chat.storage.characters import FOLDED, MARKS, RUN, STACKED

MAX_WORD: Final = 64
"""Characters of a word that are compared; what goes on behind them is ignored."""

LONGEST_STACK: Final = 30
"""Marks on one letter; more of them are left out, for sorting them takes time in the square (UAX #15, D4)."""
MAX_GROWTH: Final = 2
"""How many times as long the normal form of a text may be; one character can become 18."""

_PICTURES: Final = "\u2600-\u27bf\U0001f000-\U0001faff"
_WORD: Final = re.compile(f"([{RUN}](?:[{MARKS}]*[{RUN}])*)|([^\\W_{RUN}]+(?:[{MARKS}]+[^\\W_{RUN}]*)*|[{_PICTURES}])")
_NO_WORD: Final = re.compile(f"[^\\w{MARKS}{_PICTURES}]|_")
# Neither Latin, Greek, Russian, kana, Han nor Hangul: only there may be what is stacked, which takes time to look for.
_UNUSUAL: Final = re.compile("[^\x00-\u02ff\u0370-\u0482\u048a-\u0590\u3041-\u3098\u4e00-\u9fff\uac00-\ud7a3]")
_TOO_MANY: Final = re.compile(f"([{STACKED}]{{{LONGEST_STACK}}})[{STACKED}]+")
_RUSSIAN: Final = re.compile("[а-я]+")
_LINK: Final = re.compile(r"https?://\w|\bwww\.\w", re.IGNORECASE)


class Word(NamedTuple):
    """A word and its place in a text in normal form; `run`: of a script without blanks, and so to be cut further."""

    text: str
    start: int
    end: int
    run: bool


def normal(text: str) -> str:
    """The form of a text in which places are counted: NFKC, in a time that grows with its length."""
    if text.isascii():
        return text
    if _UNUSUAL.search(text):
        text = _TOO_MANY.sub(r"\1", text)
    return unicodedata.normalize("NFKC", text)[: MAX_GROWTH * len(text) + LONGEST_STACK]


def words(text: str) -> Iterator[Word]:
    """The words of a text in normal form, as they are compared."""
    for match in _WORD.finditer(text):
        found = match.group()
        if match.lastindex == 1:
            if plain := without_marks(found):
                yield Word(plain, match.start(), match.end(), run=True)
        elif folded := fold(found):
            yield Word(folded, match.start(), match.end(), run=False)


def fold(word: str) -> str:
    """A word of a text in normal form as it is compared."""
    return _fold(word if len(word) <= MAX_WORD else without_marks(word)[:MAX_WORD])


@lru_cache(maxsize=8_192)  # of MAX_WORD characters, so that it is 6 MiB at most
def _fold(word: str) -> str:
    folded = word.casefold()
    if not folded.isascii() and not _RUSSIAN.fullmatch(folded):
        # й is a letter and not an и with an accent.
        parts = unicodedata.normalize("NFD", folded).replace("и\u0306", "й")
        folded = _NO_WORD.sub("", unicodedata.normalize("NFKC", without_marks(parts)))
    return folded[:MAX_WORD]


def without_marks(text: str) -> str:
    """A text without what makes no difference in it."""
    return text if FOLDED.isdisjoint(text) else "".join([each for each in text if each not in FOLDED])


def pairs(run: str) -> list[str]:
    """The pairs of neighbours in a run; a run of one character is that itself."""
    return [run[at : at + 2] for at in range(len(run) - 1)] or [run]


def terms(text: str) -> list[str]:
    """What the index keeps of a text, each once: its words, and the pairs and the last character of its runs."""
    found: dict[str, None] = {}
    for run, word in _WORD.findall(normal(text)):
        if word:
            if folded := _fold(word) if len(word) <= MAX_WORD else fold(word):
                found[folded] = None
        elif plain := without_marks(run):
            found.update(dict.fromkeys(pairs(plain)))
            found[plain[-1]] = None
    return list(found)


def has_link(text: str) -> bool:
    """Whether there is a link to a page in the text."""
    # Most texts have neither, and this is quicker to see.
    return ("://" in text or "." in text) and _LINK.search(text) is not None
