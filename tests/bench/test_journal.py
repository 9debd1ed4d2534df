"""The benchmark of the journal: what it takes for complete, and what it concludes."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from bench.goals import at_least, within
from bench.journal_load import FULL, LOADS, OFF, cpu_ratio, speed_ratio
from bench.journal_report import Findings, load_goals, record_goals, record_table
from bench.journal_variants import DURATION, EPOCH, MESSAGE, VARIANTS
from bench.process import ROOT
from bench.profiles import Result
from bench.report import write
from tests.support.waiting import DEADLINE

LINE = f"2026-11-22 17:43:05,178 INFO     server     {MESSAGE}\n"
RECORDS = 3


def made(number: int, **other: object) -> dict[str, object]:
    """The object of a record of `message.delivered`."""
    fields = {"account": "user", "to": "#geekbrains", "seq": number, "number": number, "epoch": EPOCH}
    head = {"time": "2026-11-22T17:43:05.178402+03:00", "level": "INFO", "logger": "server", "message": MESSAGE}
    event = {"event": "message.delivered", "code": 200, "connection": "7", "request": number, "duration_ms": DURATION}
    return head | event | fields | other


def files(home: Path, lines: Sequence[str], objects: Sequence[dict[str, object]]) -> Path:
    """A journal of today, its links beside it."""
    for kind, content in (("log", "".join(lines)), ("jsonl", "".join(f"{json.dumps(one)}\n" for one in objects))):
        (home / f"server.{kind}.2026-11-22").write_text(content)
        (home / f"server.{kind}").symlink_to(f"server.{kind}.2026-11-22")
    return home


def test_complete_files(tmp_path: Path) -> None:
    """Files that hold every record once in the right format are all right; a link does not count twice."""
    files(tmp_path, [LINE] * RECORDS, [made(number) for number in range(RECORDS)])
    assert VARIANTS["record-json"].fault(tmp_path, RECORDS) == ""


@pytest.mark.parametrize(
    ("lines", "objects", "fault"),
    [
        ([LINE] * 2, [0, 1], "2 of 3 records are in the file"),
        ([LINE] * 4, [0, 1, 2, 3], "4 of 3 records are in the file"),
        ([LINE, LINE.replace(",", "."), LINE], [0, 1, 2], "line 2 is "),
        ([LINE, LINE, LINE.rstrip("\n")], [0, 1, 2], "line 3 is "),
        ([LINE] * 3, [0, 1], "2 of 3 objects are in the file"),
        ([LINE] * 3, [0, 2, 1], "object 2 is "),
    ],
)
def test_faults(tmp_path: Path, lines: list[str], objects: list[int], fault: str) -> None:
    """What is missing, doubled, in disorder or in another format is said."""
    files(tmp_path, lines, [made(number) for number in objects])
    assert VARIANTS["record-json"].fault(tmp_path, RECORDS).startswith(fault)


@pytest.mark.parametrize(
    "other",
    [
        {"time": "2026-11-22T17:43:05.179402+03:00"},
        {"time": "2026-11-22 17:43:05,178"},
        {"message": "200: Message from user to #geekbrains"},
        {"level": "WARNING"},
        {"connection": None},
    ],
)
def test_objects_tell_the_same_as_the_lines(tmp_path: Path, other: dict[str, object]) -> None:
    """An object that differs from its line is said."""
    files(tmp_path, [LINE], [made(0, **other)])
    assert VARIANTS["record-json"].fault(tmp_path, 1).startswith("object 1 is ")


def test_ratios_are_those_of_one_round() -> None:
    """A round is compared with the stdlib in the same round only, and the median of that counts."""
    base = [{"caller": 10.0, "total": 10.0}, {"caller": 100.0, "total": 100.0}, {"caller": 20.0, "total": 20.0}]
    ours = [{"caller": 1.0, "total": 2.0}, {"caller": 20.0, "total": 30.0}, {"caller": 3.0, "total": 9.0}]
    findings = Findings({"file": list(base), "record-text": list(ours)})
    assert findings.ratio("record-text", "caller") == pytest.approx(0.15)
    assert findings.ratio("record-text", "total") == pytest.approx(0.3)


def test_one_bad_round_spoils_a_logger() -> None:
    """A logger that loses a line in any round has a dash and a sentence, and so no goal that it meets."""
    good = {"caller": 1.0, "total": 1.0}
    findings = Findings({"file": [good, good], "record-text": [good, {"problem": "1 of 2 records are in the file"}]})
    findings.left_out["loguru"] = "loguru is not installed"
    table = record_table(findings)
    assert ["journal, record, text", "–", "–"] in table.rows
    assert "journal, record, text: 1 of 2 records are in the file." in table.notes
    assert "loguru: loguru is not installed." in table.notes
    assert findings.failed()
    assert not any(goal.met for goal in record_goals(findings))


def test_limits_belong_to_the_goal() -> None:
    """A figure at the limit meets the goal, one beyond it and one that is missing do not."""
    assert within("", 0.15, 0.15, "").met
    assert not within("", 0.151, 0.15, "").met
    assert not within("", None, 0.15, "").met
    assert at_least("", 0.9, 0.9, "").met
    assert not at_least("", 0.899, 0.9, "").met
    assert not at_least("", None, 0.9, "").met


def test_the_speed_with_a_journal() -> None:
    """Speed is that of the same round without a journal: copies per second, or one by the time that one takes."""
    fast = {"copies_per_s": 100.0, "cpu_us": 2.0, "lost": 0.0}
    loads = {
        (OFF, "room"): Result([fast, fast]),
        (FULL, "room"): Result([fast | {"copies_per_s": 80.0}, fast | {"cpu_us": 3.0}]),
        (OFF, "latency"): Result([{"p50_us": 900.0, "cpu_us": 0.0}]),
        (FULL, "latency"): Result([{"p50_us": 1000.0, "cpu_us": 1.0}]),
    }
    assert speed_ratio(loads, FULL, "room") == pytest.approx(0.9)
    assert cpu_ratio(loads, FULL, "room") == pytest.approx(1.25)
    assert speed_ratio(loads, FULL, "latency") == pytest.approx(0.9)
    assert cpu_ratio(loads, FULL, "latency") is None


def test_a_run_that_fails_misses_the_goals_of_its_load() -> None:
    """A load that failed once has no speed, and the goal that nothing fails is missed."""
    figures = {"copies_per_s": 100.0, "cpu_us": 2.0}
    loads = {(name, load.name): Result([figures]) for load in LOADS for name in (OFF, FULL)}
    assert all(goal.met for goal in load_goals(Findings(loads=loads)))
    loads[FULL, "room"].failures.append("RunError: no end")
    missed = [goal.name for goal in load_goals(Findings(loads=loads)) if not goal.met]
    assert missed == ["speed full / off, one room, 1 → 100", "lost"]


def test_only_the_own_section_is_written(tmp_path: Path) -> None:
    """The tables replace what stands between the marks of their section, and nothing else."""
    page = tmp_path / "performance.md"
    page.write_text(
        "a\n<!-- bench:start -->\nold\n<!-- bench:end -->\nb\n<!-- journal:start -->\n<!-- journal:end -->\nc\n"
    )
    write(page, "journal", "new\n")
    assert page.read_text() == (
        "a\n<!-- bench:start -->\nold\n<!-- bench:end -->\nb\n<!-- journal:start -->\nnew\n<!-- journal:end -->\nc\n"
    )


@pytest.mark.parametrize(
    ("name", "keys"),
    [("record-json", {"caller", "total"}), ("lag-console", {"hold", "p50", "p99", "max"})],
)
def test_one_process(name: str, keys: set[str]) -> None:
    """A process measures one thing and prints a line of JSON with its figures."""
    command = [sys.executable, "-m", "bench.journal", "--one", name, "--quick"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=DEADLINE, check=True)
    (line,) = done.stdout.splitlines()
    assert set(json.loads(line)) == keys
