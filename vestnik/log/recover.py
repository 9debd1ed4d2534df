"""After a crash: what the last run could not finish writing.

The JSON objects are written before the lines of text, so whatever is missing in the text can be made again from them
(`complete_text`). What is missing in both must be known to somebody else, who asks how far the journal goes
(`last_object`).
"""

import os
import re
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeAlias

import msgspec

from vestnik.log.days.appending import MODE
from vestnik.log.days.locks import take, write_all
from vestnik.log.days.names import DayFile, day_files
from vestnik.log.days.opening import Plain
from vestnik.log.escape import escape_at_most
from vestnik.log.reading.opening import open_alone
from vestnik.log.reading.query import BEGINNING, END
from vestnik.log.reading.source import PlainFile
from vestnik.log.recording.render import FORMAT, MESSAGE_CAP

LATEST_DAYS: Final = 2
"""Days at the end of the journal that are looked at: a crash may come around midnight."""
APART: Final = 1.0
"""Seconds by which neighbouring records may be out of order."""
FLAGS: Final = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC

Shape: TypeAlias = Callable[[bytes], bytes | None]
_STAMP: Final = 23
"""Characters of a line's date and time."""


class _Object(msgspec.Struct):
    time: str
    level: str
    logger: str
    message: str
    traceback: str | None = None


def last_object(directory: Path, name: str, field: str) -> dict[str, Any] | None:
    """The last JSON object that has an integer `field`, which must not be its first one; None if none has it.

    Raises OSError, Damaged.
    """
    value = re.compile(rb',"%s":\d{1,18}[,}]' % re.escape(field.encode()))
    for day in reversed(day_files(directory, name, "jsonl")):
        if (file := open_alone(day)) is None:
            continue  # just compressed or deleted
        with closing(file):
            if isinstance(file, PlainFile):
                blocks = file.blocks_backward(BEGINNING, END)
                found = next((last for block in blocks if (last := _last_object(block, value))), None)
            else:
                found = None
                for block in file.blocks(BEGINNING, END):
                    found = _last_object(block, value) or found
        if found is not None:
            return found
    return None


def _last_object(block: bytes, value: re.Pattern[bytes]) -> dict[str, Any] | None:
    """The object of the last whole line in which `value` is found."""
    for match in reversed(list(value.finditer(block))):
        begin, end = block.rfind(b"\n", 0, match.start()) + 1, block.find(b"\n", match.end())
        try:
            return msgspec.json.decode(block[begin : end if end >= 0 else None], type=dict[str, Any])
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue  # half a line
    return None


def complete_text(directory: Path, name: str) -> int:
    """Appends to the text files what only the JSON files have at their end; gives the number of lines.

    Does nothing while somebody is writing the journal, or if the text goes on after the JSON does. Raises OSError.
    """
    packed = {file.date: file.packed for file in day_files(directory, name, "log") if not file.late}
    objects = [file for file in day_files(directory, name, "jsonl") if not file.packed]
    latest = sorted({file.date for file in objects})[-LATEST_DAYS:]
    added = 0
    for file in objects:
        if file.date not in latest or not any(date <= file.date for date in packed):
            continue  # long ago; or this journal has no text, or none is left
        if file.late == packed.get(file.date, False):  # else the two kinds were compressed at different times
            day = file.path.name.removeprefix(f"{name}.jsonl.")
            added += _complete(file, file._replace(path=directory / f"{name}.log.{day}", kind="log"))
    return added


def _complete(objects: DayFile, text: DayFile) -> int:
    with closing(PlainFile(text, Plain(os.open(text.path, FLAGS, MODE)))) as lines:
        fd, size = lines.plain.fd, lines.plain.size
        source = open_alone(objects)
        if not take(fd) or not isinstance(source, PlainFile):
            return 0
        with closing(source):
            missing = _missing(source, lines)
        if missing:
            torn = b"\n" if size and os.pread(fd, 1, size - 1) != b"\n" else b""
            write_all(fd, torn + b"".join(missing))
        return len(missing)


def _missing(objects: PlainFile, text: PlainFile) -> list[bytes]:
    """The lines that `text` should have at its end, by the objects.

    Neighbours may have the same line, so lines are counted from the first that has the time of the last one.
    """
    last = next((lines[-1] for block in text.blocks_backward(BEGINNING, END) if (lines := _lines(block, _whole))), None)
    if last is None:
        return [line for block in objects.blocks(BEGINNING, END) for line in _lines(block, _line)]
    stamp = last[:_STAMP]
    present, wanted = _since(text, stamp, _whole), _since(objects, stamp, _line)
    first, begin = _first(present, stamp), _first(wanted, stamp)
    if first is None or begin is None:
        return []  # the text knows of a moment that the objects do not: they were not kept all the time
    return wanted[begin + len(present) - first :]


def _first(lines: list[bytes], stamp: bytes) -> int | None:
    return next((at for at, line in enumerate(lines) if line.startswith(stamp)), None)


def _since(file: PlainFile, stamp: bytes, shape: Shape) -> list[bytes]:
    """The end of a file, from well before `stamp` on."""
    found: list[bytes] = []
    until = _moment(stamp)
    for block in file.blocks_backward(BEGINNING, END):
        found = _lines(block, shape) + found
        moment = _moment(found[0]) if found else None
        if moment is not None and until is not None and (until - moment).total_seconds() > APART:
            break
    return found


def _lines(block: bytes, shape: Shape) -> list[bytes]:
    """The lines of text of a block of lines; what is none is left out."""
    return [line for line in map(shape, block.splitlines(keepends=True)) if line is not None]


def _whole(line: bytes) -> bytes | None:
    """A line of text itself; None for half of one."""
    return line if line.endswith(b"\n") and _moment(line) is not None else None


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


def _moment(line: bytes) -> datetime | None:
    try:
        return datetime.fromisoformat(line[:_STAMP].decode().replace(",", "."))
    except ValueError:
        return None
