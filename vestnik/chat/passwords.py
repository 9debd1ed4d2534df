"""Passwords and tokens: hashing is slow on purpose and runs wherever the caller has threads for it."""

import hashlib
import secrets
from collections.abc import Awaitable
from contextlib import AbstractAsyncContextManager
from typing import Final, Protocol

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from vestnik.chat.session import Session
from vestnik.secret import Secret

# OWASP Password Storage Cheat Sheet: argon2id, 19 MiB, 2 passes, 1 lane.
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
TOKEN_BYTES: Final = 32
BOT_TOKEN: Final = "vestnik-bot-"  # noqa: S105  # a public beginning
"""What tokens of bots begin with: it tells them from those of logins, and helps to find those that were lost."""
NO_PASSWORD: Final = "!"  # noqa: S105  # no hash
"""In the place of a hash where no password is right."""


def hash_password(password: Secret) -> str:
    """The argon2id hash of `password` with its salt and parameters; takes tens of milliseconds and 19 MiB."""
    return _HASHER.hash(password.reveal())


def verify_password(password_hash: str, password: Secret) -> bool:
    """Whether `password` has this hash; takes as long as `hash_password`."""
    try:
        return _HASHER.verify(password_hash, password.reveal())
    except (VerificationError, InvalidHashError):  # no event: the answer has one
        return False


class Passwords(Protocol):
    """Hashes and checks passwords without keeping the caller's thread."""

    def hash(self, password: Secret) -> Awaitable[str]:
        """The argon2id hash of a password that an administrator gives."""

    def turn(self, session: Session, name: str) -> AbstractAsyncContextManager[None]:
        """A turn to look up and check the password that `session` has given for `name`: not all can at once.

        WrongLogin raised inside says that it was wrong. Raises ServerError when too many wait, NotAuthorised when
        the connection has ended meanwhile.
        """

    def hash_in_turn(self, password: Secret) -> Awaitable[str]:
        """The same, for whoever has a turn."""

    def verify(self, password_hash: str | None, password: Secret) -> Awaitable[bool]:
        """Whether the password has this hash; for None takes the same time and says no."""


def make_token() -> Secret:
    """A new token for a login: 256 random bits in URL-safe base64."""
    return Secret(secrets.token_urlsafe(TOKEN_BYTES))


def make_bot_token() -> Secret:
    """A new token for a bot: the same, behind `BOT_TOKEN`."""
    return Secret(f"{BOT_TOKEN}{secrets.token_urlsafe(TOKEN_BYTES)}")


def hash_token(token: Secret) -> str:
    """What is kept of a token: its SHA-256, hexadecimal. A random token needs no slow hash."""
    return hashlib.sha256(token.reveal().encode("utf-8", "surrogatepass")).hexdigest()
