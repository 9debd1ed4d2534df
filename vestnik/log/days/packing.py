"""Days as gzip (RFC 1952): one member for each part that was compressed, the later ones appended.

All functions work on descriptors of regular files and hold `CHUNK` bytes at a time. Those that take `check` call
it between chunks; it may raise to end the work.

While a compressed file takes the place of a plain one there is a moment in which both are there. The plain file is
marked before: its mode has the sticky bit (`MARK`), which no file has that a writer made. So whoever finds a marked
file and no `.gz.tmp` beside it knows that the last member is the beginning of that file (`packed_part`).
"""

import hashlib
import os
import stat
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from vestnik.log.days.names import PACKED, UNFINISHED

CHUNK: Final = 128 * 1024
LEVEL: Final = 6
MARK: Final = stat.S_ISVTX
READ: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
"""For whatever may be at a path: follows no link and waits for nobody at the other end of a pipe."""
_GZIP: Final = 16 + zlib.MAX_WBITS

Check = Callable[[], None]


class Damaged(Exception):
    """A compressed file that cannot be read, or reads differently from what was compressed."""


class Part(NamedTuple):
    """A part of a plain file: its bytes, its lines and its SHA-256 in hexadecimal."""

    size: int
    records: int
    sha256: str


class Contents(NamedTuple):
    """What a compressed file holds: plain bytes in all and in its last member.

    `begins` tells whether a plain file begins with all of the last member.
    """

    size: int
    last: int
    begins: bool


def nothing() -> None:
    """A `check` that lets the work go on."""


def compress(plain: int, size: int, target: int, check: Check = nothing) -> Part:
    """Appends the first `size` bytes of `plain` to `target` as one member. Raises OSError."""
    digest = _Digest()
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, _GZIP)
    for chunk in _chunks(plain, 0, size, check):
        digest.add(chunk)
        write_all(target, packer.compress(chunk))
    write_all(target, packer.flush())
    return digest.part()


def copy(source: int, start: int, target: int, check: Check = nothing) -> None:
    """Appends what `source` holds from byte `start` on to `target`. Raises OSError."""
    for chunk in _chunks(source, start, None, check):
        write_all(target, chunk)


def digest(plain: int, stop: int, check: Check = nothing) -> Part:
    """The first `stop` bytes of `plain`. Raises OSError."""
    found = _Digest()
    for chunk in _chunks(plain, 0, stop, check):
        found.add(chunk)
    return found.part()


def inspect(packed: int, plain: int, check: Check = nothing) -> Contents:
    """Reads all of `packed` and compares its last member with `plain`. Raises Damaged, OSError."""
    size = last = 0
    begins = fresh = True
    for chunk, ends in _members(packed, 0, check):
        if fresh:
            last, begins = 0, True
        begins = begins and os.pread(plain, len(chunk), last) == chunk
        last += len(chunk)
        size += len(chunk)
        fresh = ends
    return Contents(size, last, begins)


def compare(target: int, before: int | None, plain: int, size: int, check: Check = nothing) -> None:
    """Makes sure that `target` is all of `before` (if any) and one member: the first `size` bytes of `plain`.

    Raises Damaged if it is not, OSError.
    """
    position = 0
    if before is not None:
        for chunk in _chunks(before, 0, None, check):
            if os.pread(target, len(chunk), position) != chunk:
                raise Damaged("what was copied reads back differently")
            position += len(chunk)
    members = done = 0
    for chunk, ends in _members(target, position, check):
        if os.pread(plain, len(chunk), done) != chunk:
            raise Damaged("what was compressed reads back differently")
        done += len(chunk)
        members += ends
    if (members, done) != (1, size):
        raise Damaged("what was compressed is not all of the file")


def packed_part(plain: int, path: Path, check: Check = nothing) -> Contents | None:
    """What the compressed file beside `path` holds if its last member is the beginning of `path` itself.

    That is so after a run was killed at its last step, and for a moment in every run: who reads both files must
    pass over the first `last` bytes of the plain one. Otherwise None. `plain` is `path` opened for reading and
    locked (`flock`, shared or exclusive) by the caller before it opens the compressed file, so that nothing changes
    in between. Raises Damaged, OSError.
    """
    if not os.fstat(plain).st_mode & MARK or os.path.lexists(f"{path}{PACKED}{UNFINISHED}"):
        return None
    try:
        packed = os.open(f"{path}{PACKED}", READ)
    except FileNotFoundError:  # no event: nothing of the day is compressed yet
        return None
    try:
        found = inspect(packed, plain, check)
    finally:
        os.close(packed)
    return found if found.begins else None


def write_all(target: int, data: bytes) -> None:
    """Writes all of `data`, in as many calls as it takes. Raises OSError."""
    view = memoryview(data)
    while view:
        view = view[os.write(target, view) :]


class _Digest:
    """Adds up a `Part`."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self._size = 0
        self._lines = 0
        self._open = False

    def add(self, chunk: bytes) -> None:
        self._hash.update(chunk)
        self._size += len(chunk)
        self._lines += chunk.count(b"\n")
        self._open = not chunk.endswith(b"\n")

    def part(self) -> Part:
        return Part(self._size, self._lines + self._open, self._hash.hexdigest())


def _chunks(source: int, start: int, stop: int | None, check: Check) -> Iterator[bytes]:
    while stop is None or start < stop:
        check()
        chunk = os.pread(source, CHUNK if stop is None else min(CHUNK, stop - start), start)
        if not chunk:
            return
        yield chunk
        start += len(chunk)


def _members(packed: int, start: int, check: Check) -> Iterator[tuple[bytes, bool]]:
    """The plain content of the members from byte `start` on, in pieces, each with whether it ends a member."""
    data = b""
    reader, begun = zlib.decompressobj(_GZIP), False
    while True:
        check()
        if not data:
            data = os.pread(packed, CHUNK, start)
            start += len(data)
        if not data and not begun:
            return
        try:
            piece = reader.decompress(data, CHUNK)
        except zlib.error as error:
            raise Damaged(f"the compressed file is damaged: {error}") from error
        if not (data or piece or reader.eof):
            raise Damaged("the compressed file is cut off")
        begun = not reader.eof
        data = reader.unconsumed_tail if begun else reader.unused_data
        yield piece, not begun
        if not begun:
            reader = zlib.decompressobj(_GZIP)
