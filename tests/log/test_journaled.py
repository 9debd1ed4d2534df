"""Journaled functions: one record for each call, and otherwise as if nothing were around them."""

import asyncio
import gc
import inspect
import json
import logging
import sys
import timeit
import weakref
from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vestnik.log.context import CORRELATION
from vestnik.log.handler import JournalHandler
from vestnik.log.journal import Journal
from vestnik.log.journaled import is_on, journaled, switch
from vestnik.log.setup import configure

NAME = "calls"
watched = journaled(logger=NAME)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """The journal of the functions in these tests, which are switched on."""
    configure(NAME, directory=tmp_path, console=None, level=logging.CRITICAL)
    (handler,) = (found for found in logging.getLogger(NAME).handlers if isinstance(found, JournalHandler))
    journal = Journal(NAME, tmp_path, json=True)
    handler.use(journal).close()
    switch(NAME, True)
    yield journal
    switch(NAME, False)
    journal.close()


@pytest.fixture
def calls(journal: Journal, tmp_path: Path) -> Callable[[], list[dict[str, Any]]]:
    """Gives the records so far."""

    def read() -> list[dict[str, Any]]:
        assert journal.flush()
        path = tmp_path / f"{NAME}.jsonl"
        return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []

    return read


class Door:
    """Something with methods of every kind, and no place for anything else."""

    __slots__ = ("room",)

    def __init__(self, room: str) -> None:
        self.room = room

    @journaled(arguments=("guest", "self.room"), logger=NAME)
    def enter(self, guest: str, password: str = "secret") -> str:
        """Let somebody in."""
        if password != "secret":
            raise PermissionError(guest)
        return f"{guest} in {self.room}"

    @staticmethod
    @watched
    def below_static(number: int) -> int:
        """A static method, as it should be written."""
        return number + 1

    @watched
    @staticmethod
    def above_static(number: int) -> int:
        """A static method, the other way round."""
        return number + 2

    @classmethod
    @watched
    def below_class(cls) -> str:
        """A class method, as it should be written."""
        return cls.__name__

    @watched  # type: ignore[misc]  # mypy wants it below
    @classmethod
    def above_class(cls) -> str:
        """A class method, the other way round."""
        return cls.__name__

    @property
    @watched
    def width(self) -> int:
        """A property."""
        return 80


@watched
def factorial(number: int) -> int:
    """Calls itself."""
    return number * factorial(number - 1) if number else 1


@journaled(arguments=("a", "b", "c", "d", "e.f.g"), logger=NAME)
def many(a: Any, b: Any = 1, *rest: Any, c: Any = 2, d: Any, e: Any = None, **others: Any) -> None:
    """Takes arguments in every way there is."""


@watched
async def wait(event: asyncio.Event) -> str:
    """Waits."""
    await event.wait()
    return "done"


def echo(log: list[object]) -> Generator[object, object, str]:
    """Yields what it is sent, notes what is thrown in, gives up after five."""
    value: object = "first"
    for _ in range(5):
        try:
            value = yield value
        except (KeyError, GeneratorExit) as error:
            log.append(type(error))
            if isinstance(error, GeneratorExit):
                raise
            value = "caught"
    return "end"


async def async_echo(log: list[object]) -> AsyncGenerator[object, object]:
    """The same, asynchronously."""
    value: object = "first"
    for _ in range(5):
        try:
            await asyncio.sleep(0)
            value = yield value
        except (KeyError, GeneratorExit) as error:
            log.append(type(error))
            if isinstance(error, GeneratorExit):
                raise
            value = "caught"


journaled_echo, journaled_async_echo = watched(echo), watched(async_echo)


def test_a_call_is_one_record(calls: Callable[[], list[dict[str, Any]]]) -> None:
    """A call leaves one record at DEBUG: function, caller, outcome, duration and the arguments that may be shown."""
    assert Door("#tea").enter("anna", "secret") == "anna in #tea"
    (found,) = calls()
    assert {key: found[key] for key in ("level", "logger", "event", "function", "caller", "outcome", "arguments")} == {
        "level": "DEBUG",
        "logger": NAME,
        "event": "function.called",
        "function": "Door.enter",
        "caller": "test_a_call_is_one_record",
        "outcome": "ok",
        "arguments": "guest='anna', room='#tea'",
    }
    assert 0 <= found["duration_ms"] < 1000
    assert found["message"] == (
        "Функция Door.enter(guest='anna', room='#tea') вызвана из test_a_call_is_one_record: "
        f"ok, {found['duration_ms']} мс"
    )


def test_an_exception_passes_untouched(calls: Callable[[], list[dict[str, Any]]]) -> None:
    """The outcome of a failed call is the exception's type; the exception itself goes on, with its traceback."""
    with pytest.raises(PermissionError, match="anna") as raised:
        Door("#tea").enter("anna", "wrong")
    assert raised.traceback[-1].name == "enter"
    assert raised.value.__context__ is None
    (found,) = calls()
    assert found["outcome"] == "PermissionError"
    assert "traceback" not in found
    assert "wrong" not in json.dumps(found)


def test_switched_off_nothing_is_recorded(calls: Callable[[], list[dict[str, Any]]]) -> None:
    """Without the switch a call is a plain call, and the switch of one logger is not that of another."""
    switch(NAME, False)
    switch("others", True)
    assert (is_on(NAME), is_on("others"), is_on("nobody")) == (False, True, False)
    assert factorial(3) == 6
    switch("others", False)
    assert calls() == []


def test_a_program_without_the_journal(journal: Journal) -> None:
    """A function whose journal this program does not have works all the same."""

    @journaled(logger="nowhere")
    def function() -> int:
        return 7

    switch("nowhere", True)
    assert function() == 7
    switch("nowhere", False)


def test_recursion(calls: Callable[[], list[dict[str, Any]]]) -> None:
    """A function that calls itself leaves a record for each call, the innermost first."""
    assert factorial(3) == 6
    assert [found["caller"] for found in calls()] == ["factorial"] * 3 + ["test_recursion"]


def test_methods_of_every_kind(calls: Callable[[], list[dict[str, Any]]]) -> None:
    """Static methods, class methods and properties of a class with slots work, in both orders."""
    door = Door("#tea")
    assert (door.below_static(1), door.above_static(1), Door.below_static(1), Door.above_static(1)) == (2, 3, 2, 3)
    assert (Door.below_class(), door.above_class(), door.width) == ("Door", "Door", 80)
    assert [found["function"] for found in calls()][-3:] == ["Door.below_class", "Door.above_class", "Door.width"]


@pytest.mark.parametrize(
    ("args", "kwargs", "shown"),
    [
        ((1,), {"d": 4}, "a=1, b=1, c=2, d=4"),
        ((1, 2, 3), {"c": 5, "d": None, "x": 6}, "a=1, b=2, c=5, d=None"),
        ((), {"b": True, "a": 1.5, "d": "it's"}, 'a=1.5, b=True, c=2, d="it\'s"'),
        (("x" * 100,), {"d": "y" * 101}, f"a='{'x' * 100}', b=1, c=2, d='{'y' * 99}…'"),
        ((1,), {"d": 4, "e": SimpleNamespace(f=SimpleNamespace(g=9))}, "a=1, b=1, c=2, d=4, g=9"),
        ((b"bytes",), {"d": ("a", 1)}, "a=b'bytes', b=1, c=2, d=('a', 1)"),
    ],
)
def test_arguments(
    calls: Callable[[], list[dict[str, Any]]], args: tuple[Any, ...], kwargs: dict[str, Any], shown: str
) -> None:
    """Arguments that may be shown are, however they are given: by position, by name, as defaults, as attributes."""
    many(*args, **kwargs)
    assert calls()[0]["arguments"] == shown


def test_arguments_that_cannot_be_had(calls: Callable[[], list[dict[str, Any]]]) -> None:
    """A missing argument is the function's to complain of, and a value without a text is named by its type."""

    class Silent:
        def __str__(self) -> str:
            raise ValueError

    with pytest.raises(TypeError, match="missing"):
        many(Silent())  # type: ignore[call-arg]
    (found,) = calls()
    assert (found["outcome"], found["arguments"]) == ("TypeError", "a=<Silent without text>, b=1, c=2")


@pytest.mark.parametrize("name", ["number", "rest", "others", "a.b", ""])
def test_an_unknown_argument_is_refused_at_import(name: str) -> None:
    """The decorator refuses a name that is no argument of the function."""
    with pytest.raises(TypeError, match="has no argument"):

        @journaled(arguments=(name,))
        def function(*rest: object, text: str = "", **others: object) -> None:
            """Does nothing."""


def test_only_functions() -> None:
    """The decorator refuses what it cannot wrap."""
    with pytest.raises(TypeError, match="no function"):
        journaled(Door)
    with pytest.raises(TypeError, match="no function"):
        journaled(len)


@pytest.mark.parametrize("function", [factorial, wait, journaled_echo, journaled_async_echo, Door.enter, many])
def test_what_is_known_of_a_function_stays(function: Any) -> None:
    """Name, text, signature and kind are those of the function itself."""
    inner = function.__wrapped__
    for kind in (inspect.iscoroutinefunction, inspect.isgeneratorfunction, inspect.isasyncgenfunction):
        assert kind(function) == kind(inner)
    assert inspect.signature(function) == inspect.signature(inner)
    assert (function.__name__, function.__doc__) == (inner.__name__, inner.__doc__)


async def test_a_coroutine(calls: Callable[[], list[dict[str, Any]]]) -> None:
    """A coroutine's record comes when it is over, with who awaits it; a cancelled one says so."""
    event = asyncio.Event()

    async def somebody() -> str:
        return await wait(event)

    waiting, cancelled = asyncio.create_task(somebody()), asyncio.create_task(somebody())
    await asyncio.sleep(0)
    assert calls() == []
    cancelled.cancel()
    event.set()
    assert await waiting == "done"
    with pytest.raises(asyncio.CancelledError):
        await cancelled
    assert sorted((found["outcome"], found["caller"]) for found in calls()) == [
        ("CancelledError", "somebody"),
        ("ok", "somebody"),
    ]


def test_a_generator_that_is_not_read_to_its_end(calls: Callable[[], list[dict[str, Any]]]) -> None:
    """The outcome of a generator is ok when it has ended, closed when it was given up."""
    assert list(journaled_echo([])) == ["first", None, None, None, None]
    given_up = journaled_echo([])
    next(given_up)
    del given_up
    gc.collect()
    assert [found["outcome"] for found in calls()] == ["ok", "closed"]


async def test_an_asynchronous_generator_that_is_not_read_to_its_end(
    calls: Callable[[], list[dict[str, Any]]],
) -> None:
    """The same holds for an asynchronous one."""
    assert [value async for value in journaled_async_echo([])] == ["first", None, None, None, None]
    given_up = journaled_async_echo([])
    await anext(given_up)
    await given_up.aclose()
    assert [found["outcome"] for found in calls()] == ["ok", "closed"]


@pytest.mark.parametrize("on", [False, True])
def test_a_loop_that_ends_closes_generators_once(journal: Journal, on: bool) -> None:
    """An asynchronous generator that awaits while it is closed is closed by the ending loop without a complaint."""
    ended: list[str] = []
    complaints: list[object] = []
    kept: list[object] = []

    @watched
    async def ticks() -> AsyncGenerator[int, None]:
        try:
            yield 1
        finally:
            await asyncio.sleep(0)
            ended.append("ended")

    async def main() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: complaints.append(context))
        generator = ticks()
        kept.append(generator)
        assert await anext(generator) == 1

    switch(NAME, on)
    asyncio.run(main())
    assert (ended, complaints) == (["ended"], [])


steps = st.lists(st.sampled_from(["next", "send", "throw", "unknown", "close"]), max_size=8)


def drive(generator: Any, todo: list[str]) -> list[object]:
    """What a generator answers to these steps."""
    said: list[object] = []
    for number, step in enumerate(todo):
        try:
            if step == "next":
                said.append(next(generator))
            elif step == "send":
                said.append(generator.send(number))
            elif step == "close":
                said.append(generator.close())
            else:
                said.append(generator.throw(KeyError(number) if step == "throw" else ValueError(number)))
        except Exception as error:  # noqa: BLE001 - compared
            said.append((type(error), error.args))
    generator.close()
    return said


async def drive_async(generator: Any, todo: list[str]) -> list[object]:
    """The same of an asynchronous one."""
    said: list[object] = []
    for number, step in enumerate(todo):
        try:
            if step == "next":
                said.append(await anext(generator))
            elif step == "send":
                said.append(await generator.asend(number))
            elif step == "close":
                said.append(await generator.aclose())
            else:
                said.append(await generator.athrow(KeyError(number) if step == "throw" else ValueError(number)))
        except Exception as error:  # noqa: BLE001 - compared
            said.append((type(error), error.args))
    await generator.aclose()
    return said


@given(steps, st.booleans())
@settings(deadline=None, max_examples=200)
def test_generators_behave_as_without(todo: list[str], on: bool) -> None:
    """Whatever is sent, thrown or closed, a journaled generator says what the plain one says, on or off."""
    switch(NAME, on)
    try:
        logs: tuple[list[object], ...] = ([], [], [], [])
        assert drive(journaled_echo(logs[0]), todo) == drive(echo(logs[1]), todo)
        async_said = asyncio.run(drive_async(journaled_async_echo(logs[2]), todo))
        assert async_said == asyncio.run(drive_async(async_echo(logs[3]), todo))
        assert (logs[0], logs[2]) == (logs[1], logs[3])
    finally:
        switch(NAME, False)


@pytest.mark.parametrize("on", [False, True])
def test_no_argument_is_kept(journal: Journal, on: bool) -> None:
    """A coroutine or generator that has let go of an argument is the last to have had it."""

    class Thing:
        pass

    @journaled(arguments=("thing",), logger=NAME)
    async def coroutine(thing: Thing) -> None:
        del thing
        await asyncio.sleep(0)

    @journaled(arguments=("thing",), logger=NAME)
    def generator(thing: Thing) -> Iterator[None]:
        del thing
        yield

    switch(NAME, on)
    for make in (lambda thing: coroutine(thing).__await__(), generator):
        thing = Thing()
        gone = weakref.ref(thing)
        running = make(thing)
        del thing
        next(running)
        assert gone() is None
        assert list(running) == []


def test_correlation_is_that_of_the_call(calls: Callable[[], list[dict[str, Any]]]) -> None:
    """A record belongs to the connection and request of the moment of the call, not of its end."""

    @watched
    def serve() -> None:
        CORRELATION.set(("8", 1))

    before = CORRELATION.set(("7", 3))
    serve()
    CORRELATION.reset(before)
    serve.__wrapped__()  # type: ignore[attr-defined]
    (found,) = calls()
    assert (found["connection"], found["request"]) == ("7", 3)
    CORRELATION.set((None, None))


def cost(function: Callable[..., Any]) -> float:
    """Seconds that a call takes at best."""
    number = 2000  # short enough that some repetitions are not disturbed
    return min(timeit.repeat(lambda: [function(1, 2, 3) for _ in range(number)], number=1, repeat=100)) / number


@pytest.mark.skipif(sys.gettrace() is not None, reason="measuring coverage costs more than the journal")
def test_switched_off_it_is_nearly_free() -> None:
    """A call of a function that is switched off costs at most half a microsecond more than a plain one."""

    def plain(one: int, two: int, three: int) -> int:
        return one

    async def coroutine(one: int, two: int, three: int) -> int:
        return one

    def awaited(function: Callable[..., Any]) -> Callable[..., Any]:
        def run(*numbers: int) -> None:
            try:
                function(*numbers).send(None)
            except StopIteration:
                return

        return run

    costs: list[float] = []
    for _ in range(3):  # a busy machine may spoil a measurement
        costs = [
            cost(watched(plain)) - cost(plain),
            cost(awaited(watched(coroutine))) - cost(awaited(coroutine)),
        ]
        if max(costs) <= 0.5e-6:
            return
    pytest.fail(str(costs))
