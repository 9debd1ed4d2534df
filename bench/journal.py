"""`make bench-journal`: what the journal costs, beside other loggers and beside a server without one."""

import datetime
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

import click
from rich.console import Console

from bench import journal_cost, journal_report, lag
from bench.findings import Figures, Table, document, said
from bench.goals import Goal, machine
from bench.journal_load import LOADS, QUICK_LOADS
from bench.journal_load import SERVERS as LOADED
from bench.journal_report import CALLS_NAME, Findings
from bench.journal_variants import DISTRIBUTIONS, VARIANTS
from bench.process import ROOT, clean_environment
from bench.profiles import build, tiny
from bench.report import goal_rows, rich_table, write
from bench.run import TARGET, measure_all, prepared, wide_console

SECTION = "journal"
PROCESS_SECONDS = 300.0
"""After this long a process that measures is given up."""

RECORDS, LAG, LOAD, CALLS = PARTS = ("record", "lag", "load", "calls")
PROCESSES: Mapping[str, Mapping[str, str]] = {
    RECORDS: {name: variant.label for name, variant in VARIANTS.items()},
    LAG: {name: kind.label for name, kind in lag.KINDS.items()},
    CALLS: {CALLS_NAME: "@journaled"},
}
"""The labels of what is measured in processes of their own, by part and name."""


class Report(NamedTuple):
    """How the findings of one part become a table and goals."""

    table: Callable[[Findings], Table]
    goals: Callable[[Findings], list[Goal]]


REPORTS = {
    RECORDS: Report(journal_report.record_table, journal_report.record_goals),
    LAG: Report(journal_report.lag_table, journal_report.lag_goals),
    LOAD: Report(journal_report.load_table, journal_report.load_goals),
    CALLS: Report(journal_report.call_table, journal_report.call_goals),
}


def measure_here(name: str, quick: bool) -> Figures:
    """Measure one thing in this process, which should do nothing else."""
    if name == CALLS_NAME:
        return journal_cost.call_costs(journal_cost.QUICK_CALLS if quick else journal_cost.CALLS)
    if name in lag.KINDS:
        return lag.loop_lag(lag.KINDS[name], lag.QUICK if quick else lag.FULL)
    records = journal_cost.QUICK_RECORDS if quick else journal_cost.RECORDS
    return journal_cost.record_cost(VARIANTS[name], records)


def measure_apart(name: str, quick: bool) -> Figures:
    """Measure one thing in a fresh process; with `problem` when this fails."""
    command = [sys.executable, "-m", "bench.journal", "--one", name, *(["--quick"] if quick else [])]
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=PROCESS_SECONDS,
            check=False,
            env=clean_environment(),
        )
    except subprocess.TimeoutExpired:
        return {"problem": f"no end after {PROCESS_SECONDS:.0f} s"}
    if done.returncode:
        return {"problem": (done.stderr.strip().splitlines() or [f"ended with code {done.returncode}"])[-1]}
    figures: Figures = json.loads(done.stdout)
    return figures


def measure_processes(part: str, findings: Findings, rounds: int, quick: bool, console: Console) -> None:
    """Measure all of a part, interleaved: each round goes through all of it once."""
    for name in PROCESSES[part]:
        if name in VARIANTS and (missing := VARIANTS[name].missing()):
            findings.left_out[name] = missing
            console.print(f"{VARIANTS[name].label} is skipped: {missing}", markup=False)
    for number in range(1, rounds + 1):
        for name, label in PROCESSES[part].items():
            if name in findings.left_out:
                continue
            figures = measure_apart(name, quick)
            findings.rounds.setdefault(name, []).append(figures)
            line = f"round {number}/{rounds}  {part:6} {label:55} {said(figures)}"
            console.print(line, markup=False, highlight=False, soft_wrap=True)


def measure_all_parts(parts: Sequence[str], rounds: int, quick: bool, console: Console) -> Findings:
    """Measure the parts one after the other."""
    findings = Findings()
    for part in parts:
        if part == LOAD:
            build()
            loads = [tiny(load) for load in QUICK_LOADS] if quick else LOADS
            findings.loads = measure_all(LOADED, loads, rounds, console)
        else:
            measure_processes(part, findings, rounds, quick, console)
    return findings


def about(rounds: int) -> str:
    """Return the sentences above the tables: when, where and how it was measured."""
    versions = []
    for name in DISTRIBUTIONS:
        try:
            versions.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue  # its row says so
    return (
        f"{datetime.date.today()}, {machine(Path(tempfile.gettempdir()))}. Median over rounds: {rounds}.\n"
        f"A record costs CPU time, beside that of the stdlib's FileHandler in the same round; lag after bursts of\n"
        f"{lag.FULL.records:,} records; throughput in copies per second, time to the last as p50 / p99.\n"
        + (f"Beside it: {', '.join(versions)}.\n" if versions else "")
    )


@click.command()
@click.option("--quick", is_flag=True, help="Tiny counts, one round: only to see that everything runs.")
@click.option("--only", multiple=True, type=click.Choice(PARTS), help="Measure only this part; repeatable.")
@click.option("--rounds", default=5, show_default=True, type=click.IntRange(1), help="How often all is measured.")
@click.option(
    "--write/--no-write",
    "keep",
    default=None,
    help="Write the tables to docs/performance.md, or do not. Default: only when everything was measured.",
)
@click.option(
    "--one",
    type=click.Choice([name for names in PROCESSES.values() for name in names]),
    help="Measure one thing in this process and print a line of JSON.",
)
def main(quick: bool, only: tuple[str, ...], rounds: int, keep: bool | None, one: str | None) -> None:
    """Measure what the journal costs: a record, the event loop, the whole server, a decorated function.

    Ends with 1 when the journal misses a goal; with --quick, only when a run failed or something was lost.
    """
    if one is not None:
        print(json.dumps(measure_here(one, quick)))
        return
    console = wide_console()
    rounds = 1 if quick else rounds
    parts = [part for part in PARTS if part in (only or PARTS)]
    with prepared():
        findings = measure_all_parts(parts, rounds, quick, console)
    tables = [REPORTS[part].table(findings) for part in parts]
    for table in tables:
        console.print(rich_table(table.title, table.rows))
        for note in table.notes:
            console.print(note, markup=False, highlight=False, soft_wrap=True)
    goals = [] if quick else [goal for part in parts for goal in REPORTS[part].goals(findings)]
    if goals:
        console.print(rich_table("Goals", goal_rows(goals)))
    if keep if keep is not None else not quick and not only:
        write(TARGET, SECTION, document(about(rounds), tables, goals))
        console.print(f"written to {TARGET.relative_to(ROOT)}")
    sys.exit(1 if findings.failed() or any(not goal.met for goal in goals) else 0)


if __name__ == "__main__":
    main()
