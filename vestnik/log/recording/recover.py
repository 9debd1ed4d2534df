"""After a crash: what the last run could not finish writing.

The JSON objects are written before the lines of text, so whatever is missing in the text can be made again from them
(`complete_text`). What is missing in both is known to the store: `last_number` says up to which message the journal
goes.
"""

import fcntl
import gzip
import mmap
import os
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from vestnik.log.days.names import DayFile, day_files
from vestnik.log.escape import escape_at_most
from vestnik.log.recording.files import MODE
from vestnik.log.recording.render import FORMAT, MESSAGE_CAP

BLOCK: Final = 1 << 20
"""Bytes of the end of a file that are looked at first; then twice as many, and so on."""
LATEST_DAYS: Final = 2
"""Days at the end of the journal that are looked at: a crash may come around midnight."""
APART: Final = 1.0
"""Seconds by which neighbouring records may be out of order."""

_NUMBER: Final = re.compile(rb',"number":(\d{1,18})[,}]')
_STAMP: Final = 23
"""Characters of a line's date and time."""


class _Object(msgspec.Struct):
    time: str
    level: str
    logger: str
    message: str
    traceback: str | None = None


class _LastLines(NamedTuple):
    """The end of a file: whole lines, and whether they are all the lines of the file."""

    lines: list[bytes]
    whole: bool


def last_number(directory: Path, name: str) -> int | None:
    """The highest number of a message in the JSON objects of the journal; None if there is none. Raises OSError."""
    for file in reversed(day_files(directory, name, "jsonl")):
        number = _last_number_packed(file.path) if file.packed else _last_number_in(file.path)
        if number is not None:
            return number
    return None


def _last_number_packed(path: Path) -> int | None:
    last: int | None = None
    with gzip.open(path) as lines:
        for line in lines:
            if (match := _NUMBER.search(line)) is not None:
                last = int(match[1])
    return last


def _last_number_in(path: Path) -> int | None:
    with path.open("rb") as file:
        if not os.fstat(file.fileno()).st_size:
            return None
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            end = len(data)
            while (at := data.rfind(b',"number":', 0, end)) >= 0:
                if (match := _NUMBER.match(data, at)) is not None:
                    return int(match[1])
                end = at
    return None


def complete_text(directory: Path, name: str) -> int:
    """Appends to the text files what only the JSON files have at their end; gives the number of lines.

    Does nothing while somebody is writing the journal, or if the text goes on after the JSON does. Raises OSError.
    """
    texts = {file.date: file for file in day_files(directory, name, "log")}
    objects = [file for file in day_files(directory, name, "jsonl") if not file.packed][-LATEST_DAYS:]
    added = 0
    for file in objects:
        text = texts.get(file.date)
        if text is None and not any(date < file.date for date in texts):
            continue  # this journal has no text, or none is left
        if text is None or not text.packed:
            added += _complete(file, directory / f"{name}.log.{file.date}")
    return added


def _complete(objects: DayFile, path: Path) -> int:
    fd = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, MODE)
    try:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return 0
        missing = _missing(objects.path, path)
        if missing:
            size = os.fstat(fd).st_size
            torn = b"\n" if size and os.pread(fd, 1, size - 1) != b"\n" else b""
            view = memoryview(torn + b"".join(missing))
            while view:
                view = view[os.write(fd, view) :]
        return len(missing)
    finally:
        os.close(fd)


def _missing(objects: Path, text: Path) -> list[bytes]:
    """The lines that `text` should have at its end, by the objects.

    Neighbours may have the same line, so lines are counted from the first that has the time of the last one.
    """
    last = next((line for line in reversed(_tail(text, BLOCK).lines) if _is_line(line)), None)
    if last is None:
        return [line for line in map(_line, _tail(objects, 1 << 62).lines) if line is not None]
    stamp = last[:_STAMP]
    present = [line for line in _since(text, stamp) if _is_line(line)]
    wanted = [line for line in map(_line, _since_objects(objects, stamp)) if line is not None]
    first = _first(present, stamp)
    begin = _first(wanted, stamp)
    if first is None or begin is None:
        return []  # the text knows of a moment that the objects do not: they were not kept all the time
    return wanted[begin + len(present) - first :]


def _first(lines: list[bytes], stamp: bytes) -> int | None:
    return next((at for at, line in enumerate(lines) if line.startswith(stamp)), None)


def _since(path: Path, stamp: bytes) -> list[bytes]:
    """The end of a text file, from well before `stamp` on."""
    for tail in _tails(path):
        if tail.whole or (tail.lines and _apart(_moment(tail.lines[0]), _moment(stamp))):
            return tail.lines
    return []


def _since_objects(path: Path, stamp: bytes) -> list[bytes]:
    for tail in _tails(path):
        head = _line(tail.lines[0]) if tail.lines else None
        if tail.whole or (head is not None and _apart(_moment(head), _moment(stamp))):
            return tail.lines
    return []


def _apart(earlier: datetime | None, later: datetime | None) -> bool:
    return earlier is not None and later is not None and (later - earlier).total_seconds() > APART


def _moment(line: bytes) -> datetime | None:
    try:
        return datetime.strptime(line[:_STAMP].decode(), "%Y-%m-%d %H:%M:%S,%f")
    except ValueError:
        return None  # half a line


def _is_line(line: bytes) -> bool:
    return line.endswith(b"\n") and _moment(line) is not None


def _tails(path: Path) -> Iterator[_LastLines]:
    """Longer and longer ends of a file, the last one whole."""
    size = BLOCK
    while True:
        tail = _tail(path, size)
        yield tail
        if tail.whole:
            return
        size *= 2


def _tail(path: Path, size: int) -> _LastLines:
    """The lines in the last `size` bytes of a file."""
    with path.open("rb") as file:
        length = os.fstat(file.fileno()).st_size
        file.seek(max(0, length - size))
        if length > size:
            file.readline()
        return _LastLines(file.read().splitlines(keepends=True), length <= size)


def _line(data: bytes) -> bytes | None:
    """The line of text of an object; None for what is none."""
    try:
        found = msgspec.json.decode(data, type=_Object)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None  # half a line
    sentence = found.message if found.traceback is None else f"{found.message}\n{found.traceback}"
    fields = {
        "asctime": f"{found.time[:10]} {found.time[11:19]},{found.time[20:23]}",
        "levelname": found.level,
        "name": found.logger,
        "message": escape_at_most(sentence, MESSAGE_CAP),
    }
    return f"{FORMAT % fields}\n".encode()
