"""What other programs do to a measurement."""

import os
import time
from pathlib import Path


class Others:
    """How much processor time other processes use, from when it is made."""

    def __init__(self) -> None:
        self._used = _used_by_others()
        self._begun = time.monotonic()

    @property
    def share(self) -> float:
        """Processors that they have kept busy: 1.0 is one of them all the time. Beyond a tenth nothing is measured."""
        return (_used_by_others() - self._used) / (time.monotonic() - self._begun)


def _used_by_others() -> float:
    """Seconds of processor time since the machine was started."""
    user, nice, system, _idle, _waiting, *interrupts = map(int, Path("/proc/stat").read_text("ascii").split()[1:9])
    return (user + nice + system + sum(interrupts)) / os.sysconf("SC_CLK_TCK") - time.process_time()
