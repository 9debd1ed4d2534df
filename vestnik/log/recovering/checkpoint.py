"""How far a journal is known to be whole: a small file beside it, `server.checkpoint`.

Recovery looks only at what was written since. Whoever writes one has put everything before on the disk itself.
"""

import os
from pathlib import Path
from typing import Any, Final

import msgspec

from vestnik.log.days.appending import MODE
from vestnik.log.days.locks import open_regular, sync_directory, write_all
from vestnik.ownership import give

MOST: Final = 16 * 1024 * 1024
"""Bytes of a checkpoint that are read: of a million files."""
FLAGS: Final = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC


class Checkpoint(msgspec.Struct, frozen=True, gc=False):
    """A moment at which text and objects of a journal had the same records.

    `time` is when that was (seconds since 1970), `sizes` the bytes that the plain files of its days had, by name.
    `facts` are what whoever wrote it wants to know at the next start.
    """

    time: float
    sizes: dict[str, int]
    facts: dict[str, Any]


def checkpoint_path(directory: Path, name: str) -> Path:
    """Where that of the journal `name` is."""
    return directory / f"{name}.checkpoint"


def read_checkpoint(directory: Path, name: str) -> Checkpoint | None:
    """The last one; None if there is none, or what is there is none."""
    try:
        fd = open_regular(checkpoint_path(directory, name))
    except OSError:
        return None
    try:
        return msgspec.json.decode(os.read(fd, MOST), type=Checkpoint)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):  # no event: as if there were none
        return None
    finally:
        os.close(fd)


def write_checkpoint(directory: Path, name: str, checkpoint: Checkpoint) -> None:
    """Puts it in the place of the last one, in one step, on the disk itself. Raises OSError."""
    path = checkpoint_path(directory, name)
    fresh = path.with_name(f".{path.name}.tmp")
    fd = os.open(fresh, FLAGS, MODE)
    try:
        give(fd, path)
        write_all(fd, msgspec.json.encode(checkpoint) + b"\n")
        os.fsync(fd)
    finally:
        os.close(fd)
    fresh.replace(path)
    sync_directory(directory)
