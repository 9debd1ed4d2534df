"""Acts of administration that a command does by itself, and the records that they leave in the journal `admin`."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from vestnik.cli.failure import Failure
from vestnik.log.crash import catch_everything
from vestnik.log.durable import NotRecorded, make_durable
from vestnik.log.events import EventType
from vestnik.log.journal import Journal
from vestnik.log.journaled import switch
from vestnik.log.setup import configure
from vestnik.server import catalogue
from vestnik.server.administration import ProcessIdentity
from vestnik.server.settings import Settings
from vestnik.texts import say
from vestnik.texts.system import system_reason_of_file


@contextmanager
def admin_journal(settings: Settings) -> Iterator[Journal]:
    """The journal of administration while a command runs; it also gets what goes wrong with the command."""
    journal = configure("admin", directory=settings.log_path, console=None, language=settings.lang)
    switch("admin", settings.trace)
    catch_everything(journal, settings.log_path, console=False)
    journal.level = min(journal.level, logging.INFO)  # no act without its record
    try:
        yield journal
    finally:
        journal.release()  # what fails from here on can still be journaled


def record(settings: Settings, journal: Journal, event: EventType, *values: object) -> None:
    """Record what is about to be done, and return when that is on the disk. Raises Failure: then it is not to be."""
    dropped = journal.statistics.dropped
    journal.record(event, *values, more=ProcessIdentity.ourselves()._asdict())
    try:
        make_durable(journal, settings.log_path, dropped)
    except NotRecorded as error:
        reason = system_reason_of_file(error.cause, settings.lang)
        raise Failure(say(settings.lang, "admin.unrecorded", reason=reason)) from None


@contextmanager
def recorded(settings: Settings, event: EventType, *values: object) -> Iterator[None]:
    """An act that is recorded before it is done, and once more if it fails. Raises Failure: then it is not to be."""
    with admin_journal(settings) as journal:
        record(settings, journal, event, *values)
        journal.release()  # so that the record has its seal
        try:
            yield
        except Failure as failure:
            record(settings, journal, catalogue.ADMIN_UNDONE, failure.message)
            raise
