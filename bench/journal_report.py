"""What the journal has to reach, and its tables: as text, for the terminal and for docs/performance.md."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from bench.goals import Goal, Results, at_least, lost, within
from bench.journal_cost import KINDS as CALLS
from bench.journal_load import FULL, LOADS, OFF, TEXT, cpu_ratio, speed_ratio
from bench.journal_load import SERVERS as LOADED
from bench.journal_variants import BASE, VARIANTS
from bench.lag import KINDS as LAGS
from bench.profiles import Result
from bench.report import NOTHING, cell, goal_rows, markdown

MOST_CALLER = 0.15
MOST_TOTAL = 0.35
MOST_LAG_MS = 1.0
LEAST_SPEED = 0.90
MOST_OFF_US = 0.5
JUDGED_RECORDS = ("call-text", "record-text")
JUDGED_CALLS = ("function", "coroutine", "generator")
CALLS_NAME = "calls"
"""The one process in which the costs of `@journaled` are measured."""

Figures = Mapping[str, Any]
"""What one process found out, or the `problem` that it had."""


class Table(NamedTuple):
    """A table as texts, its heading first, with what is said about it."""

    title: str
    rows: list[list[str]]
    notes: list[str]


@dataclass(slots=True)
class Findings:
    """All that was measured: each process's figures of all rounds by its name; the loads; and why one is left out."""

    rounds: dict[str, list[Figures]] = field(default_factory=dict)
    loads: dict[tuple[str, str], Result] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)

    def problem(self, name: str) -> str:
        """Return why there are no figures; an empty text if there are."""
        if name in self.left_out:
            return self.left_out[name]
        found = [figures["problem"] for figures in self.rounds.get(name, ()) if "problem" in figures]
        return str(found[0]) if found else "" if self.rounds.get(name) else "not measured"

    def failed(self) -> bool:
        """Return whether anything of ours did not run or lost something; another logger that does is a dash."""
        own = {CALLS_NAME, *(name for name, measured in (VARIANTS | LAGS).items() if measured.ours)}
        broken = any(self.problem(name) for name in own & self.rounds.keys())
        return broken or any(result.failures or result.lost() for result in self.loads.values())

    def median(self, name: str, *keys: str) -> float | None:
        """Return the median of a figure over the rounds; None when a round did not give it."""
        if self.problem(name):
            return None
        return statistics.median(_figure(figures, keys) for figures in self.rounds[name])

    def most(self, name: str, key: str) -> float | None:
        """Return the highest figure of all rounds; None when a round did not give it."""
        return None if self.problem(name) else max(_figure(figures, [key]) for figures in self.rounds[name])

    def ratio(self, name: str, key: str) -> float | None:
        """Return a figure divided by that of the stdlib's FileHandler in the same round: the median of the rounds."""
        if self.problem(name) or self.problem(BASE):
            return None
        pairs = zip(self.rounds[name], self.rounds[BASE], strict=True)
        return statistics.median(_figure(ours, [key]) / _figure(base, [key]) for ours, base in pairs)


def _figure(figures: Figures, keys: Sequence[str]) -> float:
    found: Any = figures
    for key in keys:
        found = found[key]
    return float(found)


def _text(figure: float | None, form: str) -> str:
    return NOTHING if figure is None else form.format(figure)


def _notes(findings: Findings, labels: Mapping[str, str]) -> list[str]:
    return [f"{label}: {problem}." for name, label in labels.items() if (problem := findings.problem(name))]


def record_table(findings: Findings) -> Table:
    """Return the cost of one record."""
    rows = [["one record", "caller", "in all"]]
    for name, variant in VARIANTS.items():
        cells = [
            f"{_text(findings.ratio(name, key), '{:.2f} ×')} ({_text(findings.median(name, key), '{:.1f} µs')})"
            for key in ("caller", "total")
        ]
        rows.append([variant.label, *(NOTHING if cell.startswith(NOTHING) else cell for cell in cells)])
    labels = {name: variant.label for name, variant in VARIANTS.items()}
    return Table("CPU of one record / stdlib FileHandler", rows, _notes(findings, labels))


def lag_table(findings: Findings) -> Table:
    """Return what the event loop feels."""
    rows = [["what records", "burst holds the loop", "lag after it, p50", "p99", "longest"]]
    for name, kind in LAGS.items():
        hold = findings.median(name, "hold") if kind.variant else None
        lags = (findings.median(name, "p50"), findings.median(name, "p99"), findings.most(name, "max"))
        rows.append([kind.label, _text(hold, "{:.1f} ms"), *(_text(lag, "{:.2f} ms") for lag in lags)])
    return Table("Event loop", rows, _notes(findings, {name: kind.label for name, kind in LAGS.items()}))


def load_table(findings: Findings) -> Table:
    """Return the server with and without its journal."""
    heads = [f"journal {server.label}" if server.name == OFF else server.label for server in LOADED]
    rows = [["load", *heads, "speed: text / off", "full / off", "CPU: text / off", "full / off"]]
    for profile in LOADS:
        cells = [cell(profile, findings.loads.get((server.name, profile.name))) for server in LOADED]
        ratios = [how(findings.loads, name, profile.name) for how in (speed_ratio, cpu_ratio) for name in (TEXT, FULL)]
        rows.append([profile.label, *cells, *(_text(ratio, "{:.2f} ×") for ratio in ratios)])
    labels = {(server.name, profile.name): f"{profile.label}, {server.label}" for profile in LOADS for server in LOADED}
    notes = [f"{labels[key]}: {result.failures[0]}." for key, result in findings.loads.items() if result.failures]
    return Table("Copies per second (CPU per copy)", rows, notes)


def call_table(findings: Findings) -> Table:
    """Return the cost of `@journaled`."""
    rows = [["a call of a", "undecorated", "switched off", "switched on", "and written"]]
    for kind in CALLS:
        costs = [findings.median(CALLS_NAME, kind, key) for key in ("plain", "off", "on", "total")]
        form = ("{:.2f} µs", "{:+.2f} µs", "{:+.1f} µs", "{:+.1f} µs")
        rows.append([kind, *(_text(cost, shape) for cost, shape in zip(costs, form, strict=True))])
    return Table("@journaled", rows, _notes(findings, {CALLS_NAME: "`@journaled`"}))


def record_goals(findings: Findings) -> list[Goal]:
    """Return what one record may cost."""
    goals = []
    for name in JUDGED_RECORDS:
        for key, what, most in (("caller", "caller", MOST_CALLER), ("total", "in all", MOST_TOTAL)):
            ratio = findings.ratio(name, key)
            goals.append(within(f"one record / FileHandler, {what}: {VARIANTS[name].label}", ratio, most, " ×"))
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


def document(about: str, tables: Sequence[Table], goals: Sequence[Goal]) -> str:
    """Return what stands between the two marks in docs/performance.md."""
    parts = [about]
    for table in tables:
        parts.append(markdown(table.rows))
        if table.notes:
            parts.append("".join(f"{note}\n" for note in table.notes))
    if goals:
        parts.append(markdown(goal_rows(goals)))
    return "\n".join(parts)
