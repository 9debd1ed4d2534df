"""Opening a file of a day, the same way for all who read it, whatever is done with it meanwhile.

Its bytes are in `server.log.2026-11-22` or, when the day is over, compressed in `server.log.2026-11-22.gz`. Whoever
compresses puts the one in place before deleting the other, so there is always one that has all, and who opens the plain
one first finds at least one. A plain file that repeats the compressed one, as for that moment, counts once; up to 0.3.0
there were also days whose later lines were in the plain file, after those in the compressed one.
"""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from vestnik.log.days.locks import open_regular
from vestnik.log.days.names import PACKED
from vestnik.log.days.packing import Damaged, common, members

CHUNK: Final = 1024 * 1024
IN_MEMORY: Final = 64 * 1024 * 1024
"""Bytes of a compressed file that are unpacked in memory; more go to a temporary file."""


class Plain:
    """An open plain file. Its bytes count from `start` on, and up to `size`, which is that of the moment of opening."""

    def __init__(self, fd: int) -> None:
        found = os.fstat(fd)
        self.fd = fd
        self.identity = found.st_dev, found.st_ino
        self.start = 0
        self.size = found.st_size

    def read(self, start: int, end: int) -> bytes:
        """The bytes from `start` up to `end`; fewer if there are no more. Raises OSError."""
        parts = []
        end = min(end, self.size)
        while start < end and (part := os.pread(self.fd, end - start, start)):
            parts.append(part)
            start += len(part)
        return b"".join(parts)

    def first_line(self, at_most: int) -> bytes:
        """The first line, or so many bytes of a longer one. Raises OSError."""
        return self.read(self.start, self.start + at_most).partition(b"\n")[0]

    def close(self) -> None:
        """Close it."""
        os.close(self.fd)


class Packed:
    """An open compressed file at `path`, which is read from its beginning."""

    def __init__(self, fd: int, path: Path) -> None:
        self.fd = fd
        self.path = path

    def pieces(self) -> Iterator[bytes]:
        """What it holds. Raises Damaged, OSError."""
        try:
            for piece, _ in members(self.fd, at_once=CHUNK):
                yield piece
        except Damaged as error:
            raise Damaged(f"{self.path}: {error}") from error

    def first_line(self, at_most: int) -> bytes:
        """The first line, or so many bytes of a longer one. Raises Damaged, OSError."""
        data = b""
        for piece in self.pieces():
            data += piece
            if len(data) >= at_most or b"\n" in piece:
                break
        return data[:at_most].partition(b"\n")[0]

    def repeated(self, plain: Plain) -> int:
        """How many bytes at the beginning of a plain file are here as well. Raises Damaged, OSError."""
        try:
            found = common(self.fd, plain.fd)
        except Damaged as error:
            raise Damaged(f"{self.path}: {error}") from error
        return 0 if found is None else found.size

    def unpacked(self) -> IO[bytes]:
        """All that it holds, in memory or in a temporary file. Raises Damaged, OSError."""
        target = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - it is given to the caller
        try:
            for piece in self.pieces():
                target.write(piece)
        except BaseException:
            target.close()
            raise
        return target

    def close(self) -> None:
        """Close it."""
        os.close(self.fd)


def open_plain(path: Path) -> Plain | None:
    """Opens a plain file, None if there is none. Raises OSError."""
    try:
        return Plain(open_regular(path))
    except FileNotFoundError:
        return None


def open_packed(path: Path) -> Packed | None:
    """Opens a compressed file, None if there is none. Raises OSError."""
    try:
        return Packed(open_regular(path), path)
    except FileNotFoundError:
        return None


def open_forms(path: Path) -> tuple[Packed | None, Plain | None]:
    """Opens what there is of the file of a day whose plain form is, or was, at `path`. Raises OSError."""
    plain = open_plain(path)
    try:
        return open_packed(path.with_name(f"{path.name}{PACKED}")), plain
    except BaseException:
        if plain is not None:
            plain.close()
        raise


def without_repetition(packed: Packed | None, plain: Plain | None) -> Plain | None:
    """`plain`, from where it has more than `packed`; closed, if it has not. Raises Damaged, OSError."""
    if packed is None or plain is None:
        return plain
    plain.start = packed.repeated(plain)
    if plain.start < plain.size:
        return plain
    plain.close()
    return None


class Contents:
    """All bytes of a file of a day by their offsets, which seals count, too: what is compressed, then what is not.

    `size` is that of the moment of opening. Close it after use.
    """

    def __init__(self, packed: IO[bytes] | None, plain: Plain | None) -> None:
        self._packed = packed
        self._plain = plain
        self._border = 0 if packed is None else packed.tell()
        self.size = self._border + (0 if plain is None else plain.size - plain.start)

    def limit(self, plain: int) -> None:
        """Of the plain file, if there is one, only so many bytes count."""
        if self._plain is not None:
            self.size = min(self.size, self._border + plain - self._plain.start)

    def read(self, start: int, end: int) -> bytes:
        """The bytes from `start` up to `end`; fewer if there are no more. Raises OSError."""
        end = min(end, self.size)
        if start >= end:
            return b""
        data = b""
        if start < self._border and self._packed is not None:
            self._packed.seek(start)
            data = self._packed.read(min(end, self._border) - start)
        if end > self._border and self._plain is not None:
            shift = self._plain.start - self._border
            data += self._plain.read(max(start, self._border) + shift, end + shift)
        return data

    def count_lines(self, start: int, end: int) -> int:
        """The newlines from `start` up to `end`. Raises OSError."""
        return sum(self.read(at, min(at + CHUNK, end)).count(b"\n") for at in range(start, end, CHUNK))

    def close(self) -> None:
        """Close the files."""
        for each in (self._packed, self._plain):
            if each is not None:
                each.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def open_contents(path: Path) -> Contents | None:
    """The bytes of the file of a day whose plain form is, or was, at `path`; None if there is neither form.

    Raises Damaged for a compressed file that cannot be read, OSError.
    """
    packed, plain = open_forms(path)
    if packed is None:
        return None if plain is None else Contents(None, plain)
    try:
        plain = without_repetition(packed, plain)
        return Contents(packed.unpacked(), plain)
    except BaseException:
        if plain is not None:
            plain.close()
        raise
    finally:
        packed.close()


def read_all(path: Path, limit: int | None = None) -> bytes:
    """All bytes of the file of a day, but of its plain form only so many; none if it is not there.

    Raises Damaged, OSError.
    """
    contents = open_contents(path)
    if contents is None:
        return b""
    with contents:
        if limit is not None:
            contents.limit(limit)
        return contents.read(0, contents.size)


def first_line(path: Path, at_most: int) -> bytes:
    """The first line of the file of a day, or so many bytes of a longer one. Raises Damaged, OSError."""
    forms = open_forms(path)
    try:
        first = forms[0] or forms[1]
        return b"" if first is None else first.first_line(at_most)
    finally:
        for form in forms:
            if form is not None:
                form.close()
