"""One writer after another."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.scribe import JSON, TEXT
from vestnik.log.journal import Journal
from vestnik.server import catalogue

from ..test_journal import DELIVERED, messages


def test_opened_again_while_it_ends(make: Callable[..., Journal], tmp_path: Path) -> None:
    """What is recorded while the journal is being released comes after what was before, and takes in nothing of it."""
    journal = make(json=True, seals=True)
    for number in range(200):
        journal.record(DELIVERED, "user", number)
    late = threading.Thread(target=lambda: journal.record(catalogue.SERVER_FORCED))
    stop = journal._writer.stop

    def stop_late(patience: float, forced: threading.Event) -> None:
        late.start()
        late.join()
        stop(patience, forced)

    journal._writer.stop = stop_late  # type: ignore[method-assign]
    journal.release()
    journal.close()
    lines = messages(tmp_path / "server.log")
    assert len(lines) == 201
    assert lines[-1].startswith("WARNING")


def test_held(make: Callable[..., Journal], tmp_path: Path) -> None:
    """Until it may proceed nothing is written or opened; then everything is, in order."""
    journal = make(json=True)
    journal.hold()
    for number in range(3):
        journal.record(DELIVERED, "user", number)
    assert not journal.flush(0)
    assert list(tmp_path.iterdir()) == []
    journal.proceed()
    assert journal.flush()
    assert [line.split()[-2] for line in messages(tmp_path / "server.log")] == ["0", "1", "2"]


@pytest.mark.parametrize("end", [Journal.release, Journal.close])
def test_held_until_the_end(make: Callable[..., Journal], tmp_path: Path, end: Callable[[Journal], None]) -> None:
    """A journal that ends while it is held is written all the same."""
    journal = make()
    journal.hold()
    journal.record(catalogue.SERVER_FORCED)
    end(journal)
    assert len(messages(tmp_path / "server.log")) == 1


def test_point(make: Callable[..., Journal], tmp_path: Path) -> None:
    """At a point text and objects have the same records, and nobody waits for one that cannot be reached."""
    journal = make(json=True)
    for number in range(5):
        journal.record(DELIVERED, "user", number)
    sizes = journal.point()
    assert sizes == {name: (tmp_path / name).stat().st_size for name in (TEXT, JSON)}
    journal.close()
    assert journal.point() is None
    held = make()
    held.hold()
    assert held.point(0) is None
