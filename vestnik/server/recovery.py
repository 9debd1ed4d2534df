"""What the journal is missing after a crash: messages and changes that were kept, but not journaled any more."""

from pathlib import Path
from typing import Final

from vestnik.log.journal import Journal, Record
from vestnik.log.recover import last_integer
from vestnik.server import catalogue
from vestnik.store.store import Store

PAGE: Final = 1000
"""Messages, and changes, that are read at a time."""


async def complete_journal(journal: Journal, directory: Path, store: Store) -> int:
    """Journal everything in `store` that is newer than the newest in the journal; how many messages and changes.

    Each record has the moment when it was kept. A journal without any number is left as it is: it is new, or keeps no
    JSON objects.
    """
    number = last_integer(directory, journal.name, "number")
    if number is None:
        return 0
    count = 0
    while records := await _records(store, number):
        journal.extend([record for _, record in records])
        journal.flush()
        count += len(records)
        number = records[-1][0]
    return count


async def _records(store: Store, number: int) -> list[tuple[int, Record]]:
    """The next records behind a number, each with its own, in the order of these."""
    messages = await store.messages_after(number, PAGE)
    changes = await store.changes_after(number, PAGE)
    found: list[tuple[int, Record]] = []
    for kept in messages:
        values: tuple[object, ...] = (kept.sender, kept.to, kept.seq, kept.id, kept.number, True)
        found.append((kept.number, (kept.time, catalogue.MESSAGE_RECOVERED, values, None, None, None, None)))
    for to, change in changes:
        values = (change.account, to, change.kind, change.change, change.number, True)
        found.append((change.number, (change.time, catalogue.CHANGE_RECOVERED, values, None, None, None, None)))
    found.sort(key=lambda record: record[0])
    ends = [
        page[-1] for page in ([kept.number for kept in messages], [c.number for _, c in changes]) if len(page) == PAGE
    ]
    return [record for record in found if not ends or record[0] <= min(ends)]
