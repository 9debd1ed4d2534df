"""`vestnik journal [show]`: entries that match, from one journal or several, until now or as they are written."""

import select
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import datetime
from operator import attrgetter
from typing import Any, Final, NamedTuple

import click

from vestnik.cli.journal.facts import client_spans
from vestnik.cli.journal.filters import filters, make_query
from vestnik.cli.journal.journals import CLIENT, SERVER, Journals, LabelledReader, location
from vestnik.cli.journal.output import Output, in_terminal
from vestnik.log.reading.follow import Follower
from vestnik.log.reading.merge import Sided, merged
from vestnik.log.reading.opening import Snapshot
from vestnik.log.reading.query import Query
from vestnik.texts import say

FOLLOWED: Final = 10
"""Entries from before that are shown when a journal is followed."""
POLL: Final = 0.2
"""Seconds between two looks for new entries."""


@click.command("show")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@filters("Of this connection; with --merge also at its client.")
@click.option("-n", "--lines", type=click.IntRange(0), metavar="N", help="Only the last N that match.")
@click.option("-f", "--follow", is_flag=True, help="Go on with new entries until Ctrl-C, past midnight too.")
@click.option("--merge", is_flag=True, help="Several journals on one time line; without NAME all that there are.")
@click.option("--json", "as_json", is_flag=True, help="Lines of JSON, as they are stored.")
@click.option(
    "--traceback/--no-traceback", default=None, help="Tracebacks over several lines (default: in a terminal)."
)
@location
def command(names: tuple[str, ...], **given: Any) -> None:
    """Show the entries of the journal NAME that match all options: server (the default), client, admin, or a path.

    Text looks like the lines of the journal, and everything that is not plainly visible stays escaped. The exit code is
    0, also if nothing was found, 1 if there is no journal or not all of it could be read.
    """
    config, data, log_dir = given.pop("config"), given.pop("data"), given.pop("log_dir")
    journals = Journals(config, data, log_dir, given.pop("lang"))
    merge, as_json, traceback = given.pop("merge"), given.pop("as_json"), given.pop("traceback")
    lines, follow = given.pop("lines"), given.pop("follow")
    query = make_query(journals.language, datetime.now(), given)  # local, as people type times
    if len(names) > 1 and not merge:
        raise click.UsageError(say(journals.language, "cli.journal_merge"))
    found = journals.all(names or ([] if merge else [SERVER]))
    if len(found) > 1 and not merge:
        raise click.UsageError(say(journals.language, "cli.journal_merge"))
    expanded = in_terminal() if traceback is None else traceback
    shown = Output(journals.language, json=as_json, expanded=expanded, sides=[journal.label for journal in found])
    with journals.reading():
        asked = queries(found, query)
        if follow:
            go_on(asked, FOLLOWED if lines is None else lines, shown, journals)
        else:
            for _, side, entry in entries(asked, lines):
                shown.entry(entry, side)
    shown.flush()
    journals.finish()


class Asked(NamedTuple):
    """A journal and what is wanted of it; of one that is followed, how far it is read before that."""

    journal: LabelledReader
    query: Query
    snapshot: Snapshot | None = None


def queries(journals: list[LabelledReader], query: Query) -> list[Asked]:
    """What is wanted of each journal. A connection of the server stands for the same one in the client's journal."""
    servers = [journal.reader for journal in journals if journal.reader.name == SERVER]
    asked = []
    for journal in journals:
        mine = query
        if servers and query.connections is not None and journal.reader.name == CLIENT:
            names = [span.connection for span in query.connections if span.connection is not None]
            spans = [client_spans(server, journal.reader, name, query) for server in servers for name in names]
            mine = replace(query, connections=sum(spans, ()))
        asked.append(Asked(journal, mine))
    return asked


def entries(asked: list[Asked], lines: int | None) -> Iterable[Sided]:
    """The entries that are wanted, or the last `lines` of them; of several journals in the order of their times."""
    streams = {
        journal.label: journal.reader.entries(query, snapshot)
        if lines is None
        else journal.reader.last(query, lines, snapshot)
        for journal, query, snapshot in asked
    }
    if len(asked) == 1:
        return (Sided(entry.time, asked[0].journal.label, entry) for entry in streams[asked[0].journal.label])
    return merged(streams) if lines is None else deque(merged(streams), maxlen=lines)


def go_on(asked: list[Asked], lines: int, shown: Output, journals: Journals) -> None:
    """Show the last `lines` entries and then every new one, until Ctrl-C or until nobody reads any more."""
    with ExitStack() as stack:
        followed = []
        for journal, query, _ in asked:
            follower = stack.enter_context(closing(Follower(journal.reader, query, journals.report)))
            followed.append((Asked(journal, query, follower.snapshot), follower))
        try:
            for _, side, entry in entries([each for each, _ in followed], lines):
                shown.entry(entry, side)
            shown.flush()
            for _, side, entry in new_entries([(each.journal.label, follower) for each, follower in followed], shown):
                shown.entry(entry, side)
        except KeyboardInterrupt:
            pass


def new_entries(followed: list[tuple[str, Follower]], shown: Output) -> Iterator[Sided]:
    """New entries as they come. Those of several journals wait for the next look, so that they can be put in order."""
    poll = select.poll()
    poll.register(sys.stdout, 0)
    held: list[Sided] = []
    while True:
        new = [Sided(entry.time, side, entry) for side, follower in followed for entry in follower.poll()]
        if len(followed) == 1:
            yield from new
        else:
            until = max((each.time for each in held), default=None)
            held = sorted(held + new, key=attrgetter("time"))
            yield from (each for each in held if until is not None and each.time <= until)
            held = [each for each in held if until is None or each.time > until]
        shown.flush()
        behind = any(follower.behind for _, follower in followed)
        try:
            if poll.poll(0 if behind else POLL * 1000):
                return  # nobody reads any more
        except KeyboardInterrupt:
            yield from held
            return
