"""What the journal has to reach, and its tables: as text, for the terminal and for docs/performance.md."""

import statistics
from dataclasses import dataclass

from bench.findings import Rounds, Table, notes, text
from bench.goals import Goal, Results, at_least, lost, within
from bench.journal_cost import KINDS as CALLS
from bench.journal_load import FULL, LOADS, OFF, TEXT, cpu_ratio, speed_ratio
from bench.journal_load import SERVERS as LOADED
from bench.journal_variants import BASE, VARIANTS
from bench.lag import KINDS as LAGS
from bench.report import NOTHING, cell

MOST_CALLER = 0.15
MOST_TOTAL = {"call-text": 0.35, "record-text": 0.35, "call-json": 0.40, "record-json": 0.40}
"""CPU of one record in all beside FileHandler, with its JSON object and its seals where there is one."""
MOST_LAG_MS = 1.0
LEAST_SPEED = 0.95
MOST_OFF_US = 0.5
JUDGED_CALLS = ("function", "coroutine", "generator")
CALLS_NAME = "calls"
"""The one process in which the costs of `@journaled` are measured."""


@dataclass(slots=True)
class Findings(Rounds):
    """All that was measured, with each round compared to the stdlib in the same round."""

    def failed(self) -> bool:
        """Return whether anything of ours did not run or lost something; another logger that does is a dash."""
        own = {CALLS_NAME, *(name for name, measured in (VARIANTS | LAGS).items() if measured.ours)}
        return self.broken(own)

    def ratio(self, name: str, key: str) -> float | None:
        """Return a figure divided by that of the stdlib's FileHandler in the same round: the median of the rounds."""
        if self.problem(name) or self.problem(BASE):
            return None
        pairs = zip(self.rounds[name], self.rounds[BASE], strict=True)
        return statistics.median(ours[key] / base[key] for ours, base in pairs)


def record_table(findings: Findings) -> Table:
    """Return the cost of one record."""
    rows = [["one record", "caller", "in all"]]
    for name, variant in VARIANTS.items():
        cells = [
            f"{text(findings.ratio(name, key), '{:.2f} ×')} ({text(findings.median(name, key), '{:.1f} µs')})"
            for key in ("caller", "total")
        ]
        rows.append([variant.label, *(NOTHING if cell.startswith(NOTHING) else cell for cell in cells)])
    labels = {name: variant.label for name, variant in VARIANTS.items()}
    return Table("CPU of one record / stdlib FileHandler", rows, notes(findings, labels))


def lag_table(findings: Findings) -> Table:
    """Return what the event loop feels."""
    rows = [["what records", "burst holds the loop", "lag after it, p50", "p99", "longest"]]
    for name, kind in LAGS.items():
        hold = findings.median(name, "hold") if kind.variant else None
        lags = (findings.median(name, "p50"), findings.median(name, "p99"), findings.most(name, "max"))
        rows.append([kind.label, text(hold, "{:.1f} ms"), *(text(lag, "{:.2f} ms") for lag in lags)])
    return Table("Event loop", rows, notes(findings, {name: kind.label for name, kind in LAGS.items()}))


def load_table(findings: Findings) -> Table:
    """Return the server with and without its journal."""
    heads = [f"journal {server.label}" if server.name == OFF else server.label for server in LOADED]
    rows = [["load", *heads, "speed: text / off", "full / off", "CPU: text / off", "full / off"]]
    for profile in LOADS:
        cells = [cell(profile, findings.loads.get((server.name, profile.name))) for server in LOADED]
        ratios = [how(findings.loads, name, profile.name) for how in (speed_ratio, cpu_ratio) for name in (TEXT, FULL)]
        rows.append([profile.label, *cells, *(text(ratio, "{:.2f} ×") for ratio in ratios)])
    labels = {(server.name, profile.name): f"{profile.label}, {server.label}" for profile in LOADS for server in LOADED}
    notes = [f"{labels[key]}: {result.failures[0]}." for key, result in findings.loads.items() if result.failures]
    return Table("Copies per second (CPU per copy)", rows, notes)


def call_table(findings: Findings) -> Table:
    """Return the cost of `@journaled`."""
    rows = [["a call of a", "undecorated", "switched off", "switched on", "and written"]]
    for kind in CALLS:
        costs = [findings.median(CALLS_NAME, kind, key) for key in ("plain", "off", "on", "total")]
        form = ("{:.2f} µs", "{:+.2f} µs", "{:+.1f} µs", "{:+.1f} µs")
        rows.append([kind, *(text(cost, shape) for cost, shape in zip(costs, form, strict=True))])
    return Table("@journaled", rows, notes(findings, {CALLS_NAME: "`@journaled`"}))


def record_goals(findings: Findings) -> list[Goal]:
    """Return what one record may cost."""
    goals = []
    for name, most in MOST_TOTAL.items():
        for key, what, limit in (("caller", "caller", MOST_CALLER), ("total", "in all", most)):
            ratio = findings.ratio(name, key)
            goals.append(within(f"one record / FileHandler, {what}: {VARIANTS[name].label}", ratio, limit, " ×"))
    return goals


def lag_goals(findings: Findings) -> list[Goal]:
    """Return how late the event loop may be."""
    return [
        within(f"loop lag p99: {kind.label}", findings.median(name, "p99"), MOST_LAG_MS, " ms")
        for name, kind in LAGS.items()
        if kind.ours
    ]


def load_goals(findings: Findings) -> list[Goal]:
    """Return how fast the server has to be with its journal."""
    results: Results = findings.loads
    return [
        *(
            at_least(f"speed full / off, {load.label}", speed_ratio(results, FULL, load.name), LEAST_SPEED, " ×")
            for load in LOADS
        ),
        lost(results),
    ]


def call_goals(findings: Findings) -> list[Goal]:
    """Return what a decorator that is switched off may cost."""
    return [
        within(f"@journaled switched off, {kind}", findings.median(CALLS_NAME, kind, "off"), MOST_OFF_US, " µs")
        for kind in JUDGED_CALLS
    ]
