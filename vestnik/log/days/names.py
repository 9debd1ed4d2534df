"""The names of a journal's files of days: `server.log.2026-11-22`, `server.jsonl.2026-11-22.gz` and so on.

A name is one of ours only if all of it is, and the file only if it is a regular one: what merely looks alike, a
link, a directory or a pipe is nobody's day.
"""

import os
import re
from datetime import date
from pathlib import Path
from typing import Final, Literal, NamedTuple, TypeAlias, cast

Kind: TypeAlias = Literal["log", "jsonl", "seals"]
"""Lines of text, the same records as JSON, the seals of both."""

PACKED: Final = ".gz"
UNFINISHED: Final = ".tmp"
"""What `sweep` has not finished: `<day>.gz.tmp` a compressed file, `<day>.tmp` the rest of a plain one."""
_NAME: Final = re.compile(
    r"(?P<name>[A-Za-z0-9_.-]+)\.(?P<kind>log|jsonl|seals)\.(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})(?P<packed>\.gz)?"
)


class DayFile(NamedTuple):
    """One file of the journal `name`: the `kind` of its lines, their local `date` (YYYY-MM-DD), compressed or not."""

    path: Path
    name: str
    kind: Kind
    date: str
    packed: bool


def day_file(path: Path) -> DayFile | None:
    """What the name of `path` says, None if it is not the name of a day; looks at nothing but the name."""
    match = _NAME.fullmatch(path.name)
    if match is None:
        return None
    try:
        date.fromisoformat(match["date"])
    except ValueError:  # no event: there is no such day
        return None
    return DayFile(path, match["name"], cast(Kind, match["kind"]), match["date"], match["packed"] is not None)


def day_files(directory: Path, name: str, kind: str | None = None) -> list[DayFile]:
    """The regular files of the journal `name` in `directory`, of one `kind` or of all.

    They are sorted by date, a compressed file before the plain one of its date, which has the later lines. A
    directory that is not there has none. Raises OSError.
    """
    found = [day_file(directory / each) for each in _regular(directory)]
    ours = [file for file in found if file is not None and file.name == name and kind in (None, file.kind)]
    return sorted(ours, key=lambda file: (file.date, not file.packed, file.kind))


def unfinished(directory: Path, name: str) -> list[Path]:
    """What an interrupted run of `sweep` has left of the journal `name` in `directory`. Raises OSError."""
    names = [each for each in _regular(directory) if each.endswith(UNFINISHED)]
    found = [day_file(directory / each.removesuffix(UNFINISHED)) for each in names]
    return sorted(
        file.path.with_name(f"{file.path.name}{UNFINISHED}") for file in found if file is not None and file.name == name
    )


def _regular(directory: Path) -> list[str]:
    try:
        with os.scandir(directory) as entries:
            return [entry.name for entry in entries if entry.is_file(follow_symlinks=False)]
    except FileNotFoundError:  # no event: nothing was journaled there yet
        return []
