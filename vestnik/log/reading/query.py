"""What is looked for in a journal: which entries match, and how to pass over the others quickly."""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache, partial
from typing import Any, Final, NamedTuple, TypeAlias

import msgspec

from vestnik.log.days.names import Kind
from vestnik.log.escape import escape
from vestnik.log.reading.entry import Entry, Facts
from vestnik.log.reading.folding import fold
from vestnik.log.reading.prefilter import Literal, Pattern, Prefilter, folded

BEGINNING: Final = -(2**62)
END: Final = 2**62
"""Times before and after all others."""
LEVELS: Final = {"DEBUG": 10, "INFO": 20, "WARNING": 30, "ERROR": 40, "CRITICAL": 50}
ALWAYS: Final = 1000
"""The level of a record whose level has a name that says nothing: better shown than missed."""
_NUMBERED: Final = re.compile(r"Level[ _](-?\d{1,9})")
_WILD: Final = re.compile(r"[*?\[]")

Test: TypeAlias = Callable[[Facts], bool]


@lru_cache(maxsize=256)
def level_number(name: str) -> int:
    """The number of a level's name; `ALWAYS` for an unknown one."""
    if match := _NUMBERED.fullmatch(name):
        return int(match[1])
    return logging.getLevelNamesMapping().get(name, ALWAYS)


class Span(NamedTuple):
    """The entries of a connection between two moments (microseconds since 1970, the second not included)."""

    connection: str | None
    since: int = BEGINNING
    until: int = END


class NameCondition(NamedTuple):
    """A name that an entry must have in one of these `fields`, or a text line as a word; `key` is its folded form."""

    fields: tuple[str, ...]
    key: str


@dataclass(frozen=True)
class Query:
    """What an entry must be like; None where it does not matter.

    `since` and `until` (not included) are in microseconds since 1970. `level` is the lowest; all of `names` are looked
    for; `connections` are those that an entry may belong to; `event` is a pattern of `fnmatch`, `events` are names of
    which the entry must have one; `text` is looked for, regardless of case, in sentence, error and traceback, and so is
    `pattern`. `also` is any further condition, `literal` bytes that the JSON of every match holds. `besides` is a line
    that is wanted whatever it says: so it is known what is before and behind it, also if a clock was put back.
    """

    since: int = BEGINNING
    until: int = END
    level: int = 0
    logger: str | None = None
    names: tuple[NameCondition, ...] = ()
    connections: tuple[Span, ...] | None = None
    request: int | None = None
    code: int | None = None
    event: str | None = None
    events: frozenset[str] | None = None
    text: str | None = None
    pattern: re.Pattern[str] | None = None
    also: Test | None = None
    literal: bytes | None = None
    besides: bytes | None = None

    @property
    def needs_fields(self) -> bool:
        """Whether it asks for what a text line does not say."""
        asked = (self.connections, self.request, self.event, self.events, self.also)
        return any(condition is not None for condition in asked)

    def matcher(self, kind: Kind) -> Callable[[Entry], bool] | None:
        """Says whether an entry of a file of this kind matches, but for its time; None if every one does."""
        tests = self._tests(kind)
        spans = self.connections
        if not tests and spans is None:
            return None

        def matches(entry: Entry) -> bool:
            if entry.raw == self.besides:
                return True
            facts = entry.facts
            if spans is not None and not any(
                facts.get("connection") == span.connection and span.since <= entry.time < span.until for span in spans
            ):
                return False
            return all(test(facts) for test in tests)

        return matches

    def prefilter(self, kind: Kind) -> Prefilter | None:
        """What finds candidates in a file of this kind; None if all lines must be read."""
        prefilters = self._json_prefilters() if kind == "jsonl" else self._text_prefilters()
        return next((prefilter for prefilter in prefilters if prefilter is not None), None)

    def _tests(self, kind: Kind) -> list[Test]:
        tests: list[Test] = []
        if self.level > 0:
            tests.append(partial(_has_level, self.level))
        for name in ("logger", "code", "request"):
            if (wanted := getattr(self, name)) is not None:
                tests.append(partial(_has, name, wanted))
        if self.event is not None:
            tests.append(partial(_has_event, self.event))
        if self.events is not None:
            tests.append(partial(_has_one, self.events))
        tests += [partial(_has_name, *name) if kind == "jsonl" else _names(name.key) for name in self.names]
        if self.text is not None:
            tests.append(partial(_has_text, self.text.casefold()))
        if self.pattern is not None:
            tests.append(partial(_has_pattern, self.pattern))
        if self.also is not None:
            tests.append(self.also)
        return tests

    def _json_prefilters(self) -> list[Prefilter | None]:
        """The most selective first."""
        spans = self.connections or ()
        one = spans[0].connection if len({span.connection for span in spans}) == 1 else None
        event = self.event and _WILD.split(self.event)[0]
        line = self.text.casefold() if self.text and "\n" not in self.text else None  # the parts are lines
        whole = '"' if event == self.event else ""
        return [
            Literal(self.literal) if self.literal is not None else None,
            Literal(f'"connection":{_quoted(one)}'.encode()) if one is not None else None,
            Literal(f'"event":"{event}{whole}'.encode()) if event else None,
            Pattern(_one_of(self.events, self.besides)) if self.events else None,
            _folded(line and _quoted(line)[1:-1]),
            *(_folded(_quoted(name.key)) for name in self.names),
            Literal(f'"code":{self.code}'.encode()) if self.code is not None else None,
            Pattern(_low(self.level, rb'"level":"(?!%s)')) if self.level > 0 else None,
        ]

    def _text_prefilters(self) -> list[Prefilter | None]:
        return [
            _folded(self.text and escape(self.text.casefold())),
            *(_folded(escape(name.key)) for name in self.names),
            Literal(f" {self.code}: ".encode()) if self.code is not None else None,
            Pattern(_low(self.level, rb"(?m)^[-0-9]{10} [:,0-9]{12} (?!%s)")) if self.level > 0 else None,
        ]


def _quoted(text: str) -> str:
    return msgspec.json.encode(text).decode()


def _folded(text: str | None) -> Prefilter | None:
    return folded(text) if text else None


def _one_of(events: frozenset[str], besides: bytes | None) -> bytes:
    pattern = b'"event":"(?:' + b"|".join(sorted(re.escape(event.encode()) for event in events)) + b')"'
    return pattern if besides is None else pattern + b"|" + re.escape(besides)


def _low(level: int, pattern: bytes) -> bytes:
    """`pattern` with the names of the levels below `level` in it."""
    low = [name.encode() for name, number in LEVELS.items() if number < level]
    return pattern % b"|".join([name + rb"\b" for name in low] or [rb"\Z"])


def _has(field: str, wanted: object, facts: Facts) -> bool:
    return facts.get(field) == wanted


def _has_level(lowest: int, facts: Facts) -> bool:
    return facts.get("level") is not None and level_number(facts.get("level")) >= lowest


def _has_event(pattern: str, facts: Facts) -> bool:
    event = facts.get("event")
    return type(event) is str and fnmatchcase(event, pattern)


def _has_one(events: frozenset[str], facts: Facts) -> bool:
    return type(facts.get("event")) is str and facts.get("event") in events


def _has_name(fields: tuple[str, ...], key: str, facts: Facts) -> bool:
    return any(type(name) is str and fold(name) == key for name in map(facts.get, fields))


def _names(key: str) -> Test:
    """Whether the sentence of a text line has `key` as a word of its own."""
    search = re.compile(rf"(?<!\w){re.escape(key)}(?!\w)").search
    return lambda facts: search(fold(_said(facts))) is not None


def _has_text(wanted: str, facts: Facts) -> bool:
    return wanted in _said(facts).casefold()


def _has_pattern(pattern: re.Pattern[str], facts: Facts) -> bool:
    return pattern.search(_said(facts)) is not None


def _said(facts: Facts) -> str:
    parts: list[Any] = [facts.get("message"), facts.get("error"), facts.get("traceback")]
    return "\n".join([part for part in parts if type(part) is str])
