"""Entries on standard output: as text, in colours, as JSON, and to readers that do not read."""

import io
import json
import sys
from datetime import UTC, datetime

import click
import pytest

from tests.support.pages import entry_of, record
from vestnik.cli.failure import Failure
from vestnik.cli.journal.output import Output, coloured

ENTRY = entry_of(record(datetime(2026, 11, 22, 10, tzinfo=UTC), level="ERROR", message="Ошибка! \\u202e"), "log")
LINE = "2026-11-22 10:00:00,000 ERROR    server     Ошибка!"


class Screen(io.TextIOWrapper):
    """Standard output that keeps what is written, or fails with `error`; in a terminal if `terminal`."""

    def __init__(self, encoding: str = "utf-8", *, terminal: bool = False, error: OSError | None = None) -> None:
        self.kept = io.BytesIO()
        super().__init__(self.kept, encoding)
        self._terminal = terminal
        if error is not None:

            def fail(_data: object) -> int:
                raise error

            self.kept.write = fail  # type: ignore[method-assign,assignment]  # that is what is tried

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        return self._terminal

    def seen(self) -> str:
        """What was written."""
        return self.kept.getvalue().decode(self.encoding)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal as most are."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")


def on(monkeypatch: pytest.MonkeyPatch, screen: Screen) -> Screen:
    """Make `screen` the standard output."""
    monkeypatch.setattr(sys, "stdout", screen)
    return screen


def test_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry is one line, with the side that it is from if there are several."""
    screen = on(monkeypatch, Screen())
    Output("en").entry(ENTRY, "server")
    Output("en", sides=("client", "server")).entry(ENTRY, "server")
    first, second = screen.seen().splitlines()
    assert first.startswith(LINE)
    assert second.startswith(f"server | {LINE}")


def test_json(monkeypatch: pytest.MonkeyPatch) -> None:
    """As JSON an entry is an object, in UTF-8 whatever the terminal uses."""
    screen = on(monkeypatch, Screen("koi8-r"))
    Output("en", json=True).entry(ENTRY, "server")
    assert json.loads(screen.kept.getvalue().decode("utf-8"))["message"].startswith("Ошибка!")


def test_another_encoding(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a terminal cannot show is escaped."""
    screen = on(monkeypatch, Screen("ascii"))
    Output("en").line("Ёж")
    assert screen.seen() == "\\u0401\\u0436\n"


def test_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a terminal the level is coloured and each line shown at once; the text stays the same."""
    screen = on(monkeypatch, Screen(terminal=True))
    Output("en").entry(ENTRY, "server")
    assert click.style("ERROR   ", fg="red", bold=True)[:9] in screen.seen()
    assert click.unstyle(screen.seen()).startswith(LINE)


@pytest.mark.parametrize(
    ("terminal", "variable", "wanted"),
    [
        (True, ("TERM", "xterm"), True),
        (True, ("NO_COLOR", "1"), False),
        (True, ("TERM", "dumb"), False),
        (False, ("TERM", "xterm"), False),
    ],
)
def test_whether_colours_are_wanted(
    monkeypatch: pytest.MonkeyPatch, terminal: bool, variable: tuple[str, str], wanted: bool
) -> None:
    """Colours are for terminals that show them, and for people who want them."""
    on(monkeypatch, Screen(terminal=terminal))
    monkeypatch.setenv(*variable)
    assert coloured() is wanted


def test_nobody_reads_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the reader has gone the command ends quietly; where the disk is full it says so."""
    on(monkeypatch, Screen(error=BrokenPipeError()))
    with pytest.raises(SystemExit) as quiet:
        Output("en").entry(ENTRY, "server")
    assert quiet.value.code == 0
    on(monkeypatch, Screen(error=OSError(28, "No space left on device")))
    with pytest.raises(Failure, match="the disk is full"):
        Output("en").entry(ENTRY, "server")
