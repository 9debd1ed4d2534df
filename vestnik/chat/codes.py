"""Codes that people hand on to others: short enough to be typed, too long to be guessed."""

import hashlib
import secrets
from typing import Final

from vestnik.secret import Secret

LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: nothing that could be taken for something else, and no U, so that no words come of it."""
GROUPS: Final = 4
GROUP: Final = 5
"""Groups, and letters in a group: 100 random bits."""
_TYPED: Final = str.maketrans("OIL", "011", "- \t\r\n")
"""What is typed for a letter that there is not, and what does not count."""


def make_code() -> Secret:
    """A new code, such as `7QK2M-0XWFD-9A3TN-HZ48P`."""
    return Secret("-".join("".join(secrets.choice(LETTERS) for _ in range(GROUP)) for _ in range(GROUPS)))


def hash_code(code: Secret) -> str:
    """What is kept of a code, however it is typed: its SHA-256, hexadecimal. It is random, and needs no slow hash."""
    text = code.reveal().upper().translate(_TYPED)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
