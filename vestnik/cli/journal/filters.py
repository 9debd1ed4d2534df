"""The options that say which entries are wanted."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, TypeVar

import click

from vestnik.cli.journal.facts import about_account, about_room
from vestnik.log.escape import escape
from vestnik.log.reading.moments import parse_moment
from vestnik.log.reading.query import BEGINNING, END, LEVELS, Query, Span
from vestnik.texts import say

F = TypeVar("F", bound=Callable[..., Any])

_TIMES: Final = "2026-11-22, '2026-11-22 10:30', 10:30, yesterday, 15m, 2h, 3d"
_REQUEST: Final = re.compile(r"(?:(.+)-)?(\d{1,9})")
_BEFORE: Final = (
    click.option("--since", metavar="TIME", help=f"From this time on, or from so long ago: {_TIMES}."),
    click.option("--until", metavar="TIME", help="Before this time."),
    click.option("--level", type=click.Choice(list(LEVELS), case_sensitive=False), help="This level and above."),
    click.option("--logger", metavar="NAME", help="From this logger."),
    click.option("--account", metavar="NAME", help="About this account, in whatever role."),
    click.option("--room", metavar="NAME", help="About this room; the # may be left out."),
)
_BEHIND: Final = (
    click.option("--request", metavar="[CONNECTION-]NUMBER", help="Of this request."),
    click.option("--code", type=click.IntRange(100, 999), metavar="CODE", help="Answers with this code."),
    click.option("--event", metavar="PATTERN", help="Of this event, such as message.delivered or 'client.*'."),
    click.option("--text", metavar="TEXT", help="With this text in sentence or traceback, in any case of letters."),
    click.option("--regex", is_flag=True, help="The text is a regular expression."),
)


def filters(connection: str) -> Callable[[F], F]:
    """The options of `make_query`; `connection` is what the help says of the one for connections."""
    found = (*_BEFORE, click.option("--connection", metavar="NUMBER", help=connection), *_BEHIND)

    def with_filters(function: F) -> F:
        for option in reversed(found):
            function = option(function)
        return function

    return with_filters


def make_query(language: str, now: datetime, given: dict[str, Any]) -> Query:
    """The query that the options `given` ask for; takes them out. `now` is local. BadParameter names a bad one."""
    since, until = given.pop("since"), given.pop("until")
    level = given.pop("level")
    account, room = ([] if (name := given.pop(option)) is None else [name] for option in ("account", "room"))
    connection, request = _request(language, given.pop("connection"), given.pop("request"))
    text, regex = given.pop("text"), given.pop("regex")
    return Query(
        since=BEGINNING if since is None else _moment(language, "--since", since, now, late=False),
        until=END if until is None else _moment(language, "--until", until, now, late=True),
        level=0 if level is None else LEVELS[level.upper()],
        logger=given.pop("logger"),
        names=(*map(about_account, account), *map(about_room, room)),
        connections=None if connection is None else (Span(connection),),
        request=request,
        code=given.pop("code"),
        event=given.pop("event"),
        text=None if regex else text,
        pattern=_pattern(language, text) if regex and text is not None else None,
    )


def _moment(language: str, option: str, text: str, now: datetime, *, late: bool) -> int:
    try:
        return parse_moment(text, now, late=late)
    except ValueError:
        raise _bad(say(language, "cli.journal_time", value=escape(text), examples=_TIMES), option) from None


def _request(language: str, connection: str | None, request: str | None) -> tuple[str | None, int | None]:
    if request is None:
        return connection, None
    match = _REQUEST.fullmatch(request)
    if match is None:
        raise _bad(say(language, "cli.journal_request", value=escape(request)), "--request")
    if match[1] is not None and connection not in (None, match[1]):
        raise _bad(
            say(language, "cli.journal_two_connections", one=escape(str(connection)), other=escape(match[1])),
            "--request",
        )
    return match[1] or connection, int(match[2])


def _pattern(language: str, text: str) -> re.Pattern[str]:
    try:
        return re.compile(text, re.IGNORECASE)
    except (re.error, OverflowError, RecursionError) as error:
        raise _bad(say(language, "cli.journal_pattern", reason=escape(str(error))), "--text") from None


def _bad(sentence: str, option: str) -> click.BadParameter:
    return click.BadParameter(sentence, param_hint=option)
