"""One entry of a journal: a line of JSON or of text, and what it says."""

import re
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

import msgspec

from vestnik.log.days.names import Kind
from vestnik.log.escape import unescape


class Source(NamedTuple):
    """Where an entry is from: the file, the kind of its lines, and the name of its journal."""

    path: Path
    kind: Kind
    journal: str


Facts: TypeAlias = dict[str, Any]
"""The fields of an entry, by name. An entry that is whole has `time`, `level`, `logger` and `message`, which are texts;
what else there is, and of which type, is up to who wrote it."""

_DECODER: Final = msgspec.json.Decoder()
_TEXTS: Final = ("time", "level", "logger", "message")
_CODE: Final = re.compile(r"(\d{3}): ")
_TRACEBACK: Final = re.compile(r"\n(?:  \+ Exception Group )?Traceback \(most recent call last\):\n")
_REPEATED: Final = re.compile(r"\n[^\n]*\ntb=[0-9a-f]{8} x\d+\Z")
_LEVEL_WIDTH: Final = 8
_LOGGER_WIDTH: Final = 10
_STAMP: Final = len("2026-11-22 17:43:05,178 ")


class Entry:
    """A line without its newline. `time` is in microseconds since 1970; a line that has none has its predecessor's."""

    __slots__ = ("_facts", "_whole", "raw", "source", "time")

    def __init__(self, time: int, raw: bytes, source: Source) -> None:
        self.time = time
        self.raw = raw
        self.source = source
        self._facts: Facts | None = None
        self._whole = True

    @property
    def facts(self) -> Facts:
        """What the line says; of a line that is not whole only its text, as `message`."""
        if self._facts is None:
            found = _read_json(self.raw) if self.source.kind == "jsonl" else _read_text(self.raw)
            self._whole = found is not None
            self._facts = found or {"message": decoded(self.raw)}
        return self._facts

    @property
    def whole(self) -> bool:
        """Whether the line is what a journal writes: neither torn nor foreign."""
        return self.facts is not None and self._whole


def decoded(raw: bytes) -> str:
    """The text of a line; what is not UTF-8 in it becomes `\\xHH`."""
    return raw.decode("utf-8", "backslashreplace")


def _read_json(raw: bytes) -> Facts | None:
    try:
        facts = _DECODER.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    whole = type(facts) is dict and all(type(facts.get(name)) is str for name in _TEXTS)
    return facts if whole else None


def _read_text(raw: bytes) -> Facts | None:
    """The facts of a text line: its sentence as it was before it was escaped, the traceback by itself."""
    text = decoded(raw)
    level, rest = _column(text[_STAMP:], _LEVEL_WIDTH)
    logger, rest = _column(rest, _LOGGER_WIDTH)
    if not level or not logger or text[19:20] != ",":
        return None
    message, traceback = _split(unescape(rest))
    code = _CODE.match(message)
    facts: Facts = {"time": text[: _STAMP - 1], "level": level, "logger": logger, "message": message}
    if code:
        facts["code"] = int(code[1])
    if traceback is not None:
        facts["traceback"] = traceback
    return facts


def _column(text: str, width: int) -> tuple[str, str]:
    """The padded word at the beginning of `text`, and what comes after it; an empty word if there is no such column."""
    word = text.partition(" ")[0]
    end = max(len(word), width)
    return (word, text[end + 1 :]) if text[len(word) : end + 1].strip(" ") == "" and text[end : end + 1] else ("", "")


def _split(message: str) -> tuple[str, str | None]:
    """Sentence and traceback of a text line's message."""
    if "\n" not in message:
        return message, None
    match = _TRACEBACK.search(message) or _REPEATED.search(message)
    return (message[: match.start()], message[match.start() + 1 :]) if match else (message, None)
