"""The language in which a command speaks of itself: help, usage, errors of the call.

Options are described in English where they are declared; `vestnik.texts.usage` has the Russian of that and of what
Click says. A command that a group gives out is a copy in the language chosen.
"""

import copy
import os
from collections.abc import Iterable, Sequence
from contextvars import ContextVar
from functools import partial
from importlib import import_module
from typing import Final, TypeVar

import click
from click.core import ParameterSource

from vestnik.language import DEFAULT_LANGUAGE, LANGUAGES
from vestnik.texts.usage import CLICK, COMMANDS, METAVARS

VARIABLE: Final = "VESTNIK_LANG"
OPTION: Final = "--lang"
MODULES: Final = ("core", "decorators", "exceptions", "formatting", "parser", "termui", "types")
"""Of Click: those that speak."""

_LANGUAGE: Final[ContextVar[str | None]] = ContextVar("language", default=None)

C = TypeVar("C", bound=click.Command)


def choose(arguments: Sequence[str]) -> None:
    """Speak the language that the call asks for from now on, else that of the environment, else the default one."""
    wanted = [os.environ.get(VARIABLE, ""), *_given(arguments)]
    set_language(next((each for each in reversed(wanted) if each in LANGUAGES), DEFAULT_LANGUAGE))


def set_language(language: str) -> None:
    """Speak one of LANGUAGES from now on."""
    _LANGUAGE.set(language)


def language() -> str:
    """What is spoken."""
    return _LANGUAGE.get() or DEFAULT_LANGUAGE


def without_language(arguments: Sequence[str]) -> list[str]:
    """The arguments but for those that choose the language."""
    left: list[str] = []
    given = iter(arguments)
    for each in given:
        if each == OPTION:
            next(given, None)
        elif not each.startswith(f"{OPTION}="):
            left.append(each)
    return left


def _given(arguments: Sequence[str]) -> Iterable[str]:
    for at, each in enumerate(arguments):
        if each == "--":
            return
        if each.startswith(f"{OPTION}="):
            yield each.removeprefix(f"{OPTION}=")
        elif each == OPTION:
            yield from arguments[at + 1 : at + 2]


def localized(command: C) -> C:
    """A copy of a command that speaks the language chosen."""
    made = copy.copy(command)
    made.params = [_localized_parameter(parameter) for parameter in command.params]
    made.help = _of_command(command.help)
    made.short_help = _of_command(command.short_help)
    made.epilog = _of_command(command.epilog)
    made.options_metavar = _metavar(command.options_metavar)
    if isinstance(made, click.Group):
        made.subcommand_metavar = _metavar(made.subcommand_metavar) or ""
    return made


def _localized_parameter(parameter: click.Parameter) -> click.Parameter:
    made = copy.copy(parameter)
    made.metavar = _metavar(parameter.metavar or _own_metavar(parameter))
    if isinstance(made, click.Option):
        made.help = _of_command(made.help)
        made.get_error_hint = partial(_hint, made)  # type: ignore[method-assign]
    return made


def _hint(option: click.Option, context: click.Context | None) -> str:
    """What is wrong in the call: the variable if the value is from there, else the option by its names."""
    name = option.name or ""
    if context is not None and context.get_parameter_source(name) is ParameterSource.ENVIRONMENT:
        return str(option.envvar)
    return click.Parameter.get_error_hint(option, context)


def _own_metavar(parameter: click.Parameter) -> str | None:
    """What Click shows for an argument that has nothing else to show."""
    return (parameter.name or "").upper() if isinstance(parameter, click.Argument) else None


def described(text: str) -> str:
    """A description in English, in the language chosen."""
    return _of_command(text) or text


def _of_command(text: str | None) -> str | None:
    if text is None or language() != "ru":
        return text
    return COMMANDS.get(" ".join(text.split()), text)


def _metavar(text: str | None) -> str | None:
    if text is None or language() != "ru":
        return text
    return METAVARS.get(text, text)


def _translated(text: str) -> str:
    return CLICK.get(text, text) if _LANGUAGE.get() == "ru" else text


def _counted(one: str, many: str, count: int) -> str:
    return _translated(one if count == 1 else many)


def teach() -> None:
    """Have Click say its own sentences in the language chosen.

    It asks the gettext of its modules, which only knows files of one binary form; so these functions are put there.
    """
    for name in MODULES:
        module = import_module(f"click.{name}")
        for function, ours in (("_", _translated), ("ngettext", _counted)):
            if hasattr(module, function):
                setattr(module, function, ours)
