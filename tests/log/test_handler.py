"""A journal and a stdlib logger."""

import logging
import logging.config
import re
import unittest
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from vestnik.log.handler import JournalHandler
from vestnik.log.journal import Journal
from vestnik.protocol import answers
from vestnik.server import catalogue

from .test_journal import DELIVERED, PRESENCE, messages, rows

Pair = tuple[logging.Logger, Journal]


@pytest.fixture
def pair(make: Callable[..., Journal]) -> Iterator[Pair]:
    """A logger of its own and the journal attached to it."""
    logger = logging.getLogger("vestnik-test")
    logger.propagate = False
    logger.setLevel(logging.INFO)
    journal = make("vestnik-test")
    handler = JournalHandler(journal, logger)
    yield logger, journal
    for other in [handler, *logger.handlers]:
        logger.removeHandler(other)
    logger.filters.clear()
    handler.close()


class Collector(logging.Handler):
    """Keeps the records it is given."""

    def __init__(self, level: int = logging.NOTSET) -> None:
        super().__init__(level)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keeps `record`."""
        self.records.append(record)


def alone(pair: Pair) -> None:
    """Takes away the handlers that pytest adds to every logger: they raise what they cannot format."""
    for handler in list(pair[0].handlers):
        if not isinstance(handler, JournalHandler):
            pair[0].removeHandler(handler)


def lines(pair: Pair, path: Path) -> list[str]:
    """The lines in the file, without time stamps."""
    assert pair[1].flush()
    return messages(path / "vestnik-test.log")


def test_stdlib_call(pair: Pair, tmp_path: Path) -> None:
    """A call of the stdlib's logger becomes a line; the level is the logger's."""
    pair[0].info("%s of %d", "one", 2)
    pair[0].debug("hidden")
    pair[0].getChild("part").warning("%(a)s", {"a": [1]})
    assert lines(pair, tmp_path) == [
        "INFO     vestnik-test one of 2",
        "WARNING  vestnik-test.part [1]",
    ]


def test_arguments_are_taken_at_the_call(pair: Pair, tmp_path: Path) -> None:
    """Arguments that may change are formatted at the call."""
    changing = [1]
    pair[0].info("%s", changing)
    changing.append(2)
    assert lines(pair, tmp_path) == ["INFO     vestnik-test [1]"]


@pytest.mark.parametrize("args", [(1,), ([1],), ("a", object)])
def test_bad_format(pair: Pair, tmp_path: Path, args: tuple[object, ...]) -> None:
    """Arguments that do not fit are shown, and nothing is raised."""
    alone(pair)
    pair[0].info("%d %d %d", *args)
    (line,) = lines(pair, tmp_path)
    assert line == f"INFO     vestnik-test %d %d %d <- ({', '.join(map(str, args))})"


def test_message_without_text(pair: Pair, tmp_path: Path) -> None:
    """A message that cannot be shown is named by its type."""
    alone(pair)

    class Mute:
        def __str__(self) -> str:
            raise RuntimeError

    pair[0].info(Mute())
    pair[0].info(42)
    pair[0].info("100%")
    assert [line[22:] for line in lines(pair, tmp_path)] == ["<Mute without text>", "42", "100%"]


def test_exception_and_stack(pair: Pair, tmp_path: Path) -> None:
    """`exc_info` and `stack_info` stay on the record's line."""
    try:
        raise ValueError("no")
    except ValueError:
        pair[0].exception("failed %s", "here")
    pair[0].info("where", stack_info=True)
    pair[0].error("nothing", exc_info=True)
    first, second, third = lines(pair, tmp_path)
    assert first.startswith("ERROR    vestnik-test failed here\\nTraceback (most recent call last):\\n")
    assert re.search(r"ValueError: no\\ntb=[0-9a-f]{8}$", first)
    assert second.startswith("INFO     vestnik-test where\\nStack (most recent call last):\\n")
    assert third == "ERROR    vestnik-test nothing"


def test_assert_logs_sees_events(pair: Pair, tmp_path: Path) -> None:
    """`assertLogs` sees events, DEBUG too if asked for, and the journal has them as well."""
    case = unittest.TestCase()
    with case.assertLogs("vestnik-test", "DEBUG") as seen:
        pair[1].record(DELIVERED, "user", "#geekbrains", 7, "id", connection="c1", request=3)
        pair[1].extend(rows(1, PRESENCE))
    assert seen.output[0] == "INFO:vestnik-test:200: Сообщение от user к #geekbrains доставлено"
    assert seen.output[1].startswith("DEBUG:vestnik-test:200: Статус")
    assert len(lines(pair, tmp_path)) == 2


def test_fields_of_events(pair: Pair) -> None:
    """A handler of somebody else finds the event, its fields and its exception in the record."""
    collector = Collector(logging.INFO)
    pair[0].addHandler(collector)
    error = ValueError("no")
    pair[1].record(DELIVERED, "user", "#geekbrains", 7, "id", connection="c1", request=3, error=error)
    pair[1].record(catalogue.of_answer(answers.ACCOUNT_UNKNOWN), "nobody")
    pair[1].record(catalogue.PROBE_SENT, "user")
    first, second = collector.records
    found = vars(first)
    assert (found["event"], found["account"], found["to"], found["seq"]) == (
        "message.delivered",
        "user",
        "#geekbrains",
        7,
    )
    assert (found["connection"], found["request"]) == ("c1", 3)
    assert first.exc_info is not None
    assert first.exc_info[1] is error
    assert second.name == "vestnik-test"
    assert vars(second)["fields"] == {"name": "nobody"}


def test_propagation(pair: Pair, caplog: pytest.LogCaptureFixture) -> None:
    """Events reach the handlers above if the logger propagates, as `caplog` needs it."""
    alone(pair)
    pair[1].record(catalogue.CONNECTION_OPENED)
    pair[0].propagate = True
    pair[1].record(catalogue.CONNECTION_CLOSED)
    pair[0].info("and the stdlib's")
    assert [record.getMessage() for record in caplog.records] == ["Клиент отключился", "and the stdlib's"]


def test_filter(pair: Pair, tmp_path: Path) -> None:
    """A filter of the logger or of the handler applies to events as well."""
    pair[0].addFilter(lambda record: getattr(record, "account", None) != "secret")
    pair[1].record(catalogue.ALL["admin.added"], "secret")
    pair[1].extend([*rows(1), (0.0, catalogue.ALL["admin.added"], ("secret",), None, None, None, None)])
    pair[1].record(catalogue.ALL["admin.added"], "open")
    handler = next(one for one in pair[0].handlers if isinstance(one, JournalHandler))
    handler.addFilter(lambda record: "hidden" not in record.getMessage())
    pair[0].info("hidden")
    pair[1].record(catalogue.ALL["admin.added"], "hidden")
    handler.filters.clear()
    assert [line[22:] for line in lines(pair, tmp_path)] == [
        "200: Сообщение от user к 0 доставлено",
        "Учётная запись open создана",
    ]


def test_level_is_shared(pair: Pair) -> None:
    """The logger's level is the journal's, whichever is set."""
    pair[0].setLevel(logging.ERROR)
    assert pair[1].level == logging.ERROR
    pair[1].level = logging.DEBUG
    assert pair[0].level == logging.DEBUG


def test_survives_logging_config(pair: Pair, tmp_path: Path) -> None:
    """Configuring `logging` closes all handlers; ours starts again with the next record."""
    pair[0].info("before")
    logging.config.dictConfig({"version": 1, "disable_existing_loggers": False})
    pair[0].info("after")
    assert len(lines(pair, tmp_path)) == 2


def test_replaced_journal(pair: Pair, make: Callable[..., Journal], tmp_path: Path) -> None:
    """Another journal can take the place of the first."""
    handler = next(one for one in pair[0].handlers if isinstance(one, JournalHandler))
    other = make("vestnik-test", tmp_path / "other")
    assert handler.use(other) is pair[1]
    pair[0].info("to the other")
    handler.flush()
    assert len(messages(tmp_path / "other" / "vestnik-test.log")) == 1
    assert not (tmp_path / "vestnik-test.log").exists()
