"""One writer after another."""

import threading
from collections.abc import Callable
from pathlib import Path

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

    def stop_late(timeout: float) -> None:
        late.start()
        late.join()
        stop(timeout)

    journal._writer.stop = stop_late  # type: ignore[method-assign]
    journal.release()
    journal.close()
    lines = messages(tmp_path / "server.log")
    assert len(lines) == 201
    assert lines[-1].startswith("WARNING")
