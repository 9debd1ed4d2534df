"""A program in a pseudo terminal: what a person types into it, and what they see."""

import contextlib
import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import termios
import threading
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from tests.support.process import clean_environment
from tests.support.waiting import DEADLINE

CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\r|\x07")
"""What moves the cursor and sets colours, as far as the prompt uses it."""

CURSOR_ASKED = b"\x1b[6n"
"""Asks where the cursor is; with `PROMPT_TOOLKIT_NO_CPR="0"` the prompt does, and draws its status line then."""

AGAIN = 0.5
"""Seconds after which a key that may be lost is typed again."""


def drawn(seq: int, label: str, text: str) -> str:
    """The first line of a message, behind its time, as wide terminals show it: who says it, and perhaps to whom."""
    return f"{f'[{seq}]':>5} {label:>16} │ {text}"


class Terminal:
    """Runs `command` in a pseudo terminal of 50 lines with 120 characters; as a context manager it ends with it.

    `seen` is all text that was shown so far, in the order in which it came; `raw` the bytes, with what moves the cursor
    and sets colours.
    """

    def __init__(self, command: Sequence[str], **environment: str) -> None:
        self.seen = ""
        self.raw = b""
        self._news = threading.Condition()
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 120, 0, 0))
        self.process = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            env=clean_environment(**{"TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1"} | environment),
        )
        os.close(slave)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        group = os.tcgetpgrp(self._master)
        if group > 0:  # what a shell has in the foreground would hold the terminal open
            with contextlib.suppress(OSError):
                os.killpg(group, signal.SIGKILL)
        self.process.kill()
        self.process.wait()
        self._reader.join(DEADLINE)
        os.close(self._master)

    def type(self, text: str) -> None:
        """Type keys: `\\r` is Enter, `\\t` Tab, `\\x04` Ctrl-D."""
        os.write(self._master, text.encode())

    def wait_for(self, text: str, *, after: int = 0) -> int:
        """Wait until `text` was shown, behind the first `after` characters of `seen`; where it ends."""
        with self._news:
            assert self._news.wait_for(lambda: text in self.seen[after:], DEADLINE), (text, self.seen)
            return self.seen.index(text, after) + len(text)

    def leave(self) -> int:
        """Type Ctrl-D until the program ends; its exit code. One is lost if it comes while a line is being shown."""
        for _ in range(round(DEADLINE / AGAIN)):
            self.type("\x04")
            try:
                return self.process.wait(AGAIN)
            except subprocess.TimeoutExpired:
                continue
        raise AssertionError(self.seen)

    def wait(self) -> int:
        """Wait for the end of the program; its exit code."""
        return self.process.wait(DEADLINE)

    def _read(self) -> None:
        data = b""
        while True:
            try:
                part = os.read(self._master, 65_536)
            except OSError:  # the program has ended
                return
            if not part:
                return
            if CURSOR_ASKED in part:
                os.write(self._master, b"\x1b[1;1R")
            data += part
            text = CONTROL.sub("", data.decode(errors="replace"))
            with self._news:
                self.seen = text
                self.raw = data
                self._news.notify_all()
