"""Counting what is in a journal, in one pass and in bounded memory."""

from collections.abc import Callable, Iterable, Mapping
from operator import itemgetter
from typing import Any, Final

from vestnik.log.reading.entry import Entry, Facts
from vestnik.log.reading.folding import fold
from vestnik.log.reading.query import BEGINNING, END, level_number
from vestnik.log.reading.stamps import iso

NAMES: Final = 20_000
"""Different spellings that are counted side by side; past it the rarer half is forgotten."""


class Tally:
    """Counts names. Of more than `limit` different spellings the more frequent half is kept.

    A name that was forgotten begins again, so a count may be too low by `error` at most; it is 0 unless that happened.
    """

    def __init__(self, limit: int = NAMES) -> None:
        self.error = 0
        self._limit = limit
        self._counts: dict[str, int] = {}

    def add(self, name: object, times: int = 1) -> None:
        """Counts that many occurrences; of what is no name, none."""
        if type(name) is not str:
            return
        count = self._counts.get(name)
        if count is None:
            if len(self._counts) >= self._limit:
                self._forget()
            count = 0
        self._counts[name] = count + times

    def top(self, count: int | None = None) -> list[tuple[str, int]]:
        """The most frequent names, in their most frequent spelling, and how often; of the same number, by name."""
        spellings: dict[str, list[tuple[int, str]]] = {}
        for name, number in self._counts.items():
            spellings.setdefault(fold(name), []).append((-number, name))
        order = sorted((sum(number for number, _ in found), min(found)[1]) for found in spellings.values())
        return [(name, -number) for number, name in order[:count]]

    def _forget(self) -> None:
        order = sorted(self._counts.items(), key=itemgetter(1), reverse=True)
        self.error += order[self._limit // 2][1]
        self._counts = dict(order[: self._limit // 2])


class Stats:
    """What was counted: `entries`, among them `torn` lines, their `first` and `last` time, and by what they say.

    Times are in microseconds since 1970; of no entries the first is END and the last is BEGINNING. `counted` gives
    names that are counted in `tallies`, in which they are called as there. `repeats` gives what an entry stands for
    besides, that has none of its own: codes and events, and how often.
    """

    def __init__(
        self,
        counted: Mapping[str, Callable[[Facts], object]],
        repeats: Callable[[Facts], Iterable[tuple[str | None, str, int]]] = lambda _: (),
    ) -> None:
        self.entries = 0
        self.torn = 0
        self.first = END
        self.last = BEGINNING
        self.levels = Tally()
        self.codes = Tally()
        self._hours: dict[str, int] = {}
        self.events = Tally()
        self.tallies = {name: Tally() for name in counted}
        self._counted = counted
        self._repeats = repeats

    def add(self, entry: Entry) -> None:
        """Counts an entry."""
        facts, time = entry.facts, entry.time
        self.entries += 1
        if time < self.first:
            self.first = time
        if time > self.last:
            self.last = time
        if not entry.whole:
            self.torn += 1
            return
        hour = facts["time"][11:13]
        self._hours[hour] = self._hours.get(hour, 0) + 1
        self.levels.add(facts.get("level"))
        if type(facts.get("code")) is int:
            self.codes.add(str(facts.get("code")))
        if facts.get("event") is not None:
            self.events.add(facts.get("event"))
        for name, named in self._counted.items():
            self.tallies[name].add(named(facts))
        for code, event, times in self._repeats(facts):
            self.codes.add(code, times)
            self.events.add(event, times)

    @property
    def hours(self) -> list[int]:
        """How many entries each hour has, by the writer's clock, from 0 to 23."""
        return [self._hours.get(f"{hour:02d}", 0) for hour in range(24)]

    @property
    def by_level(self) -> list[tuple[str, int]]:
        """Levels and how often, the lowest first."""
        return sorted(self.levels.top(), key=lambda item: (level_number(item[0]), item[0]))

    def as_object(self, top: int) -> dict[str, Any]:
        """Everything as one object, with the `top` most frequent names of each tally."""
        return {
            "entries": self.entries,
            "torn": self.torn,
            "first": iso(self.first) if self.entries else None,
            "last": iso(self.last) if self.entries else None,
            "levels": dict(self.by_level),
            "codes": dict(sorted(self.codes.top())),
            "hours": {f"{hour:02d}": number for hour, number in enumerate(self.hours)},
            "events": dict(self.events.top()),
            **{name: dict(tally.top(top)) for name, tally in self.tallies.items()},
            "too_low_by_at_most": max(tally.error for tally in (self.events, *self.tallies.values())),
        }
