"""Whatever is deleted, cut, put back to an older copy, exchanged or planted: a journal is said to be as it was written
only if every line is there that was, and no other, also after the next start.
"""

import gzip
import itertools
import os
import random
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

import pytest

from tests.log.conftest import NOON, Clock
from tests.support.proof import Proof
from tests.support.scribe import DAY, STATE, Scribe, run
from vestnik.log.days.names import day_file
from vestnik.log.days.sweep import Sweeper
from vestnik.log.sealing import verify as module
from vestnik.log.sealing.chain import set_up, tell_swept
from vestnik.log.sealing.findings import What
from vestnik.log.sealing.keys import Key, KeyState, encode_state, parse_key
from vestnik.log.sealing.verify import verify

Files: TypeAlias = dict[str, bytes]
Change: TypeAlias = Callable[[Files], None]


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here takes from the disk what was written: syncs would only cost time."""
    monkeypatch.setattr(os, "fsync", lambda _fd: None)
    monkeypatch.setattr(os, "fdatasync", lambda _fd: None)


class Journal(NamedTuple):
    """A journal of three days in order: its files, the same in the middle of the last day, its key if it has one."""

    now: Files
    earlier: Files
    key: Key | None
    clock: float

    def names(self, part: str) -> list[str]:
        """The files with `part` in their names."""
        return sorted(name for name in self.now if part in name)


def files(directory: Path) -> Files:
    """All regular files."""
    return {path.name: path.read_bytes() for path in directory.iterdir() if not path.is_symlink()}


def put(directory: Path, found: Files) -> None:
    """Makes a directory have these files and no others."""
    for path in directory.iterdir():
        path.unlink()
    for name, data in found.items():
        (directory / name).write_bytes(data)


def unpacked(data: bytes) -> bytes:
    """What is in a compressed file; nothing, if that cannot be told."""
    try:
        return gzip.decompress(data)
    except (OSError, EOFError, zlib.error):
        return b""


def lines(found: Files) -> Files:
    """What the files with lines hold, by the name of the plain one; those that hold nothing are left out."""
    days = {name: data for name, data in found.items() if (day := day_file(Path(name))) and day.kind != "seals"}
    held = {name.removesuffix(".gz"): unpacked(data) if name.endswith(".gz") else data for name, data in days.items()}
    return {name: data for name, data in held.items() if data}


def sweep(directory: Path, clock: Clock, keep_days: int = 0) -> None:
    """Compresses the days that are over, and deletes old ones."""
    Sweeper(
        directory,
        "server",
        keep_days=keep_days,
        keep_bytes=0,
        clock=clock,
        report=lambda *_: None,
        tell_swept=tell_swept,
    ).sweep()


def written(directory: Path, *, keyed: bool) -> Journal:
    """The journal of a program that is started once a day and again on the last; one day has late lines."""
    clock = Clock()
    key = parse_key(set_up(directory, "server", clock=clock)) if keyed else None

    def start() -> Scribe:
        return Scribe(directory, clock=clock, monotonic=clock)

    run(start, clock, "one", "two")
    clock.now = NOON + DAY
    run(start, clock, "three", "four")
    sweep(directory, clock)
    late = start()
    late.write("late", date="2021-06-12")
    late.close()
    clock.now = NOON + 2 * DAY
    run(start, clock, "five", "six")
    earlier = files(directory)
    clock.now += 60
    run(start, clock, "seven")
    clock.now += 60
    return Journal(files(directory), earlier, key, clock.now)


@pytest.fixture(scope="module", params=[True, False], ids=["key", "no key"])
def journal(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Journal:
    """The journal, with a secret key and without."""
    return written(tmp_path_factory.mktemp("journal"), keyed=request.param)


class Place:
    """A directory in which a changed journal is checked."""

    def __init__(self, directory: Path, journal: Journal) -> None:
        self.directory = directory
        self.journal = journal

    def verdicts(self, changed: Files, wait: float | None) -> Iterator[tuple[bool, int]]:
        """Exit codes with the key and without, after the next start `wait` seconds later, if there is one."""
        put(self.directory, changed)
        if wait is not None:
            clock = Clock()
            clock.now = self.journal.clock + wait
            program = Scribe(self.directory, clock=clock, monotonic=clock)
            program.write("started")
            clock.now += 1
            program.sealer.seal()
            program.close()
        for keys in ([self.journal.key] if self.journal.key else []), []:
            yield bool(keys), verify(self.directory, "server", keys).code

    def check(self, changed: Files, wait: float | None, why: object) -> None:
        """Fails if the verdict is not true."""
        before, after, earlier = lines(self.journal.now), lines(changed), lines(self.journal.earlier)
        anew = not after and not any(name.startswith("server.seals") for name in changed)
        restored = after == earlier and changed.get(STATE) == self.journal.earlier[STATE]
        for with_key, code in self.verdicts(changed, wait):
            if changed == self.journal.now:
                assert code == (0 if with_key or self.journal.key is None else 2), why
            elif not (after == before or restored or (anew and not with_key)):
                assert code != 0, (why, with_key, wait)


@pytest.fixture
def place(tmp_path: Path, journal: Journal) -> Place:
    """An empty directory."""
    return Place(tmp_path, journal)


WAITS: Final = (None, 5.0, DAY, 40 * DAY)
"""How long after it was changed a journal is written again; None: not before it is checked."""


def edited(data: bytes, name: str) -> bytes:
    """The lines of a file with another word in each."""
    if name.endswith(".gz"):
        return gzip.compress(edited(unpacked(data), ""))
    return data.replace(b"INFO     ", b"INFO     not ").replace(b'"message":"', b'"message":"not ')


def test_every_subset_is_deleted(place: Place, journal: Journal, proof: Proof) -> None:
    """Any seals, with the state or without, are deleted, and any days edited or deleted."""
    seals = journal.names(".seals.2")
    days = ["06-12", "06-13", "06-14"]
    ways = list(
        itertools.product(*[(False, True)] * (len(seals) + 1), *[("kept", "edited", "deleted")] * len(days), WAITS)
    )
    for way in proof.some(ways, 150):
        gone = {name for name, deleted in zip([*seals, STATE], way, strict=False) if deleted}
        changed = {name: data for name, data in journal.now.items() if name not in gone}
        for day, what in zip(days, way[len(seals) + 1 :], strict=False):
            for name in [name for name in changed if day in name and ".seals." not in name]:
                data = changed.pop(name)
                if what != "deleted":
                    changed[name] = data if what == "kept" else edited(data, name)
        place.check(changed, way[-1], way)


def one_file(chance: random.Random, journal: Journal, changed: Files) -> None:
    """Does something to a file, or exchanges two."""
    if len(changed) < 2:
        return
    name, other = chance.sample(sorted(changed), 2)
    data = changed[name]
    match chance.randrange(8):
        case 0:
            del changed[name]
        case 1:
            changed[name] = b""
        case 2:
            changed[name] = data[: chance.randrange(len(data) + 1)]
        case 3:
            changed[name] = journal.earlier.get(name, b"")
        case 4:
            changed[name], changed[other] = changed[other], data
        case 5:
            changed[other] = changed.pop(name)
        case 6 if name != STATE and not name.endswith(".gz"):
            cut = data.splitlines(keepends=True)
            changed[name] = b"".join(cut[: chance.randrange(len(cut) + 1)])
        case _ if name != STATE:
            changed[chance.choice((f"{name}.late", name.replace("-1", "-0")))] = data


def whole_kind(chance: random.Random, journal: Journal, changed: Files) -> None:
    """Does the same to all files of a kind, or of a day."""
    part = chance.choice((".seals.", ".seals.2", ".log.", ".jsonl.", ".late", "06-12", "06-13", "06-14", "server."))
    older = chance.random() < 0.5
    for name in [name for name in changed if part in name]:
        data = changed.pop(name)
        if older and name in journal.earlier:
            changed[name] = journal.earlier[name]
        elif chance.random() < 0.3 and ".seals" not in name:
            changed[name] = edited(data, name)


@pytest.mark.parametrize("seed", range(4))
def test_anything_is_done_to_files(place: Place, journal: Journal, seed: int, proof: Proof) -> None:
    """Files are deleted, emptied, cut, put back, exchanged, renamed and doubled, one or many."""
    chance = random.Random(seed)
    for _ in range(proof.number(2000, 60)):
        changed = dict(journal.now)
        for _ in range(chance.randrange(1, 4)):
            chance.choice((one_file, one_file, whole_kind))(chance, journal, changed)
        place.check(changed, chance.choice(WAITS), changed.keys())


def test_left_alone(place: Place, journal: Journal) -> None:
    """A journal to which nothing is done is as it was written, whenever it is written again."""
    for wait in WAITS:
        place.check(journal.now, wait, wait)


def test_old_days_are_deleted(tmp_path: Path, clock: Clock) -> None:
    """Only days that the program itself has deleted as old ones may be gone, and no more of them than it said."""
    key = parse_key(set_up(tmp_path, "server", clock=clock))

    def start() -> Scribe:
        return Scribe(tmp_path, clock=clock, monotonic=clock)

    for _ in range(6):
        run(start, clock, "line")
        clock.now += DAY
    run(start, clock, "last")
    sweep(tmp_path, clock, keep_days=4)
    report = verify(tmp_path, "server", [key])
    assert (report.code, [finding.what for finding in report.findings]) == (0, [What.BEGINS])
    run(start, clock, "again")
    assert verify(tmp_path, "server", [key]).code == 0
    kept = files(tmp_path)
    for path in tmp_path.glob("server.*.2021-06-14*"):
        path.unlink()
    report = verify(tmp_path, "server", [key])
    assert (report.code, report.unchecked[0].what) == (2, What.BEGINS_LATE)
    put(tmp_path, kept)
    for path in tmp_path.glob("server.seals.2021-06-14*"):
        path.unlink()
    assert verify(tmp_path, "server", [key]).code == 1
    for path in tmp_path.glob("server.*.2021-06-14*"):
        path.unlink()
    sweep(tmp_path, clock, keep_days=2)
    assert verify(tmp_path, "server", [key]).code == 0


def test_all_days_are_old(tmp_path: Path, clock: Clock) -> None:
    """A program that starts after a year deletes everything that there was, and says so."""
    key = parse_key(set_up(tmp_path, "server", clock=clock))

    def start() -> Scribe:
        return Scribe(tmp_path, clock=clock, monotonic=clock)

    run(start, clock, "line")
    clock.now += 400 * DAY
    run(start, clock, "line")
    sweep(tmp_path, clock, keep_days=365)
    report = verify(tmp_path, "server", [key])
    assert (report.code, report.chains[0].first > 0) == (0, True)


def test_deleting_is_cut_off(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that is killed while it deletes an old day leaves nothing that looks like somebody else's work."""
    key = parse_key(set_up(tmp_path, "server", clock=clock))

    def start() -> Scribe:
        return Scribe(tmp_path, clock=clock, monotonic=clock)

    for _ in range(3):
        run(start, clock, "line")
        clock.now += DAY
    run(start, clock, "last")
    before = files(tmp_path)
    unlink = Path.unlink
    for number in range(9):
        put(tmp_path, before)
        done: list[Path] = []

        def cut_off(path: Path, number: int = number, done: list[Path] = done, **options: bool) -> None:
            if len(done) == number:
                raise KeyboardInterrupt
            done.append(path)
            unlink(path, **options)

        with monkeypatch.context() as patch:
            patch.setattr(Path, "unlink", cut_off)
            try:
                sweep(tmp_path, clock, keep_days=1)
            except KeyboardInterrupt:
                pass
            else:
                break
        assert verify(tmp_path, "server", [key]).code == 0, number
        run(start, clock, "later")
        sweep(tmp_path, clock, keep_days=1)
        assert verify(tmp_path, "server", [key]).code == 0, number
    assert number > 5


def test_states_without_seals(tmp_path: Path, clock: Clock) -> None:
    """A state that somebody has made up vouches for nothing, whichever chain it names."""
    key = parse_key(set_up(tmp_path, "server", clock=clock))
    run(lambda: Scribe(tmp_path, clock=clock, monotonic=clock), clock, "line")
    for path in tmp_path.glob("server.seals.*"):
        path.unlink()
    for chain in (key.chain, "u0123456789abcdef"):
        for epoch, mac in ((0, ""), (0, "00" * 16), (5, "")):
            (tmp_path / STATE).write_bytes(encode_state(KeyState(chain, epoch, "00" * 32, mac)))
            assert verify(tmp_path, "server", [key]).code == 1
            assert verify(tmp_path, "server").code == (1 if epoch or mac else 2)


def test_another_key_after_old_days_are_deleted(tmp_path: Path, clock: Clock) -> None:
    """The seals of an earlier key are checked though they do not begin with the first, and there are more of them."""
    keys = [parse_key(set_up(tmp_path, "server", clock=clock))]

    def start() -> Scribe:
        return Scribe(tmp_path, clock=clock, monotonic=clock)

    for _ in range(4):
        run(start, clock, *"abcdefgh")
        clock.now += DAY
    sweep(tmp_path, clock, keep_days=2)
    keys.append(parse_key(set_up(tmp_path, "server", again=True, clock=clock)))
    run(start, clock, "last")
    report = verify(tmp_path, "server", keys)
    assert (report.code, [finding.what for finding in report.notes]) == (0, [What.BEGINS])


def test_a_day_is_deleted_meanwhile(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """A day that the program deletes as an old one in the midst of a check is no alarm."""
    key = parse_key(set_up(tmp_path, "server", clock=clock))
    for _ in range(4):
        run(lambda: Scribe(tmp_path, clock=clock, monotonic=clock), clock, "line")
        clock.now += DAY
    check = module._check_days

    def late(*arguments: object) -> None:
        sweep(tmp_path, clock, keep_days=2)
        check(*arguments)  # type: ignore[arg-type]  # they are given on

    monkeypatch.setattr(module, "_check_days", late)
    assert verify(tmp_path, "server", [key]).code == 0


@pytest.mark.parametrize("name", ["log.2021-06-13", "jsonl.2021-06-13", "log.2021-06-14", "log.2021-06-14.late"])
@pytest.mark.parametrize("end", [Scribe.close, Scribe.kill])
def test_whole_files_are_planted(tmp_path: Path, clock: Clock, name: str, end: Callable[[Scribe], None]) -> None:
    """A file that no seal knows never becomes one's own, whether the program before ended or was killed."""
    key = parse_key(set_up(tmp_path, "server", clock=clock))
    for _ in range(3):
        program = Scribe(tmp_path, clock=clock, monotonic=clock)
        program.write("line")
        clock.now += 1
        assert program.sealer.seal()
        end(program)
        clock.now += DAY
    (tmp_path / f"server.{name}").unlink(missing_ok=True)
    (tmp_path / f"server.{name}").write_text("2021-06-13 08:20:00,000 INFO     server     forged\n")
    assert verify(tmp_path, "server", [key]).code == 1
    run(lambda: Scribe(tmp_path, clock=clock, monotonic=clock), clock, "line")
    assert verify(tmp_path, "server", [key]).code == 1


@pytest.mark.parametrize("end", [Scribe.close, Scribe.kill])
def test_todays_file_is_planted(tmp_path: Path, clock: Clock, end: Callable[[Scribe], None]) -> None:
    """The file of a day on which nothing was written yet is taken in by nobody without saying so."""
    key = parse_key(set_up(tmp_path, "server", clock=clock))
    program = Scribe(tmp_path, clock=clock, monotonic=clock)
    program.write("line")
    end(program)
    clock.now += DAY
    for kind in ("log", "jsonl"):
        (tmp_path / f"server.{kind}.2021-06-13").write_text("2021-06-13 00:20:00,000 INFO     server     forged\n")
    run(lambda: Scribe(tmp_path, clock=clock, monotonic=clock), clock, "line")
    report = verify(tmp_path, "server", [key])
    assert {finding.file for finding in report.tampered} == {"server.log.2021-06-13", "server.jsonl.2021-06-13"}
