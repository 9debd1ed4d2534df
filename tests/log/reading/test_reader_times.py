"""Whatever clocks and zones did, `--since` and `--until` find exactly the lines of these times: compared with a look at
every line.
"""

import gzip
import random
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import pytest

from tests.support.pages import json_of, micros, record, text_of
from tests.support.proof import Proof
from vestnik.log.reading import source
from vestnik.log.reading.moments import parse_moment
from vestnik.log.reading.query import Query
from vestnik.log.reading.reader import Reader

CHANGES: Final = {
    "Africa/Cairo": datetime(2023, 4, 28),
    "America/Havana": datetime(2026, 11, 1),
    "Australia/Lord_Howe": datetime(2026, 4, 5),
    "Europe/Berlin": datetime(2026, 10, 25),
    "Pacific/Apia": datetime(2011, 12, 30),
    "UTC": datetime(2026, 3, 1),
}
"""A zone, and a day on which it does something unusual."""
NOW: Final = datetime(2030, 1, 1)


class Line(NamedTuple):
    """A line as it was written: the moment, its number, and the local date of its file."""

    moment: datetime
    number: str
    date: str


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces so small that little files have many of them."""
    monkeypatch.setattr(source, "BLOCK", 300)


def clocks(chance: random.Random, home: str) -> list[Line]:
    """Lines of programs whose clock jumps and whose zone is sometimes another one."""
    now, zone, lines = CHANGES[home].replace(tzinfo=UTC) - timedelta(hours=20), ZoneInfo(home), []
    for number in range(chance.randrange(5, 150)):
        now += timedelta(seconds=chance.choice((0.001, 1, 60, 600, 1800)) * chance.random())
        if chance.random() < 0.06:
            now += timedelta(hours=chance.uniform(-40, 40))
        if chance.random() < 0.05:
            zone = ZoneInfo(
                chance.choice((home, home, "UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kolkata"))
            )
        moment = now.astimezone(zone)
        lines.append(Line(moment, str(number), moment.date().isoformat()))
    return lines


def write(directory: Path, lines: list[Line], kind: str, chance: random.Random) -> None:
    """Writes each line to the file of its date; some of the files are compressed, some have lines that came late."""
    shape = json_of if kind == "jsonl" else text_of
    for line in lines:
        path = directory / f"server.{kind}.{line.date}"
        if not path.exists() and path.with_name(f"{path.name}.gz").exists():
            path = path.with_name(f"{path.name}.late")
        with path.open("ab") as file:
            file.write(shape(record(line.moment, message=line.number)) + b"\n")
        if chance.random() < 0.02 and not path.name.endswith(".late"):
            with path.open("rb") as plain, gzip.open(f"{path}.gz", "wb") as packed:
                shutil.copyfileobj(plain, packed)
            path.unlink()


def check(directory: Path, since: int, until: int, expected: set[str]) -> None:
    """Compares what is found from both ends with what should be."""
    reader = Reader(directory, "server", lambda path, error: pytest.fail(f"{path}: {error}"))
    query = Query(since=since, until=until)
    assert sorted(entry.facts["message"] for entry in reader.entries(query)) == sorted(expected)
    assert sorted(entry.facts["message"] for entry in reader.backward(query, 10_000)) == sorted(expected)


@pytest.mark.parametrize("kinds", [("jsonl",), ("jsonl", "log")], ids=["objects", "both"])
@pytest.mark.parametrize("home", CHANGES)
def test_objects(tmp_path: Path, zone: Callable[[str], None], home: str, kinds: tuple[str, ...], proof: Proof) -> None:
    """Objects have their zone, so that the moment decides, wherever they were written, also beside their text."""
    zone(home)
    for seed in range(proof.number(80, 8)):
        chance = random.Random(seed)
        directory = tmp_path / str(seed)
        directory.mkdir()
        lines = clocks(chance, home)
        for kind in kinds:
            write(directory, lines, kind, chance)
        for _ in range(12):
            since = micros(chance.choice(lines).moment) + chance.choice((0, 1, -1, 10**9, -(10**9)))
            until = since + chance.choice((1, 10**6, 10**9, 10**11))
            expected = {line.number for line in lines if since <= micros(line.moment) < until}
            check(directory, since, until, expected)


@pytest.mark.parametrize("home", CHANGES)
def test_text(tmp_path: Path, zone: Callable[[str], None], home: str, proof: Proof) -> None:
    """Lines of text are local time; one that may have been written at two moments is found by both."""
    zone(home)
    for seed in range(proof.number(80, 8)):
        chance = random.Random(seed)
        directory = tmp_path / str(seed)
        directory.mkdir()
        lines = clocks(chance, home)
        write(directory, lines, "log", chance)
        for _ in range(12):
            since = micros(chance.choice(lines).moment) + chance.choice((0, 1, -1, 10**9, -(10**9)))
            until = since + chance.choice((1, 10**6, 10**9, 10**11))
            expected = set()
            for line in lines:
                wall = line.moment.replace(tzinfo=None)
                times = [wall.replace(fold=fold).timestamp() for fold in (0, 1)]
                early, late = (int(time) * 10**6 + wall.microsecond // 1000 * 1000 for time in sorted(times))
                if early < until and late >= since:
                    expected.add(line.number)
            check(directory, since, until, expected)


@pytest.mark.parametrize("home", CHANGES)
def test_as_typed(tmp_path: Path, zone: Callable[[str], None], home: str) -> None:
    """A date is that of the lines: from one on, and before one, also where midnight is left out or comes twice."""
    zone(home)
    start = CHANGES[home].replace(tzinfo=UTC) - timedelta(days=2)
    lines = []
    for number in range(4 * 24 * 4):
        moment = (start + timedelta(minutes=number * 15)).astimezone(ZoneInfo(home))
        lines.append(Line(moment, str(number), moment.date().isoformat()))
    write(tmp_path, lines, "jsonl", random.Random(0))
    for days in range(-1, 3):
        date = (CHANGES[home] + timedelta(days=days)).date().isoformat()
        since, until = parse_moment(date, NOW), parse_moment(date, NOW, late=True)
        check(tmp_path, since, 2**62, {line.number for line in lines if line.date >= date})
        check(tmp_path, -(2**62), until, {line.number for line in lines if line.date < date})
        for hour in range(24):
            for minute in (0, 15, 30, 45):
                typed = f"{date} {hour:02}:{minute:02}"
                wall = datetime.fromisoformat(typed)
                local = {line.number: line.moment.replace(tzinfo=None, fold=0) for line in lines}
                found = {number for number in local if local[number] >= wall}
                reader = Reader(tmp_path, "server", lambda *_: None)
                shown = {entry.facts["message"] for entry in reader.entries(Query(since=parse_moment(typed, NOW)))}
                assert shown >= found, typed
                before = {number for number in local if local[number] < wall}
                query = Query(until=parse_moment(typed, NOW, late=True))
                assert {entry.facts["message"] for entry in reader.entries(query)} >= before, typed
