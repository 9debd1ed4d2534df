"""The line of text."""

import logging
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestnik.log import events
from vestnik.log.escape import unescape
from vestnik.log.events import EventType
from vestnik.log.recording.records import Message, Queued, Record
from vestnik.log.recording.render import FORMAT, MESSAGE_CAP, Renderer, sentence
from vestnik.log.recording.storm import traceback_of
from vestnik.protocol import answers
from vestnik.server import catalogue

from ..conftest import NOON

DELIVERED = catalogue.of_answer(answers.MESSAGE_DELIVERED)
LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} ([A-Z]+) +(\S+) +([^\n]*)\n")


def record(event: EventType, *values: object, created: float = NOON, error: BaseException | None = None) -> Record:
    """A record of `event` at noon."""
    return (created, event, values, None, None, error, None)


def said(level: int, text: str, *args: object, name: str = "server") -> Queued:
    """A record of the stdlib at noon."""
    return (NOON, Message(name, level, text, args), (), None, None, None, None)


def line(queued: Queued, language: str = "ru") -> str:
    """The line of one record."""
    return Renderer("server", language).line(queued)


def test_answer() -> None:
    """An answer's line has its code before its sentence; values that the sentence does not need are allowed."""
    assert line(record(DELIVERED, "user", "#geekbrains", 7, "id")).endswith(
        " INFO     server     200: Сообщение от user к #geekbrains доставлено\n"
    )


def test_language() -> None:
    """The language can be changed at any time."""
    renderer = Renderer("server", "ru")
    russian = renderer.line(record(catalogue.SERVER_STOPPED))
    renderer.language = "en"
    assert russian.endswith("INFO     server     Сервер остановлен\n")
    assert renderer.line(record(catalogue.SERVER_STOPPED)).endswith("INFO     server     Server stopped\n")


@pytest.mark.parametrize("level", [logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR, logging.CRITICAL])
@pytest.mark.parametrize("created", [NOON, NOON + 0.402, NOON + 0.999, NOON + 86_399.5, 0.25])
def test_like_the_stdlib(level: int, created: float) -> None:
    """The line is to the letter what the stdlib makes of the mission's format."""
    made = logging.LogRecord("client", level, "", 0, "Sample %s message", ("info",), None)
    made.created, made.msecs = created, int((created - int(created)) * 1000)
    message = Message("client", level, "Sample %s message", ("info",))
    assert line((created, message, (), None, None, None, None)) == logging.Formatter(FORMAT).format(made) + "\n"


@given(st.text(), st.text())
def test_always_one_line(account: str, room: str) -> None:
    """No name can break, end or forge a line, and the sentence can be read back."""
    made = line(record(DELIVERED, account, room))
    match = LINE.fullmatch(made)
    assert match is not None
    assert len(made.splitlines()) == 1
    if len(match[3]) < MESSAGE_CAP:
        assert unescape(match[3]) == f"200: Сообщение от {account} к {room} доставлено"


def test_braces_in_values() -> None:
    """A value is never taken for a template."""
    assert "от {0} к %s д" in line(record(DELIVERED, "{0}", "%s"))


@pytest.mark.parametrize("values", [(), ("one",)])
def test_too_few_values(values: tuple[object, ...]) -> None:
    """A wrong call still gives a line, with what was given."""
    assert f"message.delivered <- ({', '.join(map(str, values))})" in line(record(DELIVERED, *values))
    assert sentence("ru", DELIVERED, values).startswith("message.delivered <- (")


def test_unknown_event() -> None:
    """An event without a sentence is shown by its name and values."""
    assert line(record(EventType("new.thing", logging.INFO, ("a", "b")), 1, 2)).endswith("new.thing a=1 b=2\n")


def test_traceback_on_the_line() -> None:
    """An exception keeps its traceback, on the same line and without local variables."""
    secret = "hunter" + str(2)
    try:
        raise ValueError("first")
    except ValueError as first:
        try:
            raise KeyError("второй") from first
        except KeyError as second:
            made = line(record(events.TASK_FAILED, "x", error=second))
    assert secret not in made
    assert made.count("\n") == 1
    text = unescape(made)
    assert "Непредвиденная ошибка: x\nTraceback (most recent call last):\n" in text
    assert "ValueError: first" in text
    assert re.search(r"KeyError: 'второй'\ntb=[0-9a-f]{8}\n\Z", text)


def deep(depth: int) -> None:
    """Raises from `depth` alternating calls below."""
    if depth == 0:
        raise ValueError("deep")
    (deep, deeper)[depth % 2](depth - 1)


def deeper(depth: int) -> None:
    """The other half of `deep`, so that no frames are folded together."""
    deep(depth)


def test_traceback_is_bounded() -> None:
    """At most 50 frames, the innermost, and at most 10 exceptions of a chain."""
    with pytest.raises(ValueError) as caught:
        deep(200)
    assert 40 <= traceback_of(caught.value).count("  File ") <= 50
    error: BaseException | None = None
    for number in range(30):
        newer = ValueError(number)
        newer.__cause__ = error
        error = newer
    assert error is not None
    assert re.findall(r"ValueError: (\d+)", traceback_of(error)) == [str(n) for n in range(20, 30)]


class Broken(Exception):
    """Raises while it is shown."""

    def __str__(self) -> str:
        raise RuntimeError("broken")

    __cause__ = property(lambda _: 1 / 0)


def test_broken_exception() -> None:
    """An exception that cannot be shown is named all the same."""
    assert "Broken" in line(record(events.TASK_FAILED, "x", error=Broken()))


def test_cap() -> None:
    """A message is cut at 16 KiB characters and says how much is missing."""
    made = line(said(logging.INFO, "%s", "\n" * 100_000))
    match = LINE.fullmatch(made)
    assert match is not None
    assert len(match[3]) <= MESSAGE_CAP
    assert re.search(r"\.\.\.\[\+\d+\]\.\.\.", match[3])


def test_hostile_name_and_level() -> None:
    """A logger's name or a level's name cannot break the columns."""
    logging.addLevelName(25, "NO TICE\n")
    assert line(said(25, "x", name="a b\n")).endswith(" NO_TICE\\n a_b\\n      x\n")


@pytest.mark.parametrize("created", [float("nan"), float("inf"), -float("inf"), 1e300])
def test_impossible_time(created: float) -> None:
    """A time that no calendar knows does not cost the record."""
    assert LINE.fullmatch(line(record(catalogue.SERVER_STOPPED, created=created)))


def test_time_before_1970() -> None:
    """Milliseconds count forward, also before 1970."""
    assert ",500 " in line(record(catalogue.SERVER_STOPPED, created=-0.5))
