"""How a command ends that is told to while it works."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

ENDING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""What a terminal, a service manager and a lost connection send."""


@contextmanager
def ended_in_order() -> Iterator[None]:
    """Let all of them do what Ctrl-C does (KeyboardInterrupt), so that nothing is left behind."""
    before = {number: signal.signal(number, signal.default_int_handler) for number in ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def too_late() -> None:
    """From here on, within `ended_in_order`, they do nothing: what is done now is done whole, and said to be done."""
    for number in ENDING:
        signal.signal(number, signal.SIG_IGN)
