"""`make bench-scale`: a server whose store holds a million messages, beside one whose store is empty."""

import contextlib
import datetime
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from random import Random

import click
from rich.console import Console

from bench import scale_report, scale_store, scale_wire
from bench.findings import Figures, Rounds, document, said
from bench.goals import machine
from bench.journal_load import LOADS, QUICK_LOADS
from bench.peers import Running, Server, serving, vestnik
from bench.process import StartError, cpu_seconds, folder, resident_kb
from bench.profiles import SETTLE_SECONDS, build, tiny
from bench.report import goal_rows, rich_table, write
from bench.run import TARGET, measure_all, prepared, wide_console
from bench.scale_questions import BASE, BASE_QUESTION, MISSED, QUESTIONS, RESUME, NothingError
from bench.scale_report import ASKED, EMPTY, LARGE, LOAD, PARTS, START, TOGETHER
from bench.scale_store import Filled, Size
from bench.scale_wire import Answers, AskError, Times

SECTION = "scale"
ENGLISH = 'lang = "en"\n'
"""What a server says that refuses a question goes into a page in English."""


def started(data: Path) -> Figures:
    """Start a server with the data in `data`, and say how that went."""
    begun = time.perf_counter()
    try:
        with serving(data) as server:
            seconds, cpu = time.perf_counter() - begun, cpu_seconds(server.pid)
            time.sleep(SETTLE_SECONDS)
            rest_mb = resident_kb(server.pid) / 1024
    except StartError as problem:
        return {"problem": str(problem)}
    file_mb = sum(file.stat().st_size for file in data.glob("vestnik.db*")) / 2**20
    return {"seconds": seconds, "cpu": cpu, "rest_mb": rest_mb, "file_mb": file_mb}


def ask_all(parts: tuple[str, ...], filled: Filled, times: Times, number: int) -> Iterator[tuple[str, Figures]]:
    """Ask one server everything in these parts; name and figures of each question, in round `number`."""
    try:
        with serving(filled.data, ENGLISH) as server:
            yield BASE, _figures(partial(scale_wire.ask, BASE_QUESTION, filled, server, times, Random(number)))
            for part in parts:
                yield from ask_part(part, filled, server, times, number)
    except StartError as problem:
        yield from ((name, {"problem": str(problem)}) for part in parts for name in scale_report.labels(part))


def ask_part(part: str, filled: Filled, server: Running, times: Times, number: int) -> Iterator[tuple[str, Figures]]:
    """Ask everything in one part; what is refused one question spoils the figures of all together."""
    if part == RESUME:
        asked = {name: partial(scale_wire.resume, missed, filled, server, times) for name, missed in MISSED.items()}
    else:
        asked = {
            name: partial(scale_wire.ask, question, filled, server, times, Random(f"{name} {number}"))
            for name, question in QUESTIONS[part].items()
        }
    together, problem = Answers(), ""
    for name, work in asked.items():
        figures = _figures(work, together)
        problem = problem or str(figures.get("problem", ""))
        yield name, figures
    if part in TOGETHER:
        yield part, {"problem": problem} if problem else together.figures()


def _figures(work: Callable[[], Answers], together: Answers | None = None) -> Figures:
    try:
        answers = work()
    except NothingError as nothing:
        return {"nothing": str(nothing)}
    except (AskError, OSError) as problem:
        return {"problem": str(problem)}
    if together is not None:
        together.add(answers)
    return answers.figures()


def measure(parts: tuple[str, ...], filled: Filled, rounds: int, quick: bool, console: Console) -> Rounds:
    """Measure these parts, each round of a part after the other."""
    findings = Rounds()
    asked = tuple(part for part in parts if part in ASKED)
    times = scale_wire.QUICK if quick else scale_wire.FULL

    def note(number: int, name: str, figures: Figures) -> None:
        if "nothing" in figures:
            findings.left_out[name] = figures["nothing"]
        else:
            findings.rounds.setdefault(name, []).append(figures)
        line = f"round {number}/{rounds}  {name:16} {figures.get('nothing') or said(figures)}"
        console.print(line, markup=False, highlight=False, soft_wrap=True)

    with folder() as empty:
        stores = {EMPTY: empty, LARGE: filled.data}
        if START in parts:
            for data in stores.values():
                started(data)  # makes the empty database, and has the large one in memory
        for number in range(1, rounds + 1):
            for name, data in [*stores.items()] * times.started if START in parts else ():
                note(number, name, started(data))
            for name, figures in ask_all(asked, filled, times, number) if asked else ():
                note(number, name, figures)
    if LOAD in parts:
        build()
        loads = [tiny(load) for load in QUICK_LOADS] if quick else LOADS
        findings.loads = measure_all(servers(filled.data), loads, rounds, console)
    return findings


def servers(data: Path) -> list[Server]:
    """Return Vestnik with an empty store and with a copy of the large one."""
    large = partial(vestnik, store=data)
    return [
        Server(name, scale_report.STORES[name], "own", None, start, own_accounts=True)
        for name, start in ((EMPTY, vestnik), (LARGE, large))
    ]


def about(size: Size, rounds: int, times: Times) -> str:
    """Return the sentences above the tables: when, where and how it was measured."""
    return (
        f"{datetime.date.today()}, {machine(Path(tempfile.gettempdir()))}. Median over rounds: {rounds}.\n"
        f"The large store holds {size.messages:,} messages, {size.rooms:,} rooms, {size.accounts:,} accounts.\n"
        f"Each question is asked {times.asked} times in a round, a client resumes {times.resumed} times; CPU is the\n"
        "server's for one answer. Throughput is in copies per second, time to the last as p50 / p99.\n"
    )


@contextlib.contextmanager
def place(keep: Path | None) -> Iterator[Path]:
    """Yield the data directory for the large store: `keep`, or one that is removed in the end."""
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep
    else:
        with folder() as home:
            yield home


@click.command()
@click.option("--quick", is_flag=True, help="A small store, one round: only to see that everything runs.")
@click.option("--only", multiple=True, type=click.Choice(PARTS), help="Measure only this part; repeatable.")
@click.option("--rounds", default=3, show_default=True, type=click.IntRange(1), help="How often all is measured.")
@click.option(
    "--store",
    type=click.Path(file_okay=False, path_type=Path),
    help="Fill the large store in this directory and keep it; if it is there already, take it as it is.",
)
@click.option(
    "--write/--no-write",
    "keep",
    default=None,
    help="Write the tables to docs/performance.md, or do not. Default: only when everything was measured.",
)
def main(quick: bool, only: tuple[str, ...], rounds: int, store: Path | None, keep: bool | None) -> None:
    """Measure a server whose store is large: its start, its answers, and its speed beside one with an empty store.

    Ends with 1 when it misses a goal; with --quick, only when something was refused, failed, or was lost.
    """
    console = wide_console()
    rounds = 1 if quick else rounds
    size, times = (scale_store.QUICK, scale_wire.QUICK) if quick else (scale_store.FULL, scale_wire.FULL)
    parts = tuple(part for part in PARTS if part in (only or PARTS))
    with prepared(), place(store) as data:
        begun = time.perf_counter()
        filled = scale_store.filled(data, size)
        console.print(f"filled in {time.perf_counter() - begun:.0f} s", highlight=False)
        findings = measure(parts, filled, rounds, quick, console)
    tables = scale_report.tables(findings, parts)
    for table in tables:
        console.print(rich_table(table.title, table.rows))
        for note in table.notes:
            console.print(note, markup=False, highlight=False, soft_wrap=True)
    goals = [] if quick else scale_report.goals(findings, parts)
    if goals:
        console.print(rich_table("Goals", goal_rows(goals)))
    if keep if keep is not None else not quick and not only:
        write(TARGET, SECTION, document(about(size, rounds, times), tables, goals))
        console.print(f"written to {TARGET.relative_to(TARGET.parent.parent)}")
    sys.exit(1 if findings.broken(findings.rounds) or any(not goal.met for goal in goals) else 0)


if __name__ == "__main__":
    main()
