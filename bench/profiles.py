"""The loads that are measured, and one run of one load against one server."""

import dataclasses
import shutil
import statistics
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bench.peers import Running, Server
from bench.process import ROOT, StartError, resident_kb

SOURCE = ROOT / "bench" / "loadgen.c"
PROGRAM = ROOT / "bench" / "build" / "loadgen"
SETTLE_SECONDS = 0.5
LIMIT_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Profile:
    """One load. `messages` says how many are posted, by the kind of server; other kinds are left out.

    `options` are further ones of the load generator.
    """

    name: str
    label: str
    mode: str
    receivers: int
    senders: int
    rooms: int
    messages: Mapping[str, int]
    options: tuple[str, ...] = ()

    @property
    def connections(self) -> int:
        """The number of logins."""
        return self.receivers + self.senders


RICH = ("--rich", "--ids")
PROFILES = (
    Profile("room", "one room, 1 → 100", "throughput", 100, 1, 1, {"own": 100_000, "irc": 20_000, "xmpp": 500}),
    Profile("rooms", "50 rooms × 20", "throughput", 1000, 50, 50, {"own": 60_000, "irc": 20_000, "xmpp": 2000}),
    Profile("pairs", "100 pairs", "throughput", 100, 100, 100, {"own": 100_000, "irc": 40_000, "xmpp": 6000}),
    Profile("pairs-rich", "100 pairs, rich, with ids", "throughput", 100, 100, 100, {"own": 60_000}, RICH),
    Profile("people", "100 people", "people", 100, 100, 100, {"own": 60_000, "irc": 40_000, "xmpp": 3000}),
    Profile("people-rich", "100 people, rich, with ids", "people", 100, 100, 100, {"own": 60_000}, RICH),
    Profile("latency", "time to the last of 100", "latency", 100, 1, 1, {"own": 2000, "irc": 1000, "xmpp": 200}),
    Profile("idle", "idle logins", "idle", 4999, 1, 1, {"own": 0, "irc": 0}),
)


def tiny(profile: Profile) -> Profile:
    """Return the same load with a tenth of the connections and a few messages, to see that it still runs."""
    rooms = max(profile.rooms // 10, 1)
    receivers, senders = min(profile.receivers // 10, 100), max(profile.senders // 10, 1)
    return dataclasses.replace(
        profile,
        receivers=receivers,
        senders=senders,
        rooms=rooms,
        messages=dict.fromkeys(profile.messages, 50),
    )


@dataclass(slots=True)
class Result:
    """What the rounds of one load gave for one server: the load generator's figures, and what went wrong."""

    rounds: list[dict[str, float]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def median(self, key: str) -> float | None:
        """Return the median of a figure over the rounds; None when no round gave it."""
        figures = [figures[key] for figures in self.rounds if key in figures]
        return statistics.median(figures) if figures else None

    def lost(self) -> int:
        """Return the number of copies that never arrived, in all rounds together."""
        return int(sum(figures.get("lost", 0) for figures in self.rounds))


def build() -> None:
    """Compile the load generator when it is missing or older than its source."""
    if PROGRAM.exists() and PROGRAM.stat().st_mtime >= SOURCE.stat().st_mtime:
        return
    compiler = shutil.which("cc")
    if compiler is None:
        raise FileNotFoundError("the load generator is written in C: a compiler called cc is needed")
    PROGRAM.parent.mkdir(exist_ok=True)
    subprocess.run([compiler, "-O2", "-o", PROGRAM, SOURCE], check=True)


def measure(server: Server, profile: Profile) -> dict[str, float]:
    """Start the server afresh, put the load on it, and return the load generator's figures.

    `rest_kb` is added to them: the server's resident kilobytes before the first login. Raises StartError when
    the server does not start, and RunError when the load did not come to an end.
    """
    accounts = profile.connections if server.own_accounts and profile.mode != "idle" else 0
    if profile.mode == "idle" and profile.connections > server.most_logins:
        profile = dataclasses.replace(profile, receivers=server.most_logins - profile.senders)
    with server.start(accounts) as running:
        time.sleep(SETTLE_SECONDS)
        rest_kb = resident_kb(running.pid)
        return {"rest_kb": rest_kb, **_load(running, profile, profile.messages[server.kind])}


class RunError(Exception):
    """The load generator gave up; the text is what it said."""


def _load(running: Running, profile: Profile, messages: int) -> dict[str, float]:
    options = {
        "port": running.port,
        "pid": running.pid,
        "mode": profile.mode,
        "receivers": profile.receivers,
        "senders": profile.senders,
        "rooms": profile.rooms,
        "messages": messages,
        "limit": LIMIT_SECONDS,
    }
    command: list[str | Path] = [PROGRAM, *running.args, *profile.options]
    for name, value in options.items():
        command += [f"--{name}", str(value)]
    if running.database is not None:
        command += ["--store", running.database]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", timeout=LIMIT_SECONDS + 30, check=False
        )
    except subprocess.TimeoutExpired as slow:
        raise RunError(f"no end after {slow.timeout:.0f} s") from slow
    if not done.stdout:
        raise RunError(done.stderr.strip() or f"ended with code {done.returncode}")
    return _figures(done.stdout)


def _figures(line: str) -> dict[str, float]:
    """Read the numbers out of a line of key=value pairs."""
    figures = {}
    for pair in line.split():
        key, _, value = pair.partition("=")
        try:
            figures[key] = float(value)
        except ValueError:
            continue  # a name, such as mode=idle
    return figures


def attempt(server: Server, profile: Profile, result: Result) -> None:
    """Measure once and add the figures, or what went wrong, to the result."""
    try:
        result.rounds.append(measure(server, profile))
    except (StartError, RunError, ImportError, OSError) as problem:
        result.failures.append(f"{type(problem).__name__}: {problem}")
