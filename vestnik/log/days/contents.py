"""All bytes of a day: what its compressed file holds, then the plain file. Seals count them from the beginning."""

import fcntl
import gzip
import os
import stat
import tempfile
import time
import zlib
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from vestnik.log.days.names import PACKED
from vestnik.log.days.packing import READ, Damaged, packed_part

__all__ = ["Contents", "Damaged", "open_contents"]

CHUNK: Final = 1024 * 1024
IN_MEMORY: Final = 64 * 1024 * 1024
"""Bytes of a compressed file that are unpacked in memory; more go to a temporary file."""
PATIENCE: Final = 0.5
"""Seconds for which a file is waited for that is just being compressed."""
_POLL: Final = 0.002


class Contents:
    """The bytes of a day from the files `packed` and `plain`, either may be None.

    `packed_size` of them are compressed; the plain file begins to count at its byte `skip`. `size` is that of the
    moment of opening. Close it after use.
    """

    def __init__(self, packed: IO[bytes] | None, packed_size: int, plain: int | None, skip: int) -> None:
        self._packed = packed
        self._plain = plain
        self._skip = skip
        self.packed_size = packed_size
        self.size = packed_size + (0 if plain is None else max(0, os.fstat(plain).st_size - skip))

    @property
    def shift(self) -> int:
        """What to add to an offset in the plain file."""
        return self.packed_size - self._skip

    def limit(self, plain: int) -> None:
        """Of the plain file, if there is one, only so many bytes count."""
        if self._plain is not None:
            self.size = min(self.size, self.shift + plain)

    def read(self, start: int, end: int) -> bytes:
        """The bytes from `start` up to `end`; fewer if there are no more. Raises OSError."""
        parts = []
        end = min(end, self.size)
        if start < self.packed_size and self._packed is not None:
            self._packed.seek(start)
            parts.append(self._packed.read(min(end, self.packed_size) - start))
            start = min(end, self.packed_size)
        if self._plain is not None:
            while start < end and (part := os.pread(self._plain, end - start, start - self.shift)):
                parts.append(part)
                start += len(part)
        return b"".join(parts)

    def count_lines(self, start: int, end: int) -> int:
        """The newlines from `start` up to `end`. Raises OSError."""
        return sum(self.read(at, min(at + CHUNK, end)).count(b"\n") for at in range(start, end, CHUNK))

    def close(self) -> None:
        """Close the files."""
        if self._packed is not None:
            self._packed.close()
        if self._plain is not None:
            os.close(self._plain)
            self._plain = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def open_contents(path: Path) -> Contents | None:
    """The bytes of the day whose plain file is, or was, at `path`; None if there is neither it nor a compressed one.

    Raises Damaged for a compressed file that cannot be read, OSError.
    """
    plain, skip = None, 0
    try:
        plain = _open_locked(path)
        if plain is not None and (part := packed_part(plain, path)) is not None:
            skip = part.last
        packed, size = _unpack(path.with_name(f"{path.name}{PACKED}"), plain)
    except BaseException:
        if plain is not None:
            os.close(plain)
        raise
    if plain is None and packed is None:
        return None
    return Contents(packed, size, plain, skip)


def _open_locked(path: Path) -> int | None:
    """A plain file that is not just being replaced by a compressed one; None if there is none."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            fd = os.open(path, READ)
        except FileNotFoundError:
            return None
        try:
            found = os.fstat(fd)
            if not stat.S_ISREG(found.st_mode):
                raise OSError(f"{path} is not a regular file")
            if _try_lock(fd) and os.fstat(fd).st_nlink:
                return fd
            if time.monotonic() >= deadline:
                raise BlockingIOError(f"{path} is in use")
        except BaseException:
            os.close(fd)
            raise
        os.close(fd)
        time.sleep(_POLL)


def _try_lock(fd: int) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True  # a disk without locks: nothing is compressed there either
    return True


def _unpack(path: Path, plain: int | None) -> tuple[IO[bytes] | None, int]:
    """The bytes of a compressed file and their number. Once it is open, the lock on `plain` is given back."""
    try:
        source = os.fdopen(os.open(path, READ), "rb")
    except FileNotFoundError:
        return None, 0
    finally:
        if plain is not None:
            with suppress(OSError):
                fcntl.flock(plain, fcntl.LOCK_UN)  # or a writer would think that somebody else writes
    target = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - it is given to the caller
    try:
        with source, gzip.GzipFile(fileobj=source) as unpacked:
            while data := unpacked.read1(CHUNK):
                target.write(data)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        target.close()
        raise Damaged(f"{path}: {error}") from error
    except BaseException:
        target.close()
        raise
    return target, target.tell()
