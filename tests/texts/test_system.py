"""What the system says, in both languages."""

import errno
import os

import pytest

from vestnik.texts.system import REASONS, system_reason


@pytest.mark.parametrize("number", REASONS, ids=lambda number: errno.errorcode[number])
def test_reasons(number: int) -> None:
    """What is likely to go wrong is said in the language of whoever reads, and differently for each."""
    error = OSError(number, os.strerror(number))
    assert system_reason(error, "ru") != system_reason(error, "en")
    assert system_reason(error, "ru").isprintable()


def test_what_is_rare() -> None:
    """Anything else is said as the system does."""
    assert system_reason(OSError(errno.EDEADLK, "Resource deadlock avoided"), "ru") == "Resource deadlock avoided"
    assert system_reason(OSError("several at once"), "en") == "several at once"
