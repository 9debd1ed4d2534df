"""Texts that may mention somebody."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestnik.chat.initials import Initials
from vestnik.chat.mentions import choose, find_candidates
from vestnik.chat.names import name_key
from vestnik.chat.storage.accounts import AccountRecord

NAMES = ("Йохан", "ẞtraße", "ﬁona", "가람", "@at", "1st")


@pytest.mark.parametrize(
    ("text", "may"),
    [
        ("@йохан", True),
        ("hi, @Strasse", True),
        ("@all", True),
        ("@все", True),
        ("@zoe", False),
        ("@@0000000001  xxx", True),  # somebody is called @at
        ("mail@fiona.example", False),
        ("fiona", False),
        ("@", False),
    ],
)
def test_may_mention(text: str, may: bool) -> None:
    """Only an `@` at the beginning of a word, with an initial behind it, may be a mention."""
    assert Initials(NAMES).may_mention(text) == may


def test_marks_of_programs() -> None:
    """An `@` before what no name begins with costs no look-up; a new name is taken in."""
    initials = Initials(["bench1", "bench2"])
    assert not initials.may_mention("@@0000000001  xxx")
    initials.add("0xff")
    assert initials.may_mention("@@0000000001  xxx")


@given(
    st.lists(st.sampled_from([*NAMES, " ", ",", "x", "_", "@", "@all"]).map(lambda part: f"@{part}"), max_size=5),
    st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]),
    st.booleans(),
)
def test_nobody_is_overlooked(parts: list[str], form: str, upper: bool) -> None:
    """Whoever is mentioned, however it is written, is not ruled out by the initials."""
    text = unicodedata.normalize(form, " ".join(parts))  # type: ignore[arg-type]  # one of its four forms
    text = text.upper() if upper else text
    people = {name_key(name): AccountRecord(number, name) for number, name in enumerate(NAMES, 1)}
    if choose(find_candidates(text, 25, 50), people):
        assert Initials(NAMES).may_mention(text)
