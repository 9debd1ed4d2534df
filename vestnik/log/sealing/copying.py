"""Copies a journal as it was at one moment, also while it is written, so that the copy can be verified elsewhere.

The files only grow, but one after the other: whoever copies lines first and then seals has seals of lines that the
copy does not have. So the lengths of all files are taken down in a moment in which no seal is made, and no more than
these is copied afterwards, however long it takes. What is compressed meanwhile is unpacked; if a day is deleted, all
begins anew.
"""

import errno
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple

from vestnik.log.days.link import point
from vestnik.log.days.locks import READ, patiently, share
from vestnik.log.days.names import PACKED, DayFile, day_files
from vestnik.log.days.opening import open_contents, open_plain
from vestnik.log.sealing.keys import state_path

SETTLE_WITHIN: Final = 5.0
"""Seconds for which programs are waited for that just make a seal."""
TRIES: Final = 5
"""How often it is begun anew because days were deleted meanwhile."""
CHUNK: Final = 1024 * 1024
LINKED: Final = ("log", "jsonl")
UNFINISHED: Final = ".copying"
NEVER: Final = -1
NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
FRESH_MODE: Final = 0o600
"""The mode of a file that is not finished."""


class Copied(NamedTuple):
    """How much was copied: all `files`, and the `bytes` of those that were not there as they are already."""

    files: int
    bytes: int


class DayGone(Exception):
    """A file is not there any more: whoever copies begins anew."""


class JournalPart(NamedTuple):
    """A file of a day, how long it was, and when it was changed last (nanoseconds since 1970)."""

    file: DayFile
    size: int
    changed: int


class JournalMoment(NamedTuple):
    """A journal at one moment: the record of its key's state, its files, and where its links lead."""

    state: bytes | None
    parts: list[JournalPart]
    links: dict[str, str]


def copy_journal(directory: Path, name: str, target: Path) -> Copied:
    """Copies the journal `name` from `directory` to `target`, which is made if need be; what is there too stays.

    Raises BlockingIOError if the journal is never left alone, FileNotFoundError if there is none, FileExistsError if it
    is in `target` itself, Damaged, OSError.
    """
    if target.exists() and target.samefile(directory):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
    for _ in range(TRIES):
        with suppress(DayGone):
            moment = look_at(directory, name)
            if not moment.parts:
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(directory / name))
            return _copy(moment, directory, name, target)
    raise _in_use(directory / name)


def look_at(directory: Path, name: str) -> JournalMoment:
    """The journal `name` as it is now, without a file if there is none. Raises DayGone, BlockingIOError, OSError."""
    with _no_seals(state_path(directory, name)) as fd:
        state = None if fd is None else os.pread(fd, CHUNK, 0)
        files = day_files(directory, name)
        parts = [JournalPart(file, *_length(file.path)) for file in files]
        links = {path.name: str(path.readlink()) for path in _links(directory, name) if path.is_symlink()}
        if any(part.changed == NEVER for part in parts) or files != day_files(directory, name):
            raise DayGone  # a day is just being put away
        return JournalMoment(state, parts, links)


def _links(directory: Path, name: str) -> list[Path]:
    return [directory / f"{name}.{kind}" for kind in LINKED]


@contextmanager
def _no_seals(path: Path) -> Iterator[int | None]:
    """While this lasts no seal is made; gives the open state at `path`, None if there is none."""
    try:
        fd = os.open(path, READ)
    except FileNotFoundError:
        yield None  # no event: nothing was sealed yet
        return
    try:
        if not patiently(SETTLE_WITHIN, lambda: share(fd) or None):
            raise _in_use(path)
        yield fd
    finally:
        os.close(fd)


def _in_use(path: Path) -> BlockingIOError:
    return BlockingIOError(errno.EWOULDBLOCK, os.strerror(errno.EWOULDBLOCK), str(path))


def _length(path: Path) -> tuple[int, int]:
    """The size of a file and when it was changed; NEVER if it is not there."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return 0, NEVER
    return found.st_size, found.st_mtime_ns


def _copy(moment: JournalMoment, directory: Path, name: str, target: Path) -> Copied:
    """Copies what is not there yet; nothing is in its place before all is there."""
    target.mkdir(mode=0o750, parents=True, exist_ok=True)
    parts = [part for part in moment.parts if _length(target / part.file.path.name) != (part.size, part.changed)]
    unfinished: list[Path] = []
    try:
        for part in parts:
            unfinished.append(target / f"{part.file.path.name}{UNFINISHED}")
            _write(unfinished[-1], part.file.path, read_part(part))
            os.utime(unfinished[-1], ns=(part.changed, part.changed))
        if moment.state is not None:
            unfinished.append(target / f"{state_path(target, name).name}{UNFINISHED}")
            _write(unfinished[-1], state_path(directory, name), [moment.state])
        for path in unfinished:
            path.replace(path.with_name(path.name.removesuffix(UNFINISHED)))
    finally:
        for path in unfinished:
            path.unlink(missing_ok=True)
    names = {part.file.path.name for part in moment.parts}
    for packed in [each for each in names if each.endswith(PACKED) and each.removesuffix(PACKED) not in names]:
        (target / packed.removesuffix(PACKED)).unlink(missing_ok=True)  # all of it is in the compressed one
    for link, leads_to in moment.links.items():
        point(target / link, leads_to)
    return Copied(len(moment.parts), sum(part.size for part in parts))


def _write(path: Path, source: Path, pieces: Iterable[bytes]) -> None:
    """Makes a new file, which gets the mode of `source`."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, NEW, FRESH_MODE), "wb") as file:
        for piece in pieces:
            file.write(piece)
        with suppress(FileNotFoundError):  # it was compressed meanwhile
            os.fchmod(file.fileno(), stat.S_IMODE(source.stat().st_mode) & 0o666)


def read_part(part: JournalPart) -> Iterator[bytes]:
    """The bytes that a file had at the moment. Raises DayGone if they are nowhere any more, Damaged, OSError."""
    path, done = part.file.path, 0
    plain = open_plain(path)  # the bytes as they are, also of a compressed file
    contents = open_contents(path) if plain is None and not part.file.packed else None
    found = plain or contents
    if found is None:
        raise DayGone
    with closing(found):
        while done < part.size and (data := found.read(done, min(done + CHUNK, part.size))):
            yield data
            done += len(data)
    if done < part.size:
        raise DayGone  # another file of the same name
