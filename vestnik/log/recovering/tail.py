"""The lines of an open file from a byte on."""

import os
from collections.abc import Iterator


class FileTail:
    """The whole lines of an open file (None: there is none) from a byte on, and afterwards the `half` behind the last.

    `half` has no newline; it is empty if the file ends with a whole line.
    """

    def __init__(self, fd: int | None, start: int) -> None:
        self._fd = fd
        self._start = start
        self.half = b""

    def __iter__(self) -> Iterator[bytes]:
        if self._fd is None:
            return
        with os.fdopen(os.dup(self._fd), "rb") as file:
            file.seek(self._start)
            for line in file:
                if line.endswith(b"\n"):
                    yield line
                else:
                    self.half = line
