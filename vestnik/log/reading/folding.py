"""Names and texts regardless of case and form, as strings and, roughly, as bytes."""

import unicodedata
from functools import cache
from typing import Final

MARK: Final = 0xFF
"""A byte that UTF-8 never has."""
_SHORT: Final = 0x800
"""The characters before this one have at most two bytes in UTF-8."""
_LONG: Final = frozenset(range(0xE0, 0xF8))
"""First bytes of all others."""


def fold(text: str) -> str:
    """The form in which names are compared (as `vestnik.chat.names.name_key`): NFKC, case-folded, NFKC again."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def byte_classes(key: str) -> bytes | None:
    """A table for `bytes.translate` under which every text that holds `key` when folded shows it.

    A text with `key` in it after `fold` or `str.casefold` has, translated, either the translated `key` in it or a MARK:
    bytes in which the forms of a character differ become the same; the first bytes of characters that could become
    a part of `key` in any other way, and the backslash of escapes, become MARK. None for a key with characters of more
    than two bytes, whose forms are too many.
    """
    if any(ord(character) >= _SHORT for character in key):
        return None
    parent = list(range(256))
    marked = set(_LONG) | {ord("\\")}
    wanted = set(key)
    for encoded, folded in _forms():
        if wanted.isdisjoint(folded):
            continue
        other = folded.encode()
        if len(folded) == 1 and len(other) == len(encoded):
            for one, same in zip(encoded, other, strict=True):
                first, second = sorted((_root(parent, one), _root(parent, same)))
                parent[second] = first
        else:
            marked.add(encoded[0])
    marked.update(_combining())
    classes = {_root(parent, byte) for byte in marked}
    return bytes(MARK if _root(parent, byte) in classes else _root(parent, byte) for byte in range(256))


@cache
def _forms() -> list[tuple[bytes, str]]:
    """The characters of one or two bytes in UTF-8, each with what it is folded to, in both ways."""
    characters = [chr(number) for number in range(_SHORT)]
    return [(each.encode(), folded) for each in characters for folded in {fold(each), each.casefold()}]


@cache
def _combining() -> frozenset[int]:
    """First bytes of those of them that change the character before them."""
    return frozenset(chr(number).encode()[0] for number in range(_SHORT) if unicodedata.combining(chr(number)))


def _root(parent: list[int], byte: int) -> int:
    while parent[byte] != byte:
        byte = parent[byte]
    return byte
