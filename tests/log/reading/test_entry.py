"""What a line says."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.pages import START, entry_of, json_of, record, text_of
from vestnik.log.days.names import Kind
from vestnik.log.journal import Journal
from vestnik.log.reading.entry import Entry, Source
from vestnik.log.reading.stamps import Stamps
from vestnik.server import catalogue


def read(raw: bytes, kind: Kind) -> Entry:
    """An entry of this line, whatever it is."""
    return Entry(0, raw, Source(Path("server"), kind, "server"))


def test_json() -> None:
    """All fields that are asked for are there, by name."""
    made = record(START, "message.kept", "202: kept", code=202, connection="7", request=3, account="anna", seq=5)
    facts = entry_of(made).facts
    assert (facts["level"], facts["logger"], facts["event"], facts["code"], facts["message"]) == (
        *("INFO", "server", "message.kept", 202, "202: kept"),
    )
    assert (facts["connection"], facts["request"], facts["account"], facts["seq"]) == ("7", 3, "anna", 5)
    assert "to" not in facts
    assert entry_of(made).whole


@given(st.text(), st.sampled_from(["INFO", "CRITICAL", "Level_35"]), st.sampled_from(["server", "a.very.long.logger"]))
def test_text_is_what_was_escaped(message: str, level: str, logger: str) -> None:
    """The sentence of a text line is the one that was written, whatever is in it, if it has no traceback."""
    entry = entry_of(record(START, message=message, level=level, logger=logger), "log")
    assert entry.whole
    facts = entry.facts
    assert (facts["level"], facts["logger"]) == (level, logger)
    assert "\n".join([facts["message"], *([facts["traceback"]] if "traceback" in facts else [])]) == message


@pytest.mark.parametrize(("message", "code"), [("402: no", 402), ("402:no", None), ("x 402: ", None), ("4020: ", None)])
def test_code_of_text(message: str, code: int | None) -> None:
    """The code of an answer stands in front of its sentence."""
    assert entry_of(record(START, message=message), "log").facts.get("code") == code


@pytest.mark.parametrize(
    "traceback",
    [
        'Traceback (most recent call last):\n  File "x", line 1, in f\nValueError: x',
        "  + Exception Group Traceback (most recent call last):\n  | y",
        "ValueError: x\ntb=1a2b3c4d x17",
    ],
)
def test_traceback_of_text(traceback: str) -> None:
    """The traceback of a text line is told from its sentence."""
    facts = entry_of(record(START, message="It\nfailed", traceback=traceback), "log").facts
    assert facts["message"] == "It\nfailed" or not traceback.startswith(("Tr", "  +"))
    assert f"{facts.get('message')}\n{facts.get('traceback')}" == f"It\nfailed\n{traceback}"
    assert facts["traceback"] == traceback


def test_both_lines_of_the_journal_say_the_same(make: Callable[..., Journal], tmp_path: Path) -> None:
    """Both lines of a record that the journal has written say the same, with a traceback and with one repeated."""
    journal = make(json=True)
    for number in range(3):
        try:
            raise ValueError("bad\x1b[31m")
        except ValueError as error:
            journal.record(
                catalogue.REQUEST_FAILED, "join" if number else "a\nb", connection="7", request=1, error=error
            )
    journal.close()
    found: dict[str, list[Entry]] = {"log": [], "jsonl": []}
    for kind, entries in found.items():
        for line in (tmp_path / f"server.{kind}").read_bytes().splitlines():
            entries.append(read(line, kind))  # type: ignore[arg-type]  # a kind of lines
    for text, json in zip(found["log"], found["jsonl"], strict=True):
        assert text.whole
        assert json.whole
        for name in ("message", "traceback", "level", "logger"):
            assert text.facts[name] == json.facts[name]
    assert len(found["log"]) == 3
    assert "Traceback" in found["log"][0].facts["traceback"]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b'{"time":"2026-11-22T10:00:00.000000+00:00","level":"INFO","logger":"server","event":"mess',
        b'{"time":"2026-11-22T10:00:00.000000+00:00","level":"INFO","logger":"server","message":"\xff"}',
        b'{"level":"INFO","logger":"server","message":"x"}',
        b'{"time":5,"level":"INFO","logger":"server","message":"x"}',
        b'{"time":"2026-11-22T10:00:00.000000+00:00","level":"INFO","logger":"server","message":null}',
        b"[1]",
        b"\x00" * 100,
    ],
)
def test_torn_json(raw: bytes) -> None:
    """What is no whole record has its text only."""
    entry = read(raw, "jsonl")
    assert not entry.whole
    assert "level" not in entry.facts
    assert entry.facts["message"] == raw.decode("utf-8", "backslashreplace")


@pytest.mark.parametrize("raw", [b"", b"2026", text_of(record(START))[:30], b"x" * 100, b"\xff" * 50])
def test_torn_text(raw: bytes) -> None:
    """The same for text."""
    entry = read(raw, "log")
    assert not entry.whole
    assert entry.facts["message"] == raw.decode("utf-8", "backslashreplace")


@given(st.binary())
def test_any_line(raw: bytes) -> None:
    """No line does anything but be read."""
    for kind in ("log", "jsonl"):
        assert isinstance(read(raw, kind).facts["message"], str)  # type: ignore[arg-type]  # a kind of lines
        Stamps(kind).read(raw)  # type: ignore[arg-type]  # the same


def test_foreign_fields_are_no_trouble() -> None:
    """Fields of other types, or that nobody knows, do not keep a record from being read."""
    raw = json_of(record(START, account=["x"], code="no", more={"a": [1]}, request=1.5))
    assert read(raw, "jsonl").whole
