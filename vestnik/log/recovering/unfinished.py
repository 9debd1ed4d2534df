"""What a run that was killed, or lost its power, left in the two renderings of a journal, and how it is made whole.

Objects are written before lines of text, but a loss of power may leave more of either. Since the last checkpoint
(`checkpoint`), what one of the two has and the other has not is found (`alignment`): lines of text that are missing are
made of their objects; for lines that have no object (`strays`) somebody says what it is to be who knows what was
journaled. Half a line at the end is completed, or taken away if nobody knows how it went on. What is under a seal is
never changed, and what is added gets one.
"""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final, NamedTuple

from vestnik.log.days.locks import open_regular, patiently, take, write_all
from vestnik.log.days.names import LATE, Kind, day_files
from vestnik.log.days.packing import Damaged
from vestnik.log.recording.files import DatedFiles
from vestnik.log.recovering.alignment import Difference, compare, compare_by_time, line_of
from vestnik.log.recovering.checkpoint import Checkpoint
from vestnik.log.recovering.tail import FileTail
from vestnik.log.sealing.coverage import Coverage, sealed
from vestnik.log.sealing.seal import Adopted, Sealer

FLAGS: Final = os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
ALONE_WITHIN: Final = 1.0
"""Seconds for which another program is waited for that has a file open, as one that finds the data in use."""
LATEST_DAYS: Final = 2
"""Days at the end of a journal without a checkpoint that are looked at: a crash may come around midnight."""
LATEST_BYTES: Final = 16 * 1024 * 1024
"""Bytes at the end of each of their files that are."""


class Addition(NamedTuple):
    """A whole line for the files of a date (YYYY-MM-DD), with its newline."""

    date: str
    line: bytes


class _Mend(NamedTuple):
    """What is to be done with half a line: bytes to be put behind it, or None to take it away up to `size`."""

    fd: int
    size: int
    more: bytes | None


class Unfinished:
    """The end of the journal `name` in `directory` behind a `checkpoint`; without one only lines of text are completed.

    Nobody else may write the journal meanwhile: a file that somebody has open is left alone. `seals` says whether what
    is added is sealed; `clock` gives seconds since 1970. Close it after use. Raises OSError.
    """

    def __init__(
        self,
        directory: Path,
        name: str,
        checkpoint: Checkpoint | None,
        *,
        seals: bool,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.strays: list[Addition] = []
        self._directory = directory
        self._name = name
        self._checkpoint = checkpoint
        self._seals = seals
        self._clock = clock
        self._held = ExitStack()
        self._mends: list[_Mend] = []
        self._missing: list[Addition] = []
        try:
            for date, form in self._days():
                self._look_at(date, form)
        except BaseException:
            self._held.close()
            raise

    def close(self) -> None:
        """Let go of the files."""
        self._held.close()

    def mend(self, objects: Iterable[Addition]) -> list[Adopted]:
        """Makes the files whole: lines of text that are missing, and these objects, for the strays.

        Gives what was under no seal and has one now. Raises OSError.
        """
        for fd, size, more in self._mends:
            if more is None:
                os.ftruncate(fd, size)
            else:
                write_all(fd, more)
            os.fsync(fd)
        self.close()
        made = list(objects)
        return self._add((("jsonl", made), ("log", self._missing))) if made or self._missing else []

    def _add(self, additions: Iterable[tuple[Kind, Sequence[Addition]]]) -> list[Adopted]:
        sealer = Sealer(self._directory, self._name, clock=self._clock) if self._seals else None
        opened = []
        try:
            for kind, lines in additions:
                files = DatedFiles(self._directory, f"{self._name}.{kind}", clock=self._clock, extents=sealer)
                opened.append(files)
                for date, line in lines:
                    files.add(date, line, 1)
                files.push()
                files.sync()
        finally:
            for files in opened:
                files.close()
            if sealer is not None:
                sealer.close()
        return [] if sealer is None else sealer.take_adopted()

    # What there is.

    def _days(self) -> list[tuple[str, str]]:
        """The dates whose plain files may be unfinished, with what their names end in: LATE, or nothing."""
        found = [file for file in day_files(self._directory, self._name) if file.kind != "seals"]
        packed = {(file.date, file.kind) for file in found if file.packed}
        plain = {(file.date, LATE if file.late else "") for file in found if not file.packed}
        if self._checkpoint is None:
            text = min((file.date for file in found if file.kind == "log" and not file.late), default="9")
            objects = sorted({file.date for file in found if file.kind == "jsonl" and not file.packed})
            plain = {day for day in plain if day[0] in objects[-LATEST_DAYS:] and day[0] >= text}
        # Else the two kinds were compressed at different times.
        return [day for day in sorted(plain) if all(((day[0], kind) in packed) == (day[1] == LATE) for kind in _KINDS)]

    def _look_at(self, date: str, form: str) -> None:
        names = {kind: f"{self._name}.{kind}.{date}{form}" for kind in _KINDS}
        if self._checkpoint is not None and not self._grew(names.values(), self._checkpoint):
            return
        fds: dict[Kind, int] = {}
        for kind, name in names.items():
            try:
                fd = self._hold(self._directory / name)
            except FileNotFoundError:
                continue
            if fd is None:
                return  # somebody writes to it
            fds[kind] = fd
        ends = {kind: os.fstat(fd).st_size for kind, fd in fds.items()}
        sizes = {} if self._checkpoint is None else self._checkpoint.sizes
        starts = {kind: sizes.get(name, 0) for kind, name in names.items()}
        common = self._checkpoint is not None and all(ends.get(kind, 0) >= starts[kind] for kind in _KINDS)
        if not common:
            starts = {kind: max(0, end - LATEST_BYTES) for kind, end in ends.items()}
        objects, text = (FileTail(fds.get(kind), starts.get(kind, 0)) for kind in _KINDS)
        if common:
            difference = compare(_with_last(objects), text)
        else:
            difference = Difference(compare_by_time(_with_last(objects), text), [])
        self.strays += [Addition(date, line) for line in difference.strays]
        if objects.half:
            more = b"\n" if line_of(objects.half) is not None else None
            self._complete(fds["jsonl"], date, names["jsonl"], objects.half, more)
        missing = difference.missing
        if text.half:
            at = next((at for at, line in enumerate(missing) if line.startswith(text.half)), None)
            more = None if at is None else missing.pop(at)[len(text.half) :]
            self._complete(fds["log"], date, names["log"], text.half, more)
        self._missing += [Addition(date, line) for line in missing]

    def _grew(self, names: Iterable[str], checkpoint: Checkpoint) -> bool:
        paths = [self._directory / name for name in names]
        return any(path.stat().st_size != checkpoint.sizes.get(path.name, 0) for path in paths if path.exists())

    def _hold(self, path: Path) -> int | None:
        """Opens a file alone, None if somebody else has it. Raises OSError."""
        fd = open_regular(path, FLAGS)
        self._held.callback(os.close, fd)
        return fd if patiently(ALONE_WITHIN, lambda: take(fd) or None) else None

    def _complete(self, fd: int, date: str, file: str, half: bytes, more: bytes | None) -> None:
        begin = os.fstat(fd).st_size - len(half)
        if more is None and self._sealed(date, file) > begin:
            more = b"\n"
        self._mends.append(_Mend(fd, begin, more))

    def _sealed(self, date: str, file: str) -> int:
        """The end of what is under seals of a file; of all there can be if they cannot be read."""
        try:
            return sealed(self._directory, self._name, date, [file]).get(file, Coverage()).end
        except (OSError, Damaged):  # no event: the sealer will say so
            return 1 << 62


_KINDS: Final[tuple[Kind, Kind]] = ("jsonl", "log")


def _with_last(objects: FileTail) -> Iterator[bytes]:
    """The lines, and what is behind the last one if only its newline is missing."""
    yield from objects
    if objects.half and line_of(objects.half) is not None:
        yield objects.half + b"\n"
