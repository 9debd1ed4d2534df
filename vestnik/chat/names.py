"""Names of accounts and rooms: what is allowed, and when two are the same."""

import re
from collections.abc import Iterable
from typing import Final

from vestnik.chat.initials import EVERYBODY_NAMES
from vestnik.chat.spelling import check_spelling
from vestnik.chat.storage.likeness import bare, skeleton
from vestnik.protocol import answers
from vestnik.protocol.errors import BadRequest
from vestnik.protocol.names import ROOM_SIGN as ROOM_SIGN
from vestnik.protocol.names import name_key as name_key

GROUP_SIGN = "#@"
"""How the names of group conversations begin, which nobody may give."""

EVERYBODY_WORDS: Final = (
    *EVERYBODY_NAMES,
    *("everybody", "everyone", "here", "channel", "всем", "всех", "каждый", "каналу", "здесь"),
)
"""Words that address everybody: no account is called so."""


def _likenesses(words: Iterable[str]) -> frozenset[str]:
    return frozenset(skeleton(form) for word in words for form in (word, word.upper(), word.capitalize()))


_WORD: Final = re.compile(r"\w+")  # behind which a mention may end
_FOR_ALL: Final = _likenesses(EVERYBODY_WORDS)
_MENTIONED: Final = _likenesses(EVERYBODY_NAMES)

# Characters that show nothing though they count as printable: fillers of Hangul and Braille, variation selectors,
# joiners (Default_Ignorable_Code_Point and U+2800 of the Unicode Character Database).
INVISIBLE: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
# Control characters, line and paragraph separators.
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_CONTROL_IN_LINES: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def check_length(field: str, value: str, limit: int) -> str:
    """`value`, unless it is empty or longer than `limit` characters: then BadRequest names `field`."""
    if not value:
        raise BadRequest(answers.FIELD_EMPTY, field)
    if len(value) > limit:
        raise BadRequest(answers.FIELD_TOO_LONG, field, limit)
    return value


def check_account_name(name: str, limit: int) -> str:
    """`name`, if an account may be called so, else BadRequest, of a request that is about this name alone.

    Any visible characters and single blanks between them; no leading `#`, which marks rooms.
    """
    if not name:
        raise BadRequest(answers.NAME_EMPTY)
    if len(name) > limit:
        raise BadRequest(answers.NAME_TOO_LONG, limit)
    if not _is_clean(name) or name_key(name).startswith(ROOM_SIGN):
        raise BadRequest(answers.NAME_INVALID, name)
    return name


def check_new_account_name(name: str, limit: int) -> str:
    """`name`, if somebody may get it, else BadRequest: it is spelled well, and does not address everybody."""
    check_account_name(name, limit)
    check_spelling("name", name)
    first = _WORD.match(bare(name))
    if skeleton(name) in _FOR_ALL or (first is not None and skeleton(first[0]) in _MENTIONED):
        raise BadRequest(answers.NAME_FOR_ALL, name)
    return name


def check_room_name(field: str, name: str, limit: int) -> str:
    """`name`, if a room may be called so (`#` and at least one more character), else BadRequest."""
    check_length(field, name, limit)
    if not name.startswith(ROOM_SIGN) or name == ROOM_SIGN:
        raise BadRequest(answers.NAME_ROOM, field)
    _check_clean(field, name[1:])
    return name


def check_new_room_name(field: str, name: str, limit: int) -> str:
    """`name`, if somebody may call a room so, else BadRequest."""
    check_room_name(field, name, limit)
    if name_key(name).startswith(GROUP_SIGN):
        raise BadRequest(answers.NAME_GROUP, field)
    check_spelling(field, name[1:])
    return name


def check_text(field: str, text: str, limit: int, *, lines: bool) -> str:
    """`text` of up to `limit` characters without control characters, or of several `lines`, else BadRequest."""
    if len(text) > limit:
        raise BadRequest(answers.FIELD_TOO_LONG, field, limit)
    if found := (_CONTROL_IN_LINES if lines else _CONTROL).search(text):
        raise BadRequest(answers.TEXT_SIGN, field, _code(found[0]))
    return text


def _is_clean(name: str) -> bool:
    """No control, invisible or bidirectional characters, no blanks at the ends or two in a row; not empty."""
    return bool(name) and _hidden(name) is None and not _has_blanks(name)


def _check_clean(field: str, name: str) -> None:
    """Raises BadRequest for control, invisible or bidirectional characters, blanks at the ends or two in a row."""
    if (sign := _hidden(name)) is not None:
        raise BadRequest(answers.NAME_SIGN, field, _code(sign))
    if _has_blanks(name):
        raise BadRequest(answers.NAME_BLANKS, field)


def _hidden(name: str) -> str | None:
    """The first character that cannot be seen, if there is one."""
    if (found := INVISIBLE.search(name)) is not None:
        return found[0]
    return None if name.isprintable() else next(sign for sign in name if not sign.isprintable())


def _has_blanks(name: str) -> bool:
    return name != name.strip() or "  " in name or not name_key(name).strip()


def _code(sign: str) -> str:
    """What a character is called in a refusal."""
    return f"U+{ord(sign):04X}"
