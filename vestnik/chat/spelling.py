"""How new names may be spelled: with characters that everybody sees, and no word in letters of different scripts.

Names that are there already keep their spelling. What looks like another's name although it is spelled well is found by
`vestnik.chat.storage.likeness`.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

from vestnik.protocol import answers
from vestnik.protocol.errors import BadRequest

_LATIN: Final = "LATIN"
_EASTERN: Final = frozenset({"CJK", "IDEOGRAPHIC", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "BOPOMOFO", "HANGUL"})
_SCRIPTS: Final = _EASTERN | {
    *("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "GEORGIAN", "HEBREW", "ARABIC", "DEVANAGARI", "BENGALI", "GURMUKHI"),
    *("GUJARATI", "ORIYA", "TAMIL", "TELUGU", "KANNADA", "MALAYALAM", "SINHALA", "THAI", "LAO", "TIBETAN", "MYANMAR"),
    *("ETHIOPIC", "KHMER"),
}
"""Scripts in general use (Recommended Scripts of UAX #31), as the names of their characters begin."""
_DIGITS: Final = frozenset({"DIGIT", "ARABIC-INDIC", "EXTENDED"})
# Letters of Latin that are used in names: not the phonetic ones, many of which look like others.
_LATIN_LETTERS: Final = re.compile(
    "[A-Za-z\u00aa-\u024f\u0253\u0254\u0256\u0257\u0259\u025b\u0263\u0268\u0269\u0272\u0289\u028b\u1e00-\u1eff]"
)
_SYLLABLES: Final = re.compile("[\uac00-\ud7a3]")  # of Hangul, which has fillers among its other letters
_MARKS: Final = re.compile("[\u0300-\u034e\u0350-\u036f]")  # for letters of any alphabet
_APOSTROPHES: Final = "\u02bb\u02bc"  # letters as Unicode has it: Hawaiian, Ukrainian
# Signs beside those of ASCII: of Latin-1, dashes and quotes, currencies, arrows, shapes, dingbats, emoji; of CJK and
# other scripts what stands in names.
_SIGNS: Final = re.compile(
    "[ -~\u00a1-\u00ac\u00ae-\u00bf\u00d7\u00f7\u2010-\u2015\u2018-\u201e\u2020-\u2022\u2026\u20a0-\u20c0\u2116"
    "\u2190-\u21ff\u25a0-\u27bf\U0001f300-\U0001faff\u3001\u3002\u30fb\u05f3\u05f4\u060c]"
)
MAX_MARKS: Final = 2
"""Marks on one letter of an alphabet: more make it unreadable. (Scripts with marks of their own are not limited.)"""


def check_spelling(field: str, name: str) -> None:
    """Raises BadRequest for a name with a character that names do not have, or with a word of mixed scripts."""
    scripts: set[str] = set()
    before, marks, begin = "", 0, 0
    text = unicodedata.normalize("NFKC", name)
    for index, character in enumerate(f"{text} "):
        kind, script = _kind(character)
        marks = marks + 1 if kind == "M" else 0
        if kind == "M" and not _may_follow(script, before, marks):
            kind = ""
        if not kind:
            raise BadRequest(answers.NAME_SIGN, field, f"U+{ord(character):04X}")
        if kind == "L":
            scripts.add(script)
            before = script
        elif kind == "S":
            if len(scripts) > 1 and not scripts <= _EASTERN | {_LATIN}:
                raise BadRequest(answers.NAME_MIXED, field, text[begin:index])
            scripts.clear()
            before, begin = "", index + 1


def _may_follow(script: str, before: str, marks: int) -> bool:
    """Whether a mark may stand behind a letter: one for any alphabet, or one of the letter's own script."""
    if script == "COMBINING":
        return before != "" and marks <= MAX_MARKS
    return script == before


@lru_cache(maxsize=4096)
def _kind(character: str) -> tuple[str, str]:
    """Letter, digit, mark or sign (L, N, M, S), and of which script it is; an empty text for what names do not have."""
    category = unicodedata.category(character)
    script = unicodedata.name(character, "").split(" ")[0]
    if category[0] == "L":
        if script == _LATIN and _LATIN_LETTERS.match(character):
            return "L", script
        if script in _SCRIPTS and script != _LATIN and (script != "HANGUL" or _SYLLABLES.match(character)):
            return "L", script
        return ("S" if character in _APOSTROPHES else ""), ""
    if category == "Nd" and (script in _DIGITS or script in _SCRIPTS):
        return "N", script
    if category[0] == "M":
        return ("M" if _MARKS.match(character) or script in _SCRIPTS else ""), script
    return ("S" if _SIGNS.match(character) else ""), ""
