"""What is a word of a text: how texts and queries are cut, and when two words are the same.

Scripts without blanks between words (Chinese, Japanese, Thai, ...; Korean too, for its endings) are cut into pairs of
characters that overlap, so that any two neighbours are found. Upper and lower case, ё and е, accents and the width of
characters make no difference.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

MAX_WORD: Final = 64
"""Characters of a word that are compared; what goes on behind them is ignored."""

# Thai to Myanmar, Hangul, Khmer, kana, Han.
_RUN: Final = "\u0e00-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
_RUNS: Final = _RUN + "\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
# What stands in words and is neither letter nor digit: accents of their own, vowel signs of India and the Near East.
_MARKS: Final = "\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0dff"
_PICTURES: Final = "\u2600-\u27bf\U0001f000-\U0001faff"
_WORD: Final = re.compile(f"([{_RUNS}]+)|([^\\W_{_RUNS}]+(?:[{_MARKS}]+[^\\W_{_RUNS}]*)*|[{_PICTURES}])")
_NO_WORD: Final = re.compile(f"[^\\w{_MARKS}{_PICTURES}]|_")
_ACCENTS: Final = re.compile("[\u0300-\u036f]")
_RUSSIAN: Final = re.compile("[а-я]+")
_LINK: Final = re.compile(r"https?://\w|\bwww\.\w", re.IGNORECASE)


class Word(NamedTuple):
    """A word and its place in a text in normal form; `run`: of a script without blanks, and so to be cut further."""

    text: str
    start: int
    end: int
    run: bool


def normal(text: str) -> str:
    """The form of a text in which places are counted: NFKC."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def words(text: str) -> Iterator[Word]:
    """The words of a text in normal form, as they are compared."""
    for match in _WORD.finditer(text):
        found = match.group()
        if match.lastindex == 1:
            yield Word(found, match.start(), match.end(), run=True)
        elif folded := fold(found):
            yield Word(folded, match.start(), match.end(), run=False)


@lru_cache(maxsize=16_384)
def fold(word: str) -> str:
    """A word as it is compared."""
    folded = word.casefold()
    if not folded.isascii() and not _RUSSIAN.fullmatch(folded):
        # й is a letter and not an и with an accent.
        parts = unicodedata.normalize("NFD", folded).replace("и\u0306", "й")
        folded = _NO_WORD.sub("", unicodedata.normalize("NFKC", _ACCENTS.sub("", parts)))
    return folded[:MAX_WORD]


def pairs(run: str) -> list[str]:
    """The pairs of neighbours in a run; a run of one character is that itself."""
    return [run[at : at + 2] for at in range(len(run) - 1)] or [run]


def terms(text: str) -> list[str]:
    """What the index keeps of a text, in order: its words, and the pairs and the last character of its runs."""
    found: list[str] = []
    for run, word in _WORD.findall(normal(text)):
        if word:
            if folded := fold(word):
                found.append(folded)
        else:
            found += pairs(run)
            if len(run) > 1:
                found.append(run[-1])
    return found


def has_link(text: str) -> bool:
    """Whether there is a link to a page in the text."""
    # Most texts have neither, and this is quicker to see.
    return ("://" in text or "." in text) and _LINK.search(text) is not None
