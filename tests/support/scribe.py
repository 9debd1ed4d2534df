"""A program that writes a journal under seals, without the threads of a whole one; and what a check finds."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeAlias

from tests.log.conftest import Clock
from vestnik.log.recording.files import DatedFiles
from vestnik.log.sealing.findings import Finding, What
from vestnik.log.sealing.keys import Key
from vestnik.log.sealing.seal import Sealer
from vestnik.log.sealing.verify import verify

DAY: Final = 86_400
TEXT: Final = "server.log.2021-06-12"
JSON: Final = "server.jsonl.2021-06-12"
SEALS: Final = "server.seals.2021-06-12"
STATE: Final = "server.seals.key"
"""Files of the journal `server`; the day is that of the tests' clock."""


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


Start: TypeAlias = Callable[[], Scribe]


def run(start: Start, clock: Clock, *lines: str) -> None:
    """A program that writes each line in a second of its own, and ends."""
    program = start()
    for line in lines:
        program.write(line)
        clock.now += 1
        assert program.sealer.seal()
    program.close()


def found(directory: Path, *keys: Key, **options: object) -> list[tuple[What, str]]:
    """What is found in the journal `server`, and where."""
    report = verify(directory, "server", keys, **options)  # type: ignore[arg-type]
    assert report.code == (1 if report.tampered else 2 if report.unchecked else 0)
    return [(finding.what, finding.file) for finding in report.findings]


def tampered(directory: Path, *keys: Key) -> list[Finding]:
    """What was done to the journal `server`."""
    return verify(directory, "server", keys).tampered
