"""Where the records of a journal go."""

import logging
from collections.abc import Callable
from typing import NamedTuple

from vestnik.log.days.sweep_thread import SweepThread
from vestnik.log.recording.console import Console
from vestnik.log.recording.files import DatedFiles
from vestnik.log.sealing.seal import Sealer


class Outputs(NamedTuple):
    """Where the records of a journal go; each may be missing. `console_level`: from which level on it shows them.

    `sealer` seals the files; `sweep` makes what compresses and deletes old ones.
    """

    text: DatedFiles | None = None
    json: DatedFiles | None = None
    console: Console | None = None
    console_level: int = logging.NOTSET
    sealer: Sealer | None = None
    sweep: Callable[[], SweepThread] | None = None

    @property
    def files(self) -> tuple[DatedFiles, ...]:
        """The files, in the order in which they are written: the text can be made again from the JSON."""
        return tuple(files for files in (self.json, self.text) if files is not None)
