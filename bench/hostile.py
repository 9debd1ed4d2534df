"""`make bench-hostile`: what one user feels while others do their worst.

One server with a store of many rooms. A user sends a message, waits for its acknowledgement, and again; another logs
in by password over and over. First nobody else is there; then four strangers send nonsense, one guesses passwords, and
a member floods with each expensive request in turn; then it is quiet again. Attackers run as other processes at the
lowest priority (they would have machines of their own).
"""

import contextlib
import datetime
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click
from rich.console import Console

from bench.fill import PASSWORD
from bench.findings import Table, document
from bench.goals import Goal, machine, within
from bench.hostile_attacks import FLOODS, GUESS, NONSENSE, ROOM
from bench.peers import Running, serving
from bench.process import ROOT, StartError, folder, resident_kb
from bench.report import goal_rows, rich_table, write
from bench.run import TARGET, prepared, wide_console
from bench.scale_store import ALL, SOME, UNREAD, Filled, Size, filled
from bench.scale_wire import AskError, Wire, logged_in

SECTION = "hostile"
SETTINGS = 'lang = "en"\n'
FULL, QUICK = Size(20_000, 3000, 50), Size(1000, 50, 10)
SECONDS = 5.0
"""For which each flood is measured; both quiet times are three times as long."""
QUICK_SECONDS = 0.3
PAUSE = 0.005
"""Seconds between two messages of the user who is measured."""
LOGIN_PAUSE = 0.5
BEGIN = 1.0
"""Seconds that attackers get to begin."""
MOST_TIMES_QUIET = 2.0
MOST_LOGIN_S = 1.0
TEXTS = 300
"""Texts of 4,000 characters that the member has posted before."""
QUIET = "nobody else"
STRANGERS = "4 strangers, 1 who guesses"


@dataclass(slots=True)
class Felt:
    """What the user felt in one phase: seconds until each acknowledgement, and until each login was answered."""

    messages: list[float] = field(default_factory=list)
    logins: list[float] = field(default_factory=list)

    def add(self, other: "Felt") -> None:
        """Take in another phase."""
        self.messages += other.messages
        self.logins += other.logins


def share(seconds: Sequence[float], percent: float) -> float | None:
    """Milliseconds within which so many percent were done; None of nothing."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] * 1e3 if ordered else None


class User:
    """Someone who only wants to write. Their messages go to one who is away, so that nobody's reading is measured."""

    def __init__(self, wire: Wire, filled: Filled, port: int) -> None:
        self._wire = wire
        self._to = filled.names[UNREAD]
        self._port = port
        self.acknowledged: set[str] = set()

    def feel(self, seconds: float) -> Felt:
        """Write and log in for so long. Raises AskError, OSError."""
        felt, ended = Felt(), threading.Event()
        problems: list[Exception] = []

        def log_in() -> None:
            while not ended.wait(LOGIN_PAUSE):
                try:
                    felt.logins.append(self._log_in())
                except (AskError, OSError) as problem:
                    problems.append(problem)

        logging_in = threading.Thread(target=log_in)
        logging_in.start()
        try:
            self._write(felt, time.perf_counter() + seconds)
        finally:
            ended.set()
            logging_in.join()
        if problems:
            raise problems[0]
        return felt

    def _write(self, felt: Felt, until: float) -> None:
        while time.perf_counter() < until:
            key = f"hostile-{len(self.acknowledged)}"
            taken, _ = self._wire.ask({"action": "msg", "to": self._to, "message": "hello", "id": key})
            felt.messages.append(taken)
            self.acknowledged.add(key)
            time.sleep(PAUSE)

    def _log_in(self) -> float:
        begun = time.perf_counter()
        with logged_in(self._port, self._to, password=PASSWORD):
            return time.perf_counter() - begun


@contextlib.contextmanager
def attacking(*kinds: str, port: int, name: str) -> Iterator[None]:
    """Attackers of these kinds, from when they have begun; all are killed in the end."""
    command = [sys.executable, "-m", "bench.hostile_attacks"]
    attackers = [subprocess.Popen([*command, kind, str(port), name], cwd=ROOT) for kind in kinds]
    try:
        time.sleep(BEGIN)
        yield
        ended = [kind for kind, attacker in zip(kinds, attackers, strict=True) if attacker.poll() is not None]
        if ended:
            raise AskError(f"attackers that ended by themselves: {', '.join(ended)}")
    finally:
        for attacker in attackers:
            attacker.kill()
            attacker.wait()


def prepare(filled: Filled, port: int, texts: int) -> None:
    """Post what the member searches and edits later."""
    with logged_in(port, filled.names[SOME], "seq") as wire:
        wire.ask({"action": "join", "room": ROOM})
        for _ in range(texts):
            wire.ask({"action": "msg", "to": ROOM, "message": "一" * 4000})


def measure(
    filled: Filled, server: Running, seconds: float, texts: int, console: Console
) -> tuple[dict[str, Felt], User]:
    """Measure all phases; what was felt in each by its name."""
    phases: dict[str, Felt] = {QUIET: Felt()}

    def feel(name: str, seconds: float) -> None:
        felt = user.feel(seconds)
        phases.setdefault(name, Felt()).add(felt)
        console.print(f"{name:34} {'  '.join(cells(felt))}  {resident_kb(server.pid) // 1024} MB", highlight=False)

    port, member = server.port, filled.names[SOME]
    prepare(filled, port, texts)
    with logged_in(port, filled.names[ALL], "seq") as wire:
        user = User(wire, filled, port)
        feel(QUIET, seconds * 3)
        with attacking(*NONSENSE, GUESS, port=port, name=filled.names[UNREAD]):
            feel(STRANGERS, seconds)
            for flood in FLOODS:
                with attacking(flood, port=port, name=member):
                    feel(flood, seconds)
        feel(QUIET, seconds * 3)
    return phases, user


def cells(felt: Felt) -> list[str]:
    """Return p50, p99 and the longest of the messages and the longest login as texts."""
    times = [share(felt.messages, 50), share(felt.messages, 99), share(felt.messages, 100), share(felt.logins, 100)]
    return ["–" if time is None else f"{time:.1f} ms" for time in times]


def missing(data: Path, acknowledged: set[str]) -> int:
    """Return how many acknowledged messages have no record in the journal."""
    left = set(acknowledged)
    for file in sorted((data / "log").glob("server.jsonl.*")):
        with file.open(encoding="utf-8") as lines:
            for line in lines:
                if '"message.' in line:
                    left.discard(json.loads(line).get("id", ""))
    return len(left)


def judge(phases: dict[str, Felt], lost: int) -> list[Goal]:
    """Return the goals: what is felt under attack beside what is felt when it is quiet."""
    attacked = Felt()
    for name, felt in phases.items():
        if name != QUIET:
            attacked.add(felt)
    quiet, worst = share(phases[QUIET].messages, 99), share(attacked.messages, 99)
    times = worst / quiet if worst is not None and quiet else None
    login = max(attacked.logins, default=None)
    return [
        within("acknowledgement under attack / quiet, p99", times, MOST_TIMES_QUIET, " ×"),
        within("a right login under attack, the longest", login, MOST_LOGIN_S, " s"),
        Goal("acknowledged, not journaled", "0 messages", f"{lost} messages", not lost),
    ]


def table(phases: dict[str, Felt]) -> Table:
    """Return what was felt in each phase."""
    rows = [["beside the user", "p50", "p99", "longest", "longest login"]]
    return Table("Acknowledgements", rows + [[name, *cells(felt)] for name, felt in phases.items()], [])


@click.command()
@click.option("--quick", is_flag=True, help="Short phases, no goals: only to see that everything runs.")
@click.option("--seconds", default=SECONDS, show_default=True, help="How long each flood is measured.")
@click.option("--write/--no-write", "keep", default=None, help="Write the table to docs/performance.md, or do not.")
def main(quick: bool, seconds: float, keep: bool | None) -> None:
    """Measure what one user feels while strangers and a member do their worst.

    Ends with 1 when a goal is missed, or when an acknowledged message is not in the journal.
    """
    console = wide_console()
    with prepared(), folder() as data:
        store = filled(data, QUICK if quick else FULL)
        try:
            with serving(data, SETTINGS) as server:
                phases, user = measure(
                    store, server, QUICK_SECONDS if quick else seconds, 5 if quick else TEXTS, console
                )
        except (StartError, AskError, OSError) as problem:
            console.print(f"{type(problem).__name__}: {problem}", markup=False)
            sys.exit(1)
        goals = judge(phases, missing(data, user.acknowledged))
    shown = table(phases)
    console.print(rich_table(shown.title, shown.rows))
    console.print(rich_table("Goals", goal_rows(goals)))
    if keep if keep is not None else not quick:
        about = (
            f"{datetime.date.today()}, {machine(Path(tempfile.gettempdir()))}.\n"
            "A user's messages, one at a time, until each is acknowledged, while all strangers attack and a member\n"
            "floods with what the row says.\n"
        )
        write(TARGET, SECTION, document(about, [shown], goals))
        console.print(f"written to {TARGET.relative_to(ROOT)}")
    sys.exit(1 if not goals[-1].met or (not quick and any(not goal.met for goal in goals)) else 0)


if __name__ == "__main__":
    main()
