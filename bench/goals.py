"""What Vestnik has to reach, and whether it does."""

import platform
import resource
import statistics
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.process import ROOT
from bench.profiles import PROFILES, Result

Results = Mapping[tuple[str, str], Result]
"""Results by the name of the server and the name of the profile."""

MOST_TIMES_SKETCH = 1.5
MOST_TIMES_PLAIN = 1.15
MOST_IDLE_LOGIN_KB = 6.0
MOST_IDLE_SERVER_MB = 60.0
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
    return Goal(name, f"≥ {least:g}{unit}", _said(figure, unit), figure is not None and figure >= least)


def _said(figure: float | None, unit: str) -> str:
    return f"{figure:.2f}{unit}" if figure is not None else "not measured"


def lost(results: Results) -> Goal:
    """Return the goal that no copy of these runs is lost and that every run comes to its end."""
    copies = sum(result.lost() for result in results.values())
    failed = sum(len(result.failures) for result in results.values())
    figure = f"{copies} copies" + (f", failed runs: {failed}" if failed else "")
    return Goal("lost", "0 copies", figure, not copies and not failed)


def ratio(results: Results, profile: str) -> float | None:
    """Return Vestnik's processor time per copy divided by the sketch's."""
    ours = results.get(("vestnik", profile), Result()).median("cpu_us")
    least = results.get(("sketch", profile), Result()).median("cpu_us")
    return ours / least if ours is not None and least else None


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
    """Return all goals with what was measured; a figure that is missing is a goal that is missed."""
    goals = []
    for profile in PROFILES:
        if profile.mode != "idle" and not profile.options:
            name = f"CPU per copy / sketch, {profile.label}"
            goals.append(within(name, ratio(results, profile.name), MOST_TIMES_SKETCH, " ×"))
    rich, plain = (results.get(("vestnik", name), Result()).median("cpu_us") for name in ("people-rich", "people"))
    times = rich / plain if rich is not None and plain else None
    goals.append(within("CPU per copy, rich with ids / plain, 100 people", times, MOST_TIMES_PLAIN, " ×"))
    idle = results.get(("vestnik", "idle"), Result())
    each, whole = idle.median("kb_per_connection"), idle.median("rest_kb")
    rest = whole / 1024 if whole is not None else None
    goals.append(within("memory per idle login", each, MOST_IDLE_LOGIN_KB, " KB"))
    goals.append(within("memory at rest", rest, MOST_IDLE_SERVER_MB, " MB"))
    goals.append(within("CPU of vestnik --help", help_seconds(), MOST_HELP_SECONDS, " s"))
    goals.append(lost({key: result for key, result in results.items() if key[0] == "vestnik"}))
    return goals


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
