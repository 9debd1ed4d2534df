"""What Vestnik has to reach, and whether it does."""

import platform
import resource
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.process import ROOT
from bench.profiles import PROFILES, SMALL, Result

Results = Mapping[tuple[str, str], Result]
"""Results by the name of the server and the name of the profile."""

MOST_TIMES_SKETCH = {"pairs": 1.4}
MOST_TIMES_SKETCH_ELSE = 1.5
"""CPU per copy beside the sketch's: of a load by its name, and of the others."""
MOST_CPU_US = {"room": 0.15, "rooms": 1.5, "pairs": 17, "pairs-rich": 22, "people-rich": 55}
"""CPU per copy in microseconds, on the machine of docs/performance.md."""
LEAST_TIMES_PEER = (
    ("room", "ngircd", "room", 7),
    ("rooms", "ngircd", "rooms", 1.5),
    ("rooms", "inspircd", "rooms", 0.9),
    ("pairs", "ngircd", "pairs", 0.9),
    ("pairs-rich", "ejabberd", "pairs", 3),
)
"""Copies per second of a load beside those of a peer: our load, the peer, the peer's load, how many times as many."""
LEAST_MESSAGES_PER_S = {"people-rich": 13_000}
MOST_TIMES_LATENCY = ("ngircd", 1.4)
"""The median time to the last of 100 beside that of a peer."""
MOST_TIMES_SMALL = (("room-5000", "room"), ("rooms-500", "rooms"))
"""Loads whose CPU per copy is held against that of a smaller one, with `MOST_GROWTH`."""
MOST_GROWTH = 1.2
MOST_TIMES_PLAIN = (("people-rich", "people"),)
"""Loads of rich clients whose CPU per copy is held against that of plain ones, with `MOST_RICH`."""
MOST_RICH = 1.15
MOST_IDLE_LOGIN_KB = 2.5
MOST_IDLE_SERVER_MB = 50.0
MOST_HELP_SECONDS = 0.3
HELP_RUNS = 3


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal: what is measured, the limit, the figure, both as text, and whether the figure is within."""

    name: str
    limit: str
    figure: str
    met: bool


def within(name: str, figure: float | None, most: float, unit: str) -> Goal:
    """Return the goal of a figure that is to be `most` or less; it is missed without a figure."""
    return Goal(name, f"≤ {most:g}{unit}", _said(figure, unit), figure is not None and figure <= most)


def at_least(name: str, figure: float | None, least: float, unit: str) -> Goal:
    """Return the goal of a figure that is to be `least` or more; it is missed without a figure."""
    return Goal(name, f"≥ {least:,g}{unit}", _said(figure, unit), figure is not None and figure >= least)


def _said(figure: float | None, unit: str) -> str:
    digits = 2 if figure is not None and figure < 1000 else 0
    return f"{figure:,.{digits}f}{unit}" if figure is not None else "not measured"


def lost(results: Results) -> Goal:
    """Return the goal that no copy of these runs is lost and that every run comes to its end."""
    copies = sum(result.lost() for result in results.values())
    failed = sum(len(result.failures) for result in results.values())
    figure = f"{copies} copies" + (f", failed runs: {failed}" if failed else "")
    return Goal("lost", "0 copies", figure, not copies and not failed)


def quotient(ours: float | None, other: float | None) -> float | None:
    """Return one figure divided by another; None if there is no such figure."""
    return ours / other if ours is not None and other else None


def median_of(results: Results, server: str, profile: str, key: str) -> float | None:
    """Return the median of a figure of a server under a load; None when there is none."""
    return results.get((server, profile), Result()).median(key)


def ratio(results: Results, profile: str) -> float | None:
    """Return Vestnik's processor time per copy divided by the sketch's."""
    return quotient(*(median_of(results, server, profile, "cpu_us") for server in ("vestnik", "sketch")))


def help_seconds() -> float | None:
    """Return the processor time that `vestnik --help` takes, in seconds: the median of a few runs."""
    taken = []
    for _ in range(HELP_RUNS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [sys.executable, "-m", "vestnik", "--help"]
        if subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode:
            return None
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        taken.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(taken)


def judge(results: Results) -> list[Goal]:
    """Return all goals with what was measured; a figure that is missing is a goal that is missed.

    Beside peers that were not measured there are none.
    """
    idle = results.get(("vestnik", "idle"), Result())
    each, whole = idle.median("kb_per_connection"), idle.median("rest_kb")
    return [
        *_cost_goals(results),
        *_growth_goals(results),
        *_peer_goals(results),
        within("memory per idle login", each, MOST_IDLE_LOGIN_KB, " KB"),
        within("memory at rest", quotient(whole, 1024), MOST_IDLE_SERVER_MB, " MB"),
        within("CPU of vestnik --help", help_seconds(), MOST_HELP_SECONDS, " s"),
        lost({key: result for key, result in results.items() if key[0] == "vestnik"}),
    ]


LABELS = {profile.name: profile.label for profile in PROFILES}


def _cost_goals(results: Results) -> Iterator[Goal]:
    """What a copy may cost, and beside the sketch."""
    for name, most in MOST_CPU_US.items():
        yield within(f"CPU per copy, {LABELS[name]}", median_of(results, "vestnik", name, "cpu_us"), most, " µs")
    for name, least in LEAST_MESSAGES_PER_S.items():
        speed = median_of(results, "vestnik", name, "copies_per_s")
        yield at_least(f"messages per second, {LABELS[name]}", speed, least, "")
    for profile in SMALL:
        if profile.mode != "idle" and not profile.rich:
            most = MOST_TIMES_SKETCH.get(profile.name, MOST_TIMES_SKETCH_ELSE)
            yield within(f"CPU per copy / sketch, {profile.label}", ratio(results, profile.name), most, " ×")


def _growth_goals(results: Results) -> Iterator[Goal]:
    """What a copy may cost where there is more of everything, or where clients are rich."""
    for pairs, most in ((MOST_TIMES_SMALL, MOST_GROWTH), (MOST_TIMES_PLAIN, MOST_RICH)):
        for name, base in pairs:
            times = quotient(*(median_of(results, "vestnik", each, "cpu_us") for each in (name, base)))
            yield within(f"CPU per copy, {LABELS[name]} / {LABELS[base]}", times, most, " ×")


def _peer_goals(results: Results) -> Iterator[Goal]:
    """How fast it has to be beside others."""
    measured = {server for server, _ in results}
    for name, peer, load, least in LEAST_TIMES_PEER:
        if peer in measured:
            fast = median_of(results, "vestnik", name, "copies_per_s")
            times = quotient(fast, median_of(results, peer, load, "copies_per_s"))
            beside = peer if load == name else f"{peer}, {LABELS[load]}"
            yield at_least(f"speed, {LABELS[name]} / {beside}", times, least, " ×")
    peer, most = MOST_TIMES_LATENCY
    if peer in measured:
        times = quotient(*(median_of(results, each, "latency", "p50_us") for each in ("vestnik", peer)))
        yield within(f"{LABELS['latency']}, p50 / {peer}", times, most, " ×")


def machine(folder: Path) -> str:
    """Return processor, cores, kernel, Python version, and the kind of file system that holds `folder`."""
    models = [line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    cpu = models[0] if models else platform.machine()
    mounts = [(fields[1], fields[2]) for fields in (line.split() for line in _lines("/proc/mounts"))]
    holding = [(len(point), kind) for point, kind in mounts if folder.resolve().is_relative_to(point)]
    kind = max(holding)[1] if holding else "an unknown file system"
    kernel, python = f"{platform.system()} {platform.release()}", platform.python_version()
    return f"{cpu}, {len(models) or '?'} cores, {kernel}, Python {python}, data on {kind}"


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []
