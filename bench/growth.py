"""How the cost of one copy grows: with receivers, rooms, connections, what is stored, and accounts.

It is a part of `make bench`; alone it writes the chart and its table.
"""

import contextlib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import click
from rich.console import Console

from bench.chart import Chart, page
from bench.indexed import index_cost
from bench.peers import Server, serving, vestnik
from bench.process import ROOT, folder
from bench.profiles import Profile, Result, attempt, build, tiny
from bench.report import NOTHING, markdown, rich_table, write

PICTURE = ROOT / "docs" / "growth.svg"
SECTION = "growth"
PEOPLE = 50
"""Rooms and accounts of a store that is filled."""
FILL_SECONDS = 600.0
"""The longest time that its search index may take to be filled."""


@dataclass(frozen=True, slots=True)
class Point:
    """One load of a series, what it is called on the axis, and what the store has: messages, or accounts."""

    name: str
    profile: Profile
    messages: int = 0
    accounts: int = 0


@dataclass(frozen=True, slots=True)
class Series:
    """What grows, and the loads that are compared."""

    title: str
    axis: str
    points: tuple[Point, ...]


def load(receivers: int, rooms: int, messages: int, **more: int | tuple[str, ...]) -> Profile:
    """Return a load with one who writes in each room."""
    plain = Profile("growth", "growth", "throughput", receivers, rooms, rooms, {"own": messages})
    return replace(plain, **more)  # type: ignore[arg-type]  # fields of a profile


ROOMS = load(1000, 50, 30_000)
PAIRS = load(100, 100, 30_000)
SERIES = (
    Series(
        "One room, by its members",
        "members of the room",
        tuple(
            Point(f"{receivers:,}", load(receivers, 1, messages, options=("--window", "64")))
            for receivers, messages in ((1, 20_000), (10, 20_000), (100, 15_000), (1000, 3000), (5000, 800))
        ),
    ),
    Series(
        "Rooms of 20, by their number",
        "rooms",
        tuple(Point(f"{rooms}", load(20 * rooms, rooms, 30_000)) for rooms in (1, 10, 50, 250)),
    ),
    Series(
        "50 rooms × 20, by the number of others who are connected",
        "connections that only listen elsewhere",
        tuple(Point(f"{idlers:,}", replace(ROOMS, idlers=idlers)) for idlers in (0, 1000, 4000, 9000)),
    ),
    Series(
        "100 pairs, by what is stored",
        "messages in the store",
        tuple(Point(f"{messages:,}", PAIRS, messages=messages) for messages in (0, 10_000, 100_000)),
    ),
    Series(
        "100 pairs, by accounts",
        "accounts",
        tuple(Point(f"{accounts:,}", PAIRS, accounts=accounts) for accounts in (200, 10_000, 100_000)),
    ),
)


@contextlib.contextmanager
def stores(series: Sequence[Series]) -> Iterator[dict[tuple[int, int], Path]]:
    """Yield a data directory for each store that has something, by its messages and accounts."""
    from bench.fill import PASSWORD, add_accounts, fill  # late, as in `peers`

    made: dict[tuple[int, int], Path] = {}
    with contextlib.ExitStack() as stack:
        for point in (point for each in series for point in each.points):
            wanted = point.messages, point.accounts
            if not any(wanted) or wanted in made:
                continue
            made[wanted] = data = stack.enter_context(folder())
            if point.messages:
                fill(data, messages=point.messages, rooms=PEOPLE, accounts=PEOPLE)
                with serving(data) as server:
                    index_cost(server, FILL_SECONDS)
            if point.accounts:
                others = max(point.accounts - point.profile.connections, 1)
                add_accounts(data, [f"other{number}" for number in range(others)], PASSWORD)
        yield made


def measure_growth(series: Sequence[Series], rounds: int, console: Console) -> list[list[Result]]:
    """Measure all points, interleaved: each round goes through all of them once."""
    results = [[Result() for _ in each.points] for each in series]
    with stores(series) as made:
        for number in range(1, rounds + 1):
            for each, found in zip(series, results, strict=True):
                for point, result in zip(each.points, found, strict=True):
                    start = partial(vestnik, store=made.get((point.messages, point.accounts)))
                    failures = len(result.failures)
                    attempt(Server("vestnik", "Vestnik", "own", None, start, own_accounts=True), point.profile, result)
                    failed = len(result.failures) > failures
                    told = result.failures[-1] if failed else f"{result.rounds[-1]['cpu_us']:.2f} µs"
                    line = f"round {number}/{rounds}  {each.title}: {point.name:>8} {told}"
                    console.print(line, markup=False, highlight=False, soft_wrap=True)
    return results


def growth_rows(series: Sequence[Series], results: Sequence[Sequence[Result]]) -> list[list[str]]:
    """Return the cost of a copy at each point, and how many times as much the last one is as the first."""
    table = [["CPU per copy", "from → to", "at each point", "last / first"]]
    for each, found in zip(series, results, strict=True):
        costs = [result.median("cpu_us") for result in found]
        cells = " → ".join(NOTHING if cost is None else f"{cost:.2f}" for cost in costs)
        first, last = costs[0], costs[-1]
        times = f"{last / first:.2f} ×" if first and last is not None else NOTHING
        table.append([each.title, " → ".join(point.name for point in each.points), f"{cells} µs", times])
    return table


def charts(series: Sequence[Series], results: Sequence[Sequence[Result]]) -> list[Chart]:
    """Return a chart of each series; what was not measured is left out."""
    drawn = []
    for each, found in zip(series, results, strict=True):
        costs = [(point.name, result.median("cpu_us")) for point, result in zip(each.points, found, strict=True)]
        points = [(name, cost) for name, cost in costs if cost is not None]
        drawn.append(Chart(f"{each.title} (µs per copy)", each.axis, points))
    return drawn


def keep_growth(target: Path, about: str, series: Sequence[Series], results: Sequence[Sequence[Result]]) -> None:
    """Write the chart and its table."""
    PICTURE.write_text(page(charts(series, results)))
    picture = f"![Processor time for one copy, as there is more of everything]({PICTURE.name})\n"
    write(target, SECTION, "\n".join([about, picture, markdown(growth_rows(series, results))]))


def smallest(series: Sequence[Series]) -> list[Series]:
    """Return the same with tiny loads and hardly anything stored, to see that it still runs."""
    return [
        replace(
            each,
            points=tuple(
                replace(point, profile=tiny(point.profile), messages=point.messages // 100) for point in each.points[:2]
            ),
        )
        for each in series
    ]


@click.command()
@click.option("--quick", is_flag=True, help="Tiny counts, one round: only to see that everything runs.")
@click.option("--rounds", default=2, show_default=True, type=click.IntRange(1), help="How often all is measured.")
@click.option("--write/--no-write", "keep", default=None, help="Write chart and table. Default: not with --quick.")
def main(quick: bool, rounds: int, keep: bool | None) -> None:
    """Measure what one copy costs as there is more of everything. Ends with 1 when a run failed or lost something."""
    from bench.run import TARGET, measured_where, prepared, wide_console

    console = wide_console()
    build()
    series = smallest(SERIES) if quick else SERIES
    with prepared():
        results = measure_growth(series, 1 if quick else rounds, console)
    console.print(rich_table("Growth", growth_rows(series, results)))
    if not quick if keep is None else keep:
        keep_growth(TARGET, measured_where(1 if quick else rounds), series, results)
    sys.exit(1 if any(result.failures or result.lost() for found in results for result in found) else 0)


if __name__ == "__main__":
    main()
