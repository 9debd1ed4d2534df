"""From blocks of lines to entries: their times, those of lines that have none, and what is left out."""

from pathlib import Path

import pytest

from tests.support.pages import START, at, json_of, micros, record, text_of
from vestnik.log.days.names import Kind
from vestnik.log.reading.entry import Entry, Source
from vestnik.log.reading.query import BEGINNING, END, NameCondition, Query
from vestnik.log.reading.scan import NEAR, Scanner

RECORDS = [record(at(number), message=f"m{number}", account="anna" if number % 2 else "boris") for number in range(6)]


def found(
    block: bytes, query: Query | None = None, kind: Kind = "jsonl", since: int = BEGINNING, until: int = END
) -> list[Entry]:
    """The entries in a block."""
    source = Source(Path("server"), kind, "server")
    return list(Scanner(source, query or Query(), since, until).entries(block))


def block_of(kind: Kind) -> bytes:
    """All records as a block of whole lines."""
    line = json_of if kind == "jsonl" else text_of
    return b"".join(line(made) + b"\n" for made in RECORDS)


@pytest.mark.parametrize("kind", ["log", "jsonl"])
def test_all_of_them(kind: Kind) -> None:
    """Without a condition every line is an entry, in order, with its time."""
    assert [(entry.time, entry.facts["message"]) for entry in found(block_of(kind), kind=kind)] == [
        (micros(at(number)), f"m{number}") for number in range(6)
    ]


@pytest.mark.parametrize("kind", ["log", "jsonl"])
def test_times(kind: Kind) -> None:
    """The first moment belongs to a span of time, the last does not."""
    entries = found(block_of(kind), kind=kind, since=micros(at(2)), until=micros(at(4)))
    assert [entry.facts["message"] for entry in entries] == ["m2", "m3"]


def test_matches() -> None:
    """What a query passes over quickly, and what it looks at and refuses, is left out."""
    assert [
        entry.facts["message"]
        for entry in found(block_of("jsonl"), Query(names=(NameCondition(("account",), "anna"),)))
    ] == ["m1", "m3", "m5"]
    assert [entry.facts["message"] for entry in found(block_of("jsonl"), Query(level=30))] == []


@pytest.mark.parametrize("query", [Query(), Query(text="torn")])
def test_lines_without_a_time(query: Query) -> None:
    """A line without a time has that of the line before it, one at the beginning that of the next; no empty line is
    an entry."""
    torn = b"torn\n\n" + text_of(RECORDS[1]) + b"\ntorn\ntorn, too\n" + text_of(RECORDS[2]) + b"\n"
    times = {entry.time for entry in found(torn, query, "log") if entry.raw.startswith(b"torn")}
    assert times == {micros(at(1))}
    assert sum(entry.raw.startswith(b"torn") for entry in found(torn, query, "log")) == 3


def test_no_time_near() -> None:
    """Where no line near it has a time, a line is as old as what is looked for, or as old as anything."""
    far = b"torn\n" + b"x\n" * NEAR + text_of(RECORDS[0]) + b"\n"
    assert found(far, Query(text="torn"), "log")[0].time == 0
    assert found(far, Query(text="torn"), "log", since=micros(START))[0].time == micros(START)
