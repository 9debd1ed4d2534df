"""What the journal is missing after a crash: messages that were kept, and answered, but not journaled any more."""

from pathlib import Path
from typing import Final

from vestnik.log import events
from vestnik.log.journal import Journal
from vestnik.log.records import Record
from vestnik.log.recover import last_number
from vestnik.store.store import Store

PAGE: Final = 1000
"""Messages that are read at a time."""


async def complete_journal(journal: Journal, directory: Path, store: Store) -> int:
    """Journal every message in `store` that is newer than the newest in the journal; the number of them.

    Each record has the moment when its message was kept. A journal without any message is left as it is: it is new,
    or keeps no JSON objects.
    """
    number = last_number(directory, journal.name)
    if number is None:
        return 0
    count = 0
    while page := await store.messages_after(number, PAGE):
        records: list[Record] = []
        for kept in page:
            values = (kept.sender, kept.to, kept.seq, kept.id, kept.number, True)
            records.append((kept.time, events.MESSAGE_RECOVERED, values, None, None, None, None))
        journal.extend(records)
        journal.flush()
        count += len(page)
        number = page[-1].number
    return count
