"""Whom a message was written to, in short."""

from hypothesis import given
from hypothesis import strategies as st

from vestnik.server.written import Written, packed


def unpacked(text: str | None) -> set[int]:
    """The numbers in a text of ranges."""
    numbers: set[int] = set()
    for part in (text or "").split(","):
        if part:
            first, _, last = part.partition("-")
            numbers |= set(range(int(first), int(last or first) + 1))
    return numbers


def test_ranges() -> None:
    """Neighbours become ranges."""
    assert packed([60, 3, 2, 4]) == "2-4,60"
    assert packed([]) is None


@given(st.sets(st.integers(1, 200)))
def test_nobody_is_left_out(numbers: set[int]) -> None:
    """The text stands for exactly these numbers."""
    assert unpacked(packed(numbers)) == numbers


def test_delivered() -> None:
    """Of each sender the first and the last number."""
    delivered = Written()
    for sender, seq in (("anna", 3), ("carl", 2), ("anna", 7)):
        delivered.add(sender, seq)
    assert (delivered.count, str(delivered)) == (3, "anna/3-7  carl/2")
    assert str(Written()) == ""
