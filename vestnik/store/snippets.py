"""The place of a text that a search has found, with signs around what fits."""

import re
from collections.abc import Collection, Iterator
from typing import Final, NamedTuple

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


class Fits(NamedTuple):
    """What fits: `words`, and `runs` of characters in scripts without blanks."""

    words: Collection[str]
    runs: Collection[str]


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
            if word.text in fits.words:
                yield word.start, word.end
        elif fits.runs:
            yield from _places_in_run(word.text, word.start, fits.runs)


def _places_in_run(run: str, offset: int, wanted: Collection[str]) -> Iterator[tuple[int, int]]:
    found = sorted(
        (match.start() + offset, match.start() + offset + len(each))
        for each in wanted
        for match in re.finditer(f"(?={re.escape(each)})", run)
    )
    while found:
        begin, end = found.pop(0)
        while found and found[0][0] <= end:
            end = max(end, found.pop(0)[1])
        yield begin, end
