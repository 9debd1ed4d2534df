"""From values to sentences: one by one, and for many records at once."""

from collections.abc import Callable, Sequence
from string import Formatter
from typing import TypeAlias

from vestnik.log.recording.records import Values

Form: TypeAlias = Callable[..., str]
"""Gives the sentence of the values of one record. Raises IndexError if they are too few."""
Forms: TypeAlias = Callable[[Sequence[Values], int], list[str]]
"""Gives the sentences of so many records, whose values come as columns: the first ones of all, then the second ones."""


def form(template: str) -> Form:
    """The same as `template.format`, and twice as fast for sentences of up to three plain values."""
    match _parsed(template):
        case [only], []:
            return lambda *_: only
        case [before, after], [one]:
            return lambda *values: f"{before}{values[one]}{after}"
        case [before, between, after], [one, two]:
            return lambda *values: f"{before}{values[one]}{between}{values[two]}{after}"
        case [before, first, second, after], [one, two, three]:
            return lambda *values: f"{before}{values[one]}{first}{values[two]}{second}{values[three]}{after}"
    return template.format


def forms(template: str) -> Forms:
    """The same for many records, and without a call for each of them."""
    match _parsed(template):
        case [only], []:
            return lambda _, count: [only] * count
        case [before, after], [one]:
            return lambda columns, _: [f"{before}{value}{after}" for value in columns[one]]
        case [before, between, after], [one, two]:
            return lambda columns, _: [
                f"{before}{a}{between}{b}{after}" for a, b in zip(columns[one], columns[two], strict=True)
            ]
        case [before, first, second, after], [one, two, three]:
            return lambda columns, _: [
                f"{before}{a}{first}{b}{second}{c}{after}"
                for a, b, c in zip(columns[one], columns[two], columns[three], strict=True)
            ]
    return lambda columns, _: list(map(template.format, *columns))


def _parsed(template: str) -> tuple[list[str], list[int]] | None:
    """What stands around the values, and which values these are; None if one is not shown just as it is."""
    parsed = list(Formatter().parse(template))
    if any(spec or conversion for _, _, spec, conversion in parsed):
        return None
    places = [int(at) for _, at, _, _ in parsed if at]
    texts = [text for text, _, _, _ in parsed]
    if len(texts) == len(places):
        texts.append("")
    return texts, places
