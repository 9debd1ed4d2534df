"""The second factor: one-time codes by the time (TOTP, RFC 6238), and recovery codes for whoever has none at hand."""

import hmac
import re
from typing import Final

import pyotp

from vestnik.chat.codes import make_code
from vestnik.secret import Secret

ISSUER: Final = "Vestnik"
"""What an authenticator shows beside the account."""
STEP: Final = 30
"""Seconds for which a one-time code is shown."""
SLACK: Final = 1
"""Steps before and after the present one whose codes are good, too: clocks differ, and people type slowly."""
RECOVERY_CODES: Final = 10
"""Recovery codes of an account."""

_ONE_TIME: Final = re.compile(r"[0-9]{6}")
_BEHIND: Final = re.compile(r"(.+) ([0-9]{6})", re.DOTALL)


def make_key() -> Secret:
    """A new key for an authenticator: 160 random bits, base32."""
    return Secret(pyotp.random_base32())


def key_uri(key: Secret, account: str) -> Secret:
    """The same as an address that authenticators read from a QR code."""
    return Secret(pyotp.TOTP(key.reveal()).provisioning_uri(name=account, issuer_name=ISSUER))


def step_of(key: Secret, code: Secret, now: float) -> int | None:
    """The step (of `STEP` seconds) to which a one-time code belongs, if it is good at the time `now` (UNIX seconds)."""
    one_time, present = pyotp.TOTP(key.reveal()), int(now) // STEP
    given = code.reveal().encode("utf-8", "surrogatepass")
    steps = range(present - SLACK, present + SLACK + 1)
    found = [step for step in steps if hmac.compare_digest(one_time.generate_otp(step).encode(), given)]
    return found[-1] if found else None


def is_one_time(code: Secret) -> bool:
    """Whether a code has the form of a one-time code; else it can be a recovery code only."""
    return _ONE_TIME.fullmatch(code.reveal()) is not None


def tidied(code: Secret) -> Secret:
    """A code as it is meant, however it was typed: without blanks."""
    return Secret("".join(code.reveal().split()))


def apart(password: Secret) -> tuple[Secret, Secret | None]:
    """A password, and the one-time code that stands behind it after a blank.

    So that clients which know passwords only can log in.
    """
    found = _BEHIND.fullmatch(password.reveal())
    return (password, None) if found is None else (Secret(found[1]), Secret(found[2]))


def make_recovery_codes() -> list[Secret]:
    """New recovery codes."""
    return [make_code() for _ in range(RECOVERY_CODES)]
