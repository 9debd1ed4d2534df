"""Days as gzip (RFC 1952). All functions work on descriptors of regular files and hold `CHUNK` bytes at a time.

Those that take `check` call it between chunks; it may raise to end the work.
"""

import hashlib
import os
import stat
import zlib
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from vestnik.log.days.locks import write_all

CHUNK: Final = 128 * 1024
LEVEL: Final = 6
MARK: Final = stat.S_ISVTX
"""Up to 0.3.0 late records became further members of a compressed file. A run that was killed in between left the plain
file with this bit; then it is the last member that it has in common with the compressed one."""
_GZIP: Final = 16 + zlib.MAX_WBITS

Check = Callable[[], None]


class Damaged(Exception):
    """A compressed file that cannot be read, or reads differently from what was compressed."""


class Part(NamedTuple):
    """The beginning of a plain file: its bytes, its lines and its SHA-256 in hexadecimal."""

    size: int
    records: int
    sha256: str


def nothing() -> None:
    """A `check` that lets the work go on."""


def compress(plain: int, size: int, target: int, check: Check = nothing) -> None:
    """Appends the first `size` bytes of `plain` to `target` as one member. Raises OSError."""
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, _GZIP)
    at = 0
    while at < size and (chunk := os.pread(plain, min(CHUNK, size - at), at)):
        check()
        write_all(target, packer.compress(chunk))
        at += len(chunk)
    write_all(target, packer.flush())


def common(packed: int, plain: int, check: Check = nothing) -> Part | None:
    """The beginning of `plain` that is all of `packed` as well; None if that is not so. Raises Damaged, OSError."""
    last_member_only = bool(os.fstat(plain).st_mode & MARK)
    found, alike = _Sum(), True
    begins = False
    for chunk, ends in members(packed, check):
        if begins and last_member_only:
            found, alike = _Sum(), True
        alike = alike and os.pread(plain, len(chunk), found.size) == chunk
        if not alike and not last_member_only:
            return None
        found.add(chunk)
        begins = ends
    return found.part() if alike else None


class _Sum:
    """Adds up a `Part`."""

    def __init__(self) -> None:
        self.size = 0
        self._digest = hashlib.sha256()
        self._lines = 0
        self._half = False

    def add(self, chunk: bytes) -> None:
        self.size += len(chunk)
        self._digest.update(chunk)
        self._lines += chunk.count(b"\n")
        if chunk:
            self._half = not chunk.endswith(b"\n")

    def part(self) -> Part:
        return Part(self.size, self._lines + self._half, self._digest.hexdigest())


def members(packed: int, check: Check = nothing, at_once: int | None = None) -> Iterator[tuple[bytes, bool]]:
    """What the members hold, in pieces of at most `at_once` (CHUNK) bytes, each with whether it ends a member.

    Raises Damaged, OSError.
    """
    data, at = b"", 0
    reader, begun = zlib.decompressobj(_GZIP), False
    while True:
        check()
        if not data:
            data = os.pread(packed, CHUNK, at)
            at += len(data)
        if not data and not begun:
            return
        try:
            piece = reader.decompress(data, at_once or CHUNK)
        except zlib.error as error:
            raise Damaged(f"the compressed file is damaged: {error}") from error
        if not (data or piece or reader.eof):
            raise Damaged("the compressed file is cut off")
        begun = not reader.eof
        data = reader.unconsumed_tail if begun else reader.unused_data
        yield piece, not begun
        if not begun:
            reader = zlib.decompressobj(_GZIP)
