"""From a record to its JSON object: the same sentence as in the text line, and every field by its name."""

import re
from collections.abc import Hashable, Iterable, Sequence
from functools import lru_cache
from itertools import repeat
from typing import Any, Final

import msgspec

from vestnik.log.escape import escape
from vestnik.log.events import EventType
from vestnik.log.recording.records import Message, Queued, cut, text_of
from vestnik.log.recording.redact import (
    SHORT,
    is_secret_name,
    might_be_secret,
    might_hold_secret,
    redact,
    redact_text,
)
from vestnik.log.recording.render import MESSAGE_CAP, THOUSANDTHS, Renderer
from vestnik.log.recording.runs import RecordRun

HEAD: Final = ("time", "level", "logger", "event", "code", "message", "connection", "request")
TAIL: Final = ("error", "traceback")
SHAPES: Final = 1024
"""Events, with different further fields, whose shape is remembered; past it all are forgotten."""
_TAKEN: Final = {*HEAD, *TAIL}

_encoder: Final = msgspec.json.Encoder()
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_LARGEST: Final = 2**63


@lru_cache(SHAPES)
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
        self._prefix = ""
        self._time = ""
        self._shapes: dict[Hashable, _Shape] = {}

    def record(self) -> object:
        """What `lines` encodes for the record that the renderer has just made a line of. Never raises."""
        renderer = self._renderer
        _, event, values, connection, request, error, more = queued = renderer.shown
        if renderer.created != self._created:
            self._turn(renderer)
        if not renderer.clean or error is not None:
            return self._special(queued)
        if type(event) is EventType:
            shape = self._shapes.get((event, *more) if more else event) or self._shape(event, more)
            if more:
                values = (*values, *more.values())
            if len(values) != shape.count:
                return self._special(queued)
            for at in shape.unsaid:
                value = values[at]
                if type(value) is not str:
                    continue
                if not value.isprintable() or (len(value) > SHORT and might_be_secret(value)):
                    return self._special(queued)
            head = self._time, renderer.known.level, self._name, event.name, event.code
            return shape.kind(*head, renderer.sentence, connection, request, *values)
        if type(event) is Message and not more:
            own = self._time, renderer.known.level, event.logger, None, None
            return _object(())(*own, renderer.sentence, connection, request)
        return self._special(queued)

    def run(self, run: RecordRun, sentences: Sequence[str]) -> list[object] | None:
        """What `lines` encodes for a run whose `sentences` the renderer has just made (`Renderer.run`).

        None if one of them needs a closer look.
        """
        renderer, event = self._renderer, run.event
        columns = (*run.columns, *run.more)
        if type(event) is Message:
            logger, name, code = event.logger, None, None
            kind, columns = _object(()), ()
        else:
            assert isinstance(event, EventType)  # noqa: S101 - there are no runs of anything else
            logger, name, code = self._name, event.name, event.code
            shape = self._shapes.get((event, *run.names) if run.names else event) or self._shape(event, run.names)
            kind = shape.kind
            if len(columns) != shape.count:
                return None
            for at in shape.unsaid:
                texts = [value for value in columns[at] if type(value) is str]
                if not "".join(texts).isprintable() or might_hold_secret(texts):
                    return None
        level = renderer.known.level
        head = self._times(run), repeat(level), repeat(logger), repeat(name), repeat(code)
        return list(map(kind, *head, sentences, run.connections, run.requests, *columns))

    def lines(self, objects: Sequence[object]) -> bytes:
        """The lines of what `record` has given. Never raises."""
        try:
            return _encoder.encode_lines(objects)
        except Exception:  # noqa: BLE001 - one of them holds what JSON cannot; the others need not suffer
            return b"".join([bytes(careful(made)) + b"\n" for made in objects])

    def _turn(self, renderer: Renderer) -> None:
        """Take note of the moment of a record."""
        self._created = renderer.created
        micros = int((renderer.created - renderer.begin) * 1_000_000)
        self._time = f"{self._second}{THOUSANDTHS[micros // 1000]}{THOUSANDTHS[micros % 1000]}{renderer.offset}"

    def _times(self, run: RecordRun) -> Iterable[str]:
        second, offset = self._second, self._renderer.offset
        if run.shared is not None:
            known = {
                micros: f"{second}{THOUSANDTHS[micros // 1000]}{THOUSANDTHS[micros % 1000]}{offset}"
                for micros in run.shared
            }
            return [known[micros] for micros in run.micros]
        return [f"{second}{THOUSANDTHS[micros // 1000]}{THOUSANDTHS[micros % 1000]}{offset}" for micros in run.micros]

    @property
    def _second(self) -> str:
        """The second of the renderer as a time begins."""
        renderer = self._renderer
        if renderer.begin != self._begin:
            date, _, clock = renderer.second.partition(" ")
            self._begin, self._prefix = renderer.begin, f"{date}T{clock}."
        return self._prefix

    def _shape(self, event: EventType, further: Iterable[str] | None) -> _Shape:
        """How objects of `event` are made that have these further fields."""
        names = tuple(further or ())
        said, fields = self._renderer.said(event), (*event.fields, *names)
        if (
            len(fields) > len({*fields} - _TAKEN)
            or any(map(is_secret_name, names))
            or not all(map(str.isidentifier, names))
        ):
            # Each is special: a client's answer has its code among its values, a further field may be called so.
            shape = _Shape(_object(()), -1, ())
        else:
            ours = {*said, *event.made} - {*names}
            unsaid = tuple(at for at, field in enumerate(fields) if field not in ours)
            shape = _Shape(_object(fields), len(fields), unsaid)
        if len(self._shapes) >= SHAPES:
            self._shapes.clear()
        self._shapes[(event, *names) if names else event] = shape
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
