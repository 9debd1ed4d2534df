"""The loads that are measured, and one run of one load against one server."""

import dataclasses
import shutil
import statistics
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bench.indexed import NotIndexedError, index_cost
from bench.peers import Running, Server
from bench.process import ROOT, StartError, resident_kb

SOURCE = ROOT / "bench" / "loadgen.c"
PROGRAM = ROOT / "bench" / "build" / "loadgen"
SETTLE_SECONDS = 0.5
LIMIT_SECONDS = 90.0
"""Of logging in, and of the load."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One load. `messages` says how many are posted, by the name or the kind of the server; others are left out, and so
    are those with None.

    Every receiver is in `each` rooms, and `idlers` more log in that are in none. `options` are further ones of the load
    generator. With `indexed`, what is measured is the work that is left when the last message has arrived.
    """

    name: str
    label: str
    mode: str
    receivers: int
    senders: int
    rooms: int
    messages: Mapping[str, int | None]
    options: tuple[str, ...] = ()
    each: int = 1
    idlers: int = 0
    indexed: bool = False

    @property
    def connections(self) -> int:
        """The number of logins."""
        return self.receivers + self.senders + self.idlers

    @property
    def rich(self) -> bool:
        """Whether its clients are as our own are."""
        return "--rich" in self.options

    def members(self) -> list[list[int]]:
        """Return who is in each room, by the numbers of the logins: the one who writes, then those who read."""
        rooms: list[list[int]] = [[] for _ in range(self.rooms)]
        for number in range(self.senders):
            rooms[number % self.rooms].append(self.receivers + number)
        for number in range(self.receivers):
            for place in range(self.each):
                rooms[(number * self.each + place) % self.rooms].append(number)
        return rooms

    def count(self, server: Server) -> int | None:
        """Return how many messages are posted on a server; None if it does not get this load."""
        return self.messages.get(server.name, self.messages.get(server.kind))


RICH = ("--rich", "--ids", "--read-every", "50")
NARROW = ("--window", "64")
WORDS = ("--words",)
SMALL = (
    Profile("room", "one room, 1 → 100", "throughput", 100, 1, 1, {"own": 100_000, "irc": 20_000, "xmpp": 500}),
    Profile("rooms", "50 rooms × 20", "throughput", 1000, 50, 50, {"own": 60_000, "irc": 20_000, "xmpp": 2000}),
    Profile("pairs", "100 pairs", "throughput", 100, 100, 100, {"own": 100_000, "irc": 40_000, "xmpp": 6000}),
    Profile("pairs-rich", "100 pairs, rich, with ids", "throughput", 100, 100, 100, {"own": 60_000}, RICH),
    Profile("people", "100 people", "people", 100, 100, 100, {"own": 60_000, "irc": 40_000, "xmpp": 3000}),
    Profile("people-rich", "100 people, rich, with ids", "people", 100, 100, 100, {"own": 60_000}, RICH),
    Profile("latency", "time to the last of 100", "latency", 100, 1, 1, {"own": 2000, "irc": 1000, "xmpp": 200}),
    Profile("idle", "idle logins", "idle", 4999, 1, 1, {"own": 0, "irc": 0}),
)
"""Loads that take a few seconds, logins included."""
LARGE = (
    Profile("rooms-rich", "50 rooms × 20, rich, with ids", "throughput", 1000, 50, 50, {"own": 30_000}, RICH),
    Profile("room-5000", "one room, 1 → 5,000", "throughput", 5000, 1, 1, {"own": 2000, "inspircd": 200}, NARROW),
    Profile("rooms-500", "500 rooms × 200", "throughput", 5000, 500, 500, {"own": 6000, "inspircd": 3000}, each=20),
    Profile("connected", "10,000 connected, 100 write", "throughput", 9900, 100, 100, {"own": 15_000, "irc": 5000}),
    Profile(
        "people-1000", "1,000 people", "people", 1000, 1000, 1000, {"own": 60_000, "irc": 40_000, "ejabberd": 5000}
    ),
    Profile("people-1000-rich", "1,000 people, rich, with ids", "people", 1000, 1000, 1000, {"own": 50_000}, RICH),
    Profile(
        "resume", "5,000 come back", "resume", 5000, 500, 500, {"vestnik": 5000, "inspircd": 5000}, ("--rich",), each=5
    ),
    Profile("index", "search index afterwards", "throughput", 100, 100, 100, {"vestnik": 30_000}, WORDS, indexed=True),
)
"""Loads with many connections, and what is left to do after one; without the peers that seldom get through them."""
PROFILES = (*SMALL, *LARGE)


def tiny(profile: Profile) -> Profile:
    """Return the same load with a tenth of the connections and a few messages, to see that it still runs."""
    rooms = max(profile.rooms // 10, 1)
    receivers, senders = min(max(profile.receivers // 10, 1), 100), max(profile.senders // 10, 1)
    return dataclasses.replace(
        profile,
        receivers=receivers,
        senders=senders,
        rooms=rooms,
        messages=dict.fromkeys(profile.messages, max(50, 2 * rooms)),
        idlers=profile.idlers // 10,
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
    own = server.own_accounts and profile.mode != "idle"
    if profile.mode == "idle" and profile.connections > server.most_logins:
        profile = dataclasses.replace(profile, receivers=server.most_logins - profile.senders)
    with server.start(profile.connections if own else 0, profile.members() if own else []) as running:
        time.sleep(SETTLE_SECONDS)
        rest_kb = resident_kb(running.pid)
        figures = {"rest_kb": rest_kb, **_load(running, profile, profile.count(server) or 0)}
        if profile.indexed:
            figures |= index_cost(running)
        return figures


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
        "each": profile.each,
        "idlers": profile.idlers,
        "limit": LIMIT_SECONDS,
    }
    command: list[str | Path] = [PROGRAM, *running.args, *profile.options]
    for name, value in options.items():
        command += [f"--{name}", str(value)]
    if running.database is not None:
        command += ["--store", running.database]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", timeout=2 * LIMIT_SECONDS + 30, check=False
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
    except (StartError, RunError, NotIndexedError, ImportError, OSError) as problem:
        result.failures.append(f"{type(problem).__name__}: {problem}")
