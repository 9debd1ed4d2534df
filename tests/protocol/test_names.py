"""Names as both sides compare them."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestnik.protocol.names import LONGEST_REMEMBERED, _remembered_key, conversation_of, name_key


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Anna", "ANNA", True),
        ("Straße", "STRASSE", True),
        ("ｗｉｄｅ", "wide", True),
        ("й", "и\u0306", True),
        ("ёлка", "елка", False),
        ("anna", "anna ", False),
    ],
)
def test_same_names(one: str, other: str, same: bool) -> None:
    """Case, width and the way in which accents are written make no other name."""
    assert (name_key(one) == name_key(other)) is same


@given(st.text(max_size=20))
def test_a_key_is_its_own_key(name: str) -> None:
    """Comparing keys is comparing names, however often they are folded."""
    assert name_key(name_key(name)) == name_key(name)


@pytest.mark.parametrize(
    ("sender", "to", "own", "conversation"),
    [
        ("boris", "#tea", "anna", "#tea"),
        ("anna", "#tea", "anna", "#tea"),
        ("boris", "anna", "anna", "boris"),
        ("boris", "Anna", "ANNA", "boris"),
        ("anna", "boris", "anna", "boris"),
        ("anna", "anna", "anna", "anna"),
    ],
)
def test_what_one_calls_a_conversation(sender: str, to: str, own: str, conversation: str) -> None:
    """A room has its name; a direct conversation that of the other person, whoever has written."""
    assert conversation_of(sender, to, own) == conversation


def test_what_is_remembered_is_short() -> None:
    """Keys of long names are not remembered, and those that are become 18 times as long at most."""
    before = _remembered_key.cache_info()
    for number in range(100):
        name_key(f"{number}" + "\ufdfa" * LONGEST_REMEMBERED)
    after = _remembered_key.cache_info()
    assert (before.currsize, before.misses) == (after.currsize, after.misses)
    most = LONGEST_REMEMBERED * 4 + sys.getsizeof(name_key("\ufdfa" * LONGEST_REMEMBERED))
    assert most * (after.maxsize or 0) < 6 << 20
