"""Entries as text and as JSON for people and programs: nothing in them can do anything to a terminal."""

from typing import Any, Final, NamedTuple

import msgspec

from vestnik.log.escape import escape, escape_at_most
from vestnik.log.reading.entry import Entry, decoded
from vestnik.log.reading.stamps import iso
from vestnik.log.recording.render import MESSAGE_CAP

INDENT: Final = "    "
"""In front of the lines of a traceback."""


class Shown(NamedTuple):
    """An entry as text: `moment`, `level` and `logger` as in the text line, the sentence, the lines of the traceback.

    A line that is not whole has its text only, as `sentence`, and None for `moment`.
    """

    moment: str | None
    level: str
    logger: str
    sentence: str
    traceback: list[str]

    def __str__(self) -> str:
        """The lines, without a newline at the end."""
        label = "" if self.moment is None else f"{self.moment} {self.level:<8} {self.logger:<10} "
        return "\n".join([f"{label}{self.sentence}", *(f"{INDENT}{line}" for line in self.traceback)])


def visible(text: str) -> str:
    """`text` with an escape for every character that is not plainly visible; backslashes stay what they are."""
    if text.isprintable():
        return text
    return "".join([character if character.isprintable() else escape(character) for character in text])


def shown(entry: Entry, *, expanded: bool) -> Shown:
    """`entry` as text: the line of the text journal, or its traceback `expanded` to lines of their own."""
    facts = entry.facts
    if not entry.whole:
        return Shown(None, "", "", visible(decoded(entry.raw)), [])
    moment, message, traceback = facts["time"], facts["message"], facts.get("traceback")
    if entry.source.kind == "jsonl":
        moment = f"{moment[:10]} {moment[11:19]},{moment[20:23]}"
    lines: list[str] = []
    if traceback is not None and expanded:
        lines = [visible(line) for line in str(traceback).split("\n")]
    elif traceback is not None:
        message = f"{message}\n{traceback}"
    sentence = escape_at_most(message, MESSAGE_CAP)
    return Shown(visible(moment), _word(facts["level"]), _word(facts["logger"]), sentence, lines)


def _word(text: str) -> str:
    return escape(text).replace(" ", "_")


def json_line(entry: Entry, side: str | None = None) -> bytes:
    """`entry` as a line of JSON: as it was stored, or of a text line and one that is not whole what can be told.

    A character that is not plainly visible becomes an escape of JSON. `side` is added as the field of that name.
    """
    if entry.source.kind == "jsonl" and entry.whole:
        text = decoded(entry.raw)
        line = text.encode() if text.isprintable() else json_escaped(text).encode()
        return line + b"\n" if side is None else line.rstrip()[:-1] + b',"side":' + msgspec.json.encode(side) + b"}\n"
    return json_object(_told(entry) | ({} if side is None else {"side": side}))


def json_object(fields: dict[str, Any]) -> bytes:
    """A line of JSON that no terminal can be harmed by."""
    return json_escaped(msgspec.json.encode(fields).decode()).encode() + b"\n"


def _told(entry: Entry) -> dict[str, Any]:
    """The fields of an entry that was not stored as JSON."""
    if not entry.whole:
        return {"time": iso(entry.time), "logger": entry.source.journal, "message": decoded(entry.raw)}
    facts = entry.facts
    message, traceback = facts["message"], facts.get("traceback")
    message = message if traceback is None else f"{message}\n{traceback}"
    return {"time": iso(entry.time), "level": facts["level"], "logger": facts["logger"], "message": message}


def json_escaped(text: str) -> str:
    r"""JSON `text` with `\uXXXX` for every character that is not plainly visible."""
    if text.isprintable():
        return text
    return "".join([character if character.isprintable() else _unit(character) for character in text])


def _unit(character: str) -> str:
    number = ord(character)
    if character in "\t\r":
        return " "  # JSON allows them between its parts only
    if number < 0x10000:
        return f"\\u{number:04x}"
    number -= 0x10000
    return f"\\u{0xD800 + (number >> 10):04x}\\u{0xDC00 + (number & 0x3FF):04x}"
