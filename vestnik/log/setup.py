"""The journals of a program: one for each named logger, found by the logger's name.

`setup` makes one with the usual settings, `configure` puts another in its place at the start of a program:

    VESTNIK_LOG_DIR     directory of the files; otherwise the user's log directory for "vestnik"
    VESTNIK_LOG_LEVEL   DEBUG, INFO, WARNING, ERROR or CRITICAL; otherwise INFO
"""

import logging
import os
import sys
from pathlib import Path
from typing import Final, TextIO

import platformdirs

from vestnik.language import DEFAULT_LANGUAGE
from vestnik.log import events
from vestnik.log.handler import JournalHandler
from vestnik.log.journal import Journal, Keep
from vestnik.log.recording.console import Stream

DEFAULT_KEEP: Final = Keep(days=365)

_HANDLERS: Final[dict[str, JournalHandler]] = {}


def default_directory() -> Path:
    """Where the files are if nobody says otherwise."""
    chosen = os.environ.get("VESTNIK_LOG_DIR")
    return Path(chosen) if chosen else platformdirs.user_log_path("vestnik", appauthor=False)


def current_stderr() -> TextIO | None:
    """The standard error output of the moment, as tests and daemons may replace it."""
    return sys.stderr


def setup(name: str) -> logging.Logger:
    """The stdlib logger `name`, with its journal. Doing it twice adds nothing.

    Nothing is written before the first record. Raises ValueError for a name that is no file name.
    """
    logger = logging.getLogger(name)
    if name not in _HANDLERS:
        configure(name)
    return logger


def configure(
    name: str,
    *,
    directory: Path | None = None,
    level: int | None = None,
    console: Stream | None = current_stderr,
    console_level: int = logging.NOTSET,
    language: str = DEFAULT_LANGUAGE,
    json: bool = True,
    seals: bool = True,
    keep: Keep | None = DEFAULT_KEEP,
) -> Journal:
    """Gives the logger `name` a journal with these settings; one that it had is closed.

    `directory` and `level` None mean the environment's (see above), `console` None means no console. The other
    parameters and the errors are those of `Journal`.
    """
    wanted, bad = _level_of_environment() if level is None else (level, None)
    journal = Journal(
        name,
        directory or default_directory,
        console=console,
        console_level=console_level,
        level=wanted,
        language=language,
        json=json,
        seals=seals,
        keep=keep,
    )
    logger = logging.getLogger(name)
    handler = _HANDLERS.get(name)
    if handler is None:
        _HANDLERS[name] = JournalHandler(journal, logger)
        logger.propagate = False
    else:
        handler.use(journal).close()
    logger.setLevel(wanted)
    if bad is not None:
        journal.record(events.JOURNAL_LEVEL_BAD, bad)
    return journal


def journal_of(logger: logging.Logger) -> Journal:
    """The journal of a logger that `setup` or `configure` has prepared. Raises KeyError for any other."""
    return _HANDLERS[logger.name].journal


def find_journal(name: str) -> Journal | None:
    """The journal of the logger `name`; None as long as nobody has asked for one."""
    handler = _HANDLERS.get(name)
    return None if handler is None else handler.journal


def self_test(logger: logging.Logger) -> None:
    """Prints and files one sample line of each level, and closes the journal of `logger`."""
    logger.setLevel(logging.DEBUG)
    logger.info("Sample info message")
    logger.debug("Sample debug message")
    logger.warning("Sample warning message")
    logger.error("Sample error message")
    logger.critical("Sample critical message")
    journal_of(logger).close()


def _level_of_environment() -> tuple[int, str | None]:
    """The level, and the text it was given as if that means nothing."""
    text = os.environ.get("VESTNIK_LOG_LEVEL", "").strip()
    level = logging.getLevelNamesMapping().get(text.upper() or "INFO")
    return (logging.INFO, text) if level is None else (level, None)
