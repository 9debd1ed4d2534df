"""What the client shows: in a terminal for people, elsewhere for scripts.

A script gets messages as `anna → #tea: text`, and of every list one line for each item, its columns between tabs.
People also get numbers, times, changes and headings. Nothing that another person sent can move the cursor or change
colours.
"""

import os
import shutil
import time
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

import click
from msgspec import UNSET

from vestnik.cli.client.drawing.marks import mentions
from vestnik.cli.client.drawing.visible import printable
from vestnik.cli.client.drawing.words import in_words
from vestnik.cli.client.lists import (
    Row,
    conversation_row,
    login_row,
    member_row,
    message_row,
    person_row,
    report_row,
    room_row,
    version_row,
)
from vestnik.protocol.events import (
    Change,
    ConversationState,
    Delivery,
    LoginState,
    MemberState,
    Person,
    ReportState,
    RoomState,
    Version,
)
from vestnik.protocol.names import name_key
from vestnik.texts import say

if TYPE_CHECKING:
    from vestnik.cli.client.drawing.painter import Painter

BELL: Final = "\a"
BELL_PAUSE: Final = 1.0
"""Seconds for which the bell is silent after it rang."""
FOUND: Final = str.maketrans("\u2068\u2069", "**")
"""What surrounds the words that a search has found."""


def terminal_width() -> int:
    """Cells of the terminal."""
    return shutil.get_terminal_size().columns


class OutputLost(Exception):
    """Standard output takes nothing any more; the system has said `error`."""

    def __init__(self, error: OSError) -> None:
        super().__init__(str(error))
        self.error = error


def _write(text: str) -> None:
    """Write lines to standard output. Raises OutputLost."""
    try:
        click.echo(text)
    except OSError as error:  # no event: whoever talks records the end of it
        raise OutputLost(error) from error


class Screen:
    """Standard output, in a `terminal` or not, for the account `own`; `clock` is in UNIX seconds."""

    def __init__(
        self,
        language: str,
        own: str,
        *,
        terminal: bool,
        width: Callable[[], int] = terminal_width,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.language = language
        self.terminal = terminal
        self._own = own
        self._width = width
        self._clock = clock
        self._rang = 0.0  # when the bell did

    @cached_property
    def _painter(self) -> "Painter":
        # Only a terminal needs it, and what it needs: measuring characters takes some time to load.
        from vestnik.cli.client.drawing.colours import Colours, depth_of
        from vestnik.cli.client.drawing.painter import Painter

        return Painter(self.language, self._own, Colours(depth_of(os.environ)), self._width, self._clock)

    def text(self, name: str, /, **values: object) -> str:
        """The sentence `name`."""
        return say(self.language, name, **values)

    def line(self, text: str) -> None:
        """Show a line."""
        if self.terminal:
            self._show(self._painter.line(text))
        else:
            _write(printable(text))

    def note(self, text: str) -> None:
        """Tell people something; scripts do not need it."""
        if self.terminal:
            self._show(self._painter.note(text))

    def happened(self, text: str) -> None:
        """Tell people that something has just happened, and when."""
        if self.terminal:
            self._show(self._painter.note(text, self._clock()))

    def rule(self, text: str) -> None:
        """Show people where something begins."""
        if self.terminal:
            self._show([self._painter.rule(text)])

    def error(self, text: str) -> None:
        """Say what went wrong. Without a terminal the journal is on the screen and has it already."""
        if self.terminal:
            click.echo("\n".join(self._painter.error(text)), err=True)

    # What others send and do.

    def message(self, message: Delivery, *, here: bool = False, rings: bool = True) -> None:
        """Show a message that has just come; `here` in the chosen conversation. It may ring the bell."""
        if not self.terminal:
            self.line(f"{message.from_} → {message.to}: {message.message}")
            return
        lines = list(self._painter.message(message, here=here))
        direct = not here and name_key(message.to) == name_key(self._own)
        if rings and (direct or mentions(message, self._own)):
            lines[0] = self._bell() + lines[0]
        self._show(lines)

    def change(self, change: Change, *, here: bool = False) -> None:
        """Show people what somebody has changed."""
        if self.terminal:
            self._show(self._painter.change(change, here=here))

    def _bell(self) -> str:
        now = self._clock()
        if 0 <= now - self._rang < BELL_PAUSE:
            return ""
        self._rang = now
        return BELL

    # Lists.

    def messages(self, messages: Sequence[Delivery], *, here: bool = True) -> None:
        """Show messages that were asked for; not `here` where they may be of several conversations."""
        if not messages:
            self.note(self.text("cli.client_nothing"))
        for message in messages:
            if self.terminal:
                found = None if message.snippet is UNSET else message.snippet.translate(FOUND)
                self._show(self._painter.message(message, here=here, text=found))
            else:
                self.rows([message_row(message)])

    def versions(self, versions: Iterable[Version]) -> None:
        """Show earlier versions of a message."""
        self.rows(self._in_words(map(version_row, versions), 2), "cli.columns_versions")

    def conversations(self, conversations: Iterable[ConversationState]) -> None:
        """Show conversations."""
        self.rows(list(map(conversation_row, conversations)), "cli.columns_conversations")

    def rooms(self, rooms: Iterable[RoomState]) -> None:
        """Show rooms, without what few want to know."""
        rows = self._in_words(map(room_row, rooms), 2, 3)
        self.rows([row[:6] for row in rows], "cli.columns_room", columns=6)

    def room(self, room: RoomState) -> None:
        """Show one room with everything there is; for people line by line."""
        (row,) = self._in_words([room_row(room)], 2, 3, 6, 8, 9, 10, 11)
        if not self.terminal:
            self.rows([row])
            return
        labels = self.text("cli.columns_room").split("\t")
        self.rows([(label, cell) for label, cell in zip_longest(labels, row, fillvalue="") if cell])

    def members(self, members: Iterable[MemberState]) -> None:
        """Show members of a room."""
        self.rows(self._in_words(map(member_row, members), 1, 3), "cli.columns_members")

    def reports(self, reports: Iterable[ReportState]) -> None:
        """Show reports of messages."""
        self.rows(list(map(report_row, reports)), "cli.columns_reports")

    def people(self, people: Iterable[Person]) -> None:
        """Show people."""
        self.rows(self._in_words(map(person_row, people), 1), "cli.columns_people")

    def logins(self, logins: Iterable[LoginState]) -> None:
        """Show one's own logins."""
        self.rows(self._in_words(map(login_row, logins), 5), "cli.columns_logins")

    def _in_words(self, rows: Iterable[Row], *columns: int) -> list[Row]:
        """Rows with the words of some columns as people read them; scripts get those of the protocol."""
        if not self.terminal:
            return list(rows)
        return [
            [in_words(self.language, cell) if number in columns else cell for number, cell in enumerate(row)]
            for row in rows
        ]

    def rows(self, rows: Sequence[Row], heading: str = "", *, columns: int | None = None) -> None:
        """Show rows: between tabs for scripts, in `columns` under a heading for people."""
        if not self.terminal:
            for row in rows:
                _write("\t".join(map(printable, row)))
        elif not rows:
            self.note(self.text("cli.client_nothing"))
        else:
            headings = [self.text(heading).split("\t")[:columns]] if heading else []
            self._show(self._painter.table([*headings, *rows]))

    def _show(self, lines: Iterable[str]) -> None:
        """Show lines of the painter, in one piece."""
        if text := "\n".join(lines):
            _write(text)
