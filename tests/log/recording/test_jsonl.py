"""The JSON object of a record."""

import json
import logging
from collections.abc import Callable
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestnik.client.catalogue import CLIENT_ANSWERED
from vestnik.log.escape import escape
from vestnik.log.events import EventType
from vestnik.log.recording.jsonl import JsonLines
from vestnik.log.recording.records import Message, Queued
from vestnik.log.recording.render import Renderer
from vestnik.server import catalogue

from ..conftest import NOON
from .test_render import DELIVERED

ANYTHING = st.text(st.characters(), max_size=60)


def encoded(*records: Queued, language: str = "ru") -> bytes:
    """The lines of records."""
    renderer = Renderer("server", language)
    rendering = JsonLines("server", renderer)
    objects = []
    for record in records:
        renderer.line(record)
        objects.append(rendering.record())
    return rendering.lines(objects)


def decoded(*records: Queued) -> dict[str, object]:
    """The object of the last of the records."""
    line = encoded(*records).decode().splitlines()[-1]
    found: dict[str, object] = json.loads(line)
    return found


def event_record(event: EventType, *values: object, error: BaseException | None = None, **more: object) -> Queued:
    """A record of an event at a moment with microseconds."""
    return (NOON + 0.1784025, event, values, "7", 3, error, more or None)


def test_object(zone: Callable[[str], None]) -> None:
    """Every field is there by its name, in a fixed order; what does not apply is absent."""
    zone("Europe/Moscow")
    record = event_record(DELIVERED, "anna", "boris", 5, None, 17, "1f0c", "2-57", 1.25)
    assert (
        encoded(record)
        == (
            '{"time":"2021-06-12T11:20:00.178402+03:00","level":"INFO","logger":"server","event":"message.delivered",'
            '"code":200,"message":"200: Сообщение от anna к boris доставлено","connection":"7","request":3,'
            '"account":"anna","to":"boris","seq":5,"number":17,"epoch":"1f0c","recipients":"2-57","duration_ms":1.25}\n'
        ).encode()
    )


@pytest.mark.parametrize("place", ["Europe/Berlin", "Australia/Lord_Howe", "America/St_Johns", "Asia/Kathmandu"])
def test_offset(zone: Callable[[str], None], place: str) -> None:
    """The time is local, with the offset of its moment; its first three digits are those of the line."""
    zone(place)
    renderer = Renderer("server", "ru")
    rendering = JsonLines("server", renderer)
    for created in (NOON, NOON + 0.999999, NOON + 180 * 86_400.25):
        record: Queued = (created, catalogue.SERVER_STOPPED, (), None, None, None, None)
        line = renderer.line(record)
        moment = json.loads(rendering.lines([rendering.record()]))["time"]
        assert f"{moment[:10]} {moment[11:19]},{moment[20:23]}" == line[:23]
        parsed = datetime.fromisoformat(moment)
        assert abs(parsed.timestamp() - created) < 2e-6


def test_stdlib_record() -> None:
    """A record of the stdlib has its own logger, no event, and what was given as `extra`."""
    record: Queued = (
        NOON,
        Message("client", logging.INFO, "%s!", ("hi",)),
        (),
        None,
        None,
        None,
        {"room": "#a", "level": 1},
    )
    found = decoded(record)
    assert (found["logger"], found["message"], found["room"], found["level_"]) == ("client", "hi!", "#a", 1)
    assert "event" not in found


def test_error() -> None:
    """An error has its type and text, and its traceback in full."""
    try:
        raise ValueError("no\n\x1b[31m")
    except ValueError as error:
        found = decoded(event_record(catalogue.REQUEST_FAILED, "msg", error=error))
    assert found["error"] == "ValueError: no\n\x1b[31m"
    assert str(found["traceback"]).startswith("Traceback (most recent call last):\n")
    assert found["action"] == "msg"


def test_code_of_a_client() -> None:
    """The code that a client was answered is the object's code."""
    assert decoded(event_record(CLIENT_ANSWERED, 202, "OK"))["code"] == 202


def test_values_that_do_not_fit() -> None:
    """Missing values are absent, and those too many are shown."""
    assert "seq" not in decoded(event_record(DELIVERED, "anna", "boris"))
    found = decoded(event_record(catalogue.SERVER_STOPPED, "one", "two"))
    assert found["values"] == "('one', 'two')"


def test_what_json_cannot_hold() -> None:
    """Half characters and endless numbers are shown as text, and cost no other record anything."""
    good = event_record(DELIVERED, "anna", "boris", 1)
    bad = event_record(DELIVERED, "\ud800", "boris", 2**70, "\udc80")
    lines = encoded(good, bad, good).decode().splitlines()
    assert [json.loads(line)["to"] for line in lines] == ["boris"] * 3
    assert json.loads(lines[1])["account"] == "\\ud800"
    assert json.loads(lines[1])["seq"] == str(2**70)


@given(ANYTHING, ANYTHING, ANYTHING)
def test_one_line_that_is_plainly_visible(name: str, room: str, client_id: str) -> None:
    """Whatever the values, there is one line without anything invisible, and decoding gives the values back."""
    data = encoded(event_record(DELIVERED, name, room, 1, client_id))
    text = data.decode()
    assert text.endswith("\n")
    assert text[:-1].isprintable()
    found = json.loads(text)
    for value, field in ((name, "account"), (room, "to"), (client_id, "id")):
        assert found[field] in (value, "".join(escape(c) if "\ud800" <= c <= "\udfff" else c for c in value))


def test_long(zone: Callable[[str], None]) -> None:
    """A sentence that is too long for a line is too long for an object."""
    record: Queued = (NOON, Message("server", logging.INFO, "x" * 100_000, ()), (), None, None, None, None)
    assert len(encoded(record)) < 17_000
