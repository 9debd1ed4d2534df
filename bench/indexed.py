"""What taking messages into the search index costs when nobody writes any more."""

import sqlite3
import time
from contextlib import closing

from bench.peers import Running
from bench.process import cpu_seconds

LIMIT_SECONDS = 60.0
POLL_SECONDS = 0.02


class NotIndexedError(Exception):
    """The index did not follow; the text says how far it is."""


def index_cost(server: Running, limit: float = LIMIT_SECONDS) -> dict[str, float]:
    """Wait until the search index has all messages.

    `index_us` is the server's processor time meanwhile, in microseconds for each message that was missing; `index_s`
    are the seconds that it took, `index_left` is how many were missing. Raises NotIndexedError when it takes longer
    than `limit` seconds.
    """
    assert server.database is not None, "only Vestnik has an index"
    begun, before = time.monotonic(), cpu_seconds(server.pid)
    with (
        closing(sqlite3.connect(f"file:{server.database}?mode=ro", uri=True)) as store,
        closing(sqlite3.connect(f"file:{server.database.with_name('search.db')}?mode=ro", uri=True)) as index,
    ):
        (last,) = store.execute("SELECT max(id) FROM message").fetchone()
        first = indexed = _indexed(index)
        while indexed < last:
            if time.monotonic() > begun + limit:
                raise NotIndexedError(f"{indexed} of {last}")
            time.sleep(POLL_SECONDS)
            indexed = _indexed(index)
    seconds, used, left = time.monotonic() - begun, cpu_seconds(server.pid) - before, max(last - first, 0)
    return {"index_us": used / max(left, 1) * 1e6, "index_s": seconds, "index_left": left}


def _indexed(index: sqlite3.Connection) -> int:
    return int(index.execute("SELECT indexed FROM search_state").fetchone()[0])
