"""The chain of seals of a journal, for those who add to it: one at a time, and each where the last one stopped.

A seal is appended to the file of its date and synced; only then the state is told. Whoever is killed in between leaves
a seal that the state does not know of, which the next one finds and takes as made.
"""

import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

from vestnik.log.days.appending import AlreadyPacked, open_to_append
from vestnik.log.days.locks import Descriptors, sync_directory, write_all
from vestnik.log.days.names import day_files
from vestnik.log.days.opening import read_all
from vestnik.log.days.packing import Damaged
from vestnik.log.sealing.keys import BadState, HeldState, KeyState, first_state, hold_state, new_chain, state_path
from vestnik.log.sealing.seals import KEYED, Seal, Swept, decode, encode
from vestnik.log.sealing.sidecar import Sidecar

FLAGS: Final = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
MOST_MISSED: Final = 64 * 1024 * 1024
"""Bytes behind the last known seal that are looked at."""
SET_UP_WITHIN: Final = 5.0
"""Seconds for which `set_up` and `tell_swept` wait for programs that make seals."""


class AlreadyKeyed(Exception):
    """The chain has a secret key."""


class Turn(NamedTuple):
    """Being the one who may add to a chain: its state, and when the turn began (local time with offset)."""

    held: HeldState
    state: KeyState
    moment: datetime

    @property
    def time(self) -> str:
        """The time for a seal."""
        return self.moment.isoformat(timespec="microseconds")


class Chain:
    """The chain of the journal `name` in `directory`. Used by one thread at a time; `descriptors` are its files.

    `clock` gives seconds since 1970.
    """

    def __init__(
        self, directory: Path, name: str, descriptors: Descriptors, *, clock: Callable[[], float] = time.time
    ) -> None:
        self._directory = directory
        self._name = name
        self._descriptors = descriptors
        self._clock = clock

    @contextmanager
    def turn(self, wait: float) -> Iterator[Turn]:
        """The turn to add seals. Waits at most `wait` seconds for it.

        Raises BlockingIOError if others take longer, keys.BadState, OSError.
        """
        with hold_state(state_path(self._directory, self._name), self._descriptors, wait) as held:
            state = held.read()
            if state.sidecar and self._repair(state):
                held.write(state)
            turn = Turn(held, state, _moment(self._clock()))
            if state.sidecar != turn.time[:10]:
                self._go_to(turn.time[:10], state)
                held.write(state)
            yield turn

    def add(self, turn: Turn, seal: Seal) -> None:
        """Makes `seal` the next one: fills in its place and its code, and writes it to the disk itself.

        If its day is compressed, as when the clock was put back, it goes to the first later one that is not. Raises
        BlockingIOError if its file is just being compressed, OSError.
        """
        state = turn.state
        seal.chain, seal.epoch, seal.prev = state.chain, state.epoch, state.mac
        while True:
            path = self._sidecar(state.sidecar)
            try:
                with self._descriptors.held(open_to_append(path, FLAGS, wait=0.0)) as fd:
                    self._append(seal, fd, state)
                break
            except AlreadyPacked:
                self._go_to((date.fromisoformat(state.sidecar) + timedelta(days=1)).isoformat(), state)
        turn.held.write(state)

    def _sidecar(self, day: str) -> Path:
        return self._directory / f"{self._name}.seals.{day}"

    def _go_to(self, day: str, state: KeyState) -> None:
        state.sidecar, state.size = day, _size(self._sidecar(day))

    def _append(self, seal: Seal, fd: int, state: KeyState) -> None:
        size = os.fstat(fd).st_size
        seal.first = not size
        line, mac = encode(seal, state.secret)
        try:
            write_all(fd, line)
            os.fsync(fd)
        except BaseException:
            os.ftruncate(fd, size)
            raise
        if not size:
            sync_directory(self._directory)
        state.advance(mac, size + len(line))

    def _repair(self, state: KeyState) -> bool:
        """Takes in seals that were made and that the state does not know of; says whether there was anything."""
        path = self._sidecar(state.sidecar)
        size = _size(path)
        if size == state.size:
            return False
        if size < state.size:  # it was cut or removed, which is not ours to judge, or compressed
            missed = _compressed(path, state.mac)
            _catch_up(state, missed)
            return bool(missed)
        with self._descriptors.opened(path, FLAGS) as fd:
            missed = os.pread(fd, MOST_MISSED, state.size)
            if not missed.endswith(b"\n"):
                os.ftruncate(fd, state.size + missed.rfind(b"\n") + 1)  # half a seal: who made it was killed
            _catch_up(state, missed)
            state.size = os.fstat(fd).st_size
        return True


def _catch_up(state: KeyState, missed: bytes) -> None:
    """Goes on to the state after the seals in `missed`, up to the first line that is none of this chain."""
    for line in missed.split(b"\n")[:-1]:
        found = decode(line)
        if found is None or (found.seal.chain, found.seal.epoch) != (state.chain, state.epoch):
            return
        if not found.made_with(state.secret):
            return
        state.advance(found.mac, state.size)


def _compressed(path: Path, mac: str) -> bytes:
    """What follows the seal with the code `mac` in a file that was compressed; nothing if that cannot be found."""
    try:
        data = read_all(path)
    except Damaged:
        return b""
    _, found, missed = data.rpartition(f'"{mac}"}}\n'.encode())
    return missed if found else b""


def set_up(directory: Path, name: str, *, again: bool = False, clock: Callable[[], float] = time.time) -> str:
    """Begins a chain with a secret key for the journal `name`, also beside programs that write it; gives the key.

    The key is kept nowhere: `vestnik journal verify` needs it. Raises AlreadyKeyed if there is one and not `again`,
    BlockingIOError, keys.BadState (a state that is beyond reading is replaced `again`), OSError.
    """
    chain = Chain(directory, name, Descriptors(), clock=clock)
    try:
        return _set_up(chain, again=again)
    except BadState:
        if not again:
            raise
        state_path(directory, name).unlink(missing_ok=True)
        return _set_up(chain, again=again)


def _set_up(chain: Chain, *, again: bool) -> str:
    with chain.turn(SET_UP_WITHIN) as turn:
        state = turn.state
        if state.chain.startswith(KEYED) and not again:
            raise AlreadyKeyed
        key = new_chain(keyed=True)
        if state.epoch:
            chain.add(turn, Seal(time=turn.time, kind="handover", next=key.chain))
        follower = first_state(key, state)
        turn.held.write(follower)
        chain.add(turn._replace(state=follower), Seal(time=turn.time, kind="begin"))
        return str(key)


def tell_swept(
    directory: Path, name: str, day: str, descriptors: Descriptors, clock: Callable[[], float] = time.time
) -> None:
    """Seals that `day` (YYYY-MM-DD) of the journal `name` is deleted with its seals; to be called before that is done.

    Without it nobody can tell later why the chain does not begin with its first seal. Does nothing if the day or
    the journal has no seals. Raises BlockingIOError, keys.BadState, OSError.
    """
    dates = sorted({file.date for file in day_files(directory, name, "seals")})
    if day not in dates or not state_path(directory, name).exists():
        return
    chain = Chain(directory, name, descriptors, clock=clock)
    with chain.turn(SET_UP_WITHIN) as turn:
        seal = Seal(time=turn.time, kind="swept", swept=Swept(day, turn.state.chain, turn.state.epoch))
        for date in dates:
            left = Sidecar(directory, name, date).next() if date != day else None
            if left is not None:
                seal.swept = Swept(day, left.seal.chain, left.seal.epoch)
                break
        chain.add(turn, seal)


def _moment(seconds: float) -> datetime:
    try:
        return datetime.fromtimestamp(seconds).astimezone()
    except (OverflowError, ValueError) as error:
        raise OSError(f"no calendar has the time {seconds}") from error


def _size(path: Path) -> int:
    try:
        found = path.lstat()
    except FileNotFoundError:
        return 0
    return found.st_size if stat.S_ISREG(found.st_mode) else 0
