"""Entries as text and JSON: as they were written, and harmless."""

import json
import logging
import time
from collections.abc import Callable
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.support.pages import START, entry_of, json_of, record, text_of
from vestnik.log.handler import JournalHandler
from vestnik.log.journal import Journal
from vestnik.log.reading.entry import Entry, Source
from vestnik.log.reading.query import Query
from vestnik.log.reading.reader import Reader
from vestnik.log.reading.show import json_line, json_object, shown, visible
from vestnik.server import catalogue

ANYTHING = st.text(st.characters(exclude_categories=["Cs"]), max_size=50)


def harmless(text: str) -> bool:
    """Whether nothing in `text` but its line breaks does anything in a terminal."""
    return all(line.isprintable() for line in text.split("\n"))


def test_text_of_json_is_the_line_of_text(make: Callable[..., Journal], tmp_path: Path) -> None:
    """From the JSON that the journal has written comes, byte for byte, the text that it has written."""
    journal = make(json=True, clock=time.time)
    logger = logging.getLogger("show.text")
    logger.setLevel(1)
    handler = JournalHandler(journal, logger)
    for text in ("plain", "tab\tand\\backslash", "\x1b[31m\u202eevil", "лог", "x" * 20_000):
        journal.record(catalogue.STORE_FAILED, text, connection="7", request=2)
        logger.log(35, "%s", text)
        try:
            raise ValueError(text[:100])
        except ValueError as error:
            journal.record(catalogue.REQUEST_FAILED, text, error=error)
    handler.close()
    journal.close()
    logger.removeHandler(handler)
    found = [shown(entry, expanded=False) for entry in Reader(tmp_path, "server", fail).entries(Query())]
    assert "".join(f"{each}\n" for each in found) == (tmp_path / "server.log").read_text("utf-8")
    assert len(found) == 15


def fail(path: Path, error: Exception) -> None:
    """Nothing may be reported."""
    raise AssertionError(f"{path}: {error!r}")


def test_json_as_it_is_stored(make: Callable[..., Journal], tmp_path: Path) -> None:
    """A line that the journal has written is given as it is."""
    journal = make(json=True)
    for text in ("plain", "\x1b[31m\u202eevil\u0085", "лог"):
        journal.record(catalogue.STORE_FAILED, text)
    journal.close()
    entries = Reader(tmp_path, "server", fail).entries(Query())
    assert b"".join(json_line(entry) for entry in entries) == (tmp_path / "server.jsonl").read_bytes()


@given(ANYTHING, ANYTHING, st.sampled_from(["jsonl", "log"]), st.sampled_from([None, "server"]))
def test_nothing_does_anything_in_a_terminal(message: str, traceback: str, kind: str, side: str | None) -> None:
    """Whatever is in a record, its text and JSON are visible characters, and the JSON means the same."""
    made = record(START, message=message, traceback=f"Traceback (most recent call last):\n{traceback}")
    entry = entry_of(made, kind)
    for expanded in (False, True):
        assert harmless(str(shown(entry, expanded=expanded)))
    assert "\n" not in str(shown(entry, expanded=False))
    line = json_line(entry, side).decode()
    assert line.endswith("}\n")
    assert line[:-1].isprintable()
    loaded = json.loads(line)
    assert loaded.pop("side", None) == side
    if kind == "jsonl":
        assert loaded == made
    else:
        assert loaded["message"] == f"{message}\n{made['traceback']}"


@given(st.binary(max_size=100).map(lambda raw: raw.replace(b"\n", b"")), st.sampled_from(["jsonl", "log"]))
def test_lines_that_are_not_whole(raw: bytes, kind: str) -> None:
    """A line that is no record is shown as far as it can be, as an object of JSON with its time and text."""
    entry = Entry(1_795_341_600_000_000, raw, Source(Path("x"), kind, "server"))  # type: ignore[arg-type]  # a kind
    text = str(shown(entry, expanded=True))
    assert harmless(text)
    if not entry.whole:
        assert text == visible(raw.decode("utf-8", "backslashreplace"))
        loaded = json.loads(json_line(entry))
        assert loaded == {
            "time": "2026-11-22T10:00:00.000000+00:00",
            "logger": "server",
            "message": raw.decode("utf-8", "backslashreplace"),
        }


def test_raw_characters_in_stored_json() -> None:
    """JSON that somebody else wrote, with raw control characters, is escaped and means the same."""
    made = record(START, message="a\u202eb\x7f\u0085\U000e0001", connection="7")
    raw = json_of(made)
    assert "\u202e".encode() in raw
    line = json_line(Entry(0, raw.replace(b'","', b'",\t"'), Source(Path("x"), "jsonl", "server")), "x}").decode()
    assert line[:-1].isprintable()
    assert json.loads(line) == made | {"side": "x}"}


def test_tracebacks() -> None:
    """A traceback is one line with the sentence, or expanded to lines of its own that are indented."""
    traceback = 'Traceback (most recent call last):\n  File "a\\b"\nValueError: \x1b[31m\\n'
    entry = entry_of(record(START, message="It failed", traceback=traceback))
    one = "2026-11-22 10:00:00,000 INFO     server     It failed"
    assert str(shown(entry, expanded=False)).encode() == text_of(
        record(START, message="It failed", traceback=traceback)
    )
    assert str(shown(entry, expanded=True)).split("\n") == [
        one,
        "    Traceback (most recent call last):",
        '      File "a\\b"',
        "    ValueError: \\x1b[31m\\n",
    ]


def test_a_sentence_with_line_breaks_stays_one_line() -> None:
    """Only a traceback is expanded: a line break in a sentence cannot pretend to be a line."""
    entry = entry_of(record(START, message="a\n2026-11-22 10:00:00,000 INFO     server     forged"))
    assert "\n" not in str(shown(entry, expanded=True))


def test_text_as_json() -> None:
    """A line of text becomes an object with its time, level, logger and sentence."""
    entry = entry_of(record(START, message="a\\\n\u202e", level="Level_35"), "log")
    assert json.loads(json_line(entry)) == {
        "time": "2026-11-22T10:00:00.000000+00:00",
        "level": "Level_35",
        "logger": "server",
        "message": "a\\\n\u202e",
    }


def test_objects() -> None:
    """Any object becomes a harmless line."""
    assert json_object({"a": "\x1b\u202e"}) == b'{"a":"\\u001b\\u202e"}\n'
