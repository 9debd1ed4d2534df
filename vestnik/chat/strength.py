"""Which passwords may be new ones: long ones that nobody would try first (NIST SP 800-63B).

Of which characters they are, nobody asks. `common_passwords.txt` has the ten thousand commonest, and of those with
eight characters or more another eight thousand, the commonest first (from zxcvbn, MIT licence), in lower case.
"""

from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Final

from vestnik.chat.limits import MAX_PASSWORD
from vestnik.chat.names import name_key
from vestnik.protocol import answers
from vestnik.protocol.errors import BadRequest
from vestnik.secret import Secret

_RUSSIAN: Final = "йцукенгшщзхъфывапролджэячсмитьбюё"
_LATIN: Final = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
_KEYS: Final = str.maketrans(_RUSSIAN, _LATIN)
"""From a letter to what else is on its key."""
_AROUND: Final = "0123456789 !?.,:;-_+*#@$%&/()"
"""What is put around a word so that it looks like a password."""
_OURS: Final = frozenset(("vestnik", "вестник"))
DIFFERENT: Final = 4
"""Different characters that a password has at least."""


def check_length_of(password: Secret) -> None:
    """Raises BadRequest for what can be nobody's password: nothing, and what is too long to be hashed."""
    if not password:
        raise BadRequest(answers.PASSWORD_EMPTY)
    if len(password) > MAX_PASSWORD:
        raise BadRequest(answers.PASSWORD_TOO_LONG, MAX_PASSWORD)


def check_password(password: Secret, least: int, name: str) -> None:
    """Raises BadRequest for what cannot be the new password of the account `name`: less than `least` characters, ..."""
    check_length_of(password)
    if len(password) < least:
        raise BadRequest(answers.PASSWORD_TOO_SHORT, least)
    text = password.reveal().casefold()
    if is_common(text) or is_common(text.translate(_KEYS)) or is_plain(text) or is_named(text, name):
        raise BadRequest(answers.PASSWORD_GUESSABLE)


def is_common(text: str) -> bool:
    """Whether many people have this password; `text` is case-folded."""
    return "\n" not in text and f"\n{text}\n" in _common()


def is_plain(text: str) -> bool:
    """Whether it has hardly any different characters, or those that follow each other in the alphabet."""
    steps = {ord(after) - ord(before) for before, after in pairwise(text)}
    return len(set(text)) < DIFFERENT or steps in ({1}, {-1})


def is_named(text: str, name: str) -> bool:
    """Whether it is hardly more than the name of the account, or of this program."""
    words = {*_OURS, name_key(name)}
    return text in words or text.strip(_AROUND) in words | {word[::-1] for word in words}


@cache
def _common() -> str:
    """The list, each line between two newlines. 170 KB, read when somebody wants a new password first."""
    return "\n" + (files("vestnik.chat") / "common_passwords.txt").read_text("utf-8")
