"""What may have been meant by a name."""

import pytest

from vestnik.cli.client.near import MAX_NEAR, near

NAMES = ["#tea", "#Чай", "#teapot", "Boris", "clara b", "анна", "tea party"]


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        ("#tae", ["#tea"]),
        ("#te", ["#tea", "#teapot"]),
        ("#tea extra", ["#tea"]),
        ("#tea,#cake", ["#tea"]),
        ("#чяй", ["#Чай"]),
        ("borsi", ["Boris"]),
        ("@boriss", ["Boris"]),
        ("boris are you there", ["Boris"]),
        ("анн", ["анна"]),
        ("chai", []),
        ("#xyz", []),
        ("", []),
    ],
)
def test_near(sought: str, found: list[str]) -> None:
    """What begins so, or is nearly spelled so, may be meant; a room only by a room."""
    assert near(sought, NAMES) == found


def test_a_room_without_its_sign() -> None:
    """By a name without a sign a room may be meant as well."""
    assert near("tae", ["#tea"]) == ["#tea"]


def test_bounds() -> None:
    """Only some are named, and a long line is not compared to its end."""
    assert len(near("n", [f"n{number}" for number in range(20)])) <= MAX_NEAR
    assert near("x" * 100_000, ["x" * 30]) == ["x" * 30]
