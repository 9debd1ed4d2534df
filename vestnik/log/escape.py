"""Keeping one record on one line: every character that is not plainly visible becomes an escape, reversibly.

`str.isprintable` knows them all: control characters, ESC, line and paragraph separators, bidirectional and
zero-width characters, lone surrogates. Of the blanks only the plain space stays. The backslash is escaped as
well, so that an escape in the result always comes from us.
"""

import re
from typing import Final

_SHORT: Final = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_LONG: Final = {escaped: character for character, escaped in _SHORT.items()}
_ESCAPE: Final = re.compile(r"\\(?:[\\nrt]|x[0-9a-f]{2}|u[0-9a-f]{4}|U00(?:0[0-9a-f]|10)[0-9a-f]{4})")
_UNFINISHED: Final = re.compile(r"(?<!\\)(?:\\\\)*(\\(?:x.?|u.{0,3}|U.{0,7})?)\Z")


def _code(character: str) -> str:
    number = ord(character)
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def escape(text: str) -> str:
    r"""`text` without anything that could break or disguise a line.

    The backslash and every non-printable character become `\\ \n \r \t \xHH \uHHHH \UHHHHHHHH`.
    """
    if text.isprintable() and "\\" not in text:
        return text
    for character, escaped in _SHORT.items():
        text = text.replace(character, escaped)
    if text.isprintable():
        return text
    return "".join([character if character.isprintable() else _code(character) for character in text])


def _character(match: re.Match[str]) -> str:
    escaped = match[0]
    return _LONG.get(escaped) or chr(int(escaped[2:], 16))


def unescape(text: str) -> str:
    """What `escape` was given to produce `text`. Anything that `escape` cannot have written stays as it is."""
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def escape_at_most(text: str, limit: int) -> str:
    """`escape(text)`, or, if that is longer than `limit` characters, its beginning, `...[+N]...` and its end.

    N is the number of characters of `text` that were left out. The end, a quarter of what fits, has what matters most
    in a long traceback. No escape is cut in half. `limit` is at least 30.
    """
    escaped = escape(text if len(text) <= limit else text[: limit + 1])
    if len(escaped) <= limit:
        return escaped
    room = max(0, limit - len(f"...[+{len(text)}]..."))
    end: list[str] = []
    left = room // 4
    for character in reversed(text[-left:] if left else ""):
        shown = escape(character)
        left -= len(shown)
        if left < 0:
            break
        end.append(shown)
    head = escaped[: room - sum(map(len, end))]
    if unfinished := _UNFINISHED.search(head):
        head = head[: unfinished.start(1)]
    missing = len(text) - len(unescape(head)) - len(end)
    return f"{head}...[+{missing}]...{''.join(reversed(end))}"[:limit]
