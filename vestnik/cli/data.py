"""Whether a directory is one with our data: what is mistyped is never made."""

from pathlib import Path
from typing import Final

from vestnik.cli.failure import Failure
from vestnik.server.settings import FILE_NAME
from vestnik.store.lock import LOCK_NAME
from vestnik.store.store import DATABASE
from vestnik.texts import say

OURS: Final = frozenset((FILE_NAME, LOCK_NAME, "log"))
"""What may be in a data directory before there is a database."""
EMPTY: Final = "lost+found"
"""What an empty disk has."""


def need_data(data: Path, language: str, *, new: bool = False) -> None:
    """Go on if there is a database in `data`, or one is about to be; for a `new` one the directory must be there, and
    hold nothing else.

    Raises Failure otherwise, OSError when that cannot be found out.
    """
    if _is_there(data / DATABASE) or _is_there(data / LOCK_NAME):
        return
    if new and data.is_dir() and all(_is_ours(each.name) for each in data.iterdir()):
        return
    raise Failure(say(language, "cli.data_none", path=str(data.absolute())))


def _is_ours(name: str) -> bool:
    return name in OURS or name == EMPTY or name.startswith(".") or name.endswith(".toml")


def _is_there(path: Path) -> bool:
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):  # no event: this is the answer
        return False
    return True
