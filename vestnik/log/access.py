"""Whether this user may write a journal, and read what it has: else nothing of what happens would be recorded."""

import errno
import os
from datetime import date
from pathlib import Path


def check_access(directory: Path, name: str, today: date) -> None:
    """Go on if the journal `name` in `directory` can be gone on with.

    Raises PermissionError with the path of what another user has for themselves, OSError.
    """
    _need(directory, os.R_OK | os.W_OK | os.X_OK)
    for path in sorted(directory.iterdir()):
        if path.name.startswith(f"{name}.") and not path.is_symlink():
            grows = path.name.endswith((f".{today.isoformat()}", ".key", ".checkpoint"))
            _need(path, os.R_OK | os.W_OK if grows else os.R_OK)


def _need(path: Path, mode: int) -> None:
    if path.exists() and not os.access(path, mode):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
