"""Shared by the tests of the journal: a clock to turn, time zones, journals that are closed afterwards."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from vestnik.log.journal import Journal

NOON = 1_623_486_000.0  # 2021-06-12, 08:20 UTC


class Clock:
    """A clock that stands still until it is set; `now` in seconds."""

    def __init__(self, now: float = NOON) -> None:
        self.now = now

    def __call__(self) -> float:
        """The time shown."""
        return self.now


def descriptors() -> int:
    """How many file descriptors this process has."""
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.fixture
def clock() -> Clock:
    """A clock at 2021-06-12 08:20 UTC."""
    return Clock()


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Sets the local time zone for a test."""

    def choose(name: str) -> None:
        monkeypatch.setenv("TZ", name)
        time.tzset()

    yield choose
    monkeypatch.undo()
    time.tzset()


@pytest.fixture(autouse=True)
def utc(zone: Callable[[str], None]) -> None:
    """Tests are in UTC if they do not choose another zone."""
    zone("UTC")


@pytest.fixture
def make(tmp_path: Path, clock: Clock) -> Iterator[Callable[..., Journal]]:
    """Makes journals in the test's directory, with its clock, and closes them after the test."""
    journals: list[Journal] = []

    def journal(name: str = "server", directory: Path | None = tmp_path, **options: object) -> Journal:
        journals.append(Journal(name, directory, **({"clock": clock} | options)))  # type: ignore[arg-type]
        return journals[-1]

    yield journal
    for each in journals:
        each.close()
