"""One-time codes by the time, and what stands behind a password."""

import pyotp
import pytest

from vestnik.chat.second_factor import (
    RECOVERY_CODES,
    STEP,
    apart,
    is_one_time,
    key_uri,
    make_key,
    make_recovery_codes,
    step_of,
    tidied,
)
from vestnik.secret import Secret

RFC = Secret("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
"""The key of the test vectors of RFC 6238: "12345678901234567890"."""


@pytest.mark.parametrize(
    ("now", "code"), [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")]
)
def test_vectors(now: int, code: str) -> None:
    """The codes are those of the RFC, their last six digits."""
    assert step_of(RFC, Secret(code), now) == now // STEP


@pytest.mark.parametrize(("steps", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_clocks_differ(steps: int, good: bool) -> None:
    """A code is good a step before and after its own, and belongs to its own."""
    now = 1_000_000_000.0
    code = Secret(pyotp.TOTP(RFC.reveal()).generate_otp(int(now) // STEP + steps))
    assert step_of(RFC, code, now) == (int(now) // STEP + steps if good else None)


@pytest.mark.parametrize("code", ["", "28708", "2870820", "\u0662\u0668\u0667\u0660\u0668\u0662", "\ud800"])
def test_no_codes(code: str) -> None:
    """What is no code of six plain digits is never right."""
    assert step_of(RFC, Secret(code), 59) is None
    assert not is_one_time(Secret(code))


def test_keys() -> None:
    """Every key is another one of 160 bits, and its address says whose it is."""
    assert make_key() != make_key()
    assert len(make_key()) == 32
    parsed = pyotp.parse_uri(key_uri(RFC, "Вера П").reveal())
    assert (parsed.secret, parsed.issuer, parsed.name) == (RFC.reveal(), "Vestnik", "Вера П")


def test_recovery_codes() -> None:
    """There are ten, each another one, and none could be taken for a one-time code."""
    codes = make_recovery_codes()
    assert len({code.reveal() for code in codes}) == RECOVERY_CODES
    assert not any(map(is_one_time, codes))


def test_blanks_in_a_code() -> None:
    """Blanks, as authenticators show them, are no part of a code."""
    assert tidied(Secret(" 287 082 ")) == Secret("287082")


@pytest.mark.parametrize(
    ("typed", "password", "code"),
    [
        ("secret 123456", "secret", "123456"),
        ("my secret 123456", "my secret", "123456"),
        ("secret123456", "secret123456", None),
        ("secret 12345", "secret 12345", None),
        (" 123456", " 123456", None),
        ("secret", "secret", None),
    ],
)
def test_behind_the_password(typed: str, password: str, code: str | None) -> None:
    """A code may stand behind a password, after a blank; anything else is the password."""
    assert apart(Secret(typed)) == (Secret(password), None if code is None else Secret(code))
