"""What remains known of a journal's days when their files are gone: one line of JSON for each compressed part.

The file `server.anchors` is only ever appended to. It is also what the sweepers of a journal lock: one at a time.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from vestnik.log.days.descriptors import Descriptors, locked
from vestnik.log.days.packing import Part, write_all

MODE: Final = 0o640
FLAGS: Final = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class Anchor(msgspec.Struct, frozen=True):
    """One compressed part of a day.

    `file` is the name of the plain file (without `.gz`), `offset` where the part begins in all that the compressed
    file holds, in plain bytes; `records` its lines, `size` ("bytes") its plain bytes, `sha256` that of these bytes in
    hexadecimal, `time` when it was compressed (ISO 8601, local with offset).
    """

    date: str
    file: str
    offset: int
    records: int
    size: int = msgspec.field(name="bytes")
    sha256: str
    time: str


class Anchors:
    """An open and locked file of anchors."""

    def __init__(self, path: Path, fd: int) -> None:
        self._path = path
        self._fd = fd

    def add(self, date: str, file: str, offset: int, part: Part, moment: float) -> None:
        """Puts a line on disk, unless it is there; `moment` is in seconds since 1970. Raises OSError."""
        if any((known.file, known.offset, known.sha256) == (file, offset, part.sha256) for known in read(self._path)):
            return
        time = datetime.fromtimestamp(moment).astimezone().isoformat(timespec="microseconds")
        line = msgspec.json.encode(Anchor(date, file, offset, part.records, part.size, part.sha256, time)) + b"\n"
        size = os.fstat(self._fd).st_size
        if size and os.pread(self._fd, 1, size - 1) != b"\n":
            line = b"\n" + line  # a killed run left half a line
        write_all(self._fd, line)
        os.fsync(self._fd)


@contextmanager
def opened(path: Path, descriptors: Descriptors) -> Iterator[Anchors]:
    """Opens the anchors at `path`, made if need be, and locks them. Raises InUse while another sweeper has, OSError."""
    with descriptors.opened(path, FLAGS, MODE) as fd, locked(fd, path):
        yield Anchors(path, fd)


def read(path: Path) -> list[Anchor]:
    """The anchors of a file, in the order in which they were written; half a line of a killed run is left out.

    Raises OSError.
    """
    found = []
    with path.open("rb") as lines:
        for line in lines:
            try:
                found.append(_DECODER.decode(line))
            except (msgspec.DecodeError, UnicodeDecodeError):  # no event: whoever reads may be the command line
                continue
    return found


_DECODER: Final = msgspec.json.Decoder(Anchor)
