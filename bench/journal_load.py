"""Vestnik under the loads of `bench.profiles`, with its journal off, as text only, and with all its defaults."""

import statistics
from collections.abc import Mapping
from functools import partial

from bench.goals import Results
from bench.peers import Server, vestnik
from bench.profiles import SMALL, Result

OFF, TEXT, FULL = "off", "text", "full"
LOADS = tuple(profile for profile in SMALL if profile.mode != "idle")
QUICK_LOADS = tuple(profile for profile in LOADS if profile.rooms == 1)
SETTINGS = {
    OFF: ("off", 'log_level = "CRITICAL"\n'),
    TEXT: ("text only", "log_json = false\n"),
    FULL: ("full", ""),
}
"""What each way to keep the journal is called in the table, and its vestnik.toml."""
SERVERS = tuple(
    Server(name, label, "own", None, partial(vestnik, settings=settings), own_accounts=True)
    for name, (label, settings) in SETTINGS.items()
)


def speed(figures: Mapping[str, float]) -> float:
    """Return copies per second; where one message at a time is sent, messages per second."""
    return figures["copies_per_s"] if "copies_per_s" in figures else 1e6 / figures["p50_us"]


def cpu(figures: Mapping[str, float]) -> float:
    """Return the server's CPU microseconds per copy."""
    return figures["cpu_us"]


def speed_ratio(results: Results, name: str, profile: str, base: str = OFF) -> float | None:
    """Return the speed beside that of the server `base`: the median of the rounds; None if a round is missing."""
    pairs = _rounds(results, name, profile, base)
    return statistics.median(speed(ours) / speed(other) for ours, other in pairs) if pairs else None


def cpu_ratio(results: Results, name: str, profile: str, base: str = OFF) -> float | None:
    """Return the CPU per copy beside that of `base`; None if a round is missing, or too short to tell."""
    pairs = _rounds(results, name, profile, base)
    if not pairs or not all(cpu(other) for _, other in pairs):
        return None
    return statistics.median(cpu(ours) / cpu(other) for ours, other in pairs)


def _rounds(
    results: Results, name: str, profile: str, base: str
) -> list[tuple[Mapping[str, float], Mapping[str, float]]]:
    """The figures of each round with those of `base` in the same round; nothing if a run has failed."""
    ours, other = (results.get((key, profile), Result()) for key in (name, base))
    return [] if ours.failures or other.failures else list(zip(ours.rounds, other.rounds, strict=True))
