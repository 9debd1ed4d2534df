"""Escaping: one line, reversibly."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vestnik.log.escape import escape, escape_at_most, unescape

ANY = st.text(st.one_of(st.characters(), st.characters(categories=["Cs", "Cc", "Cf", "Zl", "Zp", "Zs"]), st.just("\\")))


@given(ANY)
@example("\\n\n\\\\x41\\u0041\r\n\t\x1b[2J\u2028\u202e\u200b\ud800\U000e0001\xa0")
def test_reversible(text: str) -> None:
    """Whatever was escaped comes back unchanged."""
    assert unescape(escape(text)) == text


@given(ANY)
def test_one_visible_line(text: str) -> None:
    """The result is printable and one line, and can be encoded."""
    escaped = escape(text)
    assert escaped.isprintable()
    assert len(escaped.splitlines()) <= 1
    escaped.encode()


@given(ANY, ANY)
def test_injective(first: str, second: str) -> None:
    """Two different texts never look the same."""
    assert (escape(first) == escape(second)) == (first == second)


def test_every_character() -> None:
    """Each code point makes the round trip."""
    for start in range(0, 0x110000, 0x1000):
        text = "".join(map(chr, range(start, start + 0x1000)))
        assert unescape(escape(text)) == text


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("Чат #geekbrains", "Чат #geekbrains"),
        ("a\\b", r"a\\b"),
        ("a\nb\r\tc", r"a\nb\r\tc"),
        ("\x1b[2J\x85", r"\x1b[2J\x85"),
        ("\u2028\u202e\u200b\ufeff", r"\u2028\u202e\u200b\ufeff"),
        ("\xa0", r"\xa0"),
        ("\ud800", r"\ud800"),
        ("\U000e0001", r"\U000e0001"),
    ],
)
def test_form(text: str, escaped: str) -> None:
    """Each kind of character has its own form."""
    assert escape(text) == escaped


@pytest.mark.parametrize("text", [r"\q", r"\x4", r"\u12", r"\UFFFFFFFF", "\\"])
def test_foreign_escapes_stay(text: str) -> None:
    """What `escape` cannot have written is left as it is."""
    assert unescape(text) == text


@given(ANY, st.integers(30, 60))
@example("\n" * 50, 31)
@example("\\" * 50, 30)
@example("\U000e0001" * 50, 37)
def test_at_most(text: str, limit: int) -> None:
    """A long text is cut within the limit, between escapes, and says exactly how much is missing."""
    escaped = escape_at_most(text, limit)
    assert len(escaped) <= max(limit, 0)
    if escaped != escape(text):
        found = re.fullmatch(r"(.*)\.\.\.\[\+(\d+)\]\.\.\.(.*)", escaped)
        assert found is not None
        head, missing, end = unescape(found[1]), int(found[2]), unescape(found[3])
        assert len(head) + missing + len(end) == len(text)
        assert text.startswith(head)
        assert text.endswith(end)


def test_the_end_of_a_long_text_is_shown() -> None:
    """What stands at the end of a long traceback is not lost."""
    escaped = escape_at_most("Traceback\n" + "x" * 100_000 + "\nValueError: no", 1000)
    assert escaped.startswith("Traceback\\nx")
    assert escaped.endswith("x\\nValueError: no")
    assert 990 <= len(escaped) <= 1000
