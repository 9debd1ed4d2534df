"""At the start: whether the store is the one that the journal knows, and what the journal is missing after a crash."""

from pathlib import Path
from typing import Final

from vestnik.chat.storage.epochs import EpochRecord
from vestnik.log.journal import Journal, Record
from vestnik.log.recover import last_object
from vestnik.server import catalogue
from vestnik.store.store import Store

PAGE: Final = 1000
"""Messages, and changes, that are read at a time."""


async def complete_journal(journal: Journal, directory: Path, store: Store) -> int:
    """Journal everything in `store` that is newer than the newest in the journal; how many messages and changes.

    Each record has the moment when it was kept. A journal without any number is left as it is: it is new, or keeps no
    JSON objects. When the store is not the one that the journal knows, or is that from before, a new epoch begins.
    """
    last = last_object(directory, journal.name, "number")
    if last is None:
        return 0
    number, theirs = int(last["number"]), str(last.get("epoch", ""))
    epoch = await store.current_epoch()
    if await _is_other(store, epoch, number, theirs):
        epoch = await store.begin_epoch(theirs)
        journal.record(catalogue.STORE_RESTORED, epoch.began, number, epoch.epoch)
    if theirs in epoch.past:
        number = epoch.began
    count = 0
    while records := await _records(store, number, epoch.epoch):
        journal.extend([record for _, record in records])
        journal.flush()
        count += len(records)
        number = records[-1][0]
    return count


async def _is_other(store: Store, epoch: EpochRecord, number: int, theirs: str) -> bool:
    """Whether the journal goes on (up to `number` of epoch `theirs`) where the store does not: that is from a backup,
    or a new one.

    A record without an epoch is from before there were any; what is in the store from then is of its first one.
    """
    if theirs in epoch.past:
        return False
    return theirs not in {epoch.epoch, ""} or number > await store.last_number()


async def _records(store: Store, number: int, epoch: str) -> list[tuple[int, Record]]:
    """The next records behind a number, each with its own, in the order of these."""
    messages = await store.messages_after(number, PAGE)
    changes = await store.changes_after(number, PAGE)
    found: list[tuple[int, Record]] = []
    for kept in messages:
        values: tuple[object, ...] = (kept.sender, kept.to, kept.seq, kept.id, kept.number, epoch, True)
        found.append((kept.number, (kept.time, catalogue.MESSAGE_RECOVERED, values, None, None, None, None)))
    for to, change in changes:
        values = (change.account, to, change.kind, change.change, change.number, epoch, True)
        found.append((change.number, (change.time, catalogue.CHANGE_RECOVERED, values, None, None, None, None)))
    found.sort(key=lambda record: record[0])
    ends = [
        page[-1] for page in ([kept.number for kept in messages], [c.number for _, c in changes]) if len(page) == PAGE
    ]
    return [record for record in found if not ends or record[0] <= min(ends)]
