"""`vestnik backup`: everything that a server needs to go on elsewhere, in one file, also beside a running server.

The database comes first and the journals after it, so that these have a record of all that is in it; each journal with
its seals is as it was at one moment. A backup is in its place only when all of it was read back.
"""

import errno
import glob
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Final

import click

from vestnik import __version__
from vestnik.cli import options
from vestnik.cli.admin.acts import admin_journal, record
from vestnik.cli.backup.archive import (
    DATABASE_MEMBER,
    FORMAT,
    JOURNALS,
    MODE,
    ArchiveWriter,
    BackupDamaged,
    BackupFacts,
    Member,
    pieces_of,
    read_archive,
    read_facts,
    small_member,
)
from vestnik.cli.backup.ending import ended_in_order
from vestnik.cli.backup.reasons import EXPECTED, PlaceTaken, reason_of
from vestnik.cli.failure import Failure, troubles
from vestnik.language import DEFAULT_LANGUAGE
from vestnik.log.days.locks import take
from vestnik.log.escape import escape
from vestnik.log.recovering.checkpoint import checkpoint_path
from vestnik.log.sealing.copying import TRIES, DayGone, look_at, read_part
from vestnik.log.sealing.keys import state_path
from vestnik.ownership import give
from vestnik.server import catalogue
from vestnik.server.settings import Settings, load_settings
from vestnik.store.durable import sync_directory
from vestnik.store.snapshot import check_whole, take_snapshot, version_of
from vestnik.store.store import DATABASE
from vestnik.texts import say

NAMES: Final = ("server", "admin")
"""The journals that belong to a server."""
SNAPSHOT: Final = "snapshot-"
"""How the names of copies of the database begin, which are there while a backup is made."""
UNFINISHED: Final = ".unfinished"
"""How the names of files end that are not whole yet."""


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path, readable=False), metavar="FILE")
@options.data
@options.log_dir
@options.lang
@options.config
def command(file: Path, config: Path | None, **given: Any) -> None:
    """Back up the database and the journals to FILE, also beside a running server.

    FILE is a tar archive, for your eyes only, and verified. A backup of that name is replaced when the new one is
    whole. Settings are not in it.
    """
    with troubles(given["lang"] or DEFAULT_LANGUAGE):
        settings = load_settings(config, given)
        if not (settings.data_path / DATABASE).is_file():
            raise Failure(say(settings.lang, "cli.backup_no_data", path=settings.data_path.absolute()))
    path = str(file.absolute())
    shown = escape(path)
    with ended_in_order(), admin_journal(settings) as journal:
        record(settings, journal, catalogue.ADMIN_BACKUP_BEGUN, path)
        journal.release()  # so that this record has its seal when the journal is copied
        try:
            _check_place(file)
            size, journals = make_backup(settings, file)
        except (*EXPECTED, KeyboardInterrupt) as error:  # no event: it is recorded below, with its reason
            reason = reason_of(error, settings.lang, str(settings.data_path / DATABASE))
        else:
            record(settings, journal, catalogue.ADMIN_BACKUP_MADE, path, size)
            click.echo(
                say(settings.lang, "cli.backup_made", path=shown, size=size, journals=", ".join(journals) or "-")
            )
            return
        record(settings, journal, catalogue.ADMIN_BACKUP_FAILED, path, reason)
        raise Failure(say(settings.lang, "cli.backup_failed", path=shown, reason=escape(reason)))


def _check_place(file: Path) -> None:
    """Whether nothing else than a backup would be lost. Raises PlaceTaken, OSError."""
    if not file.exists():
        os.scandir(file.absolute().parent).close()  # or else it is said that there is no such directory
    elif not file.is_file():
        raise PlaceTaken
    else:
        with file.open("rb") as there:
            try:
                read_facts(there)
            except BackupDamaged:
                raise PlaceTaken from None


def make_backup(settings: Settings, file: Path) -> tuple[int, list[str]]:
    """Make a backup at `file`; its bytes, and the journals that are in it. Raises the errors of EXPECTED."""
    with _new_file(file) as made, _snapshot(settings.data_path) as database:
        facts = BackupFacts(FORMAT, time.strftime("%Y-%m-%dT%H:%M:%S%z"), __version__, version_of(database))
        writer = ArchiveWriter(made, facts)
        with database.open("rb") as content:
            size = database.stat().st_size
            writer.add(Member(DATABASE_MEMBER, size, MODE, time.time(), pieces_of(content)))
        journals = [name for name in NAMES if _add_journal(writer, settings.log_path, name)]
        writer.finish()
        made.flush()
        os.fsync(made.fileno())
        made.seek(0)
        read_archive(made)
        return os.fstat(made.fileno()).st_size, journals


@contextmanager
def _new_file(file: Path) -> Iterator[IO[bytes]]:
    """A new file, for the eyes of its owner only, that is put in the place of `file` when all has gone well."""
    place = file.resolve()  # where a link leads
    with _temporary(place.parent, f".{place.name}-") as (fd, path):
        with os.fdopen(os.dup(fd), "w+b") as made:
            yield made
        path.replace(place)
    sync_directory(place.parent)


@contextmanager
def _snapshot(data: Path) -> Iterator[Path]:
    """The database as it is now, whole, in a file that is gone afterwards: beside it, where there is most trust."""
    with _temporary(data, SNAPSHOT) as (fd, path):
        give(fd, path)
        take_snapshot(data / DATABASE, path)
        check_whole(path)
        yield path


@contextmanager
def _temporary(directory: Path, prefix: str) -> Iterator[tuple[int, Path]]:
    """A file whose name begins so; it is gone afterwards, and so is what backups have left that were killed."""
    for left in directory.glob(f"{glob.escape(prefix)}*{UNFINISHED}*"):
        with suppress(OSError), left.open("rb") as file:  # no event: it is in nobody's way
            if take(file.fileno()):
                left.unlink()
    fd, name = tempfile.mkstemp(prefix=prefix, suffix=UNFINISHED, dir=directory)
    path = Path(name)
    try:
        with suppress(OSError):  # no event: where there are no locks, several backups at once are no good idea
            take(fd)
        yield fd, path
    finally:
        path.unlink(missing_ok=True)
        os.close(fd)


def _add_journal(writer: ArchiveWriter, directory: Path, name: str) -> bool:
    """Add a journal as it is at one moment; whether there is one. Raises Damaged, OSError."""
    for attempt in range(1, TRIES + 1):
        try:
            members = _members(directory, name)
            writer.add(*members)
        except DayGone:  # no event: days were put away meanwhile, and it is begun anew
            if attempt == TRIES:
                raise BlockingIOError(errno.EWOULDBLOCK, "in use", str(directory / name)) from None
        else:
            return bool(members)
    return False


def _members(directory: Path, name: str) -> list[Member]:
    """The files of a journal: the checkpoint, which only says less than the rest, is from before the moment."""
    place = checkpoint_path(directory, name)
    checkpoint = small_member(place, JOURNALS + place.name)
    moment = look_at(directory, name)
    if not moment.parts:
        return []
    members = [
        Member(
            JOURNALS + part.file.path.name,
            part.size,
            part.file.path.stat().st_mode & 0o666,
            part.changed / 1e9,
            read_part(part),
        )
        for part in moment.parts
    ]
    if moment.state is not None:
        key = state_path(directory, name).name
        members.append(Member(JOURNALS + key, len(moment.state), MODE, time.time(), [moment.state]))
    return [*checkpoint, *members]
