"""Entries on standard output: as text, with colours and whole tracebacks in a terminal, or as lines of JSON."""

import os
import sys
from collections.abc import Sequence
from typing import Final

import click

from vestnik.cli.failure import Failure
from vestnik.log.reading.entry import Entry
from vestnik.log.reading.query import LEVELS, level_number
from vestnik.log.reading.show import json_line, shown
from vestnik.texts import say
from vestnik.texts.system import system_reason

_COLOURS: Final = {"DEBUG": "bright_black", "INFO": "green", "WARNING": "yellow", "ERROR": "red", "CRITICAL": "magenta"}


def in_terminal() -> bool:
    """Whether standard output is shown to somebody."""
    return sys.stdout.isatty()


def coloured() -> bool:
    """Whether colours are wanted there: https://no-color.org."""
    return in_terminal() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


class Output:
    """Prints lines, and entries: as JSON if `json`, tracebacks `expanded` to lines, with a side if of several `sides`.

    Whoever reads no more (`| head`) ends the command quietly: every method raises SystemExit with 0 then, and Failure
    when what is printed cannot be written.
    """

    def __init__(self, language: str, *, json: bool = False, expanded: bool = False, sides: Sequence[str] = ()) -> None:
        self.colours = coloured()
        self._language = language
        self._json = json
        self._expanded = expanded
        self._sides = len(sides) > 1
        self._width = max(map(len, sides), default=0)
        self._at_once = in_terminal()
        self._encoding = sys.stdout.encoding or "utf-8"

    def entry(self, entry: Entry, side: str) -> None:
        """Print one entry."""
        if self._json:
            self.json(json_line(entry, side if self._sides else None))
        else:
            self.line(self._text(entry, side))

    def line(self, text: str) -> None:
        """Print a line."""
        self.json(f"{text}\n".encode(self._encoding, "backslashreplace"))

    def json(self, line: bytes) -> None:
        """Print a line of JSON, which is UTF-8 everywhere."""
        try:
            sys.stdout.buffer.write(line)
        except OSError as error:
            raise self._ended(error) from None
        if self._at_once:
            self.flush()

    def flush(self) -> None:
        """Print what was kept back."""
        try:
            sys.stdout.buffer.flush()
        except OSError as error:
            raise self._ended(error) from None

    def _ended(self, error: OSError) -> Exception | SystemExit:
        """How the command ends that cannot print."""
        if isinstance(error, BrokenPipeError):
            return SystemExit(0)
        return Failure(say(self._language, "cli.journal_output", reason=system_reason(error, self._language)))

    def _text(self, entry: Entry, side: str) -> str:
        found = shown(entry, expanded=self._expanded)
        text = str(found)
        if self.colours and found.moment is not None:
            text = _painted(text, found.moment, found.level)
        return f"{side:<{self._width}} | {text}" if self._sides else text


def _painted(text: str, moment: str, level: str) -> str:
    """The moment dim, the level in its colour, bold from ERROR on."""
    start = len(moment) + 1
    end = start + len(level)
    bold = level_number(level) >= LEVELS["ERROR"]
    word = click.style(level, fg=_COLOURS.get(level, "cyan"), bold=bold)
    return f"{click.style(moment, dim=True)} {word}{text[end:]}"
