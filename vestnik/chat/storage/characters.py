"""Characters that show nothing of their own: marks on letters, format characters, what stands for nothing.

The classes are made of the Unicode Character Database that Python has, once, when this module is imported.
"""

import unicodedata
from collections.abc import Iterable
from typing import Final

# Scripts without blanks between words (Thai to Myanmar, Hangul, Khmer, kana, Han), whose marks are part of the text.
RUN: Final = (
    "\u0e00-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
"""Their characters, as they stand in a class of a regular expression."""

# Where there are marks and format characters. The database has a million characters more, which take 0.2 s.
_BLOCKS: Final = (
    (0xAD, 0xAE),
    (0x300, 0x3100),
    (0xA600, 0xAC00),
    (0xFB00, 0x12000),
    (0x13400, 0x13500),
    (0x16A00, 0x17000),
    (0x1BC00, 0x1BD00),
    (0x1CF00, 0x1EA00),
    (0xE0000, 0xE0200),
)
_VIRAMA: Final = 9
"""The class of the mark of India that takes a letter its vowel. Up to it are marks without which a word is another."""
# They show nothing (Default_Ignorable_Code_Point), or make a word of Arabic longer and no other one.
_FILLERS: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0\u0640")
_SELECTORS: Final = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))
_NEAR: Final = 0x400
# They are no marks, but made of one.
_HALF_WIDTH_VOICING: Final = "\uff9e\uff9f"


def _is_folded_away(character: str, category: str) -> bool:
    if category in {"Cf", "Me"} or any(ord(character) in each for each in _SELECTORS):
        return True
    return category == "Mn" and unicodedata.combining(character) > _VIRAMA


def _is_stacked(character: str) -> bool:
    """Whether it is put on the letter before it, or is made of what is."""
    return unicodedata.combining(unicodedata.normalize("NFKD", character)[0]) > 0


def _as_class(characters: Iterable[str]) -> str:
    """Characters in ascending order as they stand in a class of a regular expression.

    From U+10000 on it has what is between them, too: each span there costs time at every character.
    """
    spans: list[tuple[int, int]] = []
    for code in map(ord, characters):
        if spans and (spans[-1][1] == code - 1 or (spans[-1][1] >= 0x10000 and code - spans[-1][1] < _NEAR)):
            spans[-1] = spans[-1][0], code
        else:
            spans.append((code, code))
    return "".join(rf"\U{first:08x}-\U{last:08x}" for first, last in spans)


def _classes() -> tuple[str, frozenset[str], str]:
    marks, folded, stacked = [], [*_FILLERS], [*_HALF_WIDTH_VOICING]
    for first, end in _BLOCKS:
        for character in map(chr, range(first, end)):
            category = unicodedata.category(character)
            if category[0] == "M" or category == "Cf":
                marks.append(character)
                if _is_folded_away(character, category):
                    folded.append(character)
                if _is_stacked(character):
                    stacked.append(character)
    return _as_class(marks), frozenset(folded), _as_class(sorted(stacked))


MARKS, FOLDED, STACKED = _classes()
"""All marks and format characters, as they stand in a class of a regular expression; those that make no difference in a
search; those that are put on the letter before them, so that many of them are sorted among themselves, as a class."""
