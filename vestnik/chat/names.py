"""Names of accounts and rooms: what is allowed, and when two are the same."""

import unicodedata
from functools import lru_cache

from vestnik.protocol import answers
from vestnik.protocol.errors import BadRequest

ROOM_SIGN = "#"


@lru_cache(maxsize=4096)
def name_key(name: str) -> str:
    """The form in which names are compared: NFKC, case-folded, NFKC again (Unicode, chapter 3.13, D147)."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def check_length(field: str, value: str, limit: int) -> str:
    """`value`, unless it is empty or longer than `limit` characters: then BadRequest names `field`."""
    if not value:
        raise BadRequest(answers.FIELD_EMPTY, field)
    if len(value) > limit:
        raise BadRequest(answers.FIELD_TOO_LONG, field, limit)
    return value


def check_account_name(field: str, name: str, limit: int) -> str:
    """`name`, if an account may be called so, else BadRequest.

    Any printable characters and single blanks between them; no leading `#`, which marks rooms.
    """
    check_length(field, name, limit)
    if name.startswith(ROOM_SIGN) or not _is_clean(name):
        raise BadRequest(answers.FIELD_INVALID, field)
    return name


def check_room_name(field: str, name: str, limit: int) -> str:
    """`name`, if a room may be called so (`#` and at least one more character), else BadRequest."""
    check_length(field, name, limit)
    if not name.startswith(ROOM_SIGN) or len(name) < 2 or not _is_clean(name[1:]):
        raise BadRequest(answers.FIELD_INVALID, field)
    return name


def _is_clean(name: str) -> bool:
    """No control, invisible or bidirectional characters, no blanks at the ends or two in a row."""
    return bool(name_key(name)) and name.isprintable() and name == name.strip() and "  " not in name
