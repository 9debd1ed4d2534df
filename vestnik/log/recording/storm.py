"""Exceptions that come in storms: the whole traceback once a minute, in between only which one it was.

Formatting a traceback costs as much as fifty records, and one hostile client can cause thousands a second.
"""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from traceback import TracebackException
from types import TracebackType
from typing import Final

from vestnik.log.recording.records import text_of

FRAMES: Final = 50
CHAIN: Final = 10
REPEAT_AFTER: Final = 60.0
"""Seconds after which the same exception is shown in full again."""
MAX_STORMS: Final = 256
"""Exceptions that are told apart; past it the one that was seen least lately is forgotten, and shown in full."""
MAX_FRAMES: Final = 200
"""Frames that are looked at to tell two exceptions apart."""


class Storms:
    """Shows exceptions. Used by one thread at a time; `monotonic` gives seconds."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._seen: OrderedDict[str, tuple[float, int]] = OrderedDict()  # when it was shown, how often it came since

    def text(self, error: BaseException) -> str:
        """The traceback of `error`; for one shown within the last minute its fingerprint and number. Never raises.

        `tb=1a2b3c4d x17` refers to the traceback that ends in `tb=1a2b3c4d`: the same type from the same place, for
        the 17th time.
        """
        try:
            mark = fingerprint(error)
        except Exception:  # noqa: BLE001 - an exception may be anything; then it is shown each time
            return traceback_of(error)
        now = self._monotonic()
        shown, count = self._seen.get(mark, (now - REPEAT_AFTER, 1))
        if now - shown < REPEAT_AFTER:
            self._seen[mark] = (shown, count + 1)
            self._seen.move_to_end(mark)
            return f"{type(error).__name__}: {text_of(error)}\ntb={mark} x{count + 1}"
        self._seen[mark] = (now, 1)
        self._seen.move_to_end(mark)
        if len(self._seen) > MAX_STORMS:
            self._seen.popitem(last=False)
        return f"{traceback_of(error)}\ntb={mark}"


def fingerprint(error: BaseException) -> str:
    """Eight hexadecimal digits for the type of `error` and the places it went through, its causes included.

    Raises whatever an exception with properties of its own may raise.
    """
    digest = hashlib.blake2b(digest_size=4)
    link: BaseException | None = error
    steps = 0
    for _ in range(CHAIN):
        if link is None:
            break
        digest.update(type(link).__qualname__.encode("utf-8", "replace"))
        frame: TracebackType | None = link.__traceback__
        while frame is not None and steps < MAX_FRAMES:
            code = frame.tb_frame.f_code
            digest.update(f"\n{code.co_filename}:{code.co_name}:{frame.tb_lineno}".encode("utf-8", "replace"))
            frame, steps = frame.tb_next, steps + 1
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return digest.hexdigest()


def traceback_of(error: BaseException) -> str:
    """The traceback of `error` over several lines: no local variables, the last 50 frames, 10 causes.

    Never raises.
    """
    try:
        whole = TracebackException(type(error), error, error.__traceback__, limit=-FRAMES, compact=True)
        link: TracebackException | None = whole
        for _ in range(CHAIN - 1):
            link = link and (link.__cause__ or link.__context__)
        if link is not None:
            link.__cause__ = link.__context__ = None
        return "".join(whole.format()).rstrip("\n")
    except Exception as failure:  # noqa: BLE001 - an exception may be anything; the record says what failed
        return f"{type(error).__name__} (its traceback failed: {type(failure).__name__})"
