"""At the start: whether the store is the one that the journal knows, and what the journal is missing after a crash.

Since the last checkpoint of the journal, every message and change of the store is looked for among its objects. What
only the text has gets its object (`strays`), what only the objects have its line of text, and what neither has a
record of its own. A start that is cut off in between is gone on with by the next one.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from vestnik.chat.storage.epochs import EpochRecord
from vestnik.log.days.packing import Damaged
from vestnik.log.events import JOURNAL_ADOPTED, JOURNAL_FAILED
from vestnik.log.journal import Journal
from vestnik.log.recovering.checkpoint import Checkpoint, read_checkpoint
from vestnik.log.recovering.objects import last_object, objects_since
from vestnik.log.recovering.unfinished import Unfinished
from vestnik.server import catalogue
from vestnik.server.checkpoints import Journaled, journaled_by, save_checkpoint
from vestnik.server.strays import Strays
from vestnik.server.unjournaled import Unjournaled, read_after
from vestnik.server.unrecorded import Unrecorded
from vestnik.server.written import unpacked
from vestnik.store.store import Store

PAGE: Final = 1000
"""Messages, and changes, that are read at a time."""
_WANTED: Final = re.compile(rb'"numbers?":|"event":"store\.restored"')


class _JournalEnd:
    """What the journal has: records up to `number`, but for those `without`, and from there on those `present`.

    `epoch` is the one that it has last, `last` the highest number there; `restored` are those whose beginning it tells.
    It is `checked` if a checkpoint says so, and not only the last object. `now` is the epoch of the store, `news` what
    is to be said of its beginning, empty if nothing is.
    """

    def __init__(self, journaled: Journaled, *, checked: bool) -> None:
        self.checked = checked
        self.epoch = journaled.epoch
        self.number = self.last = journaled.number
        self.without = list(journaled.without)
        self.present: set[int] = set()
        self.restored: set[str] = set()
        self.now = ""
        self.news: dict[str, object] = {}
        self._seen: dict[str, set[int]] = {}
        self._journaled = journaled

    def see(self, facts: dict[str, Any]) -> None:
        """Take in an object."""
        epoch = facts.get("epoch")
        if type(epoch) is not str:
            return
        if facts.get("event") == catalogue.STORE_RESTORED.name:
            self.restored.add(epoch)
            self._seen.setdefault(epoch, set())
        numbers = self._seen.setdefault(epoch, set())
        if type(number := facts.get("number")) is int:
            numbers.add(number)
        if type(ranges := facts.get("numbers")) is str:
            numbers.update(unpacked(ranges))

    def settle(self, present: str) -> None:
        """Decide which epoch the journal has last, where `present` is that of the store."""
        others = [epoch for epoch in self._seen if epoch != self.epoch]
        if present in others:
            self.epoch = present
        elif others:
            self.epoch = others[-1]
        numbers = self._seen.get(self.epoch, set())
        self.last = max([*numbers, self._journaled.number if self.epoch == self._journaled.epoch else 0])

    def begin(self, epoch: EpochRecord) -> None:
        """From now on the journal is about this epoch."""
        if self._journaled.epoch in epoch.past:
            self.number, self.without = epoch.began, []
        self.present = self._seen.get(epoch.epoch, set())
        self.now = epoch.epoch


async def complete_journal(journal: Journal, directory: Path, store: Store) -> int:
    """Journal everything in `store` that has no record in the journal; how many messages and changes.

    Each record has the moment when it was kept. What was kept before there was this journal, or while it kept no
    objects, is left out. When the store is not the one that the journal knows, or is that from before, a new epoch
    begins. Until then the journal is held (`Journal.hold`).
    """
    checkpoint = await asyncio.to_thread(read_checkpoint, directory, journal.name)
    journaled = None if checkpoint is None else journaled_by(checkpoint)
    if journaled is None:
        checkpoint, known = None, await _guess(journal, directory, store)
    else:
        assert checkpoint is not None  # noqa: S101 - it has told what is journaled
        known = await asyncio.to_thread(_read, journal, directory, checkpoint, journaled)
    await _recognise(store, known)
    whole = journal.keeps_objects and (journaled is None or journaled.whole)
    if journaled is not None and not journaled.whole:
        known.number, known.without = await store.last_number(), []
    if whole:
        await _mend(journal, directory, checkpoint, known, store)
    if known.news:
        journal.record(catalogue.STORE_RESTORED, *known.news.values())
    journal.proceed()
    count = 0
    async for missing in _missing(store, known):
        journal.extend([each.record(known.now) for each in missing])
        await asyncio.to_thread(journal.flush)
        count += len(missing)
    noted = None if journaled is None else (journaled.whole, journaled.epoch, journaled.number)
    if noted != (whole, known.now, await store.last_number()):  # else the last one will do for a while
        await save_checkpoint(journal, directory, store, known.now, Unrecorded())
    return count


def complete_text(journal: Journal, directory: Path, name: str) -> None:
    """Make the lines of text that another journal, under seals, lacks after a crash; `journal` is told of it."""
    try:
        with closing(Unfinished(directory, name, None, seals=True, clock=journal.clock)) as unfinished:
            for adopted in unfinished.mend(()):
                journal.record(JOURNAL_ADOPTED, adopted.file, adopted.size)
    except (OSError, Damaged) as error:
        journal.record(JOURNAL_FAILED, repr(error), error=error)


async def _guess(journal: Journal, directory: Path, store: Store) -> _JournalEnd:
    """What a journal without a checkpoint has: up to its last number everything, or if it has none what there is."""
    last = await asyncio.to_thread(last_object, directory, journal.name, "number")
    if last is None:
        return _JournalEnd(Journaled((await store.current_epoch()).epoch, await store.last_number()), checked=False)
    return _JournalEnd(Journaled(str(last.get("epoch", "")), int(last["number"])), checked=False)


def _read(journal: Journal, directory: Path, checkpoint: Checkpoint, journaled: Journaled) -> _JournalEnd:
    known = _JournalEnd(journaled, checked=True)
    for facts in objects_since(directory, journal.name, checkpoint, _WANTED):
        known.see(facts)
    return known


async def _recognise(store: Store, known: _JournalEnd) -> None:
    """Find out the store's epoch; one begins if the journal goes on where the store does not: that is from a backup, or
    new.

    A record without an epoch is from before there were any; what is in the store from then is of its first one.
    """
    epoch = await store.current_epoch()
    known.settle(epoch.epoch)
    theirs = known.epoch
    other = theirs not in epoch.past and (theirs not in {epoch.epoch, ""} or known.last > await store.last_number())
    if other:
        epoch = await store.begin_epoch(theirs)
    known.begin(epoch)
    if other or (theirs in epoch.past and known.checked and epoch.epoch not in known.restored):
        known.news = {"kept": epoch.began, "journaled": known.last, "epoch": epoch.epoch}


async def _mend(
    journal: Journal, directory: Path, checkpoint: Checkpoint | None, known: _JournalEnd, store: Store
) -> None:
    """Make both renderings say the same; what only the text tells of is `present` then, and no news."""
    try:
        unfinished = await asyncio.to_thread(
            Unfinished, directory, journal.name, checkpoint, seals=journal.keeps_seals, clock=journal.clock
        )
        try:
            strays = Strays(unfinished.strays, known.now)
            if known.news and strays.say(catalogue.STORE_RESTORED, known.news):
                known.news = {}
            if strays:
                async for missing in _missing(store, known):
                    known.present.update(each.number for each in missing if strays.take(each))
            for adopted in await asyncio.to_thread(unfinished.mend, strays.objects()):
                journal.record(JOURNAL_ADOPTED, adopted.file, adopted.size)
        finally:
            unfinished.close()
    except (OSError, Damaged) as error:
        journal.record(JOURNAL_FAILED, repr(error), error=error)


async def _missing(store: Store, known: _JournalEnd) -> AsyncIterator[list[Unjournaled]]:
    """What the journal has no record of, in the order of the numbers, some at a time."""
    found = [
        each for number in known.without for each in await read_after(store, number - 1, 1) if each.number == number
    ]
    yield [each for each in found if each.number not in known.present]
    number = known.number
    while page := await read_after(store, number, PAGE):
        yield [each for each in page if each.number not in known.present]
        number = page[-1].number
