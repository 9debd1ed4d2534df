"""One day's file: from plain to compressed, in steps of which any may be the last.

No lock is held while a file is compressed. Only the few system calls that put the compressed file in the place of the
plain one hold it, so no writer waits for more than these. A run may be killed between any two steps. They are, with
what the next run does about each:

1. `<day>.gz.tmp` is written, synced, read back: it is deleted;
2. the plain file is locked, and `<day>.gz.tmp` becomes `<day>.gz`: as the plain one has the same lines, 3 and 4 follow;
3. it is told;
4. the plain file is deleted.

From 2 on nobody writes to the plain file any more (`appending`).
"""

import os
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from vestnik.log.days.appending import is_packed
from vestnik.log.days.locks import Descriptors, InUse, locked, sync_directory
from vestnik.log.days.names import PACKED, UNFINISHED, DayFile
from vestnik.log.days.packing import Check, Damaged, Part, common, compress

NEW: Final = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class Packer:
    """Compresses files of one directory. Used by one at a time.

    `tell` is called with what was compressed and the bytes of the compressed file, before the plain one is deleted.
    `check` may raise to end the work, which leaves no trace then.
    """

    def __init__(self, descriptors: Descriptors, tell: Callable[[DayFile, Part, int], None], check: Check) -> None:
        self._descriptors = descriptors
        self._tell = tell
        self._check = check

    def pack(self, file: DayFile) -> None:
        """Compresses a plain file, or finishes what a killed run has left of that.

        A file that has other lines than the compressed one beside it stays. Raises InUse if somebody has or takes it in
        use; Damaged, OSError.
        """
        packed = file.path.with_name(f"{file.path.name}{PACKED}")
        target = packed.with_name(f"{packed.name}{UNFINISHED}")
        with self._descriptors.opened(file.path) as plain:
            with locked(plain, file.path):
                before = os.fstat(plain)
            try:
                source = packed if is_packed(file.path) else self._compress(plain, before.st_size, target)
                with self._descriptors.opened(source) as fd:
                    part = common(fd, plain, self._check)
                if part is None or part.size != before.st_size:
                    if source == target:
                        raise Damaged("what was compressed reads back differently")
                    return
                with locked(plain, file.path):
                    after = os.fstat(plain)
                    if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
                        raise InUse  # a late record: the next run compresses it as well
                    if source == target:
                        target.replace(packed)
                    sync_directory(packed.parent)
                    self._tell(file, part, packed.stat().st_size)
                    file.path.unlink()
            except BaseException:
                target.unlink(missing_ok=True)
                raise

    def _compress(self, plain: int, size: int, target: Path) -> Path:
        """Makes `target` of the first `size` bytes of `plain`, synced, and gives it."""
        with self._descriptors.opened(target, NEW, 0o600) as fd:
            compress(plain, size, fd, self._check)
            _be_like(plain, fd)
            os.fsync(fd)
            if hasattr(os, "posix_fadvise"):
                os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)  # so that the disk is read back, not memory
        return target


def _be_like(plain: int, target: int) -> None:
    """Gives `target` times and permissions of `plain`, and its owner if we may. Raises OSError."""
    found = os.fstat(plain)
    with suppress(PermissionError):  # no event: it has our owner then
        os.fchown(target, found.st_uid, found.st_gid)
    os.fchmod(target, stat.S_IMODE(found.st_mode) & 0o666)
    os.utime(target, ns=(found.st_atime_ns, found.st_mtime_ns))
