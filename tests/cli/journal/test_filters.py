"""The options that say which entries are wanted."""

from contextvars import copy_context
from datetime import datetime
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from vestnik.cli.journal.facts import about_account, about_room
from vestnik.cli.journal.filters import filters, make_query
from vestnik.cli.language import set_language
from vestnik.log.reading.query import Query, Span

NOW = datetime(2026, 11, 22, 12)


def asked(*arguments: str) -> Query | str:
    """The query that arguments on the command line ask for, or what is said of a bad one."""
    made: list[Query] = []

    @click.command
    @filters("of this connection")
    def command(**given: Any) -> None:
        made.append(make_query("en", NOW, given))
        assert given == {}

    def call() -> Result:
        set_language("en")
        return CliRunner().invoke(command, arguments)

    result = copy_context().run(call)  # what others speak stays as it is
    assert result.exit_code == (0 if made else 2), result.output
    return made[0] if made else result.output


def micros(*moment: int) -> int:
    """A local moment as journals have it."""
    return round(datetime(*moment).timestamp() * 1_000_000)  # type: ignore[arg-type]  # year, month and day are there


@pytest.mark.parametrize(
    ("arguments", "query"),
    [
        ("", Query()),
        ("--since 10:30 --until 2026-11-22", Query(since=micros(2026, 11, 22, 10, 30), until=micros(2026, 11, 22))),
        ("--since 2h", Query(since=micros(2026, 11, 22, 10))),
        ("--level warning --logger admin", Query(level=30, logger="admin")),
        ("--account ANNA --room Чат", Query(names=(about_account("anna"), about_room("чат")))),
        ("--room #Tea", Query(names=(about_room("tea"),))),
        ("--connection 7", Query(connections=(Span("7"),))),
        ("--request 3", Query(request=3)),
        ("--request 7-3", Query(connections=(Span("7"),), request=3)),
        ("--request 7-3 --connection 7", Query(connections=(Span("7"),), request=3)),
        ("--request a-b-3", Query(connections=(Span("a-b"),), request=3)),
        ("--code 402 --event client.*", Query(code=402, event="client.*")),
        ("--text (x", Query(text="(x")),
        ("--regex", Query()),
    ],
)
def test_queries(arguments: str, query: Query) -> None:
    """Each option is a condition, and none is no condition."""
    assert asked(*arguments.split()) == query


def test_a_pattern() -> None:
    """With --regex the text is a pattern for any case of letters."""
    query = asked("--regex", "--text", "an+a")
    assert isinstance(query, Query)
    assert query.text is None
    assert query.pattern is not None
    assert query.pattern.search("ANNA")


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        ("--since soon", "--since"),
        ("--until 25:00", "--until"),
        ("--level loud", "--level"),
        ("--code 99", "--code"),
        ("--request x", "--request"),
        ("--request 7-3 --connection 8", "--request"),
        ("--regex --text (", "--text"),
    ],
)
def test_bad_ones(arguments: str, option: str) -> None:
    """What makes no sense is refused with the name of its option."""
    said = asked(*arguments.split())
    assert isinstance(said, str)
    assert f"Invalid value for '{option}'" in said or f"Invalid value for {option}" in said


def test_what_was_typed_cannot_steer_the_terminal() -> None:
    """What is wrong with a value is said without its control characters."""
    said = asked("--request", "\x1b[2J")
    assert isinstance(said, str)
    assert "\x1b" not in said
