"""Seals what a program writes to its journal: who changes, removes or inserts a line afterwards is found out.

Every file of a journal, and every program that writes to it, shares one chain of seals (`seals`), in the sidecars
`server.seals.<date>`, and the state of its key (`keys`) in `server.seals.key`, which is locked while a seal is made.
A seal is made a second after something was written, and every 15 minutes if nothing was. What it covers is on the
disk itself before it, and the seal before the new key; so after a loss of power there may be lines without a seal, but
never a seal without its lines. A program that is alone with a file takes in (`adopted`) what is under no seal there:
the last second of one that was killed.
"""

import hashlib
import os
import secrets
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from vestnik import __version__
from vestnik.log.days.locks import Descriptors, is_alone
from vestnik.log.days.opening import open_contents
from vestnik.log.days.packing import Damaged
from vestnik.log.sealing.adoption import adopt, read_again, settle
from vestnik.log.sealing.chain import Chain, Turn
from vestnik.log.sealing.seals import Extent, Lines, Opened, Seal, SealKind
from vestnik.log.trouble import Trouble

DATA_EVERY: Final = 1.0
HEARTBEAT_EVERY: Final = 900.0
"""Seconds from the first byte without a seal to its seal; between two seals of a program that writes nothing."""
TURN_WITHIN: Final = 1.0
"""Seconds for which other programs that make a seal are waited for when a file is opened."""
END_TRIES: Final = 60
"""So many times as long they are waited for at the end: what has no seal then looks as if somebody had put it there."""
RETRY: Final = 0.05
"""Seconds after which it is tried again while another program makes a seal."""
STUCK_AFTER: Final = 10.0
"""Seconds after which it is trouble that other programs make seals all the time."""
AGAIN: Final = 60.0
"""Seconds after which a file that could not be read is tried again."""
LINES: Final = 1 << 16
"""Lines of one extent."""
HASHED_AT_ONCE: Final = 2047
"""Bytes that are hashed in one call: of more, `hashlib` gives the interpreter's lock away, and to get it back takes
longer than the hash."""
PIECES: Final = 512
"""Extents of one file that wait for a seal; more, and the file is read again instead."""


class Adopted(NamedTuple):
    """Bytes of a file that were under no seal, and were taken in."""

    file: str
    size: int


class _Piece:
    """Bytes that were written one after the other, from `start` up to `end`."""

    __slots__ = ("digest", "end", "lines", "start")

    def __init__(self, start: int) -> None:
        self.start = self.end = start
        self.digest = hashlib.sha256()
        self.lines = Lines()

    def takes(self, start: int) -> bool:
        """Whether what was written from `start` on belongs here."""
        return start == self.end and self.lines.whole and len(self.lines.sums) < LINES

    def add(self, data: bytes) -> None:
        """More of the same."""
        update = self.digest.update
        for at in range(0, len(data), HASHED_AT_ONCE):
            update(data[at : at + HASHED_AT_ONCE])
        self.lines.add(data)
        self.end += len(data)

    def extent(self, file: str) -> Extent:
        """What the seal says."""
        return Extent(file, self.start, self.end, self.digest.hexdigest(), self.lines.pack())


class _File:
    """A file that is written to: whether it is `known` what was in it before, and whether a seal has said so.

    `again` is a range that is to be read again, since too many pieces waited; `earlier` was written before the file was
    closed and opened again.
    """

    __slots__ = ("again", "announced", "earlier", "known", "pieces")

    def __init__(self, earlier: Sequence[Extent] = ()) -> None:
        self.earlier = earlier
        self.announced = False
        self.known = False
        self.pieces: list[_Piece] = []
        self.again: tuple[int, int] | None = None

    @property
    def waits(self) -> bool:
        """Whether there is something to be sealed."""
        return bool(self.pieces or self.earlier) or self.again is not None

    def extents(self, file: str) -> list[Extent]:
        """What the seal says about what was written."""
        return [*self.earlier, *(piece.extent(file) for piece in self.pieces)] if self.known else []

    def sealed(self) -> None:
        """All this is in a seal."""
        self.announced = True
        self.pieces.clear()
        self.earlier = ()
        self.again = None


class Sealer:
    """Seals the journal `name` in `directory` (or what that gives when the first file is opened).

    Used by one thread of a program; `abandon` in the child of a fork. Call `opened` when a file of a day was opened
    and locked (`flock`, shared) and before anything is written, `wrote` after each write, `closed` when it is closed,
    `seal` whenever `wait` is 0, `close` at the end. No trouble of the seals is raised: `error` says why the last one
    could not be made, None if it could. `steps` counts what takes time: files that were synced, and seals. `clock`
    gives seconds since 1970, `monotonic` intervals (seconds).
    """

    def __init__(
        self,
        directory: Path | Callable[[], Path],
        name: str,
        *,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.error: OSError | None = None
        self.steps = 0
        self._where = directory
        self._name = name
        self._clock = clock
        self._monotonic = monotonic
        self._descriptors = Descriptors()
        self._trouble = Trouble(monotonic)
        self._chain: Chain | None = None
        self._files: dict[str, _File] = {}
        self._closed: list[str] = []
        self._adopted: list[Adopted] = []
        self._run = ""
        self._due: float | None = None
        self._busy_since: float | None = None

    # For the files.

    def opened(self, file: str, fd: int) -> None:
        """`file` (its name) has been opened as `fd` and locked; nothing was written yet."""
        if file in self._closed:
            self._closed.remove(file)
        earlier: Sequence[Extent] = ()
        if file in self._files:
            self._append("data", TURN_WITHIN)  # what was written to the file that had this name before
            earlier = self._files[file].extents(file) if file in self._files else ()
        self._files[file] = _File(earlier)
        self._append("open", TURN_WITHIN, (file, fd))

    def wrote(self, file: str, start: int, data: bytes | memoryview) -> None:
        """`data` is in the file from byte `start` on."""
        written = self._files.get(file)
        if written is None:
            return
        pieces = written.pieces
        if not (pieces and (piece := pieces[-1]).takes(start)):
            if len(pieces) >= PIECES:
                self._give_up(written)
            piece = _Piece(start)
            pieces.append(piece)
            self._hurry(DATA_EVERY)
        piece.add(bytes(data))

    def closed(self, file: str) -> None:
        """`file` has been closed."""
        if file in self._files:
            self._closed.append(file)
            self._hurry(DATA_EVERY)

    # For the thread that writes.

    @property
    def wait(self) -> float | None:
        """Seconds until `seal` is due; None if there is nothing to seal before something is written."""
        if self._due is None:
            return None
        return max(0.0, self._due - self._monotonic(), self._trouble.wait)

    def seal(self) -> bool:
        """Makes a seal if one is due; says whether it did."""
        if self.wait != 0.0:
            return False
        return self._append("data" if self._has_news else "heartbeat", 0.0)

    def close(self) -> None:
        """Makes the last seal of this program. Whatever is written later begins anew."""
        if self._run or self._has_news:
            for _ in range(END_TRIES):
                self._busy_since = None
                if self._append("end", TURN_WITHIN) or self._busy_since is None:
                    break
                self.steps += 1  # others make progress
        self._forget()

    def abandon(self) -> None:
        """In the child of a fork: all this is the parent's business."""
        self._forget()
        self._descriptors.close_all()

    def take_adopted(self) -> list[Adopted]:
        """What was adopted since the last call."""
        found, self._adopted = self._adopted, []
        return found

    def _forget(self) -> None:
        self._files.clear()
        self._closed.clear()
        self._run = ""
        self._due = None

    @property
    def _has_news(self) -> bool:
        return bool(self._closed) or any(file.waits or not file.announced for file in self._files.values())

    def _hurry(self, seconds: float) -> None:
        due = self._monotonic() + seconds
        self._due = due if self._due is None else min(self._due, due)

    def _give_up(self, written: _File) -> None:
        """Too many extents wait: their bytes will be read again."""
        start, end = written.again or (written.pieces[0].start, 0)
        for piece in written.pieces:
            start, end = min(start, piece.start), max(end, piece.end)
        written.again = start, end
        written.pieces.clear()

    # Making a seal.

    def _append(self, kind: SealKind, patience: float, fresh: tuple[str, int] | None = None) -> bool:
        """Makes a seal; waits so many seconds for other programs. `fresh` is a file just opened and its descriptor."""
        try:
            with self._own_chain().turn(patience) as turn:
                self._make(kind, turn, fresh)
        except BlockingIOError as error:
            now = self._monotonic()
            self._busy_since = now if self._busy_since is None else self._busy_since
            if patience or now - self._busy_since >= STUCK_AFTER:
                self.error = error
            self._due = now + RETRY
            return False
        except (OSError, Damaged) as error:
            self.error = error if isinstance(error, OSError) else OSError(str(error))
            self._trouble.begin_or_go_on()
            self._due = self._monotonic()
            return False
        if self._trouble.lasts:
            self._trouble.end()
        self._busy_since = None
        self._due = self._monotonic() + (AGAIN if self._has_news else HEARTBEAT_EVERY)
        return True

    def _own_chain(self) -> Chain:
        if self._chain is None:
            self._chain = Chain(self._directory, self._name, self._descriptors, clock=self._clock)
        return self._chain

    @property
    def _directory(self) -> Path:
        if not isinstance(self._where, Path):
            self._where = self._where()
        return self._where

    def _make(self, kind: SealKind, turn: Turn, fresh: tuple[str, int] | None) -> None:
        """Makes the seal of everything that there is to say."""
        self.error = None
        seal = Seal(time=turn.time, kind=kind, run=self._run)
        if not self._run:
            self._introduce(seal, turn)
        for file in [file for file, written in self._files.items() if not written.announced]:
            self._announce(seal, file, fresh)
        for file, written in self._files.items():
            self._describe(seal, file, written)
            if seal.kind == "end" and not written.known and written.waits:
                seal.kind = "data"  # something stays without a seal, as after a crash
        seal.closed.extend(self._closed)
        assert self._chain is not None  # noqa: S101 - it is its turn
        self._chain.add(turn, seal)
        self.steps += 1
        self._settle_accounts(seal)

    def _introduce(self, seal: Seal, turn: Turn) -> None:
        """The first seal says who writes; and the day before is seen to."""
        if seal.kind != "end":
            seal.kind = "start"
        seal.run, seal.pid, seal.version = secrets.token_hex(8), os.getpid(), __version__
        seal.host = os.uname().nodename
        with suppress(OSError, Damaged):  # that day may be beyond reading, this one is not
            settled = settle(self._directory, self._name, turn.time[:10], self._descriptors)
            seal.settled.extend(settled.files)
            seal.adopted.extend(settled.adopted)

    def _announce(self, seal: Seal, file: str, fresh: tuple[str, int] | None) -> None:
        """Says that `file` is written to, and takes in what is there if nobody else writes to it.

        If it cannot be read, it is announced by a later seal.
        """
        self._files[file].known = False
        try:
            alone = fresh is not None and fresh[0] == file and is_alone(fresh[1])
            contents = open_contents(self._directory / file)
            if contents is None:
                del self._files[file]  # taken away already; it will be opened again
                return
            with contents:
                adopted = adopt(self._directory, self._name, file, contents) if alone else []
                seal.opened.append(Opened(file, contents.size, alone))
                seal.adopted.extend(adopted)
                self._files[file].known = True
        except (OSError, Damaged) as error:
            self.error = error if isinstance(error, OSError) else OSError(str(error))

    def _describe(self, seal: Seal, file: str, written: _File) -> None:
        """Puts what was written to `file` into the seal, once it is on the disk itself."""
        if not (written.known and written.waits):
            return
        path = self._directory / file
        with suppress(FileNotFoundError), self._descriptors.opened(path) as fd:
            os.fdatasync(fd)
        self.steps += 1
        seal.extents.extend(written.extents(file))
        if written.again is not None and (contents := open_contents(path)) is not None:
            with contents:
                seal.adopted.extend(read_again(contents, file, *written.again))

    def _settle_accounts(self, seal: Seal) -> None:
        """The seal has been made: what it says need not be said again."""
        self._run = seal.run
        for file in self._closed:
            self._files.pop(file, None)
        self._closed.clear()
        for written in self._files.values():
            if written.known:
                written.sealed()
        sizes: dict[str, int] = {}
        for extent in seal.adopted:
            sizes[extent.file] = sizes.get(extent.file, 0) + extent.end - extent.start
        self._adopted.extend(Adopted(file, size) for file, size in sizes.items())
