"""From time to time it is noted up to where the journal has everything (`server.checkpoint`): recovery begins there."""

import asyncio
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from vestnik.log.days.names import day_files
from vestnik.log.events import TASK_FAILED
from vestnik.log.journal import Journal
from vestnik.log.journaled import journaled
from vestnik.log.recovering.checkpoint import Checkpoint, read_checkpoint, write_checkpoint
from vestnik.server.unjournaled import read_after
from vestnik.server.unrecorded import Unrecorded
from vestnik.store.store import Store

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


async def save_checkpoint(journal: Journal, directory: Path, store: Store, epoch: str, unrecorded: Unrecorded) -> bool:
    """Note that the journal has everything until now, but for changes that are `unrecorded`; whether it could be.

    Returns when it is on the disk itself. Raises OSError.
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
    if not await asyncio.to_thread(journal.flush):
        return False
    facts = Journaled(epoch, number, without, journal.keeps_objects)
    checkpoint = Checkpoint(journal.clock(), sizes, msgspec.to_builtins(facts))
    await asyncio.to_thread(_save, directory, journal.name, checkpoint)
    return True


def _sizes(directory: Path, name: str) -> dict[str, int]:
    """The plain files with records. Those that are not open have the same records in both kinds."""
    found = [file.path for file in day_files(directory, name) if not file.packed and file.kind != "seals"]
    sizes = {}
    for path in found:
        with suppress(FileNotFoundError):  # it is just being put away
            sizes[path.name] = path.stat().st_size
    return sizes


def _save(directory: Path, name: str, checkpoint: Checkpoint) -> None:
    if not directory.is_dir():
        return  # nothing was ever recorded there
    last = read_checkpoint(directory, name)
    known = {} if last is None else last.sizes
    for file, size in checkpoint.sizes.items():
        if known.get(file) != size:
            _sync(directory / file)
    write_checkpoint(directory, name, checkpoint)


def _sync(path: Path) -> None:
    with suppress(FileNotFoundError):  # it is just being put away
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)


class Checkpoints:
    """Notes it while it is started, if there is something new; and gives a record to changes that have got none."""

    def __init__(self, journal: Journal, directory: Path, store: Store, epoch: str, unrecorded: Unrecorded) -> None:
        self._journal = journal
        self._directory = directory
        self._store = store
        self._epoch = epoch
        self._unrecorded = unrecorded
        self._task: asyncio.Task[None] | None = None
        self._written = -1

    def start(self) -> None:
        """Begin to look once in a `PERIOD`."""
        self._task = asyncio.get_running_loop().create_task(self._run())

    @journaled
    async def stop(self) -> None:
        """Stop; every change that is on disk has its record then."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):  # no event: it was asked to
                await self._task
        await self._store.settle()
        await self._record(self._unrecorded.take_all())

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(PERIOD)
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001
                self._journal.record(TASK_FAILED, type(error).__name__, error=error)

    async def look(self) -> None:
        """Note what is new. Raises OSError."""
        await self._record(self._unrecorded.take_overdue())
        written = self._journal.statistics.written
        if written != self._written:
            journal, directory = self._journal, self._directory
            if await save_checkpoint(journal, directory, self._store, self._epoch, self._unrecorded):
                self._written = written

    async def _record(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            found = await read_after(self._store, number - 1, 1)
            self._journal.extend([each.record(self._epoch) for each in found if each.number == number])
