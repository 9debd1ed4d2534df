"""What a bot must not forget: how far it has each conversation, and what it is doing. One file, always whole."""

import asyncio
import fcntl
import os
from contextlib import suppress
from pathlib import Path
from typing import Final, TypeAlias

import msgspec

from vestnik.client.client import Client
from vestnik.protocol.events import Change, Delivery

Happening: TypeAlias = Delivery | Change
"""What a bot does something for."""

VERSION: Final = 1


class Job(msgspec.Struct, eq=False):
    """What is done for an event. With `once` it is not begun again when it was `begun` before and cut off."""

    event: Happening
    once: bool = False
    begun: bool = False


class Kept(msgspec.Struct):
    """What is in the file: whose it is, the cursors, what was begun and is not done.

    `newest` is the time of the newest message that the bot has seen (UNIX seconds), `floors` the times up to which
    conversations that began anew were seen before.
    """

    bot: str
    cursors: dict[str, dict[str, int | str]] | None = None
    jobs: list[Job] = []
    newest: float = 0.0
    floors: dict[str, float] = {}
    version: int = VERSION


class BotState:
    """The state of the bot `name` in the file `path`; without one it is kept in memory only.

    While it is open no other process has it. Raises BlockingIOError when one has it, ValueError for a file that is not
    this bot's, OSError.
    """

    def __init__(self, name: str, path: Path | None) -> None:
        self.kept = Kept(name)
        self.jobs: dict[Job, None] = {}
        self._path = path
        self._lock = -1
        self._turn = asyncio.Lock()
        self._changes = 0
        self._saved = 0
        if path is not None:
            self._open(path)

    def _open(self, path: Path) -> None:
        self._lock = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with suppress(FileNotFoundError):  # no event: it is a new bot
                found = msgspec.json.decode(path.read_bytes(), type=Kept)
                if found.bot != self.kept.bot or found.version != VERSION:
                    raise ValueError(f"{path} is the state of {found.bot}, not of {self.kept.bot}")
                self.kept = found
                self.jobs = dict.fromkeys(found.jobs)
        except msgspec.MsgspecError as error:  # no event: it is raised again, with the place
            self.close()
            raise ValueError(f"{path} is no state of a bot: {error}") from None
        except BaseException:
            self.close()
            raise

    def begin(self, job: Job) -> None:
        """Note what is done from now on."""
        self.jobs[job] = None

    def end(self, job: Job) -> None:
        """Note that it is done."""
        self.jobs.pop(job, None)

    def seen(self, conversation: str, time: float) -> bool:
        """Whether a message was there before its conversation began anew; notes that it was seen."""
        floor = self.kept.floors.get(conversation)
        self.kept.newest = max(self.kept.newest, time)
        if floor is None or time <= floor:
            return floor is not None
        del self.kept.floors[conversation]
        return False

    def begun_anew(self, conversation: str) -> None:
        """What comes of a conversation now was perhaps seen already."""
        self.kept.floors[conversation] = self.kept.newest

    async def save(self, client: Client) -> None:
        """Return when what was noted until now is on disk. Many that wait share one write. Raises OSError."""
        self._changes += 1
        mine = self._changes
        async with self._turn:
            if self._path is None or self._saved >= mine:
                return
            now = self._changes
            self.kept.cursors = client.cursors
            self.kept.jobs = list(self.jobs)
            await asyncio.to_thread(_write, self._path, msgspec.json.encode(self.kept))
            self._saved = now

    def close(self) -> None:
        """Let another process have it."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1


def _write(path: Path, data: bytes) -> None:
    """Put `data` in the place of the file, so that it is whole even if the power goes."""
    new = path.with_name(f"{path.name}.new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
