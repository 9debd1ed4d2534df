"""One day's file: from plain to compressed, in steps of which any may be the last.

No lock is held while a file is compressed. Only the few system calls that put the compressed file in the place of the
plain one hold it, so no writer waits for more than these. A run may be killed between any two steps. They are, with
what the next run does about each:

1. `<day>.gz.tmp` is written (what `<day>.gz` held, and one more member), synced, read back: it is deleted;
2. the plain file is locked and marked (`packing.MARK`): the mark is taken off, then `<day>.gz.tmp` is deleted;
3. `<day>.gz.tmp` becomes `<day>.gz`: the plain file is marked and is the last member, so 4 and 5 follow;
4. its line of the anchors is written and synced: 4 adds nothing twice;
5. the plain file is deleted. If lines came after 3, the rest of it takes its place, as a new file without the mark.
"""

import os
import stat
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Final, NamedTuple

from vestnik.log.days.anchors import Anchors
from vestnik.log.days.descriptors import Descriptors, InUse, locked, sync_directory
from vestnik.log.days.names import PACKED, UNFINISHED, DayFile
from vestnik.log.days.packing import MARK, READ, Check, Part, compare, compress, copy, digest, inspect, packed_part

NEW: Final = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class Packed(NamedTuple):
    """What was compressed, and the bytes that the whole compressed file has now."""

    part: Part
    size: int


class Packer:
    """Compresses files of one directory. Used by one at a time: whoever has locked the anchors.

    `clock` gives seconds since 1970, `check` may raise to end the work, which leaves no trace then.
    """

    def __init__(self, anchors: Anchors, descriptors: Descriptors, clock: Callable[[], float], check: Check) -> None:
        self._anchors = anchors
        self._descriptors = descriptors
        self._clock = clock
        self._check = check

    def pack(self, file: DayFile) -> Packed:
        """Compresses a plain file. Raises InUse if somebody has or takes it in use; Damaged, OSError."""
        packed, target = _beside(file.path)
        with ExitStack() as stack:
            plain = stack.enter_context(self._descriptors.opened(file.path, READ))
            with locked(plain, file.path):
                before = os.fstat(plain)
            earlier = None
            with suppress(FileNotFoundError):  # no event: nothing of the day is compressed yet
                earlier = stack.enter_context(self._descriptors.opened(packed, READ))
            offset = 0 if earlier is None else inspect(earlier, plain, self._check).size
            try:
                part = self._prepare(plain, before.st_size, earlier, target)
                with locked(plain, file.path):
                    after = os.fstat(plain)
                    if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
                        raise InUse  # a late record: the next run compresses it as well
                    _mark(plain, MARK)
                    target.replace(packed)
                    self._finish(file, offset, part)
                    file.path.unlink()
            finally:
                self.discard(target)
        return Packed(part, packed.stat().st_size)

    def resume(self, file: DayFile) -> Packed | None:
        """Does what is left to do if a run was killed after it had compressed `file`. Raises as `pack`.

        None if there was no such run; there may be lines left to compress.
        """
        with self._descriptors.opened(file.path, READ) as plain:
            found = packed_part(plain, file.path, self._check)
            if found is None:
                return None
            part = digest(plain, found.last, self._check)
            with locked(plain, file.path):
                self._finish(file, found.size - found.last, part)
                if os.fstat(plain).st_size == found.last:
                    file.path.unlink()
                else:
                    self._keep_rest(plain, found.last, file.path)
        return Packed(part, _beside(file.path)[0].stat().st_size)

    def discard(self, unfinished: Path) -> None:
        """Deletes what an interrupted run has left, if it is there. Raises OSError."""
        if not os.path.lexists(unfinished):
            return
        if unfinished.name.endswith(f"{PACKED}{UNFINISHED}"):
            plain = unfinished.with_name(unfinished.name.removesuffix(f"{PACKED}{UNFINISHED}"))
            with suppress(FileNotFoundError), self._descriptors.opened(plain, READ) as fd:  # no event: no file, no mark
                _mark(fd, 0)
        unfinished.unlink()

    def _prepare(self, plain: int, size: int, earlier: int | None, target: Path) -> Part:
        """Makes `target`: all that `earlier` is, and `size` bytes of `plain` as a new member; synced and read back."""
        with self._descriptors.opened(target, NEW, 0o600) as fd:
            if earlier is not None:
                copy(earlier, 0, fd, self._check)
            part = compress(plain, size, fd, self._check)
            _be_like(plain, fd)
            os.fsync(fd)
            if hasattr(os, "posix_fadvise"):
                os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)  # so that the disk is read, not memory
            compare(fd, earlier, plain, size, self._check)
        return part

    def _finish(self, file: DayFile, offset: int, part: Part) -> None:
        sync_directory(file.path.parent)
        self._anchors.add(file.date, file.path.name, offset, part, self._clock())

    def _keep_rest(self, plain: int, start: int, path: Path) -> None:
        """Replaces a plain file by what it holds from `start` on; whoever waits for its lock opens the new one."""
        rest = path.with_name(f"{path.name}{UNFINISHED}")
        try:
            with self._descriptors.opened(rest, NEW, 0o600) as fd:
                copy(plain, start, fd)
                _be_like(plain, fd)
                os.fsync(fd)
            rest.replace(path)
        finally:
            rest.unlink(missing_ok=True)
        sync_directory(path.parent)


def _beside(plain: Path) -> tuple[Path, Path]:
    """The compressed file of a plain one, finished and not."""
    packed = plain.with_name(f"{plain.name}{PACKED}")
    return packed, packed.with_name(f"{packed.name}{UNFINISHED}")


def _mark(plain: int, mark: int) -> None:
    """Sets the mark of a file or takes it off, on disk. Raises OSError."""
    mode = stat.S_IMODE(os.fstat(plain).st_mode)
    if mode & MARK != mark:
        os.fchmod(plain, mode & ~MARK | mark)
        os.fsync(plain)


def _be_like(plain: int, target: int) -> None:
    """Gives `target` times and permissions of `plain`, and its owner if we may. Raises OSError."""
    found = os.fstat(plain)
    with suppress(PermissionError):  # no event: it has our owner then
        os.fchown(target, found.st_uid, found.st_gid)
    os.fchmod(target, stat.S_IMODE(found.st_mode) & 0o666)
    os.utime(target, ns=(found.st_atime_ns, found.st_mtime_ns))
