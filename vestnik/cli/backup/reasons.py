"""Why a backup was not made, or nothing was restored, in words."""

import sqlite3
from typing import Final

from sqlalchemy.exc import DatabaseError

from vestnik.cli.backup.archive import BackupDamaged
from vestnik.log.days.packing import Damaged
from vestnik.store.errors import StoreError, StoreLocked
from vestnik.store.snapshot import DatabaseDamaged
from vestnik.texts import say
from vestnik.texts.system import system_reason_of_file


class PlaceTaken(Exception):
    """There is something else than a backup where one is to be."""


class LogBeside(Exception):
    """A bare database has its log beside it, whose path is the text: without that it is not whole."""


EXPECTED: Final = (
    PlaceTaken,
    LogBeside,
    BackupDamaged,
    DatabaseDamaged,
    Damaged,
    StoreError,
    DatabaseError,
    sqlite3.Error,
    OSError,
)
"""What is said in a sentence; anything else is a fault of the program."""


def reason_of(error: BaseException, lang: str, path: str) -> str:
    """Why something went wrong with the file `path`, in one of LANGUAGES."""
    if isinstance(error, StoreLocked):
        return say(lang, "cli.backup_locked", **error.fields)
    if isinstance(error, StoreError):
        return say(lang, error.event, **error.fields | {"path": path})
    if isinstance(error, KeyboardInterrupt):
        return say(lang, "cli.backup_interrupted")
    if isinstance(error, PlaceTaken):
        return say(lang, "cli.backup_exists")
    if isinstance(error, LogBeside):
        return say(lang, "cli.backup_in_use", log=str(error))
    if isinstance(error, BackupDamaged):
        return say(lang, "cli.backup_damaged", reason=str(error)) if str(error) else say(lang, "cli.backup_foreign")
    if isinstance(error, DatabaseDamaged):
        return say(lang, "cli.backup_database_damaged", reason=str(error))
    if isinstance(error, OSError):
        return system_reason_of_file(error, lang)
    return str(getattr(error, "orig", error)) or type(error).__name__
