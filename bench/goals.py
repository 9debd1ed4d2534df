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


def _within(name: str, figure: float | None, most: float, unit: str) -> Goal:
    text = f"{figure:.2f}{unit}" if figure is not None else "not measured"
    return Goal(name, f"≤ {most:g}{unit}", text, figure is not None and figure <= most)


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
        if profile.mode != "idle":
            name = f"CPU per copy / sketch, {profile.label}"
            goals.append(_within(name, ratio(results, profile.name), MOST_TIMES_SKETCH, " ×"))
    idle = results.get(("vestnik", "idle"), Result())
    each, whole = idle.median("kb_per_connection"), idle.median("rest_kb")
    rest = whole / 1024 if whole is not None else None
    goals.append(_within("memory per idle login", each, MOST_IDLE_LOGIN_KB, " KB"))
    goals.append(_within("memory at rest", rest, MOST_IDLE_SERVER_MB, " MB"))
    goals.append(_within("CPU of vestnik --help", help_seconds(), MOST_HELP_SECONDS, " s"))
    ours = [result for (server, _), result in results.items() if server == "vestnik"]
    lost = sum(result.lost() for result in ours)
    failed = sum(len(result.failures) for result in ours)
    figure = f"{lost} copies" + (f", failed runs: {failed}" if failed else "")
    goals.append(Goal("lost", "0 copies", figure, not lost and not failed))
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
