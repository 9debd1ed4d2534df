"""Passwords and tokens."""

import pytest

from vestnik.chat.passwords import TOKEN_BYTES, hash_password, hash_token, make_token, verify_password
from vestnik.secret import Secret


def test_passwords() -> None:
    """A password is recognised by its hash and another one is not, in any script."""
    made = hash_password(Secret("пароль"))
    assert verify_password(made, Secret("пароль"))
    assert not verify_password(made, Secret("Пароль"))
    assert not verify_password(made, Secret(""))


def test_hash_is_argon2id() -> None:
    """A hash is argon2id with 19 MiB and two passes, salted, without the password in it."""
    made = hash_password(Secret("secret"))
    assert made.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert "secret" not in made
    assert made != hash_password(Secret("secret"))


@pytest.mark.parametrize("broken", ["", "secret", "$argon2id$", "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$x"])
def test_broken_hashes(broken: str) -> None:
    """A hash that is none verifies nothing and breaks nothing."""
    assert not verify_password(broken, Secret("secret"))


def test_tokens() -> None:
    """Tokens are all different and long; what is kept of one is its SHA-256."""
    made = {make_token().reveal() for _ in range(100)}
    assert len(made) == 100
    assert all(len(token) >= TOKEN_BYTES * 4 / 3 for token in made)
    assert hash_token(Secret("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert len(hash_token(Secret("\udcff"))) == 64
