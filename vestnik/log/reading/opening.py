"""What is read of a day's lines of one kind: which files, how far, and what to do about those that cannot be read."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias, TypeVar

from vestnik.log.days.appending import late
from vestnik.log.days.names import LATE, PACKED, DayFile
from vestnik.log.days.opening import open_packed, open_plain, without_repetition
from vestnik.log.days.packing import Damaged
from vestnik.log.reading.source import PackedFile, PlainFile

OpenFile: TypeAlias = PlainFile | PackedFile
Identity: TypeAlias = tuple[int, int]
"""Device and inode of a file."""
OnUnreadable: TypeAlias = Callable[[Path, Exception], None]
"""Is told what could not be read, or only in part, and why: OSError or Damaged."""
UNREADABLE: Final = (OSError, Damaged)

Found = TypeVar("Found")


@dataclass(frozen=True)
class Snapshot:
    """How far a journal is read while somebody follows it from there on.

    Of the plain files from the date `since` on only the first bytes are read, as `sizes` says; what is not there, and
    all days after `until`, is not read. Of the dates in `json` what is new is expected as JSON.
    """

    since: str
    until: str
    sizes: dict[Identity, int] = field(default_factory=dict)
    json: set[str] = field(default_factory=set)

    def limit(self, date: str, identity: Identity) -> int | None:
        """How many bytes of a file are read, None for all."""
        return self.sizes.get(identity, 0) if date >= self.since else None


def open_files(file: DayFile, report: OnUnreadable, snapshot: Snapshot | None = None) -> list[OpenFile]:
    """Opens all that has lines of the day and kind of `file`, whichever of them it is, in the order of the lines."""
    plain = plain_form(file)
    later = plain._replace(path=late(plain.path), late=True)
    return [*_open(plain, report, snapshot), *_open(later, report, snapshot)]


def open_alone(file: DayFile) -> OpenFile | None:
    """Opens this file and no other of its day; None if it is not there. Raises OSError."""
    path = file.path.resolve()
    if file.packed:
        return None if (packed := open_packed(path)) is None else PackedFile(file, packed)
    return None if (plain := open_plain(path)) is None else PlainFile(file, plain)


def plain_form(file: DayFile) -> DayFile:
    """The plain file that the lines of a day are written to."""
    name = file.path.name.removesuffix(PACKED).removesuffix(LATE)
    return file._replace(path=file.path.with_name(name), packed=False, late=False)


def _open(file: DayFile, report: OnUnreadable, snapshot: Snapshot | None) -> list[OpenFile]:
    """The lines of a plain file, or of the compressed one that has taken its place."""
    plain = _try(open_plain, file.path, report)
    packed = _try(open_packed, file.path.with_name(f"{file.path.name}{PACKED}"), report)
    try:
        plain = without_repetition(packed, plain)
    except UNREADABLE as error:
        report(file.path, error)
    files: list[OpenFile] = []
    if packed is not None:
        files.append(PackedFile(file._replace(path=packed.path, packed=True), packed))
    if plain is not None:
        limit = None if snapshot is None else snapshot.limit(file.date, plain.identity)
        plain.size = plain.size if limit is None else limit
        files.append(PlainFile(file, plain))
    return files


def _try(open_: Callable[[Path], Found | None], path: Path, report: OnUnreadable) -> Found | None:
    try:
        return open_(path)
    except OSError as error:
        report(path, error)
        return None
