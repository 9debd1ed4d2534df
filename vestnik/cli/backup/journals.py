"""The files of a journal that come from a backup."""

import filecmp
from collections.abc import Collection
from pathlib import Path

from vestnik.log.days.names import day_file, day_files
from vestnik.log.recovering.checkpoint import checkpoint_path
from vestnik.log.sealing.keys import state_path
from vestnik.store.durable import sync_directory


def belongs_to_journal(file: str, names: Collection[str]) -> bool:
    """Whether a file of this name is one of the files of one of the journals `names`, and is in no other directory."""
    if "/" in file or "\0" in file:
        return False
    day = day_file(Path(file))
    if day is not None:
        return day.name in names
    return any(Path(file) in (state_path(Path(), name), checkpoint_path(Path(), name)) for name in names)


def put_journal(source: Path, directory: Path, name: str) -> bool | None:
    """Put the files of a journal from `source` into `directory`, unless there is a journal of this name; whether that
    was done, None if `source` has none.

    Files that are the same in both are of an attempt that was cut off, which is gone on with. The key of the seals is
    the last one. Raises OSError.
    """
    files = _files(source, name)
    if not files:
        return None
    there = _files(directory, name)
    if len(there) >= len(files):
        return False
    for path in there:
        ours = source / path.name
        if not ours.exists() or not filecmp.cmp(ours, path, shallow=False):
            return False
    for file in files:
        file.replace(directory / file.name)
    sync_directory(directory)
    return True


def _files(directory: Path, name: str) -> list[Path]:
    days = [file.path for file in day_files(directory, name)]
    return [*days, *(path for path in (checkpoint_path(directory, name), state_path(directory, name)) if path.exists())]
