"""What a client gets that reads at most 1,024 bytes at a time and takes them for one object, perhaps of ASCII."""

import json
from typing import Any, Final

LARGEST: Final = 1023
"""Bytes that an object has at most, its newline among them, where its text can be given in portions."""
MORE: Final = "…"
"""What stands where a text was parted."""
_TEXTS: Final = {"msg": "message", "message": "mess_text"}
"""Where the text of a message stands, by its action (`vestnik.protocol.dialects`)."""


def is_answer(line: bytes) -> bool:
    """Whether a line that this server wrote is an answer."""
    return line.startswith(b'{"response":')


def portions(line: bytes) -> list[bytes]:
    """One object as the lines that such a client gets: in ASCII if that is short enough.

    A message that is too long becomes several of them, parted between words where there are any.
    """
    if len(line) > LARGEST and is_answer(line):
        return [line]
    found = json.loads(line)
    plain = _written(found, ascii_only=True)
    if len(plain) <= LARGEST:
        return [plain]
    field = _TEXTS.get(found.get("action"), "")
    text = found.get(field)
    if len(line) <= LARGEST or not isinstance(text, str):
        return [line]
    return [_written(found | {field: part}) for part in _parts(found, field, text)]


def _parts(found: dict[str, Any], field: str, text: str) -> list[str]:
    room = LARGEST - len(_written(found | {field: ""})) - 2 * len(MORE.encode())
    parts = []
    while len(text) > 1 and _size(text) > room:
        end = _longest(text, room)
        end = max(text.rfind(" ", end // 2, end), text.rfind("\n", end // 2, end)) + 1 or end
        parts.append(text[:end])
        text = text[end:]
    parts.append(text)
    last = len(parts) - 1
    return [MORE * (at > 0) + part + MORE * (at < last) for at, part in enumerate(parts)]


def _longest(text: str, room: int) -> int:
    """How many characters of a text have at most `room` bytes; at least one."""
    low, high = 1, min(len(text), room)
    while low < high:
        middle = (low + high + 1) // 2
        if _size(text[:middle]) <= room:
            low = middle
        else:
            high = middle - 1
    return low


def _size(text: str) -> int:
    return len(json.dumps(text, ensure_ascii=False).encode()) - 2


def _written(found: dict[str, Any], *, ascii_only: bool = False) -> bytes:
    return json.dumps(found, ensure_ascii=ascii_only, separators=(",", ":")).encode() + b"\n"
