"""What the words of a query mean: which words of the index, and whether a text has them.

A word is looked up among all words of the index, as a form, a beginning or a part, and then messages are found by whole
words, which is fast. Where too many words fit, or finding them takes too long, the index does not help, and texts
are looked at: nothing is left out for that.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

from sqlalchemy import Connection

from vestnik.chat.storage.words import Word, normal, pairs, words
from vestnik.store.search_index import any_of, stem

RANKS: Final = 3
"""Ways in which a word fits, the best one first: as a form, as a beginning, as a part."""
MOST_WORDS: Final = 128
"""Words of the index that are looked for as forms of the words of a query, for all of them together; and as many again
that have them as beginnings or parts. Of more, the texts are looked at."""
LEAST_WORDS: Final = 8
"""How many are looked for for each word of a query in any case."""
SHORTEST_START: Final = 2
"""Characters with which a word that is looked for may begin, if the query has no other word."""
SHORTEST_PART: Final = 3
"""Characters that are found inside of words: SQLite looks for three at a time."""
LONGEST_PART: Final = 8
"""Characters of a part that SQLite looks for; the rest is compared here, for each costs it time at each word."""
MOST_PAIRS: Final = 16
"""Pairs of a run that the index is asked for; the whole run is compared with the text."""
_PLAIN: Final = re.compile("[\x00-\x7fа-яА-ЯёЁ«»„“”’–—…№]*+")
"""A text that needs no normal form: in small letters it has its words as they are compared, but for ё."""
FIRST_WORDS: Final = 2_000
"""Words among which a part is looked for before the clock is looked at for the first time."""


class Said(NamedTuple):
    """What a text says: its words, and its runs of characters in scripts without blanks, in lines."""

    words: frozenset[str]
    runs: str


def read(text: str) -> Said:
    """What a text says."""
    found = list(words(normal(text)))
    return Said(frozenset(word.text for word in found if not word.run), "\n".join(w.text for w in found if w.run))


class Meaning(ABC):
    """A word of a query: what fits it, in each of the `RANKS`.

    `conditions` are those that the index is asked for; None where texts are looked at instead.
    """

    def __init__(self, conditions: Sequence[str | None]) -> None:
        self.conditions = tuple(conditions)

    def looks(self, rank: int) -> bool:
        """Whether what the index finds must be looked at, or it cannot be asked."""
        return self.conditions[rank] is None

    def may_fit(self, text: str) -> bool:
        """Whether a text may fit at all; quick, for most texts do not. `text` is one of `lowered`."""
        return True

    @abstractmethod
    def rank(self, said: Said) -> int | None:
        """How well a text fits; None if it does not."""


class RunMeaning(Meaning):
    """A run of characters in a script without blanks, which stand side by side in what fits."""

    def __init__(self, run: str, condition: str | None) -> None:
        super().__init__([condition] * RANKS)
        self.run = run

    def looks(self, rank: int) -> bool:
        """The pairs may stand anywhere."""
        return super().looks(rank) or len(self.run) > 2

    def rank(self, said: Said) -> int | None:
        """All that fits, fits equally well."""
        return 0 if self.run in said.runs else None


class WordMeaning(Meaning):
    """A word that is `forms`, begins with `start` or has `part` in it; the last two are empty if that is not enough.

    `found` has the words of the index up to each rank; None where they are too many.
    """

    def __init__(self, word: str, start: str, part: str, found: Sequence[list[str] | None]) -> None:
        super().__init__([None if each is None else any_of(each) for each in found])
        self._word, self._root = word, stem(word)
        self._start, self._part = start, part
        self._alike = alike(self._root)
        self.words = next((each for each in reversed(found) if each is not None), [])

    def may_fit(self, text: str) -> bool:
        """It has the part in it, or what all forms begin with."""
        return bool(self._part and self._part in text) or self._alike in text

    def rank(self, said: Said) -> int | None:
        """As well as the word of the text that fits best."""
        if self._word in said.words:
            return 0
        return min((rank for rank in map(self.rank_of, said.words) if rank is not None), default=None)

    def has(self, word: str) -> bool:
        """Whether a word fits."""
        return bool(self._part and self._part in word) or self.rank_of(word) is not None

    def rank_of(self, word: str) -> int | None:
        """How well a word fits."""
        # Finding a stem takes long, and forms begin alike.
        if word == self._word or (word.startswith(self._alike) and stem(word) == self._root):
            return 0
        if self._start and word.startswith(self._start):
            return 1
        return 2 if self._part and self._part in word else None


def lowered(text: str) -> str | None:
    """A text in which all its words stand as they are compared; None if it has to be looked at word by word."""
    return text.lower().replace("ё", "е") if _PLAIN.fullmatch(text) else None


def alike(root: str) -> str:
    """What all words begin with that have a stem: English endings change up to two letters of what is before them."""
    if not root.isascii() or not root.isalpha():
        return root
    return root[:-2] if len(root) > 4 else root[:1]


def find_meaning(connection: Connection, word: Word, count: int, hurry: Callable[[], bool]) -> Meaning:
    """What a word of a query means, which is one of `count`; `hurry` says that there is no time to look for more."""
    limit = max(LEAST_WORDS, MOST_WORDS // count)
    if not word.run:
        return _word_meaning(connection, word.text, limit, hurry, alone=count == 1)
    if len(word.text) > 1:
        return RunMeaning(word.text, all_of(dict.fromkeys(pairs(word.text)[:MOST_PAIRS])))
    found = _between(connection, word.text, limit)
    return RunMeaning(word.text, None if len(found) > limit else any_of([word.text, *found]))


def _word_meaning(
    connection: Connection, word: str, limit: int, hurry: Callable[[], bool], *, alone: bool
) -> WordMeaning:
    root = stem(word)
    query = "SELECT word FROM search_word WHERE stem = ? AND word <> ? LIMIT ?"
    forms = [word, *_words(connection, query, (root, word, limit + 1))]
    part = _common_start(word, root)
    if len(part) < SHORTEST_PART:
        part = word
    start = part if len(part) >= (SHORTEST_START if alone else SHORTEST_PART) else ""
    part = part if len(part) >= SHORTEST_PART else ""
    if len(forms) > limit + 1:
        return WordMeaning(word, start, part, [None] * RANKS)
    starts = forms
    if start:
        begun = _between(connection, start, limit + len(forms))
        starts = forms + _without(begun, forms)
        if len(starts) > limit + len(forms):
            return WordMeaning(word, start, part, [forms, None, None])
    within = _with_part(connection, part, limit + len(starts), hurry) if part else []
    parts = None if within is None else starts + _without(within, starts)
    if parts is not None and len(parts) > limit + len(starts):
        parts = None
    return WordMeaning(word, start, part, [forms, starts, parts])


def _between(connection: Connection, start: str, limit: int) -> list[str]:
    """Words of the index that begin so but are longer: all, or more than `limit`."""
    query = "SELECT word FROM search_word WHERE word > ? AND word < ? LIMIT ?"
    return _words(connection, query, (start, start + chr(0x10FFFF), limit + 1))


def _with_part(connection: Connection, part: str, limit: int, hurry: Callable[[], bool]) -> list[str] | None:
    """Words of the index with this inside, all of them; None for more than `limit`, or when there is no time."""
    last = int(connection.exec_driver_sql("SELECT coalesce(max(id), 0) FROM search_word").scalar_one())
    query = "SELECT word FROM search_part WHERE search_part MATCH ? AND rowid > ? AND rowid <= ?"
    found: list[str] = []
    at, size = 0, FIRST_WORDS
    while at < last:
        rows = connection.exec_driver_sql(query, (f'"{part[:LONGEST_PART]}"', at, at + size))
        found += [word for word in rows.scalars() if part in word]
        at += size
        if len(found) > limit or (at < last and hurry()):
            return None
        size *= 2
    return found


def all_of(found: Iterable[str]) -> str:
    """The condition that a message has all of these words."""
    return "(" + " AND ".join(f'"{word}"' for word in found) + ")"


def _words(connection: Connection, query: str, values: tuple[str | int, ...]) -> list[str]:
    return list(connection.exec_driver_sql(query, values).scalars())


def _without(found: list[str], known: list[str]) -> list[str]:
    seen = set(known)
    return [word for word in found if word not in seen]


def _common_start(one: str, other: str) -> str:
    at = 0
    while at < min(len(one), len(other)) and one[at] == other[at]:
        at += 1
    return one[:at]
