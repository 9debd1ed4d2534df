"""What is known of logins beyond a restart: what failed lately, and from where somebody got in.

A file in the data directory. It is no more than a help against guessing, so it is written now and then, and what a
crash leaves out of it, or of it, is forgotten.
"""

import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from vestnik.log.journal import Journal
from vestnik.log.journaled import journaled
from vestnik.server import catalogue
from vestnik.server.login_lines import MAX_OWNERS
from vestnik.server.login_queue import MAX_KNOWN, LoginQueue

MEMORY_NAME: Final = "logins.json"
PERIOD: Final = 10.0
"""Seconds between two times that it is written, if anything has changed."""


class KeptLogins(msgspec.Struct):
    """What is in the file. Times are UNIX seconds."""

    networks: list[tuple[str, int, float]] = []
    names: list[tuple[tuple[str, str], int, float]] = []
    everywhere: list[tuple[str, int, float]] = []
    known: list[str] = []
    owners: list[tuple[str, str]] = []


class LoginMemory:
    """Keeps what a queue knows in the file at `path`. `clock` gives UNIX seconds, `monotonic` those of the queue."""

    def __init__(
        self,
        path: Path,
        queue: LoginQueue,
        journal: Journal,
        clock: Callable[[], float],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._path = path
        self._queue = queue
        self._journal = journal
        self._clock = clock
        self._monotonic = monotonic
        self._written = 0
        self._failed = False
        self._task: asyncio.Task[None] | None = None

    @journaled
    def load(self) -> None:
        """Let the queue know what is in the file, if there is one that can be read."""
        try:
            kept = msgspec.json.decode(self._path.read_bytes(), type=KeptLogins)
        except FileNotFoundError:  # no event: nothing was kept
            return
        except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
            self._journal.record(catalogue.SERVER_LOGINS_FORGOTTEN, str(error))
            return
        since, now = self._monotonic() - self._clock(), self._monotonic()
        delays = self._queue.delays
        delays.networks.restore((place, count, min(at + since, now)) for place, count, at in kept.networks)
        delays.names.restore((place, count, min(at + since, now)) for place, count, at in kept.names)
        delays.everywhere.restore((place, count, min(at + since, now)) for place, count, at in kept.everywhere)
        delays.owners.update(dict.fromkeys(kept.owners[-MAX_OWNERS:]))
        self._queue.known.update(dict.fromkeys(kept.known[-MAX_KNOWN:]))

    @journaled
    def start(self) -> None:
        """Write it now and then."""
        self._task = asyncio.get_running_loop().create_task(self._keep_writing())

    async def _keep_writing(self) -> None:
        while True:
            await asyncio.sleep(PERIOD)
            await self.write()

    @journaled
    async def write(self) -> None:
        """Write what has changed; that it cannot be written is said once."""
        queue = self._queue
        if queue.changes == self._written:
            return
        changes, delays = queue.changes, queue.delays
        since = self._clock() - self._monotonic()
        parts = [each.kept() for each in (delays.networks, delays.names, delays.everywhere)]
        known, owners = list(queue.known), list(delays.owners)
        try:
            await asyncio.to_thread(self._write, parts, since, known, owners)
        except OSError as error:
            if not self._failed:
                self._journal.record(catalogue.SERVER_LOGINS_UNKEPT, str(error))
            self._failed = True
        else:
            self._written, self._failed = changes, False

    def _write(
        self,
        parts: list[list[tuple[object, int, float]]],
        since: float,
        known: list[str],
        owners: list[tuple[str, str]],
    ) -> None:
        moved = [[(place, count, round(at + since, 1)) for place, count, at in part] for part in parts]
        data = msgspec.json.encode(
            {"networks": moved[0], "names": moved[1], "everywhere": moved[2], "known": known, "owners": owners}
        )
        temporary = self._path.with_name(f"{self._path.name}.new")
        temporary.unlink(missing_ok=True)
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
            file.write(data)
        temporary.replace(self._path)

    @journaled
    async def stop(self) -> None:
        """Write it for the last time."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait((self._task,))
        await self.write()
