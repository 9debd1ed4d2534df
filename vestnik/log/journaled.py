"""Journaling of calls: a function with `@journaled` leaves one record for each call, when the call is over.

    @journaled(arguments=("room",))
    async def join(self, room: str) -> Response: ...

    Function Client.join(room='#tea') called from _join: ok, 0.8 ms

This is off until `switch` turns it on for all functions of a logger, whatever the journal's level.
"""

import inspect
import sys
from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from contextlib import nullcontext
from functools import wraps
from time import perf_counter, time
from types import TracebackType
from typing import Any, Final, NamedTuple, TypeVar, cast, overload

from vestnik.log import events
from vestnik.log.context import CORRELATION
from vestnik.log.recording.records import text_of
from vestnik.log.setup import find_journal

F = TypeVar("F", bound=Callable[..., Any])

MAX_SHOWN: Final = 100
"""Characters that are shown of an argument."""
UNTRACED: Final = nullcontext()


class _Switch:
    """Whether the functions of a logger are journaled. An attribute of an own object is the cheapest thing to ask."""

    __slots__ = ("on",)

    def __init__(self) -> None:
        self.on = False


_SWITCHES: Final[dict[str, _Switch]] = {}


def switch(logger: str, on: bool) -> None:
    """Turns the journaling of the functions of `logger` ("server", "client") on or off, for calls that begin now."""
    _SWITCHES.setdefault(logger, _Switch()).on = on


def is_on(logger: str) -> bool:
    """Whether the functions of `logger` are journaled."""
    return logger in _SWITCHES and _SWITCHES[logger].on


@overload
def journaled(function: F, /) -> F: ...


@overload
def journaled(*, arguments: Sequence[str] = (), logger: str = "server") -> Callable[[F], F]: ...


def journaled(
    function: F | None = None, /, *, arguments: Sequence[str] = (), logger: str = "server"
) -> F | Callable[[F], F]:
    """Makes each call of a function, coroutine function, generator function or asynchronous one leave a record.

    The record has the function's qualified name, the name of the function that called (for a coroutine or a generator:
    that resumed it first), how it ended ("ok", the name of the exception's type, "closed" for a generator or coroutine
    that was closed before its end), how many milliseconds it took, and those of its `arguments` that are named here:
    `room`, or `request.room` for an attribute of an argument. It goes to the journal of `logger`, if that has one, with
    the connection and the request of the moment of the call.

    Raises TypeError for what is no function and for an argument that the function does not have.
    """

    def decorate(function: F) -> F:
        if isinstance(function, (staticmethod, classmethod)):
            inner = cast(Any, function).__func__
            return cast(F, type(function)(_wrapped(inner, _Traced(inner, arguments, logger))))
        return cast(F, _wrapped(function, _Traced(function, arguments, logger)))

    return decorate if function is None else decorate(function)


class _Argument(NamedTuple):
    """Where an argument that may be shown is found: by position, by name, or as the default; then its attributes."""

    label: str
    position: int
    name: str
    default: object
    attributes: list[str]


class _Traced:
    """What is known of a function before it is called."""

    __slots__ = ("arguments", "logger", "name", "switch")

    def __init__(self, function: Callable[..., Any], arguments: Sequence[str], logger: str) -> None:
        if not inspect.isfunction(function):
            raise TypeError(f"{function!r} is no function")
        parameters = inspect.signature(function).parameters
        positions = {
            name: position
            for position, (name, parameter) in enumerate(parameters.items())
            if parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)
        }
        self.arguments: list[_Argument] = []
        for path in arguments:
            name, *attributes = path.split(".")
            parameter = parameters.get(name)
            if parameter is None or parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
                raise TypeError(f"{function.__qualname__}() has no argument {name!r}")
            position = positions.get(name, sys.maxsize)
            self.arguments.append(_Argument(path.split(".")[-1], position, name, parameter.default, attributes))
        self.name = function.__qualname__
        self.logger = logger
        self.switch = _SWITCHES.setdefault(logger, _Switch())

    def begin(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> "_Call":
        """A call that begins now; to be made by the wrapper itself, whose caller is the caller."""
        caller = sys._getframe(1).f_back
        name = "?" if caller is None else caller.f_code.co_name
        return _Call(self, name, _shown(self.arguments, args, kwargs))


class _Call:
    """A call that is going on; as a context manager it leaves the record at its end."""

    __slots__ = ("arguments", "caller", "connection", "known", "request", "started")

    def __init__(self, known: _Traced, caller: str, arguments: str) -> None:
        self.known = known
        self.caller = caller
        self.arguments = arguments
        self.connection, self.request = CORRELATION.get()
        self.started = perf_counter()

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        duration = round((perf_counter() - self.started) * 1000, 3)
        outcome = "ok" if kind is None else "closed" if kind is GeneratorExit else kind.__name__
        known = self.known
        if (journal := find_journal(known.logger)) is None:
            return  # this program has no such journal
        values = (known.name, self.caller, outcome, duration, self.arguments)
        # The switch has been asked, and the level must not keep out what it let in.
        journal.accept((time(), events.FUNCTION_CALLED, values, self.connection, self.request, None, None))


def _shown(arguments: list[_Argument], args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    """The arguments that may be shown, as `name=value, ...`. Never raises: a wrong call is the function's to refuse."""
    parts: list[str] = []
    for label, position, name, default, attributes in arguments:
        value = args[position] if position < len(args) else kwargs.get(name, default)
        try:
            for attribute in attributes:
                value = getattr(value, attribute)
        except Exception:  # noqa: BLE001 - any code may run here; what cannot be had is not shown
            value = inspect.Parameter.empty
        if value is not inspect.Parameter.empty:
            parts.append(f"{label}={_text(value)}")
    return ", ".join(parts)


def _text(value: object) -> str:
    text = text_of(value)
    if len(text) > MAX_SHOWN:
        text = f"{text[: MAX_SHOWN - 1]}…"
    return repr(text) if isinstance(value, str) else text


def _wrapped(function: Callable[..., Any], known: _Traced) -> Callable[..., Any]:
    """`function` with what leaves the record around it, of the same kind."""
    if inspect.isasyncgenfunction(function):
        wrapper = _around_async_generator(function, known)
    elif inspect.iscoroutinefunction(function):
        wrapper = _around_coroutine(function, known)
    elif inspect.isgeneratorfunction(function):
        wrapper = _around_generator(function, known)
    else:
        wrapper = _around_function(function, known)
    return wraps(function)(wrapper)


# Each wrapper asks the switch first. Those that live on while the function waits keep none of its arguments.


def _around_function(function: Callable[..., Any], known: _Traced) -> Callable[..., Any]:
    switched = known.switch

    def call(*args: Any, **kwargs: Any) -> Any:
        if not switched.on:
            return function(*args, **kwargs)
        with known.begin(args, kwargs):
            return function(*args, **kwargs)

    return call


def _around_coroutine(function: Callable[..., Any], known: _Traced) -> Callable[..., Any]:
    switched = known.switch

    async def call(*args: Any, **kwargs: Any) -> Any:
        if not switched.on:
            coroutine = function(*args, **kwargs)
            del args, kwargs
            return await coroutine
        with known.begin(args, kwargs):
            coroutine = function(*args, **kwargs)
            del args, kwargs
            return await coroutine

    return call


def _around_generator(function: Callable[..., Any], known: _Traced) -> Callable[..., Any]:
    switched = known.switch

    def call(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        if not switched.on:
            generator = function(*args, **kwargs)
            del args, kwargs
            return (yield from generator)
        with known.begin(args, kwargs):
            generator = function(*args, **kwargs)
            del args, kwargs
            return (yield from generator)

    return call


def _around_async_generator(function: Callable[..., Any], known: _Traced) -> Callable[..., Any]:
    switched = known.switch

    async def call(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
        with known.begin(args, kwargs) if switched.on else UNTRACED:
            generator = function(*args, **kwargs)
            del args, kwargs
            step = _first_step(generator)
            while True:
                try:
                    value = await step
                except StopAsyncIteration:
                    return
                try:
                    sent = yield value
                except GeneratorExit:
                    await generator.aclose()
                    raise
                except BaseException as error:  # noqa: BLE001 - whatever is thrown in goes where it is meant to
                    step = generator.athrow(error)
                else:
                    step = generator.asend(sent)

    return call


def _first_step(generator: AsyncGenerator[Any, Any]) -> Any:
    """The first `anext` of a generator which is not to be noticed by the event loop.

    The loop closes the generators it has noticed when it ends; this one is closed by that around it.
    """
    hooks = sys.get_asyncgen_hooks()
    sys.set_asyncgen_hooks(None, None)
    try:
        return generator.__anext__()
    finally:
        sys.set_asyncgen_hooks(*hooks)
