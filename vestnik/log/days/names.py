"""The names of a journal's files of days: `server.log.2026-11-22`, `server.jsonl.2026-11-22.gz` and so on.

A compressed day never grows: lines that come later are in `server.log.2026-11-22.late`, which is not compressed. A name
is one of ours only if all of it is, and the file only if it is a regular one: what merely looks alike, a link, a
directory or a pipe is nobody's day.
"""

import os
import re
from datetime import date
from pathlib import Path
from typing import Final, Literal, NamedTuple, TypeAlias, cast

Kind: TypeAlias = Literal["log", "jsonl", "seals"]
"""Lines of text, the same records as JSON, the seals of both."""

PACKED: Final = ".gz"
LATE: Final = ".late"
UNFINISHED: Final = ".tmp"
"""What `sweep` has not finished is in `<day>.gz.tmp`; up to 0.3.0 also in `<day>.tmp`."""
_NAME: Final = re.compile(
    r"(?P<name>[A-Za-z0-9_.-]+)\.(?P<kind>log|jsonl|seals)\.(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})(?P<form>\.gz|\.late)?"
)


class DayFile(NamedTuple):
    """One file of the journal `name`: the `kind` of its lines, their local `date` (YYYY-MM-DD).

    It is compressed, or has the lines that came `late`, or is neither, but plain.
    """

    path: Path
    name: str
    kind: Kind
    date: str
    packed: bool
    late: bool = False


def day_file(path: Path) -> DayFile | None:
    """What the name of `path` says, None if it is not the name of a day; looks at nothing but the name."""
    match = _NAME.fullmatch(path.name)
    if match is None:
        return None
    try:
        date.fromisoformat(match["date"])
    except ValueError:  # no event: there is no such day
        return None
    kind, form = cast(Kind, match["kind"]), match["form"]
    return DayFile(path, match["name"], kind, match["date"], packed=form == PACKED, late=form == LATE)


def day_files(directory: Path, name: str, kind: str | None = None) -> list[DayFile]:
    """The regular files of the journal `name` in `directory`, of one `kind` or of all.

    They are sorted by date, and within one date so that later lines come later. A directory that is not there has
    none. Raises OSError.
    """
    found = [day_file(directory / each) for each in _regular(directory)]
    ours = [file for file in found if file is not None and file.name == name and kind in (None, file.kind)]
    return sorted(ours, key=lambda file: (file.date, file.late, not file.packed, file.kind))


def unfinished(directory: Path, name: str) -> list[Path]:
    """What an interrupted run of `sweep` has left of the journal `name` in `directory`. Raises OSError."""
    names = [each for each in _regular(directory) if each.endswith(UNFINISHED)]
    found = [day_file(directory / each.removesuffix(UNFINISHED)) for each in names]
    ours = [file.path for file in found if file is not None and file.name == name and not file.late]
    return sorted(path.with_name(f"{path.name}{UNFINISHED}") for path in ours)


def _regular(directory: Path) -> list[str]:
    try:
        with os.scandir(directory) as entries:
            return [entry.name for entry in entries if entry.is_file(follow_symlinks=False)]
    except FileNotFoundError:  # no event: nothing was journaled there yet
        return []
