"""`vestnik restore`: puts what a backup has in the place of what is there, with the server stopped.

Nothing is changed before all of the backup was read, compared with its sums, and its database looked at. What is there
is not lost: the database gets another name, and a journal stays.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import IO, Any, Final, NamedTuple

import click

from vestnik.chat.storage.epochs import EpochRecord
from vestnik.cli import options
from vestnik.cli.admin.acts import admin_journal, record
from vestnik.cli.backup.archive import DATABASE_MEMBER, JOURNALS, SQLITE, BackupDamaged, Member, pieces_of, read_archive
from vestnik.cli.backup.backup import NAMES
from vestnik.cli.backup.ending import ended_in_order, too_late
from vestnik.cli.backup.journals import belongs_to_journal, put_journal
from vestnik.cli.backup.reasons import EXPECTED, LogBeside, reason_of
from vestnik.cli.failure import Failure, troubles
from vestnik.language import DEFAULT_LANGUAGE
from vestnik.log.days.names import day_files
from vestnik.log.escape import escape
from vestnik.ownership import give, make_owned
from vestnik.server import catalogue
from vestnik.server.settings import Settings, load_settings
from vestnik.store.durable import log_of, make_directory
from vestnik.store.lock import Lock
from vestnik.store.replacing import put_in_place, renew
from vestnik.store.snapshot import check_whole, version_of
from vestnik.store.store import DATABASE
from vestnik.texts import say

STAGING: Final = "restore-"
"""How the names of directories begin in which a backup is unpacked."""
LOCK_WITHIN: Final = 2.0
"""Seconds for which commands are waited for that work with the data."""


class Unpacked(NamedTuple):
    """A backup that was found whole: its `database`, which has a new `epoch`, and where its `journals` are."""

    database: Path
    epoch: EpochRecord
    journals: Path


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, readable=False), metavar="FILE")
@options.data
@options.log_dir
@options.lang
@options.config
def command(file: Path, config: Path | None, **given: Any) -> None:
    """Put the database and the journals of the backup FILE in their places, with the server stopped.

    FILE is what `vestnik backup` has made, also compressed, or a copy of vestnik.db. Nothing is changed unless it is
    whole. The database that is there is kept under another name, a journal that is there stays.
    """
    with troubles(given["lang"] or DEFAULT_LANGUAGE):
        settings = load_settings(config, given)
    path = str(file.absolute())
    try:
        if file.exists() and not file.is_file():
            raise BackupDamaged  # a pipe or a device may have no end
        with ended_in_order(), file.open("rb") as source:
            make_directory(settings.data_path)
            make_owned(settings.log_path, 0o750)
            with _locked(settings), _unpacked(settings, source, path) as unpacked:
                _restore(settings, unpacked, path)
    except (*EXPECTED, KeyboardInterrupt) as error:
        reason = reason_of(error, settings.lang, path)
        if day_files(settings.log_path, "admin"):  # or else it would be in the way of the one in the backup
            with admin_journal(settings) as journal:
                record(settings, journal, catalogue.ADMIN_RESTORE_FAILED, path, reason)
        shown = {"path": escape(path), "reason": escape(reason)}
        raise Failure(say(settings.lang, "cli.restore_failed", **shown)) from None


@contextmanager
def _locked(settings: Settings) -> Iterator[None]:
    """The data for us alone. Raises StoreLocked if somebody works with it, OSError."""
    lock = Lock(settings.data_path)
    lock.acquire(LOCK_WITHIN)
    try:
        yield
    finally:
        lock.hand_back()


@contextmanager
def _unpacked(settings: Settings, source: IO[bytes], path: str) -> Iterator[Unpacked]:
    """All of a backup in files beside those that they are to replace. Raises the errors of EXPECTED."""
    place = _place(settings)
    with _staging(place.parent) as beside_database, _staging(settings.log_path) as beside_journals:
        database = beside_database / DATABASE

        def take(member: Member) -> None:
            inside = member.name.removeprefix(JOURNALS)
            if member.name == DATABASE_MEMBER:
                _write(database, member, place)
            elif inside != member.name and belongs_to_journal(inside, NAMES):
                _write(beside_journals / inside, member, settings.log_path / inside)

        if source.read(len(SQLITE)) == SQLITE:
            log = log_of(Path(path))
            if log.exists() and log.stat().st_size:
                raise LogBeside(str(log))
            source.seek(0)
            found = os.fstat(source.fileno())
            take(Member(DATABASE_MEMBER, found.st_size, 0o600, found.st_mtime, pieces_of(source)))
        else:
            source.seek(0)
            read_archive(source, take)
        version_of(database)
        check_whole(database)
        yield Unpacked(database, renew(database), beside_journals)


def _place(settings: Settings) -> Path:
    """Where the database is, also if that is on another disk."""
    return (settings.data_path / DATABASE).resolve()


@contextmanager
def _staging(directory: Path) -> Iterator[Path]:
    """A directory in which files are made that are put beside it afterwards; what was left of earlier ones goes."""
    for left in directory.glob(f"{STAGING}*"):
        shutil.rmtree(left, ignore_errors=True)  # who is at work here has the lock
    with tempfile.TemporaryDirectory(prefix=STAGING, dir=directory) as made:
        yield Path(made)


def _write(path: Path, member: Member, place: Path) -> None:
    """Write a file that is to be at `place`, on the disk itself."""
    with path.open("xb") as file:
        for piece in member.pieces:
            file.write(piece)
        file.flush()
        os.fchmod(file.fileno(), 0o600 if path.name == DATABASE else member.mode & 0o660)
        give(file.fileno(), place)
        os.utime(file.fileno(), (member.changed, member.changed))
        os.fsync(file.fileno())


def _aside(place: Path) -> Path:
    """Another name for the database at `place`, which nothing has: there may be one of this second already."""
    name = f"{place.name}.replaced-{time.strftime('%Y%m%d-%H%M%S')}"
    names = (place.with_name(name if number == 1 else f"{name}-{number}") for number in count(1))
    return next(path for path in names if not path.exists() and not log_of(path).exists())


def _restore(settings: Settings, unpacked: Unpacked, path: str) -> None:
    """Put everything in its place. The journals come first, so that what is recorded from here on follows them."""
    lang, directory, place = settings.lang, settings.log_path, _place(settings)
    said = []
    for name in NAMES:
        put = put_journal(unpacked.journals, directory, name)
        if put is not None:
            sentence = "cli.restore_journal" if put else "cli.restore_journal_kept"
            said.append(say(lang, sentence, name=name, path=directory.absolute()))
    with admin_journal(settings) as journal:
        too_late()
        record(settings, journal, catalogue.ADMIN_RESTORE_BEGUN, path)
        aside = _aside(place)
        there = put_in_place(unpacked.database, place, aside)
        epoch, kept = unpacked.epoch.epoch, unpacked.epoch.began
        record(settings, journal, catalogue.ADMIN_RESTORED, path, epoch, kept)
    data = settings.data_path.absolute()
    said.insert(0, say(lang, "cli.restored", data=data, path=escape(path), epoch=epoch, kept=kept))
    if there:
        said.append(say(lang, "cli.restore_aside", path=aside))
    click.echo("\n".join(said))
