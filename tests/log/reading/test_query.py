"""What matches a query, and that no prefilter passes over it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.pages import START, entry_of, json_of, record, text_of
from vestnik.log.days.names import Kind
from vestnik.log.reading.entry import Entry, Source
from vestnik.log.reading.folding import fold
from vestnik.log.reading.query import ALWAYS, NameCondition, Query, Span, level_number


def person(key: str) -> NameCondition:
    """Entries with this name in any of some fields."""
    return NameCondition(("account", "sender", "contact", "claimed", "name", "to"), key)


def place(key: str) -> NameCondition:
    """Entries with this name in any of other ones."""
    return NameCondition(("room", "to"), key)


def matches(query: Query, made: dict[str, Any], kind: Kind = "jsonl") -> bool:
    """Whether a record matches; if it does, the prefilter must not pass over its line."""
    matcher, prefilter = query.matcher(kind), query.prefilter(kind)
    found = matcher is None or matcher(entry_of(made, kind))
    block = (json_of(made) if kind == "jsonl" else text_of(made)) + b"\n"
    if found and prefilter is not None:
        before = b"x" * 50 + b"\n"
        assert prefilter.find(block, 0) >= 0
        assert prefilter.find(before + block, len(before)) >= len(before)
        if kind == "jsonl" and query.literal is None:
            escaped = json.dumps(made, separators=(",", ":")).encode()  # what is not ASCII is escaped here
            assert prefilter.find(escaped, 0) >= 0
    return found


@pytest.mark.parametrize(
    ("query", "yes", "no"),
    [
        (Query(level=30), {"level": "WARNING"}, {"level": "INFO"}),
        (Query(level=40), {"level": "CRITICAL"}, {"level": "WARNING"}),
        (Query(level=30), {"level": "Level 35"}, {"level": "Level 25"}),
        (Query(level=50), {"level": "NOTICE"}, {"level": "ERROR"}),
        (Query(logger="audit"), {"logger": "audit"}, {"logger": "audit.x"}),
        (Query(names=(person("anna"),)), {"account": "Anna"}, {"account": "annabel"}),
        (Query(names=(person("anna"),)), {"account": "ＡＮＮＡ"}, {"message": "anna"}),
        (Query(names=(person("анна"),)), {"sender": "АННА"}, {"sender": "Иоанна"}),
        (Query(names=(person("花子"),)), {"contact": "花子"}, {"contact": "花"}),
        (Query(names=(person("anna"),)), {"claimed": "anna"}, {"room": "anna"}),
        (Query(names=(person("anna"),)), {"name": "anna"}, {"name": 5}),
        (Query(names=(person("anna"),)), {"to": "anna"}, {"to": "#anna"}),
        (Query(names=(person('a"b\\c'),)), {"account": 'A"b\\C'}, {"account": "abc"}),
        (Query(names=(place("#room"),)), {"room": "#Room"}, {"room": "#room1"}),
        (Query(names=(place("#чат"),)), {"to": "#ЧАТ"}, {"account": "#чат"}),
        (Query(connections=(Span("7"),)), {"connection": "7"}, {"connection": "77"}),
        (Query(connections=(Span("7"), Span("8"))), {"connection": "8"}, {"connection": "9"}),
        (Query(connections=(Span(None),)), {}, {"connection": "9"}),
        (Query(connections=()), {}, {}),
        (Query(request=3), {"request": 3}, {"request": 33}),
        (Query(code=402), {"code": 402}, {"code": 400}),
        (Query(event="message.delivered"), {"event": "message.delivered"}, {"event": "message.delivered2"}),
        (Query(event="message.*"), {"event": "message.kept"}, {"event": "messages"}),
        (Query(event="*.closed"), {"event": "connection.closed"}, {"event": "closed"}),
        (Query(event="[ml]*"), {"event": "login.ended"}, {"event": "room.left"}),
        (Query(events=frozenset({"a.b", "c.d"})), {"event": "c.d"}, {"event": "a.c"}),
        (Query(text="Needle"), {"message": "a nEEDle b"}, {"message": "need le"}),
        (Query(text='say "x\\y"'), {"message": 'SAY "X\\Y"'}, {"message": "say xy"}),
        (Query(text="ошибка"), {"message": "ОШИБКА!"}, {"message": "error"}),
        (Query(text="zerodiv"), {"error": "ZeroDivisionError: x"}, {"account": "zerodiv"}),
        (Query(text="line 5"), {"traceback": "Traceback\n  Line 5"}, {"message": "line"}),
        (Query(text="a\nb"), {"message": "a\nb"}, {"message": "a b"}),
        (Query(pattern=re.compile("^2\\d\\d: ")), {"message": "200: x"}, {"message": "400: x"}),
        (Query(also=lambda facts: facts.get("seq") == 5, literal=b'"seq":5'), {"seq": 5}, {"seq": 55}),
        (
            Query(code=402, level=40, names=(person("anna"),)),
            {"code": 402, "level": "ERROR", "account": "anna"},
            {"code": 402},
        ),
    ],
)
def test_json(query: Query, yes: dict[str, Any], no: dict[str, Any]) -> None:
    """Each condition matches what it says and nothing else."""
    assert matches(query, record(START, **yes)) == (query != Query(connections=()))
    assert not matches(query, record(START, **no))


@pytest.mark.parametrize(
    ("query", "yes", "no"),
    [
        (Query(level=30), {"level": "WARNING"}, {"level": "INFO"}),
        (Query(level=30), {"level": "Level_35"}, {"level": "Level_25"}),
        (Query(level=30), {"level": "ERROR", "logger": "INFO"}, {"level": "INFO", "logger": "ERROR"}),
        (Query(names=(person("anna"),)), {"message": "User ANNA left"}, {"message": "User annabel left"}),
        (Query(names=(person("анна"),)), {"message": "Пользователь Анна"}, {"message": "Пользователь Анна1"}),
        (Query(names=(person("a\\b"),)), {"message": "User A\\B left"}, {"message": "User ab left"}),
        (Query(names=(place("#room"),)), {"message": "to #Room delivered"}, {"message": "to #room2 delivered"}),
        (Query(code=402), {"message": "402: no"}, {"message": "error 402: no"}),
        (Query(text="a\\b"), {"message": "xA\\Bx"}, {"message": "ab"}),
        (Query(text="zerodiv"), {"traceback": "Traceback\n  ZeroDivisionError"}, {}),
        (Query(event="*"), None, {}),
        (Query(connections=(Span("7"),)), None, {"message": "7"}),
        (Query(request=7), None, {"message": "7"}),
    ],
)
def test_text(query: Query, yes: dict[str, Any] | None, no: dict[str, Any]) -> None:
    """In text, names are looked for in the sentence, and what is not there is not found."""
    if yes is not None:
        assert matches(query, record(START, **yes), "log")
    assert not matches(query, record(START, **no), "log")
    assert query.needs_fields == (yes is None)


NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6)


@given(NAMES, NAMES, st.sampled_from(["account", "sender", "to", "room", "message"]))
def test_no_screen_passes_over_a_match(wanted: str, found: str, field: str) -> None:
    """Whatever the names and texts are: if the entry matches, its line is not passed over."""
    for name in (wanted, found, wanted.upper(), wanted.title()):
        made = record(START, **{"message": "m", field: name})
        for kind in ("jsonl", "log"):
            matches(Query(names=(person(fold(wanted)),)), made, kind)  # type: ignore[arg-type]  # a kind of lines
            matches(Query(names=(place(fold(wanted)),)), made, kind)  # type: ignore[arg-type]  # the same
            matches(Query(text=wanted), made, kind)  # type: ignore[arg-type]  # the same
    assert matches(Query(names=(person(fold(wanted)),)), record(START, account=wanted.upper())) == (
        fold(wanted.upper()) == fold(wanted)
    )


def test_spans_are_bounded_in_time() -> None:
    """The entries of a connection count from its beginning and before its end."""
    made = record(START, connection="7")
    time = entry_of(made).time
    assert matches(Query(connections=(Span("7", time, time + 1),)), made)
    assert not matches(Query(connections=(Span("7", time + 1),)), made)
    assert not matches(Query(connections=(Span("7", until=time),)), made)


def test_levels() -> None:
    """Levels by name, by number, and unknown ones, which are always shown."""
    assert [level_number(name) for name in ("DEBUG", "WARN", "Level 5", "Level_35", "x")] == [10, 30, 5, 35, ALWAYS]


def test_everything() -> None:
    """A query that asks for nothing needs no look at the facts."""
    assert Query().matcher("jsonl") is None
    assert Query().prefilter("jsonl") is None
    assert not Query().needs_fields


def test_besides() -> None:
    """A line is found for itself, whatever else is asked for, also by those that find candidates."""
    line, other, third = (json_of(record(START, event, id="(x)")).rstrip(b"\n") for event in ("a.b", "a.c", "a.d"))
    query = Query(events=frozenset(("a.c",)), also=lambda facts: facts.get("event") != "a.b", besides=line)
    matcher, prefilter = query.matcher("jsonl"), query.prefilter("jsonl")
    assert matcher is not None
    assert prefilter is not None
    assert [matcher(Entry(0, raw, Source(Path(), "jsonl", ""))) for raw in (line, other, third)] == [True, True, False]
    assert [prefilter.find(raw, 0) >= 0 for raw in (line, other, third)] == [True, True, False]
