"""The end of a journal waits for a slow disk, not for one that hangs."""

import threading
from itertools import count
from types import SimpleNamespace
from typing import cast

import pytest

from vestnik.log.recording import marks
from vestnik.log.recording.marks import join


class Thread:
    """A thread that ends when it was waited for so often; each time three seconds go by on the clock `now`."""

    def __init__(self, waits: int) -> None:
        self.waits = waits
        self.now = 0.0

    def is_alive(self) -> bool:
        """Whether it runs."""
        return self.waits > 0

    def join(self, _timeout: float) -> None:
        """Wait for it."""
        self.waits -= 1
        self.now += 3


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Thread:
    """A thread that takes five minutes to end."""
    thread = Thread(100)
    monkeypatch.setattr(marks, "time", SimpleNamespace(monotonic=lambda: thread.now))
    return thread


def wait(thread: Thread, progress: list[int], forced: threading.Event) -> int:
    """Wait for the end of a thread, ten seconds for progress; how often it was looked at."""
    looks = iter(progress)
    before = thread.waits
    join(cast(threading.Thread, thread), lambda: next(looks), 10.0, forced)
    return before - thread.waits


def test_as_long_as_there_is_progress(slow: Thread) -> None:
    """However long it takes, as long as something is done now and then."""
    assert wait(slow, [at // 3 for at in range(101)], threading.Event()) == 100
    assert not slow.is_alive()


def test_no_progress(slow: Thread) -> None:
    """What hangs is given up when nothing was done for so long."""
    assert wait(slow, [0, 1, 2, *[2] * 100], threading.Event()) == 2 + 4


def test_forced(slow: Thread) -> None:
    """Who is forced gives up much sooner, but not on what goes on."""
    forced = threading.Event()
    looks = count()

    def progress() -> int:
        if (at := next(looks)) == 5:
            forced.set()
        return min(at, 4)

    join(cast(threading.Thread, slow), progress, 10.0, forced)
    assert slow.waits == 95
    slow.waits = 7
    slow.join = lambda _timeout: setattr(slow, "waits", slow.waits - 1)  # type: ignore[method-assign]
    join(cast(threading.Thread, slow), lambda: next(looks), 10.0, forced)
    assert not slow.is_alive()
