"""Prefilters: find in a block of many lines, fast, where one may be that a query is looking for.

A prefilter may point at a line that does not match after all; it never passes over one that does. Reading JSON costs
ten times as much as looking for a few bytes, so a prefilter decides how long a search in a large day takes.
"""

import re
from typing import Protocol

from vestnik.log.reading.folding import MARK, byte_classes


class Prefilter(Protocol):
    """Finds candidates."""

    def find(self, block: bytes, start: int) -> int:
        """An offset in the first line from `start` on that may match; -1 if there is none. `start` begins a line."""


class Literal:
    """Lines that hold `wanted`."""

    def __init__(self, wanted: bytes) -> None:
        self._wanted = wanted

    def find(self, block: bytes, start: int) -> int:
        """See `Prefilter`."""
        return block.find(self._wanted, start)


class Pattern:
    """Lines in which `pattern` is found."""

    def __init__(self, pattern: bytes) -> None:
        self._search = re.compile(pattern).search

    def find(self, block: bytes, start: int) -> int:
        """See `Prefilter`."""
        match = self._search(block, start)
        return match.start() if match else -1


class Folded:
    """Lines that may hold `wanted` in upper or lower case, or in other characters that fold to it."""

    def __init__(self, wanted: str, table: bytes) -> None:
        self._wanted = wanted.encode().translate(table)
        self._table = table
        self._block = b""
        self._folded = b""

    def find(self, block: bytes, start: int) -> int:
        """See `Prefilter`."""
        if block is not self._block:
            self._block, self._folded = block, block.translate(self._table)
        found = self._folded.find(self._wanted, start)
        other = self._folded.find(MARK, start, found if found >= 0 else len(block))
        return other if other >= 0 else found


def folded(wanted: str) -> Prefilter | None:
    """A prefilter for the folded text `wanted`; None if there is nothing faster than to look at every line."""
    table = byte_classes(wanted)
    return None if table is None else Folded(wanted, table)
