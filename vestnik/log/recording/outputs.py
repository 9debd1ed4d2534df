"""Where the records of a journal go."""

import logging
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from vestnik.log.days.sweep import Sweeper
from vestnik.log.days.sweep_thread import SweepThread
from vestnik.log.recording.console import Console, Stream
from vestnik.log.recording.files import DatedFiles
from vestnik.log.recording.quota import Quota
from vestnik.log.sealing.chain import tell_swept
from vestnik.log.sealing.seal import Sealer


class Keep(NamedTuple):
    """How much of a journal is kept: so many `days`, and at most so many `bytes`; 0: no limit.

    Only what is promised is written past so many bytes of a day (`day_bytes`), or when fewer are free on the disk than
    `free_bytes`.
    """

    days: int = 0
    bytes: int = 0
    day_bytes: int = 0
    free_bytes: int = 0


class Outputs(NamedTuple):
    """Where the records of a journal go; each may be missing. `console_level`: from which level on it shows them.

    `sealer` seals the files; `sweep` makes what compresses and deletes old ones; `quota` limits how much is written.
    """

    text: DatedFiles | None = None
    json: DatedFiles | None = None
    console: Console | None = None
    console_level: int = logging.NOTSET
    sealer: Sealer | None = None
    sweep: Callable[[], SweepThread] | None = None
    quota: Quota | None = None

    @property
    def files(self) -> tuple[DatedFiles, ...]:
        """The files, in the order in which they are written: the text can be made again from the JSON."""
        return tuple(files for files in (self.json, self.text) if files is not None)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the outputs of the journal `name` are to be; the fields are the parameters of `Journal`."""

    name: str
    directory: Path | Callable[[], Path] | None
    console: Stream | None = None
    console_level: int = logging.NOTSET
    json: bool = False
    seals: bool = False
    keep: Keep | None = None
    clock: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
    write: Callable[[int, memoryview], int] = os.write

    def make(self, report: Callable[..., None]) -> Outputs:
        """New outputs, of which nothing is open yet. `report` takes an event and its values."""
        console = None if self.console is None else Console(self.console, name=f"console-{self.name}")
        directory, keep = self.directory, self.keep
        if directory is None:
            return Outputs(console=console, console_level=self.console_level)
        times = {"clock": self.clock, "monotonic": self.monotonic}
        sealer = Sealer(directory, self.name, **times) if self.seals else None

        def files(kind: str) -> DatedFiles:
            return DatedFiles(directory, f"{self.name}.{kind}", write=self.write, extents=sealer, **times)

        def sweep() -> SweepThread:
            assert keep is not None  # noqa: S101 - otherwise nobody asks for it
            where = directory() if callable(directory) else directory
            sweeper = Sweeper(
                where,
                self.name,
                keep_days=keep.days,
                keep_bytes=keep.bytes,
                clock=self.clock,
                report=report,
                tell_swept=tell_swept,
            )
            return SweepThread(sweeper, clock=self.clock)

        json, text = files("jsonl") if self.json else None, files("log")
        if keep is None:
            return Outputs(text, json, console, self.console_level, sealer)
        both = (text,) if json is None else (text, json)
        quota = Quota(both, keep.day_bytes, keep.free_bytes, clock=self.clock, monotonic=self.monotonic)
        return Outputs(text, json, console, self.console_level, sealer, sweep, quota)
