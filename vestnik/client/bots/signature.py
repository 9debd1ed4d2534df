"""What stands behind a command, by the signature of the function that serves it.

`def deploy(call, service: str, count: int = 1, *, force: bool = False)` is called by `/deploy tea 2 --force`. Words are
parted by blanks or in quotes; what they become is said by the annotations, as far as `msgspec.convert` knows it.
"""

import inspect
import re
from collections.abc import Callable
from datetime import date
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, TypeAlias, Union, get_args, get_origin, get_type_hints

import msgspec

from vestnik.client.bots.errors import BadCall
from vestnik.texts import say


class _Whole:
    """The mark of an argument that is all the rest."""


Rest: TypeAlias = Annotated[str, _Whole()]
"""The annotation of a last argument that is everything which is left, as it was written."""

QUOTES: Final = {'"': '"', "“": "”", "«": "»", "„": "“"}
"""What begins a word with blanks in it, and what ends it. Telephones make the others of the first."""
_WORD: Final = re.compile(r"\S+")
_DASH: Final = re.compile(r"(?:--|—|–)(?=\w)")
"""What begins an option. Telephones make one dash of two."""
YES: Final = frozenset({"yes", "true", "on", "1", "y", "да", "вкл"})
NO: Final = frozenset({"no", "false", "off", "0", "n", "нет", "выкл"})
SIMPLE: Final = (str, int, float, bool, date)
"""Kinds of arguments for which there is a sentence that says what they are."""


class Argument:
    """One argument: its name, the `kind` of its value, whether it may be left out, and whether it is all the rest."""

    __slots__ = ("kind", "name", "needed", "whole")

    def __init__(self, name: str, kind: Any, *, needed: bool) -> None:
        kind = _without_none(kind)
        self.whole = get_origin(kind) is Annotated and any(isinstance(mark, _Whole) for mark in get_args(kind)[1:])
        self.name = name
        self.kind = kind
        self.needed = needed

    @property
    def option(self) -> str:
        """How it is written as an option."""
        return f"--{self.name.replace('_', '-')}"

    @property
    def shown(self) -> str:
        """How it is called in a usage."""
        choices = _choices(self.kind)
        return "|".join(choices) if choices else self.name.upper()

    def value(self, word: str, language: str) -> Any:
        """What a word becomes. Raises BadCall."""
        bare = get_args(self.kind)[0] if get_origin(self.kind) is Annotated else self.kind
        if bare is str and bare is self.kind:
            return word
        try:
            if bare is bool:
                return _truth(word)
            return msgspec.convert(word, self.kind, strict=False)
        except (ValueError, msgspec.ValidationError):  # no event: whoever has called is told
            kind = self._said(bare, language)
            raise BadCall("bots.wrong", word=word, argument=self.shown_name, kind=kind) from None

    @property
    def shown_name(self) -> str:
        """How it is called in a sentence."""
        return self.name.upper()

    def _said(self, kind: Any, language: str) -> str:
        choices = _choices(self.kind)
        if choices:
            return say(language, "bots.kind_choice", choices=", ".join(choices))
        simple = isinstance(kind, type) and kind in SIMPLE and kind is not str
        return say(language, f"bots.kind_{kind.__name__}" if simple else "bots.kind_other")


class Signature:
    """The arguments of a function behind its first one, which is the call itself.

    Raises TypeError for a function that cannot be called by words.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        hints = get_type_hints(function, include_extras=True)
        _, *given = inspect.signature(function).parameters.values() or [None]
        self.positional: list[Argument] = []
        self.options: dict[str, Argument] = {}
        self.more: Argument | None = None
        for each in given:
            assert each is not None  # noqa: S101  # the first one is not among them
            argument = Argument(each.name, hints.get(each.name, str), needed=each.default is each.empty)
            if each.kind is each.VAR_KEYWORD:
                raise TypeError(f"{function.__qualname__}: a command has no use for **{each.name}")
            if self.positional and self.positional[-1].whole and each.kind is not each.KEYWORD_ONLY:
                raise TypeError(f"{function.__qualname__}: nothing is left behind {self.positional[-1].name}")
            if each.kind is each.KEYWORD_ONLY:
                self.options[argument.option] = argument
            elif each.kind is each.VAR_POSITIONAL:
                self.more = argument
            else:
                self.positional.append(argument)
            _check(function, argument)

    @property
    def usage(self) -> str:
        """What is to be written behind the command."""
        words = [each.shown if each.needed else f"[{each.shown}]" for each in self.positional]
        if self.more is not None:
            words.append(f"[{self.more.shown} ...]")
        for option, each in self.options.items():
            word = option if each.kind is bool else f"{option} {each.shown}"
            words.append(word if each.needed and each.kind is not bool else f"[{word}]")
        return " ".join(words)

    def read(self, text: str, language: str) -> tuple[list[Any], dict[str, Any]]:
        """What the function is called with. Raises BadCall, with sentences in one of LANGUAGES."""
        reading = _Reading(self, text.strip(), language)
        reading.read()
        missing = [each for each in self.positional[len(reading.found) :] if each.needed]
        missing += [each for each in self.options.values() if each.needed and each.name not in reading.named]
        missing = [each for each in missing if each.kind is not bool or each in self.positional]
        if missing:
            raise BadCall("bots.missing", argument=missing[0].shown_name)
        for each in self.options.values():
            if each.kind is bool and each.needed:
                reading.named.setdefault(each.name, False)
        return reading.found, reading.named


class _Reading:
    """One text on its way to values."""

    def __init__(self, signature: Signature, text: str, language: str) -> None:
        self.found: list[Any] = []
        self.named: dict[str, Any] = {}
        self._signature = signature
        self._text = text
        self._language = language
        self._literal = False  # nothing more is an option

    def read(self) -> None:
        """Take one word after the other off the left."""
        while self._text:
            argument = self._next()
            dash = None if self._literal else _DASH.match(self._text)
            if self._text == "--" or (self._text.startswith("-- ") and not self._literal):
                self._literal, self._text = True, self._text[2:].lstrip()
            elif dash is not None and (self._signature.options or argument is None or not argument.whole):
                self._option(dash.end())
            elif argument is not None and argument.whole:
                self.found.append(self._text)
                self._text = ""
            else:
                word = self._word()
                if argument is None:
                    raise BadCall("bots.too_many", word=word)
                self.found.append(argument.value(word, self._language))

    def _next(self) -> Argument | None:
        """The argument that the next word is for."""
        positional = self._signature.positional
        return positional[len(self.found)] if len(self.found) < len(positional) else self._signature.more

    def _option(self, start: int) -> None:
        self._text = self._text[start:]
        name, equals, value = self._word().partition("=")
        option = f"--{name}"
        argument = self._signature.options.get(option)
        if argument is None:
            raise BadCall("bots.unknown_option", option=option)
        if argument.kind is bool:
            if equals:
                raise BadCall("bots.option_flag", option=option)
            self.named[argument.name] = True
            return
        if not equals:
            if not self._text:
                raise BadCall("bots.option_value", option=option)
            value = self._word()
        self.named[argument.name] = argument.value(value, self._language)

    def _word(self) -> str:
        """The next word, without quotes that are around it."""
        end = QUOTES.get(self._text[0])
        if end is not None:
            at = self._text.find(end, 1)
            if at < 0:
                raise BadCall("bots.quote_open")
            word, self._text = self._text[1:at], self._text[at + 1 :].lstrip()
            return word
        found = _WORD.match(self._text)
        assert found is not None  # noqa: S101  # there is no blank at the left
        self._text = self._text[found.end() :].lstrip()
        return found[0]


def _check(function: Callable[..., Any], argument: Argument) -> None:
    """Raises TypeError for an annotation that no word can become."""
    if argument.kind is bool or argument.whole:
        return
    try:
        msgspec.json.schema(argument.kind)
    except (TypeError, RuntimeError):  # no event: it is raised again, with the place
        raise TypeError(f"{function.__qualname__}: no word becomes {argument.kind!r}") from None


def _without_none(kind: Any) -> Any:
    """`X` of `X | None`."""
    if get_origin(kind) in (Union, UnionType):
        left = [each for each in get_args(kind) if each is not NoneType]
        return left[0] if len(left) == 1 else kind
    return kind


def _choices(kind: Any) -> list[str]:
    """The words that may stand for a value of which there are only some."""
    if get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    if get_origin(kind) is Literal:
        return [str(each) for each in get_args(kind)]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return [str(each.value) for each in kind]
    return []


def _truth(word: str) -> bool:
    if word.casefold() in YES:
        return True
    if word.casefold() in NO:
        return False
    raise ValueError
