"""Checks a journal against its seals: `verify` finds lines that were changed, removed or put in, and a cut end.

It only reads. While a journal is written, what was written in the last second has no seal yet; the report says so. What
is checked is the state at the beginning.
"""

import errno
import os
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import groupby
from pathlib import Path
from typing import Final, NamedTuple

from vestnik.log.days.locks import READ, is_held, patiently, share
from vestnik.log.days.names import LATE, PACKED, day_file, day_files
from vestnik.log.days.opening import open_contents
from vestnik.log.days.packing import Damaged
from vestnik.log.sealing.findings import FileSummary, Report, What
from vestnik.log.sealing.keys import BadState, Key, KeyState, decode_state, state_path
from vestnik.log.sealing.seals import Seal, decode
from vestnik.log.sealing.sidecar import Sidecar
from vestnik.log.sealing.verify_chain import ChainCheck
from vestnik.log.sealing.verify_day import Circumstances, Day

SETTLE_WITHIN: Final = 5.0
"""Seconds for which programs are waited for that just make a seal."""
TRIES: Final = 3
"""How often a journal is checked of which a day is deleted meanwhile."""
NOTHING_KNOWN: Final = Circumstances(live=False, age=0.0, size=0)
KINDS: Final = ("log", "jsonl")


class _Snapshot(NamedTuple):
    """A journal at one moment: the state of its key, the days with their circumstances, the sidecars."""

    state: KeyState | None
    days: dict[str, Circumstances]
    sidecars: list[Sidecar]


def verify(directory: Path, name: str, keys: Collection[Key] = (), *, clock: Callable[[], float] = time.time) -> Report:
    """Checks the journal `name` in `directory`. `keys` are its verification keys, one for each chain that has one.

    `clock` gives seconds since 1970. Raises OSError if the directory cannot be read.
    """
    for _ in range(TRIES):
        dates = _dates(directory, name)
        report = _verify(directory, name, keys, clock)
        if not report.tampered or dates <= _dates(directory, name):
            break  # else a day was deleted meanwhile
    return report


def _dates(directory: Path, name: str) -> set[str]:
    return {file.date for file in day_files(directory, name)}


def _verify(directory: Path, name: str, keys: Collection[Key], clock: Callable[[], float]) -> Report:
    report = Report(name)
    with _held(directory, name, report) as state:
        snapshot = _Snapshot(state, dict(_circumstances(directory, name, clock())), _sidecars(directory, name))
    if not snapshot.sidecars and state is None:
        report.findings.clear()
    chain = ChainCheck(report, {key.chain: key for key in keys}, state)
    chain.run(snapshot.sidecars)
    for sidecar in snapshot.sidecars:
        if sidecar.error is not None:
            damaged = isinstance(sidecar.error, Damaged)
            report.add(What.FILE_DAMAGED if damaged else What.UNREADABLE, sidecar.file, reason=str(sidecar.error))
        if sidecar.half:
            growing = state is not None and sidecar.date == state.sidecar
            report.add(What.SEAL_HALF if growing else What.SEAL_CUT_OFF, sidecar.file)
    if state is not None:
        chain.finish(state)
    for key in keys:
        if key.chain not in chain.ranks:
            report.add(What.CHAIN_ABSENT, chain=key.chain)
    if not chain.seen:
        report.add(What.NO_SEALS)
    _check_days(directory, name, snapshot, chain, report)
    if snapshot.sidecars:
        _check_links(directory, name, report)
    return report


@contextmanager
def _held(directory: Path, name: str, report: Report) -> Iterator[KeyState | None]:
    """The state of the key; no seal is made meanwhile."""
    path = state_path(directory, name)
    try:
        fd = os.open(path, READ)
    except FileNotFoundError:
        report.add(What.STATE_MISSING, path.name)
        yield None
        return
    except OSError as error:
        report.add(What.UNREADABLE, path.name, reason=str(error.strerror))
        yield None
        return
    try:
        if not patiently(SETTLE_WITHIN, lambda: share(fd) or None):
            report.add(What.UNREADABLE, path.name, reason=os.strerror(errno.EAGAIN))
        yield _read_state(fd, path, report)
    finally:
        os.close(fd)


def _read_state(fd: int, path: Path, report: Report) -> KeyState | None:
    try:
        record = os.read(fd, 4096)
        return decode_state(record)
    except BadState:
        report.add(What.STATE_DAMAGED, path.name)
    return None


def _circumstances(directory: Path, name: str, now: float) -> Iterator[tuple[str, Circumstances]]:
    """The days that have a file, by the name of the plain one."""
    for file in day_files(directory, name):
        if file.kind in KINDS:
            with suppress(FileNotFoundError):  # it is just being compressed, and the other one is there
                found = file.path.stat()
                live = not file.packed and _is_live(file.path)
                size = 0 if file.packed else found.st_size
                yield file.path.name.removesuffix(PACKED), Circumstances(live, now - found.st_mtime, size)


def _is_live(path: Path) -> bool:
    """Whether a program has the file open to write to it."""
    try:
        fd = os.open(path, READ)
    except OSError:
        return False
    try:
        return is_held(fd)
    finally:
        os.close(fd)


def _sidecars(directory: Path, name: str) -> list[Sidecar]:
    """One for each date, up to what there is now."""
    sizes: dict[str, int] = {}
    for file in day_files(directory, name, "seals"):
        sizes[file.date] = 0 if file.packed else file.path.stat().st_size
    return [Sidecar(directory, name, date, size) for date, size in sizes.items()]


def _check_days(directory: Path, name: str, snapshot: _Snapshot, chain: ChainCheck, report: Report) -> None:
    checker = _DayChecker(directory, snapshot, chain, report)
    for _, files in groupby(sorted({*snapshot.days, *chain.mentions}, key=_day_and_kind), key=_date):
        checker.check(list(files))
    for what, dates in ((What.REMOVED, checker.removed), (What.DAYS_MISSING, checker.missing)):
        if dates:
            report.add(what, first=min(dates), last=max(dates))


class _DayChecker:
    """Checks the files of the days. `removed` are the dates of those that a seal says were old; `missing` those of
    others that are gone as a whole, with their seals, and are older than all that are there.
    """

    def __init__(self, directory: Path, snapshot: _Snapshot, chain: ChainCheck, report: Report) -> None:
        self.removed: set[str] = set()
        self.missing: set[str] = set()
        self._directory = directory
        self._snapshot = snapshot
        self._chain = chain
        self._report = report
        self._oldest = min((_date(file) for file in snapshot.days), default="9")
        self._sealed = {sidecar.date for sidecar in snapshot.sidecars}
        self._begins = chain.head.date if chain.head is not None and chain.head.whole else ""

    def check(self, files: Sequence[str]) -> None:
        """The files of one date."""
        days = [Day(file, self._chain.runs, self._report, older=_date(file) <= self._begins) for file in files]
        for seal, number in self._seals(files):
            left = {day.file.endswith(LATE) for day in days if day.was_left_to(seal.run, number)}
            for day in days:
                day.add(seal, number, beside=day.file.endswith(LATE) in left)
        for day in days:
            try:
                self._check(day)
            except Damaged as error:
                self._report.add(What.FILE_DAMAGED, day.file, reason=str(error))
            except OSError as error:
                self._report.add(What.UNREADABLE, day.file, reason=error.strerror or str(error))

    def _seals(self, files: Sequence[str]) -> list[tuple[Seal, int]]:
        """The good seals that mention any of the files, in their order, with their numbers."""
        mentions = [f'"{file}"'.encode() for file in files]
        places = {sidecar for file in files for sidecar in self._chain.mentions.get(file, ())}
        found = []
        for sidecar in self._snapshot.sidecars:
            if sidecar.file in places:
                bad = self._chain.bad.get(sidecar.file, ())
                for at, line in enumerate(sidecar.lines(), 1):
                    if at not in bad and any(mention in line for mention in mentions):
                        sealed = decode(line)
                        assert sealed is not None  # noqa: S101 - it would be among the bad ones
                        found.append((sealed.seal, self._chain.number(sealed.seal)))
                sidecar.release()
        return sorted(found, key=lambda each: each[1])

    def _check(self, day: Day) -> None:
        report, file = self._report, day.file
        sealed = day.coverage.end
        contents = open_contents(self._directory / file)
        if contents is None:
            if sealed:
                self._tell_gone(file, sealed)
            return
        circumstances = self._snapshot.days.get(file, NOTHING_KNOWN)
        with contents:
            contents.limit(circumstances.size)
            if file in self._chain.mentions or not contents.size:
                day.check(contents, circumstances)
            elif self._chain.seen:
                older = _date(file) < self._begins  # "" if there were seals before
                report.add(What.OLDER if older else What.FILE_UNSEALED, file, size=contents.size)
            report.files.append(FileSummary(file, contents.size, min(sealed, contents.size)))

    def _tell_gone(self, file: str, sealed: int) -> None:
        """A file with so many sealed bytes is not there; old days are deleted from the oldest on."""
        date = _date(file)
        if date <= self._chain.gone and date <= self._oldest:
            self.removed.add(date)
        elif date < self._oldest < "9" and date not in self._sealed:
            self.missing.add(date)
        else:
            self._report.add(What.FILE_MISSING, file, size=sealed)


def _date(file: str) -> str:
    return file.removesuffix(LATE)[-len("2026-11-22") :]


def _day_and_kind(file: str) -> tuple[str, str]:
    return _date(file), file


def _check_links(directory: Path, name: str, report: Report) -> None:
    """`server.log` must lead to a day of the journal: it is what people read."""
    for kind in KINDS:
        link = directory / f"{name}.{kind}"
        if not os.path.lexists(link):
            continue
        day = day_file(directory / link.readlink()) if link.is_symlink() else None
        if day is None or (day.name, day.kind, day.path.parent) != (name, kind, directory) or day.packed:
            report.add(What.LINK_BAD, link.name)
