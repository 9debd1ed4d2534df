"""`vestnik journal stats`."""

import json
from pathlib import Path

import pytest

from tests.cli.journal.test_main import RECORDS, in_terminal, run
from tests.support.pages import at, record, write

pytestmark = pytest.mark.usefixtures("utc")


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """The journal of a server."""
    write(tmp_path, RECORDS)
    return tmp_path


def test_text(logs: Path) -> None:
    """Numbers and bars in plain characters."""
    assert run(logs, "stats").stdout.splitlines() == [
        "Entries: 6, from 2026-11-22 10:00:00 to 2026-11-23 10:00:00",
        "",
        "Levels",
        f"  INFO    3 {'#' * 40}",
        f"  WARNING 1 {'#' * 13}",
        f"  ERROR   2 {'#' * 27}",
        "",
        "Hours",
        f"  10 6 {'#' * 40}",
        "",
        "Codes, with repetitions",
        *(f"  {code} 1 {'#' * 40}" for code in (200, 202, 404)),
        "",
        "Events, with repetitions",
        *(f"  {event} 1 {'#' * 40}" for event in ("connection.opened", "login.accepted   ", "request.failed   ")),
        *(f"  {event} 1 {'#' * 40}" for event in ("room.joined      ", "room.unknown     ")),
        "",
        "Accounts (10 most frequent)",
        f"  Анна 2 {'#' * 40}",
        "",
        "Rooms (10 most frequent)",
        f"  #none 1 {'#' * 40}",
        f"  #чат  1 {'#' * 40}",
    ]


def test_json_and_filters(logs: Path) -> None:
    """One object, of what matches."""
    found = json.loads(run(logs, "stats", "--json", "--account", "анна").stdout)
    assert (found["journal"], found["entries"], found["accounts"]) == ("server", 2, {"Анна": 2})
    assert found["events"] == {"login.accepted": 1, "room.joined": 1}
    assert run(logs, "stats", "--code", "999").stdout == "No entries\n"
    assert "no time" in run(logs, "stats", "--since", "x", code=2).stderr
    run(logs, "stats", "client", code=1)
    write(logs, RECORDS, name="client")
    assert run(logs, "stats", str(logs), code=1).stderr == f"There are several journals in {logs}: client, server\n"


def test_what_is_only_counted(logs: Path) -> None:
    """Refusals without lines of their own are counted as often as it is said that they came."""
    count = record(at(11), event="request.repeated", kinds="400 field.empty 7, 404 room.unknown 30", count=37)
    write(logs, [count, record(at(11), event="other", kinds="400 field.empty 7")])
    found = json.loads(run(logs, "stats", "--json").stdout)
    assert found["entries"] == len(RECORDS) + 2
    assert (found["codes"]["400"], found["codes"]["404"]) == (7, 31)
    assert (found["events"]["room.unknown"], found["events"]["request.repeated"]) == (31, 1)


def test_hostile_and_wide_names(logs: Path) -> None:
    """Names are harmless, and those in wide letters and long ones keep the columns."""
    wide = [record(at(9), account="\x1b[31m\u202e"), record(at(9), account="花子"), record(at(9), account="x" * 99)]
    write(logs, wide)
    lines = run(logs, "stats").stdout.splitlines()
    assert all(line.isprintable() for line in lines)
    begin = lines.index("Accounts (10 most frequent)") + 1
    assert f"  花子{' ' * 28} 1 {'#' * 20}" in lines[begin : begin + 5]
    assert "  \\x1b[31m\\u202e" in "\n".join(lines)


def test_torn_lines(logs: Path) -> None:
    """Lines that are not whole are counted by themselves."""
    with (logs / "server.jsonl.2026-11-23").open("a") as file:
        file.write("{torn\n")
    assert run(logs, "stats").stdout.splitlines()[1] == "Lines that are not whole: 1"


def test_in_a_terminal(logs: Path) -> None:
    """In a terminal the bars are drawn."""
    assert "█" in in_terminal("stats", "--log-dir", str(logs), TERM="xterm")
