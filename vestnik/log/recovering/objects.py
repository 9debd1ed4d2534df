"""What the objects at the end of a journal say: those since a checkpoint, or the last one of a kind."""

import os
import re
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Final

import msgspec

from vestnik.log.days.locks import open_regular
from vestnik.log.days.names import PACKED, DayFile, day_files
from vestnik.log.days.packing import Damaged
from vestnik.log.reading.opening import open_alone
from vestnik.log.reading.query import BEGINNING, END
from vestnik.log.reading.source import PlainFile
from vestnik.log.recovering.checkpoint import Checkpoint
from vestnik.log.recovering.tail import FileTail

_DAY: Final = 86_400


def objects_since(
    directory: Path, name: str, checkpoint: Checkpoint, wanted: re.Pattern[bytes]
) -> Iterator[dict[str, Any]]:
    """The objects behind a checkpoint in whose lines `wanted` is found, file by file.

    More may come than there are behind it: of days that were compressed meanwhile. Raises OSError.
    """
    sizes = checkpoint.sizes
    oldest = time.strftime("%Y-%m-%d", time.localtime(checkpoint.time - _DAY))
    for day in day_files(directory, name, "jsonl"):
        plain = day.path.name.removesuffix(PACKED)
        if day.packed and plain not in sizes and day.date < oldest:
            continue  # it was compressed before
        lines = _packed(day) if day.packed else _plain(day, sizes.get(plain, 0))
        for line in lines:
            if wanted.search(line) and (found := _decode(line)) is not None:
                yield found


def _plain(day: DayFile, start: int) -> Iterator[bytes]:
    try:
        fd = open_regular(day.path)
    except FileNotFoundError:
        return  # just compressed or deleted
    try:
        lines = FileTail(fd, start if os.fstat(fd).st_size >= start else 0)  # another file may have its name now
        yield from lines
        yield lines.half  # it is an object if only its newline is missing
    finally:
        os.close(fd)


def _packed(day: DayFile) -> Iterator[bytes]:
    if (file := open_alone(day)) is None:
        return
    with closing(file), suppress(Damaged):  # what can be read counts
        for block in file.blocks(BEGINNING, END):
            yield from block.splitlines()


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
                found = next((last for block in blocks if (last := _last(block, value))), None)
            else:
                found = None
                for block in file.blocks(BEGINNING, END):
                    found = _last(block, value) or found
        if found is not None:
            return found
    return None


def _last(block: bytes, value: re.Pattern[bytes]) -> dict[str, Any] | None:
    """The object of the last whole line in which `value` is found."""
    for match in reversed(list(value.finditer(block))):
        begin, end = block.rfind(b"\n", 0, match.start()) + 1, block.find(b"\n", match.end())
        if (found := _decode(block[begin : end if end >= 0 else None])) is not None:
            return found
    return None


def _decode(line: bytes) -> dict[str, Any] | None:
    """An object; None for half of one."""
    try:
        return msgspec.json.decode(line, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError):  # no event: who has written it was killed
        return None
