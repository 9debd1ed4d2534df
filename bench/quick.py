"""`make bench-quick`: what users do, in less than two minutes, as quotients to the sketch."""

import dataclasses
import sys

import click

from bench.goals import ratio
from bench.peers import SERVERS
from bench.profiles import SMALL, Profile, Result, build
from bench.report import NOTHING, cell, rich_table
from bench.run import measure_all, prepared, wide_console

OURS, LEAST = "vestnik", "sketch"
COUNTS = {
    "room": 80_000,
    "rooms": 30_000,
    "pairs": 50_000,
    "pairs-rich": 40_000,
    "people": 30_000,
    "people-rich": 25_000,
    "latency": 800,
}
"""Messages by the name of the load: a second or two each."""
HEADING = ["load", "Vestnik", "Sketch", "CPU: Vestnik / sketch", "speed", "messages per commit"]


def quick(profile: Profile) -> Profile:
    """Return the same load with fewer messages."""
    return dataclasses.replace(profile, messages={"own": COUNTS[profile.name]})


def row(profile: Profile, results: dict[tuple[str, str], Result]) -> list[str]:
    """Return the figures of both under one load, and their quotients."""
    ours, least = (results.get((name, profile.name), Result()) for name in (OURS, LEAST))
    key = "p50_us" if profile.mode == "latency" else "copies_per_s"
    fast, faster = ours.median(key), least.median(key)
    speed = None
    if fast and faster:
        speed = faster / fast if profile.mode == "latency" else fast / faster
    times = [ratio(results, profile.name), speed]
    commits = [f"{each:.1f}" if each else NOTHING for each in (found.median("per_commit") for found in (ours, least))]
    return [
        profile.label,
        cell(profile, ours),
        cell(profile, least),
        *(f"{each:.2f} ×" if each is not None else NOTHING for each in times),
        " / ".join(commits),
    ]


@click.command()
@click.option("--rounds", default=1, show_default=True, type=click.IntRange(1), help="How often all is measured.")
@click.option("--only", multiple=True, type=click.Choice(list(COUNTS)), help="Only this load; repeatable.")
def main(rounds: int, only: tuple[str, ...]) -> None:
    """Measure Vestnik beside the sketch with small loads. Ends with 1 when a run failed or a copy was lost."""
    console = wide_console()
    build()
    profiles = [quick(profile) for profile in SMALL if profile.name in (only or COUNTS)]
    with prepared():
        results = measure_all([SERVERS[OURS], SERVERS[LEAST]], profiles, rounds, console)
    console.print(rich_table("", [HEADING, *(row(profile, results) for profile in profiles)]))
    sys.exit(1 if any(result.failures or result.lost() for result in results.values()) else 0)


if __name__ == "__main__":
    main()
