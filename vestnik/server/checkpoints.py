"""From time to time it is noted up to where the journal has everything (`server.checkpoint`): recovery begins there.

What the journal had no room for, because its disk was full or slow, is made up for from the store before.
"""

import asyncio
import os
import re
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from vestnik.log.days.names import day_files
from vestnik.log.journal import Journal
from vestnik.log.journaled import journaled
from vestnik.log.recovering.checkpoint import Checkpoint, read_checkpoint, write_checkpoint
from vestnik.log.recovering.objects import objects_since
from vestnik.server.aside import aside
from vestnik.server.tasks import Rounds
from vestnik.server.unjournaled import read_after
from vestnik.server.unrecorded import Unrecorded
from vestnik.server.written import unpacked
from vestnik.store.store import Store

_NUMBERED: Final = re.compile(rb'"numbers?":')
PAGE: Final = 1000
"""Messages, and changes, that are read at a time."""
PERIOD: Final = 15.0
"""Seconds between two looks whether there is something new to note."""


class Journaled(msgspec.Struct, frozen=True):
    """What a checkpoint says of the store: up to which number of which epoch everything has its record in the journal,
    but for numbers `without`.

    `whole` says whether the journal has an object of each record from there on.
    """

    epoch: str
    number: int
    without: tuple[int, ...] = ()
    whole: bool = True


def journaled_by(checkpoint: Checkpoint) -> Journaled | None:
    """What it says; None if it is not one of ours."""
    try:
        return msgspec.convert(checkpoint.facts, Journaled)
    except msgspec.ValidationError:  # no event: as if there were none
        return None


async def save_checkpoint(
    journal: Journal,
    directory: Path,
    store: Store,
    epoch: str,
    unrecorded: Unrecorded,
    made_up: int = 0,
    *,
    over: Callable[[], bool] = lambda: False,
) -> bool:
    """Note that the journal has everything until now, but for changes that are `unrecorded`; whether it could be.

    It cannot if more records were lost than those that are `made_up` for. Returns when it is on the disk itself, or if
    that is `over` meanwhile. Raises OSError.
    """
    before = await asyncio.to_thread(_sizes, directory, journal.name)
    point = await asyncio.to_thread(journal.point)
    if point is None:
        return False  # the files cannot be written
    sizes = before | {name: size for name, size in point.items() if (directory / name).exists()}
    # Whatever has a higher number is recorded behind the point; whatever has not is recorded when this has settled.
    number = await store.last_number()
    await store.settle()
    without = tuple(each for each in unrecorded.numbers if each <= number)
    if not await asyncio.to_thread(journal.flush) or journal.lost != made_up:
        return False
    facts = Journaled(epoch, number, without, journal.keeps_objects)
    checkpoint = Checkpoint(journal.clock(), sizes, msgspec.to_builtins(facts))
    await aside(_save, directory, journal.name, checkpoint, over)
    return True


def _sizes(directory: Path, name: str) -> dict[str, int]:
    """The plain files with records. Those that are not open have the same records in both kinds."""
    found = [file.path for file in day_files(directory, name) if not file.packed and file.kind != "seals"]
    sizes = {}
    for path in found:
        with suppress(FileNotFoundError):  # no event: it is just being put away
            sizes[path.name] = path.stat().st_size
    return sizes


def _save(directory: Path, name: str, checkpoint: Checkpoint, over: Callable[[], bool]) -> None:
    if not directory.is_dir():
        return  # nothing was ever recorded there
    last = read_checkpoint(directory, name)
    known = {} if last is None else last.sizes
    for file, size in checkpoint.sizes.items():
        if known.get(file) != size:
            _sync(directory / file)
    if not over():  # another server may have begun
        write_checkpoint(directory, name, checkpoint)


def _sync(path: Path) -> None:
    with suppress(FileNotFoundError):  # no event: it is just being put away
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)


async def make_up(
    journal: Journal, directory: Path, store: Store, journaled: Journaled, unrecorded: Unrecorded
) -> bool:
    """Give a record to everything until now that has none, and is not `unrecorded`; whether that was possible.

    `journaled` is what is known without a checkpoint. Raises OSError.
    """
    until = await store.last_number()
    await store.settle()
    if not await asyncio.to_thread(journal.flush):
        return False
    checkpoint = await asyncio.to_thread(read_checkpoint, directory, journal.name)
    if checkpoint is None or (noted := journaled_by(checkpoint)) is None or noted.epoch != journaled.epoch:
        checkpoint, noted = Checkpoint(journal.clock(), {}, {}), journaled
    present = await asyncio.to_thread(_numbers, directory, journal.name, checkpoint, noted)
    present.update(unrecorded.numbers)
    number = min((noted.number + 1, *noted.without)) - 1
    while number < until and (page := await read_after(store, number, PAGE)):
        missing = [each for each in page if each.number <= until and each.number not in present]
        journal.extend(
            [
                each.record(journaled.epoch)
                for each in missing
                if each.number > noted.number or each.number in noted.without
            ]
        )
        if not await asyncio.to_thread(journal.flush):
            return False
        number = page[-1].number
    return True


def _numbers(directory: Path, name: str, checkpoint: Checkpoint, journaled: Journaled) -> set[int]:
    """The numbers of messages and changes in the objects behind a checkpoint. Raises OSError."""
    found: set[int] = set()
    for facts in objects_since(directory, name, checkpoint, _NUMBERED):
        if facts.get("epoch") == journaled.epoch:
            if type(number := facts.get("number")) is int:
                found.add(number)
            if type(ranges := facts.get("numbers")) is str:
                found.update(unpacked(ranges))
    return found


class Checkpoints:
    """Notes it while it is started, if there is something new; and gives a record to what has got none.

    `number` is the last one that the store had when the server began.
    """

    def __init__(
        self,
        journal: Journal,
        directory: Path,
        store: Store,
        epoch: str,
        unrecorded: Unrecorded,
        number: int = 0,
    ) -> None:
        self._journal = journal
        self._directory = directory
        self._store = store
        self._epoch = epoch
        self._unrecorded = unrecorded
        self._rounds = Rounds(journal)
        self._over = threading.Event()
        self._written = -1
        self._begun = Journaled(epoch, number)
        self._made_up = 0  # so many lost records were looked for

    def start(self) -> None:
        """Begin to look once in a `PERIOD`."""
        self._rounds.start(self.look, PERIOD)

    @journaled
    async def stop(self) -> None:
        """Stop; every change that is on disk has its record then."""
        self._over.set()
        await self._rounds.stop()
        await self._store.settle()
        await self._record(self._unrecorded.take_all())

    async def look(self) -> None:
        """Note what is new. Raises OSError."""
        journal, directory, store = self._journal, self._directory, self._store
        lost = journal.lost
        if lost != self._made_up and journal.keeps_objects and not await self._make_up():
            return
        self._made_up = lost
        await self._record(self._unrecorded.take_overdue())
        written, where = journal.statistics.written, (journal, directory, store, self._epoch, self._unrecorded)
        if written != self._written and await save_checkpoint(*where, lost, over=self._over.is_set):
            self._written = written

    async def _make_up(self) -> bool:
        """Whether there was room for what was lost."""
        journal = self._journal
        return journal.relaxed and await make_up(journal, self._directory, self._store, self._begun, self._unrecorded)

    async def _record(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            found = await read_after(self._store, number - 1, 1)
            self._journal.extend([each.record(self._epoch) for each in found if each.number == number])
