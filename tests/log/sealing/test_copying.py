"""Copying a journal that is being written: whatever happens between any two steps, the copy is in order."""

import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from tests.log.conftest import Clock
from tests.support.proof import Proof
from tests.support.scribe import DAY, JSON, STATE, TEXT, Scribe, run
from vestnik.log.days.locks import Descriptors
from vestnik.log.days.names import day_files
from vestnik.log.days.opening import read_all
from vestnik.log.days.sweep import Sweeper
from vestnik.log.sealing import copying as module
from vestnik.log.sealing.chain import set_up, tell_swept
from vestnik.log.sealing.copying import copy_journal
from vestnik.log.sealing.findings import What
from vestnik.log.sealing.keys import Key, hold_state, parse_key
from vestnik.log.sealing.seals import decode
from vestnik.log.sealing.verify import verify

HARMLESS: Final = {What.ADOPTED, What.BEGINS, What.LEFT, What.REMOVED, What.UNKEYED}


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here takes from the disk what was written: syncs would only cost time."""
    monkeypatch.setattr(os, "fsync", lambda _fd: None)
    monkeypatch.setattr(os, "fdatasync", lambda _fd: None)


class Life:
    """A journal and what happens to it: each of `DOINGS` may come at any time."""

    def __init__(self, directory: Path, keep_days: int) -> None:
        directory.mkdir()
        self.keep_days = keep_days
        self.directory = directory
        self.clock = Clock()
        self.keys: list[Key] = []
        self.key()
        self.program = self.start()

    def start(self) -> Scribe:
        """A program that writes."""
        return Scribe(self.directory, clock=self.clock, monotonic=self.clock)

    def write(self) -> None:
        """Lines, not sealed yet."""
        self.program.write("one", "two")

    def seal(self) -> None:
        """More lines and their seal."""
        self.program.write("three")
        self.clock.now += 1
        self.program.sealer.seal()

    def midnight(self) -> None:
        """The next day begins."""
        self.clock.now += DAY
        self.seal()

    def restart(self) -> None:
        """The program ends as it should, and begins again."""
        self.program.close()
        self.program = self.start()
        self.seal()

    def kill(self) -> None:
        """The program is killed, and begins again."""
        self.write()
        self.program.kill()
        self.program = self.start()
        self.seal()

    def sweep(self) -> None:
        """Days that are over are compressed, and old ones deleted."""
        self.program.text.close()
        self.program.json.close()
        Sweeper(
            self.directory,
            "server",
            keep_days=self.keep_days,
            keep_bytes=0,
            clock=self.clock,
            report=lambda *_: None,
            tell_swept=tell_swept,
        ).sweep()

    def key(self) -> None:
        """Another key is set up."""
        self.keys.append(parse_key(set_up(self.directory, "server", again=True, clock=self.clock)))


DOINGS: Final[tuple[Callable[[Life], None], ...]] = (
    Life.write,
    Life.seal,
    Life.midnight,
    Life.restart,
    Life.kill,
    Life.sweep,
    Life.key,
)


def copied(life: Life, target: Path, between: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """Copies, and calls `between` before each file; fails if the copy is not in order."""
    pieces = module.read_part

    def interrupted(part: object) -> object:
        between()
        return pieces(part)  # type: ignore[arg-type]  # it is given on

    with monkeypatch.context() as patch:
        patch.setattr(module, "read_part", interrupted)
        copy_journal(life.directory, "server", target)
    sealed = b"".join(
        read_all(file.path.with_suffix("") if file.packed else file.path)
        for file in day_files(target, "server", "seals")
    )
    chains = {found.seal.chain for line in sealed.splitlines() if (found := decode(line)) is not None}
    report = verify(target, "server", [key for key in life.keys if key.chain in chains])
    assert (report.code, {finding.what for finding in report.findings} - HARMLESS) == (0, set()), report.findings


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("again", [False, True], ids=["anew", "again"])
def test_anything_happens_meanwhile(
    tmp_path: Path, again: bool, seed: int, monkeypatch: pytest.MonkeyPatch, proof: Proof
) -> None:
    """Lines, seals, midnights, starts, kills, compression, deletion and new keys between any two files of a copy, which
    is made to a new directory, or again and again to the same one, where days stay that are deleted here.
    """
    for number in range(proof.number(60, 6)):
        chance = random.Random(seed * 1000 + number)
        life = Life(tmp_path / f"journal {number}", 40 if again else 4)
        for turn in range(10):
            for doing in chance.choices(DOINGS, k=3):
                doing(life)
            much = chance.random()

            def between(life: Life = life, chance: random.Random = chance, much: float = much) -> None:
                if chance.random() < much / 2:
                    chance.choice(DOINGS)(life)

            copied(life, tmp_path / f"copy {number} {0 if again else turn}", between, monkeypatch)
        life.program.kill()


def test_the_copy(tmp_path: Path, clock: Clock) -> None:
    """The copy has the same bytes, modes, times and links; what it has already is not copied again."""
    run(lambda: Scribe(tmp_path / "log", clock=clock, monotonic=clock), clock, "one")
    run(lambda: Scribe(tmp_path / "log", "admin", clock=clock, monotonic=clock), clock, "two")
    (tmp_path / "log" / TEXT).chmod(0o604)
    first = copy_journal(tmp_path / "log", "server", tmp_path / "copy")
    names = {path.name for path in (tmp_path / "log").glob("server.*")}
    assert {path.name for path in (tmp_path / "copy").iterdir()} == names
    for name in names:
        source, copy = tmp_path / "log" / name, tmp_path / "copy" / name
        assert source.read_bytes() == copy.read_bytes()
        assert (source.stat().st_mode, source.is_symlink()) == (copy.stat().st_mode, copy.is_symlink())
        assert name == STATE or source.stat().st_mtime_ns == copy.stat().st_mtime_ns
    assert first.files == 3
    assert first.bytes == sum((tmp_path / "log" / name).stat().st_size for name in names if "2021" in name)
    assert copy_journal(tmp_path / "log", "server", tmp_path / "copy") == (3, 0)


def test_nothing_is_changed(tmp_path: Path, clock: Clock) -> None:
    """The journal itself is as before, and nothing of it is held afterwards."""
    run(lambda: Scribe(tmp_path / "log", clock=clock, monotonic=clock), clock, "one")
    before = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in (tmp_path / "log").iterdir()}
    copy_journal(tmp_path / "log", "server", tmp_path / "copy")
    assert {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in (tmp_path / "log").iterdir()} == before
    with hold_state(tmp_path / "log" / STATE, Descriptors(), 0):
        pass


def test_what_is_there_stays(tmp_path: Path, clock: Clock) -> None:
    """Days that the journal has deleted since stay in the copy, which is in order as long as none was never copied."""
    (tmp_path / "log").mkdir()
    key = parse_key(set_up(tmp_path / "log", "server", clock=clock))
    for number in range(9):
        run(lambda: Scribe(tmp_path / "log", clock=clock, monotonic=clock), clock, "line")
        Sweeper(
            tmp_path / "log",
            "server",
            keep_days=2,
            keep_bytes=0,
            clock=clock,
            report=lambda *_: None,
            tell_swept=tell_swept,
        ).sweep()
        if number % 2:
            copy_journal(tmp_path / "log", "server", tmp_path / "copy")
            assert verify(tmp_path / "copy", "server", [key]).code == 0
        clock.now += DAY
    assert (tmp_path / "copy" / TEXT).exists() or (tmp_path / "copy" / f"{TEXT}.gz").exists()
    for path in (tmp_path / "copy").glob("server.*.2021-06-13*"):
        path.unlink()
    assert verify(tmp_path / "copy", "server", [key]).code == 1


def test_to_itself(tmp_path: Path, clock: Clock) -> None:
    """A journal is not copied to where it is: the state of its key would go back."""
    run(lambda: Scribe(tmp_path, clock=clock, monotonic=clock), clock, "one")
    (tmp_path / "link").symlink_to(tmp_path)
    for target in (tmp_path, tmp_path / "link"):
        with pytest.raises(FileExistsError):
            copy_journal(tmp_path, "server", target)


def test_no_journal(tmp_path: Path) -> None:
    """Where there is no journal nothing is copied."""
    with pytest.raises(FileNotFoundError):
        copy_journal(tmp_path, "server", tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_no_seals(tmp_path: Path) -> None:
    """A journal without seals is copied as well."""
    (tmp_path / JSON).write_text("{}\n")
    assert copy_journal(tmp_path, "server", tmp_path / "copy") == (1, 3)
    assert verify(tmp_path / "copy", "server").code == 2


def test_never_left_alone(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """A journal of which seals are made all the time, or whose files go all the time, is not waited for for ever."""
    run(lambda: Scribe(tmp_path, clock=clock, monotonic=clock), clock, "one")
    monkeypatch.setattr(module, "SETTLE_WITHIN", 0.01)
    with hold_state(tmp_path / STATE, Descriptors(), 0), pytest.raises(BlockingIOError):
        copy_journal(tmp_path, "server", tmp_path / "copy")
    monkeypatch.setattr(module, "open_plain", lambda _: None)
    monkeypatch.setattr(module, "open_contents", lambda _: None)
    with pytest.raises(BlockingIOError):
        copy_journal(tmp_path, "server", tmp_path / "copy")
    assert not list((tmp_path / "copy").glob("server.*.2*"))
