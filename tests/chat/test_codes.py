"""Codes that people hand on."""

import re

from vestnik.chat.codes import LETTERS, hash_code, make_code
from vestnik.secret import Secret


def test_code() -> None:
    """A code has four groups of five letters that nobody takes for others, and no two are the same."""
    codes = {make_code().reveal() for _ in range(100)}
    assert len(codes) == 100
    assert all(re.fullmatch(rf"[{LETTERS}]{{5}}(-[{LETTERS}]{{5}}){{3}}", code) for code in codes)


def test_typed() -> None:
    """However a code is typed, it is the same one; and no other is."""
    kept = hash_code(Secret("7QK2M-0XWFD-1A3TN-HZ48P"))
    for typed in ("7qk2m0xwfd1a3tnhz48p", " 7QK2M oXWFD iA3TN\tHZ48P\n", "7QK2M-OXWFD-LA3TN-HZ48P"):
        assert hash_code(Secret(typed)) == kept
    assert hash_code(Secret("7QK2M-0XWFD-1A3TN-HZ48Q")) != kept
    assert hash_code(Secret("\ud800")) != kept
