"""Exceptions that come in storms."""

import re

from vestnik.log.recording.storm import MAX_STORMS, REPEAT_AFTER, Storms, fingerprint

from ..conftest import Clock


def failure(kind: type[Exception] = ValueError, text: str = "no", cause: Exception | None = None) -> Exception:
    """An exception that was raised here."""
    try:
        raise kind(text) from cause
    except kind as error:
        return error


def elsewhere() -> Exception:
    """An exception of the same type from another place."""
    try:
        raise ValueError("no")
    except ValueError as error:
        return error


def test_in_full_once_a_minute() -> None:
    """The first is shown in full, the next by its fingerprint and number, after a minute in full again."""
    steady = Clock(0.0)
    storms = Storms(steady)
    first = storms.text(failure())
    mark = re.search(r"ValueError: no\ntb=([0-9a-f]{8})\Z", first)
    assert mark is not None
    assert first.startswith("Traceback (most recent call last):\n")
    assert storms.text(failure(text="other")) == f"ValueError: other\ntb={mark[1]} x2"
    steady.now = REPEAT_AFTER - 1
    assert storms.text(failure()) == f"ValueError: no\ntb={mark[1]} x3"
    steady.now = REPEAT_AFTER
    assert storms.text(failure()) == first


def test_told_apart() -> None:
    """Another type, another place or another cause is another exception."""
    marks = {fingerprint(error) for error in (failure(), failure(KeyError), elsewhere(), failure(cause=failure()))}
    assert len(marks) == 4
    assert fingerprint(failure()) == fingerprint(failure(text="other"))


def test_bounded() -> None:
    """Not more than so many are remembered: the one seen least lately is shown in full again."""
    storms = Storms(Clock(0.0))
    kinds = [type(f"Kind{number}", (Exception,), {}) for number in range(MAX_STORMS + 1)]
    for kind in kinds:
        assert storms.text(failure(kind)).startswith("Traceback")
    assert not storms.text(failure(kinds[-1])).startswith("Traceback")
    assert storms.text(failure(kinds[0])).startswith("Traceback")


def test_an_exception_that_fails() -> None:
    """An exception that cannot even be looked at is named, and the record is not lost."""

    class Broken(Exception):
        __cause__ = property(lambda _: 1 / 0)  # type: ignore[assignment]

    assert "Broken" in Storms(Clock()).text(Broken())


def test_a_circle() -> None:
    """Causes that go round in a circle end."""
    first, second = failure(), failure(KeyError)
    first.__cause__, second.__cause__ = second, first
    assert "ValueError: no" in Storms(Clock()).text(first)
