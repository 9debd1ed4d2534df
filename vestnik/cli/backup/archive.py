"""The file that a backup is: a tar archive, which can be looked at and unpacked without us.

`vestnik.json` says what it is, `vestnik.db` is the database, `log/...` are the journals with their seals, and
`SHA256SUMS`, the last one, has the sums of all others, as `sha256sum -c` reads them: without it the file is not whole.
"""

import hashlib
import tarfile
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import IO, Final, NamedTuple

import msgspec

FACTS: Final = "vestnik.json"
DATABASE_MEMBER: Final = "vestnik.db"
JOURNALS: Final = "log/"
SUMS: Final = "SHA256SUMS"
FORMAT: Final = 1
MODE: Final = 0o600
CHUNK: Final = 1024 * 1024
SMALL: Final = 16 * 1024 * 1024
"""Bytes of a member that is read into memory: of `SHA256SUMS` of a hundred thousand files."""
SQLITE: Final = b"SQLite format 3\0"
"""How a bare database begins, as backups were up to 0.3.0."""


class BackupDamaged(Exception):
    """A file is not a whole backup: the text says what is wrong, and is empty if it is none at all."""


class BackupFacts(msgspec.Struct, frozen=True):
    """What `vestnik.json` says: the `format` of the archive, when it was made (`time`, ISO 8601), by which version of
    the `program`, and the version of the database's `schema`.
    """

    format: int
    time: str
    program: str
    schema: str


class Member(NamedTuple):
    """A file in the archive: `changed` is when it was changed last (seconds since 1970), `read` gives its bytes."""

    name: str
    size: int
    mode: int
    changed: float
    pieces: Iterable[bytes]


class _Stream:
    """Pieces as a file that `tarfile` reads; `digest` sums them up."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self.digest = hashlib.sha256()
        self._pieces = iter(pieces)
        self._rest = b""

    def read(self, size: int = CHUNK, /) -> bytes:
        """So many bytes, fewer only at the end."""
        while len(self._rest) < size and (piece := next(self._pieces, None)) is not None:
            self._rest += piece
        data, self._rest = self._rest[:size], self._rest[size:]
        self.digest.update(data)
        return data

    def pieces(self) -> Iterator[bytes]:
        """All that is left."""
        while data := self.read():
            yield data


class ArchiveWriter:
    """Writes a backup to `file`, which is open for writing at its beginning."""

    def __init__(self, file: IO[bytes], facts: BackupFacts) -> None:
        self._file = file
        self._tar = tarfile.TarFile(fileobj=file, mode="w", format=tarfile.PAX_FORMAT, copybufsize=CHUNK)
        self._sums: dict[str, str] = {}
        self.add(_small(FACTS, msgspec.json.format(msgspec.json.encode(facts)) + b"\n"))

    @property
    def names(self) -> list[str]:
        """The members so far."""
        return list(self._sums)

    def add(self, *members: Member) -> None:
        """Add some files, or none of them if that fails. Raises OSError, and what their pieces raise."""
        start, sums = self._tar.offset, dict(self._sums)
        try:
            for member in members:
                self._sums[member.name] = self._add(member)
        except BaseException:
            self._file.seek(start)
            self._file.truncate()
            self._tar.offset, self._sums = start, sums
            raise

    def finish(self) -> None:
        """Write the sums and the end. Raises OSError."""
        text = "".join(f"{digest}  {name}\n" for name, digest in self._sums.items())
        self._add(_small(SUMS, text.encode()))
        self._tar.close()

    def _add(self, member: Member) -> str:
        info = tarfile.TarInfo(member.name)
        info.size, info.mode, info.mtime = member.size, member.mode, int(member.changed)
        stream = _Stream(member.pieces)
        self._tar.addfile(info, stream)
        return stream.digest.hexdigest()


def pieces_of(file: IO[bytes]) -> Iterator[bytes]:
    """The bytes of an open file, from where it is."""
    while data := file.read(CHUNK):
        yield data


def read_archive(file: IO[bytes], take: Callable[[Member], None] = lambda _member: None) -> BackupFacts:
    """Read a backup from its beginning to its end, also a compressed one; what it says it is.

    `take` is given each member but `vestnik.json` and the sums, and need not read it. Raises BackupDamaged if anything
    is missing, too much or not as it was written, OSError, and what `take` raises.
    """
    with _opened(file) as tar:
        return _read(tar, take)


def read_facts(file: IO[bytes]) -> BackupFacts:
    """What a backup says it is, without looking at the rest. Raises BackupDamaged, OSError."""
    with _opened(file) as tar:
        first = tar.next()
        content = tar.extractfile(first) if first is not None and first.isreg() else None
        if first is None or content is None:
            raise BackupDamaged
        return _facts(first.name, content.read(SMALL))


@contextmanager
def _opened(file: IO[bytes]) -> Iterator[tarfile.TarFile]:
    """The archive. Raises BackupDamaged if it is none, or cannot be read on."""
    try:
        tar = tarfile.open(fileobj=file, mode="r:*")  # noqa: SIM115  # it is closed below
    except (tarfile.TarError, EOFError, zlib.error):
        raise BackupDamaged from None
    try:
        with tar:
            yield tar
    except (tarfile.TarError, EOFError, zlib.error, UnicodeError) as error:
        raise BackupDamaged(str(error)) from None


def _read(tar: tarfile.TarFile, take: Callable[[Member], None]) -> BackupFacts:
    facts: BackupFacts | None = None
    found: dict[str, str] = {}
    expected: dict[str, str] | None = None
    for info in tar:
        content = tar.extractfile(info) if info.isreg() and expected is None else None
        if content is None or info.name in found:
            raise BackupDamaged(info.name)
        if info.name == SUMS:
            expected = _sums(content.read(SMALL))
        elif facts is None:
            data = content.read(SMALL)
            facts = _facts(info.name, data)
            found[info.name] = hashlib.sha256(data).hexdigest()
        else:
            stream = _Stream(pieces_of(content))
            take(Member(info.name, info.size, info.mode, info.mtime, stream.pieces()))
            for _ in stream.pieces():
                pass  # what nobody wanted is looked at, too
            found[info.name] = stream.digest.hexdigest()
    if facts is None or expected is None or DATABASE_MEMBER not in found:
        raise BackupDamaged(SUMS)
    wrong = sorted(name for name, digest in (expected.items() ^ found.items()))
    if wrong:
        raise BackupDamaged(wrong[0])
    return facts


def _facts(name: str, data: bytes) -> BackupFacts:
    if name != FACTS:
        raise BackupDamaged
    try:
        facts = msgspec.json.decode(data, type=BackupFacts)
    except (msgspec.DecodeError, UnicodeDecodeError):  # no event: an error says so below
        facts = None
    if facts is None or facts.format != FORMAT:
        raise BackupDamaged(name)
    return facts


def _sums(data: bytes) -> dict[str, str]:
    rows = [line.partition("  ") for line in data.decode().splitlines()]
    return {name: digest for digest, _, name in rows}


def _small(name: str, data: bytes) -> Member:
    return Member(name, len(data), MODE, time.time(), [data])


def small_member(path: Path, name: str) -> list[Member]:
    """A small file as it is now; nothing if it is not there. Raises OSError."""
    try:
        data, found = path.read_bytes(), path.stat()
    except FileNotFoundError:  # no event: then it is not in the backup
        return []
    return [Member(name, len(data), found.st_mode & 0o666, found.st_mtime, BytesIO(data))]
