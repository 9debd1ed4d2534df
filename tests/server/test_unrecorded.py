"""Changes without a record."""

from tests.server.test_recovery import Change
from vestnik.server.unrecorded import Unrecorded


def test_a_change_waits_for_its_record() -> None:
    """A change is overdue when it was there at two looks; what has its record is not."""
    found = Unrecorded()
    found.add([Change(1, 0.0), Change(2, 0.0)])  # type: ignore[list-item]  # in its place
    assert found.take_overdue() == []
    found.recorded([Change(1, 0.0)])  # type: ignore[list-item]  # in its place
    found.add([Change(3, 0.0)])  # type: ignore[list-item]  # in its place
    assert found.numbers == [2, 3]
    assert found.take_overdue() == [2]
    assert found.take_overdue() == [3]
    assert found.numbers == []


def test_all_at_the_end() -> None:
    """At the end all that are left are taken, once."""
    found = Unrecorded()
    found.add([Change(5, 0.0)])  # type: ignore[list-item]  # in its place
    assert found.take_all() == [5]
    assert found.take_all() == []
