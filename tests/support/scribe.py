"""A program that writes a journal under seals, without the threads and queues of a whole one."""

import time
from collections.abc import Callable
from pathlib import Path

from vestnik.log.files import DatedFiles
from vestnik.log.seal import Sealer


class Scribe:
    """Writes the journal `name` in `directory`: each line as text and as JSON, and seals them when it is told to.

    `clock` and `monotonic` give seconds.
    """

    def __init__(
        self,
        directory: Path,
        name: str = "server",
        *,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self.clock = clock
        self.sealer = Sealer(directory, name, clock=clock, monotonic=monotonic)
        self.text = DatedFiles(directory, f"{name}.log", clock=clock, monotonic=monotonic, extents=self.sealer)
        self.json = DatedFiles(directory, f"{name}.jsonl", clock=clock, monotonic=monotonic, extents=self.sealer)

    def write(self, *lines: str, date: str | None = None) -> None:
        """Writes lines in one go, into the files of `date` (today)."""
        moment = time.localtime(self.clock())
        date = date or time.strftime("%Y-%m-%d", moment)
        stamp = time.strftime("%Y-%m-%d %H:%M:%S", moment)
        for files, shape in ((self.json, '{{"time":"{}","message":"{}"}}\n'), (self.text, "{},000 INFO     {}\n")):
            files.add(date, "".join(shape.format(stamp, line) for line in lines).encode(), len(lines))
            files.push()

    def close(self) -> None:
        """Ends the program as it should."""
        self.close_files()
        self.sealer.close()

    def close_files(self) -> None:
        """What remains of the program when it is killed: nothing that it holds."""
        self.text.close()
        self.json.close()

    def kill(self) -> None:
        """Ends the program as `kill -9` does."""
        self.close_files()
        self.sealer.abandon()
