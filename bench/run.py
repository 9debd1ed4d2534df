"""`make bench`: every load on every server, one after the other, and the table that comes of it."""

import contextlib
import datetime
import resource
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
from rich.console import Console

from bench.goals import Goal, judge, machine
from bench.growth import SERIES, growth_rows, keep_growth, measure_growth, smallest
from bench.peers import SERVERS, Server
from bench.process import ROOT
from bench.profiles import LARGE, PROFILES, Profile, Result, attempt, build, tiny
from bench.report import cell, document, goal_rows, people_rows, rich_table, rows, write

TARGET = ROOT / "docs" / "performance.md"
SECTION = "bench"
QUICK = ("vestnik", "sketch")
PLAIN_WIDTH = 180


def chosen(only: Sequence[str], quick: bool, console: Console) -> list[Server]:
    """Return the servers to measure and say which are left out."""
    servers = []
    for name in only or (QUICK if quick else SERVERS):
        missing = SERVERS[name].missing()
        if missing:
            console.print(f"{SERVERS[name].label} is skipped: {missing}", markup=False)
        else:
            servers.append(SERVERS[name])
    return servers


def measure_all(
    servers: Sequence[Server], profiles: Sequence[Profile], rounds: int, console: Console
) -> dict[tuple[str, str], Result]:
    """Measure every server under every load, interleaved: each round goes through all of them once.

    The large loads are only measured in every other round, beginning with the first.
    """
    results: dict[tuple[str, str], Result] = {}
    for number in range(1, rounds + 1):
        for profile in profiles:
            for server in servers:
                if profile.count(server) is None or (profile in LARGE and number % 2 == 0):
                    continue
                result = results.setdefault((server.name, profile.name), Result())
                failures = len(result.failures)
                attempt(server, profile, result)
                failed = len(result.failures) > failures
                said = result.failures[-1] if failed else cell(profile, Result(result.rounds[-1:]))
                line = f"round {number}/{rounds}  {profile.label:28} {server.label:9} {said}"
                console.print(line, markup=False, highlight=False, soft_wrap=True)
    return results


def about(servers: Sequence[Server], rounds: int) -> str:
    """Return the sentences above the table: when, where and how it was measured."""
    versions = [f"{server.label} {version}" for server in servers if (version := _package_version(server))]
    return (
        measured_where(rounds)
        + "Loads from the ninth on are measured in every other one.\n"
        + "Throughput is in copies per second, time to the last as p50 / p99, memory per idle login\n"
        + "and of the whole server at rest; in brackets is the server's processor time for one copy.\n"
        + (f"Beside it: {', '.join(versions)}.\n" if versions else "")
    )


def measured_where(rounds: int) -> str:
    """Return when, where and how often it was measured."""
    return f"{datetime.date.today()}, {machine(Path(tempfile.gettempdir()))}. Median over rounds: {rounds}.\n"


def _package_version(server: Server) -> str:
    if server.kind == "own":
        return ""
    with contextlib.suppress(OSError):
        command = ["dpkg-query", "-W", "-f", "${Version}", server.name]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return ""


def wide_console() -> Console:
    """Return the terminal, or what prints whole rows of the tables where there is none."""
    console = Console()
    return console if console.is_terminal else Console(width=PLAIN_WIDTH)


@contextlib.contextmanager
def prepared() -> Iterator[None]:
    """Let servers open as many files as we may, and let SIGTERM end us in good order, servers included."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@click.command()
@click.option("--quick", is_flag=True, help="Tiny counts, one round: only to see that everything runs.")
@click.option("--only", multiple=True, type=click.Choice(list(SERVERS)), help="Measure only this server; repeatable.")
@click.option("--rounds", default=2, show_default=True, type=click.IntRange(1), help="How often all is measured.")
@click.option(
    "--write/--no-write",
    "keep",
    default=None,
    help="Write the table to docs/performance.md, or do not. Default: only when everything was measured.",
)
def main(quick: bool, only: tuple[str, ...], rounds: int, keep: bool | None) -> None:
    """Measure Vestnik beside a sketch without checks and beside other chat servers.

    Ends with 1 when Vestnik misses a goal; with --quick, only when a run failed or a message was lost.
    """
    console = wide_console()
    build()
    rounds = 1 if quick else rounds
    profiles = [tiny(profile) for profile in PROFILES] if quick else list(PROFILES)
    servers = chosen(only, quick, console)
    series = [] if only else smallest(SERIES) if quick else SERIES
    with prepared():
        results = measure_all(servers, profiles, rounds, console)
        grown = measure_growth(series, (rounds + 1) // 2, console)
    tables = [rows(servers, profiles, results), people_rows(servers, profiles, results)]
    for title, texts in zip(("Copies per second (CPU per copy)", "One message in flight"), tables, strict=True):
        console.print(rich_table(title, texts))
    if series:
        console.print(rich_table("Growth", growth_rows(series, grown)))
    goals: list[Goal] = [] if quick or "vestnik" not in {server.name for server in servers} else judge(results)
    if goals:
        console.print(rich_table("Goals", goal_rows(goals)))
    if keep if keep is not None else not quick and not only:
        write(TARGET, SECTION, document(about(servers, rounds), tables, goals))
        if series:
            keep_growth(TARGET, measured_where((rounds + 1) // 2), series, grown)
        console.print(f"written to {TARGET.relative_to(ROOT)}")
    own = [result for (name, _), result in results.items() if SERVERS[name].kind == "own"]
    own += [result for found in grown for result in found]
    broken = any(result.failures or result.lost() for result in own)
    sys.exit(1 if broken or any(not goal.met for goal in goals) else 0)


if __name__ == "__main__":
    main()
