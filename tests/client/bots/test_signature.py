"""What words become behind a command."""

from collections.abc import Callable
from datetime import date
from enum import Enum
from typing import Annotated, Any, Literal

import pytest
from msgspec import Meta

from vestnik.client.bots.errors import BadCall
from vestnik.client.bots.signature import Rest, Signature
from vestnik.texts import say

Where = Literal["staging", "production"]


class Size(Enum):
    """A size."""

    SMALL = "s"
    LARGE = "l"


async def deploy(call: object, service: str, count: int = 1, *, force: bool = False, where: Where = "staging") -> None:
    """Deploy something."""


async def say_it(call: object, to: str, text: Rest) -> None:
    """Say something to somebody."""


async def add(call: object, *numbers: float, note: str | None = None) -> None:
    """Add numbers."""


async def book(call: object, day: date, size: Size, sure: bool, least: Annotated[int, Meta(ge=1, le=9)]) -> None:
    """Book something."""


async def needy(call: object, *, name: str, hard: bool) -> None:
    """Has an option that is needed."""


async def nothing(call: object) -> None:
    """Takes nothing."""


@pytest.mark.parametrize(
    ("function", "text", "found", "named"),
    [
        (deploy, "tea", ["tea"], {}),
        (deploy, "tea 3 --force", ["tea", 3], {"force": True}),
        (deploy, "--force tea --where=production", ["tea"], {"force": True, "where": "production"}),
        (deploy, "—force  tea\n —where production", ["tea"], {"force": True, "where": "production"}),
        (deploy, '"two words" -5', ["two words", -5], {}),
        (deploy, "«два слова»", ["два слова"], {}),
        (deploy, "“two words”", ["two words"], {}),
        (deploy, "don't", ["don't"], {}),
        (deploy, "-- --force", ["--force"], {}),
        (say_it, 'boris  it is "done"\nand  good --really', ["boris", 'it is "done"\nand  good --really'], {}),
        (add, "", [], {}),
        (add, "1 2.5 -3 --note fine", [1.0, 2.5, -3.0], {"note": "fine"}),
        (book, "2026-11-30 l да 9", [date(2026, 11, 30), Size.LARGE, True, 9], {}),
        (book, "2026-11-30 s NO 1", [date(2026, 11, 30), Size.SMALL, False, 1], {}),
        (needy, "--name x", [], {"name": "x", "hard": False}),
        (nothing, "", [], {}),
    ],
)
def test_read(function: Callable[..., Any], text: str, found: list[Any], named: dict[str, Any]) -> None:
    """Words become what the annotations say; options stand anywhere, quotes are those of any keyboard."""
    assert Signature(function).read(text, "en") == (found, named)


@pytest.mark.parametrize(
    ("function", "text", "name"),
    [
        (deploy, "", "bots.missing"),
        (deploy, "tea two", "bots.wrong"),
        (deploy, "tea 1 2", "bots.too_many"),
        (deploy, "tea --no-such", "bots.unknown_option"),
        (deploy, "tea --where", "bots.option_value"),
        (deploy, "tea --where moon", "bots.wrong"),
        (deploy, "tea --force=yes", "bots.option_flag"),
        (deploy, '"tea', "bots.quote_open"),
        (say_it, "boris", "bots.missing"),
        (add, "1 two", "bots.wrong"),
        (add, "nan inf 1e400 x", "bots.wrong"),
        (book, "30.11.2026 l yes 1", "bots.wrong"),
        (book, "2026-11-30 xl yes 1", "bots.wrong"),
        (book, "2026-11-30 l perhaps 1", "bots.wrong"),
        (book, "2026-11-30 l yes 10", "bots.wrong"),
        (book, "2026-11-30 l yes " + "9" * 5000, "bots.wrong"),
        (needy, "", "bots.missing"),
        (nothing, "x", "bots.too_many"),
    ],
)
@pytest.mark.parametrize("language", ["ru", "en"])
def test_bad_call(function: Callable[..., Any], text: str, name: str, language: str) -> None:
    """Whoever calls a command wrongly is told what is wrong and how it is written, in either language."""
    signature = Signature(function)
    with pytest.raises(BadCall) as bad:
        signature.read(text, language)
    assert bad.value.name == name
    assert signature.usage in say(language, name, usage=signature.usage, **bad.value.values)


def test_usage() -> None:
    """A usage says what is needed, what may be left out, and what there is to choose from."""
    found = [Signature(each).usage for each in (deploy, say_it, add, book, needy, nothing)]
    assert found == [
        "SERVICE [COUNT] [--force] [--where staging|production]",
        "TO TEXT",
        "[NUMBERS ...] [--note NOTE]",
        "DAY s|l SURE LEAST",
        "--name NAME [--hard]",
        "",
    ]


def test_functions_that_no_words_call() -> None:
    """A function that cannot be called with words is refused when it is registered."""

    async def named(call: object, **more: str) -> None: ...

    async def behind(call: object, text: Rest, more: str) -> None: ...

    async def strange(call: object, what: Callable[[], None]) -> None: ...

    for function in (named, behind, strange):
        with pytest.raises(TypeError, match=function.__name__):
            Signature(function)
