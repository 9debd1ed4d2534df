"""From a record to its JSON object: the same sentence as in the text line, and every field by its name."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any, Final

import msgspec

from vestnik.log.escape import escape
from vestnik.log.events import EventType
from vestnik.log.recording.records import Message, Queued, cut, text_of
from vestnik.log.recording.redact import LONG, SHORT, might_be_secret, redact, redact_text
from vestnik.log.recording.render import MESSAGE_CAP, THOUSANDTHS, Renderer

HEAD: Final = ("time", "level", "logger", "event", "code", "message", "connection", "request")
TAIL: Final = ("error", "traceback")

_encoder: Final = msgspec.json.Encoder()
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_LARGEST: Final = 2**63


@cache
def _object(fields: tuple[str, ...]) -> type[Any]:
    """The Struct of an object with these fields between the head and the tail; None leaves a field out."""
    rename = {f"f{number}": name for number, name in enumerate((*HEAD, *fields, *TAIL))}
    return msgspec.defstruct("Object", [(at, Any, None) for at in rename], rename=rename, omit_defaults=True, gc=False)


class _Shape(msgspec.Struct, frozen=True):
    """How the objects of one event are made.

    `count` is the number of values, `unsaid` which of them are neither part of the sentence nor our own.
    """

    kind: type[Any]
    count: int
    unsaid: tuple[int, ...]


class JsonLines:
    """Makes the JSON objects of one journal, after `renderer` has made the text line of the same record.

    Used by one thread at a time.
    """

    def __init__(self, name: str, renderer: Renderer) -> None:
        self._name = name
        self._renderer = renderer
        self._created = -1.0
        self._begin = -1
        self._second = ""
        self._time = ""
        self._shapes: dict[EventType, _Shape] = {}

    def record(self) -> object:
        """What `lines` encodes for the record that the renderer has just made a line of. Never raises."""
        renderer = self._renderer
        _, event, values, connection, request, error, more = queued = renderer.shown
        if renderer.created != self._created:
            self._turn(renderer)
        if not renderer.clean or more is not None or error is not None:
            return self._special(queued)
        if type(event) is Message:
            head = self._time, renderer.known.level, event.logger, None, None, renderer.sentence, connection, request
            return _object(())(*head)
        if type(event) is EventType:
            shape = self._shapes.get(event) or self._shape(event)
            if len(values) == shape.count:
                made = shape.kind(
                    self._time,
                    renderer.known.level,
                    self._name,
                    event.name,
                    event.code,
                    renderer.sentence,
                    connection,
                    request,
                    *values,
                )
                for at in shape.unsaid:
                    value = values[at]
                    if type(value) is not str:
                        continue
                    if not value.isprintable() or (len(value) > SHORT and might_be_secret(value)):
                        return self._special(queued)
                return made
        return self._special(queued)

    def run(self, records: Sequence[Queued], sentences: Sequence[str]) -> list[object] | None:
        """What `lines` encodes for the records whose `sentences` the renderer has just made together (`Renderer.run`).

        None if one of them needs a closer look.
        """
        renderer = self._renderer
        if renderer.created != self._created:
            self._turn(renderer)
        event = records[0][1]
        assert isinstance(event, EventType)  # noqa: S101 - there are no runs of anything else
        shape = self._shapes.get(event) or self._shape(event)
        if {len(record[2]) for record in records} != {shape.count}:
            return None
        for at in shape.unsaid:
            texts = [value for record in records if type(value := record[2][at]) is str]
            whole = "".join(texts)
            if not whole.isprintable() or "=" in whole or ":" in whole or len(max(texts, key=len, default="")) > LONG:
                return None
        head = self._time, renderer.known.level, self._name, event.name, event.code
        kind = shape.kind
        return [
            kind(*head, sentence, record[3], record[4], *record[2])
            for record, sentence in zip(records, sentences, strict=True)
        ]

    def lines(self, objects: Sequence[object]) -> bytes:
        """The lines of what `record` has given. Never raises."""
        try:
            return _encoder.encode_lines(objects)
        except Exception:  # noqa: BLE001 - one of them holds what JSON cannot; the others need not suffer
            return b"".join([bytes(careful(made)) + b"\n" for made in objects])

    def _turn(self, renderer: Renderer) -> None:
        """Take note of the moment of a record."""
        if renderer.begin != self._begin:
            self._begin = renderer.begin
            date, _, clock = renderer.second.partition(" ")
            self._second = f"{date}T{clock}."
        self._created = renderer.created
        micros = int((renderer.created - renderer.begin) * 1_000_000)
        self._time = f"{self._second}{THOUSANDTHS[micros // 1000]}{THOUSANDTHS[micros % 1000]}{renderer.offset}"

    def _shape(self, event: EventType) -> _Shape:
        said = self._renderer.said(event)
        unsaid = tuple(at for at, field in enumerate(event.fields) if field not in said and field not in event.made)
        if set(event.fields) & {*HEAD, *TAIL}:  # a client's answer has its code among its values: each is special
            shape = _Shape(_object(()), -1, ())
        else:
            shape = _Shape(_object(event.fields), len(event.fields), unsaid)
        self._shapes[event] = shape
        return shape

    def _special(self, queued: Queued) -> msgspec.Raw:
        """The object of a record that is not just an event with its values."""
        _, event, values, connection, request, error, more = redact(queued)
        renderer = self._renderer
        head: dict[str, object] = {"time": self._time, "level": renderer.known.level}
        if isinstance(event, Message):
            head |= {"logger": event.logger, "event": None, "code": None}
            own: dict[str, object] = {}
        else:
            head |= {"logger": self._name, "event": event.name, "code": event.code}
            own = dict(zip(event.fields, values, strict=False))
            if len(values) > len(own):
                own["values"] = text_of(values[len(own) :])
            if "code" in own:
                head["code"] = own.pop("code")
        head |= {"message": cut(renderer.sentence, MESSAGE_CAP), "connection": connection, "request": request}
        tail: dict[str, object] = {}
        if error is not None:
            text = redact_text(cut(f"{type(error).__name__}: {text_of(error)}"))
            tail = {"error": text, "traceback": cut(renderer.traceback or "", MESSAGE_CAP)}
        for name, value in (more or {}).items():
            own[f"{name}_" if name in head or name in tail or name in own else name] = value
        return careful({name: value for name, value in (head | own | tail).items() if value is not None})


def careful(made: object) -> msgspec.Raw:
    """One object, with everything that is not plainly visible as an escape of JSON. Never raises."""
    if isinstance(made, msgspec.Raw):
        return made
    fields: dict[str, object] = made if isinstance(made, dict) else msgspec.to_builtins(made)
    try:
        text = _encoder.encode(fields).decode()
    except Exception:  # noqa: BLE001 - a number that is too long, half a character: they are shown as text
        fields = {_possible(name): _possible(value) for name, value in fields.items()}
        text = _encoder.encode(fields).decode()
    if not text.isprintable():
        text = "".join([character if character.isprintable() else _escaped(character) for character in text])
    return msgspec.Raw(text.encode())


def _possible(value: Any) -> Any:
    """What JSON can hold in the place of `value`; lone surrogates look like those of a text line."""
    if isinstance(value, str):
        return _SURROGATE.sub(lambda match: escape(match[0]), value)
    if isinstance(value, int) and not -_LARGEST <= value < _LARGEST:
        return text_of(value)
    return value


def _escaped(character: str) -> str:
    number = ord(character)
    if number < 0x10000:
        return f"\\u{number:04x}"
    number -= 0x10000
    return f"\\u{0xD800 + (number >> 10):04x}\\u{0xDC00 + (number & 0x3FF):04x}"
