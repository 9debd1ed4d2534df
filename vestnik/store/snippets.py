"""The place of a text that a search has found, with signs around what fits."""

import re
from collections.abc import Callable, Collection, Iterator
from typing import Final, NamedTuple

from vestnik.chat.storage.characters import FOLDED
from vestnik.chat.storage.words import normal, words

BEGIN: Final = "\u2068"
END: Final = "\u2069"
"""Around what fits: "first strong isolate" and its end, which show nothing."""
CUT: Final = "…"
LENGTH: Final = 120
"""Characters of a snippet, signs not counted."""
BEFORE: Final = 40
"""Characters before the first fit."""
_SIGNS: Final = re.compile(f"[{BEGIN}{END}]")
_BLANKS: Final = re.compile(r"\s+")
_LAST_BLANK: Final = re.compile(r"\s\S{0,15}$")
_FIRST_BLANK: Final = re.compile(r"^\S{0,15}\s")


def _nothing(_word: str) -> bool:
    return False


class Fits(NamedTuple):
    """What fits: `words`, `runs` of characters in scripts without blanks, and whatever word else `fits`."""

    words: Collection[str]
    runs: Collection[str]
    fits: Callable[[str], bool] = _nothing


def snippet(text: str, fits: Fits) -> str:
    """About LENGTH characters of `text` from shortly before the first fit on; its beginning, if nothing fits."""
    text = normal(_SIGNS.sub("", text))
    places = _places(text, fits)
    first = next(places, (0, 0))
    start = max(0, first[0] - BEFORE)
    end = min(len(text), max(start + LENGTH, first[1]))
    start = max(0, min(start, end - LENGTH))
    if start and (blank := _FIRST_BLANK.match(text[start : first[0]])):
        start += blank.end()
    shown = [first] if first[1] else []
    for place in places:
        if place[1] > end:
            break
        shown.append(place)
    if end < len(text) and (blank := _LAST_BLANK.search(text[shown[-1][1] if shown else 0 : end])):
        end -= len(blank.group())
    parts = [CUT] if start else []
    at = start
    for begin, stop in shown:
        parts += [text[at:begin], BEGIN, text[begin:stop], END]
        at = stop
    parts += [text[at:end], CUT if end < len(text) else ""]
    return _BLANKS.sub(" ", "".join(parts))


def _places(text: str, fits: Fits) -> Iterator[tuple[int, int]]:
    """Where something fits, from left to right, no two of them overlapping."""
    for word in words(text):
        if not word.run:
            if word.text in fits.words or fits.fits(word.text):
                yield word.start, word.end
        elif fits.runs:
            shown = text[word.start : word.end]
            # Where the characters of the run stand, among others that make no difference.
            places = range(len(shown)) if shown == word.text else [i for i, c in enumerate(shown) if c not in FOLDED]
            for begin, end in _places_in_run(word.text, fits.runs):
                yield word.start + places[begin], word.start + places[end - 1] + 1


def _places_in_run(run: str, wanted: Collection[str]) -> Iterator[tuple[int, int]]:
    """The same in a run, together where they overlap or touch, until that is longer than a snippet."""
    at = 0
    while found := [(place, place + len(each)) for each in wanted if (place := run.find(each, at)) >= 0]:
        begin, end = min(found)
        while end - begin <= LENGTH:
            lasts = [(run.rfind(each, begin, end + len(each)), len(each)) for each in wanted]
            further = max(place + length for place, length in lasts if place >= 0)
            if further <= end:
                break
            end = further
        yield begin, end
        at = end
