"""What is known of the time."""

from sqlalchemy import Connection

from tests.store.test_indexing import keep
from vestnik.chat.storage.retention import ClockRecord
from vestnik.store.queries.clock import known_clock, save_clock


def test_known_clock(talk: Connection) -> None:
    """At first nothing is known, then the time of the newest message, then what was saved last."""
    assert known_clock(talk) is None
    keep(talk, 1, "x", time=900.0)
    keep(talk, 2, "x", time=7.0)
    assert known_clock(talk) == ClockRecord(7.0, 7.0, 0.0)
    for record in (ClockRecord(5.0, 6.0, 7.0), ClockRecord(8.0, 9.0)):
        save_clock(talk, record)
        assert known_clock(talk) == record
