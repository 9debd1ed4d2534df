"""What the rounds of a benchmark found out, and how that becomes tables."""

import statistics
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from bench.goals import Goal
from bench.profiles import Result
from bench.report import NOTHING, goal_rows, markdown

Figures = Mapping[str, Any]
"""What one round found out about one thing, or the `problem` that it had."""


class Table(NamedTuple):
    """A table as texts, its heading first, with what is said about it."""

    title: str
    rows: list[list[str]]
    notes: list[str]


@dataclass(slots=True)
class Rounds:
    """All that was measured: the figures of all rounds by the thing's name; the loads; and why one is left out."""

    rounds: dict[str, list[Figures]] = field(default_factory=dict)
    loads: dict[tuple[str, str], Result] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)

    def problem(self, name: str) -> str:
        """Return why there are no figures; an empty text if there are."""
        if name in self.left_out:
            return self.left_out[name]
        found = [figures["problem"] for figures in self.rounds.get(name, ()) if "problem" in figures]
        return str(found[0]) if found else "" if self.rounds.get(name) else "not measured"

    def broken(self, names: Collection[str]) -> bool:
        """Return whether one of these did not run, or a load failed or lost something."""
        problems = any(self.problem(name) for name in names if name in self.rounds)
        return problems or any(result.failures or result.lost() for result in self.loads.values())

    def median(self, name: str, *keys: str) -> float | None:
        """Return the median of a figure over the rounds; None when a round did not give it."""
        if self.problem(name):
            return None
        return statistics.median(_figure(figures, keys) for figures in self.rounds[name])

    def most(self, name: str, key: str) -> float | None:
        """Return the highest figure of all rounds; None when a round did not give it."""
        return None if self.problem(name) else max(_figure(figures, [key]) for figures in self.rounds[name])


def _figure(figures: Figures, keys: Sequence[str]) -> float:
    found: Any = figures
    for key in keys:
        found = found[key]
    return float(found)


def said(figures: Figures) -> str:
    """Return figures as one line of text."""
    if "problem" in figures:
        return str(figures["problem"])
    return "  ".join(
        f"{key} {figure:.2f}" if isinstance(figure, float) else f"{key}: {said(figure)}"
        for key, figure in figures.items()
    )


def text(figure: float | None, form: str) -> str:
    """Return a figure as text, or a dash."""
    return NOTHING if figure is None else form.format(figure)


def notes(findings: Rounds, labels: Mapping[str, str]) -> list[str]:
    """Return a sentence about each of these that has no figures."""
    return [f"{label}: {problem}." for name, label in labels.items() if (problem := findings.problem(name))]


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
