"""`vestnik journal stats`: how many entries of what kind there are."""

import shutil
import sys
from datetime import datetime
from typing import Any, Final

import click
from rich.cells import cell_len, set_cell_size

from vestnik.cli.journal.facts import account_of, repeats, room_of
from vestnik.cli.journal.filters import filters, make_query
from vestnik.cli.journal.journals import Journals, location
from vestnik.cli.journal.output import Output, in_terminal
from vestnik.log.escape import escape
from vestnik.log.reading.show import json_object
from vestnik.log.reading.stamps import SECOND
from vestnik.log.reading.stats import Stats
from vestnik.texts import say

COUNTED: Final = {"accounts": ("cli.stats_accounts", account_of), "rooms": ("cli.stats_rooms", room_of)}
"""Names that are counted, with their headings."""
TOP: Final = 10
"""Accounts and rooms that are shown."""
BAR: Final = 40
"""Columns of the longest bar at most."""
LABEL: Final = 32
"""Columns of the longest label at most."""
WIDTH: Final = 80
"""Columns where there is no terminal."""


@click.command("stats")
@click.argument("name", required=False, metavar="[NAME]")
@filters("Of this connection.")
@click.option("--json", "as_json", is_flag=True, help="One object of JSON.")
@location
def command(name: str | None, as_json: bool, **given: Any) -> None:
    """Count the entries of the journal NAME that match all options: server (the default), client, admin, or a path.

    One pass over the journal. What an entry only counts (request.repeated) is among codes and events as often as it
    says. Of more than 20,000 different names of accounts or rooms only the more frequent half is
    counted on; by how much a count may then be too low is said.
    """
    journals = Journals(given.pop("config"), given.pop("data"), given.pop("log_dir"), given.pop("lang"))
    query = make_query(journals.language, datetime.now(), given)  # local, as people type times
    journal = journals.one(name)
    stats = Stats({name: counted for name, (_, counted) in COUNTED.items()}, repeats)
    with journals.reading():
        for entry in journal.reader.entries(query):
            stats.add(entry)
    output = Output(journals.language)
    if as_json:
        output.json(json_object({"journal": journal.reader.name} | stats.as_object(TOP)))
    elif stats.entries or not journals.incomplete:
        _print(output, journals.language, stats)
    output.flush()
    journals.finish()


def _print(output: Output, language: str, stats: Stats) -> None:
    if not stats.entries:
        output.line(say(language, "cli.stats_none"))
        return
    first, last = (_moment(time) for time in (stats.first, stats.last))
    output.line(say(language, "cli.stats_entries", count=stats.entries, first=first, last=last))
    if stats.torn:
        output.line(say(language, "cli.stats_torn", count=stats.torn))
    hours = [(f"{hour:02d}", count) for hour, count in enumerate(stats.hours)]
    begun = next((at for at, (_, count) in enumerate(hours) if count), 0)
    ended = next((at for at, (_, count) in reversed(list(enumerate(hours))) if count), -1)
    for heading, rows, error in (
        (say(language, "cli.stats_levels"), stats.by_level, 0),
        (say(language, "cli.stats_hours"), hours[begun : ended + 1], 0),
        (say(language, "cli.stats_codes"), sorted(stats.codes.top()), 0),
        (say(language, "cli.stats_events"), stats.events.top(), stats.events.error),
        *(
            (say(language, heading, count=TOP), stats.tallies[name].top(TOP), stats.tallies[name].error)
            for name, (heading, _) in COUNTED.items()
        ),
    ):
        if rows:
            _print_rows(output, heading, rows)
        if error:
            output.line(say(language, "cli.stats_error", count=error))


def _print_rows(output: Output, heading: str, rows: list[tuple[str, int]]) -> None:
    """A section: names, numbers, and bars of which the longest is the largest number."""
    output.line("")
    output.line(click.style(heading, bold=True) if output.colours else heading)
    names = [escape(name) for name, _ in rows]
    width = min(max(map(cell_len, names)), LABEL)
    digits = max(len(str(count)) for _, count in rows)
    room = shutil.get_terminal_size((WIDTH, 0)).columns if in_terminal() else WIDTH
    bar = max(min(room - width - digits - 5, BAR), 1)
    most = max(count for _, count in rows)
    sign = "█" if in_terminal() and (sys.stdout.encoding or "").lower().startswith("utf") else "#"
    for name, (_, count) in zip(names, rows, strict=True):
        drawn = sign * max(round(bar * count / most), 1 if count else 0)
        shown = click.style(drawn, fg="cyan") if output.colours else drawn
        output.line(f"  {set_cell_size(name, width)} {count:>{digits}} {shown}".rstrip())


def _moment(time: int) -> str:
    return datetime.fromtimestamp(time // SECOND).isoformat(sep=" ")  # local
