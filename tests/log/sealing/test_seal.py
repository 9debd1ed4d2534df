"""The sealer: what it seals, when, and what it does when it cannot."""

import fcntl
import gzip
import os
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.log.conftest import Clock, descriptors
from tests.support.scribe import Scribe
from vestnik.log.days.opening import Contents, open_contents
from vestnik.log.days.packing import Damaged
from vestnik.log.sealing import seal as module
from vestnik.log.sealing.findings import What
from vestnik.log.sealing.keys import hold_state
from vestnik.log.sealing.seal import Adopted, Sealer
from vestnik.log.sealing.seals import Seal, SealKind, decode, unpack
from vestnik.log.sealing.verify import verify

TEXT, JSON = "server.log.2021-06-12", "server.jsonl.2021-06-12"


@pytest.fixture
def scribe(tmp_path: Path, clock: Clock) -> Scribe:
    """A program that writes the journal `server`."""
    return Scribe(tmp_path, clock=clock, monotonic=clock)


def seals(directory: Path) -> list[Seal]:
    """All seals."""
    found = []
    for sidecar in sorted(directory.glob("server.seals.2*")):
        for line in sidecar.read_bytes().splitlines():
            sealed = decode(line)
            assert sealed is not None
            found.append(sealed.seal)
    return found


def extents(seal: Seal) -> list[tuple[str, int, int]]:
    """What a seal covers."""
    return [(extent.file, extent.start, extent.end) for extent in seal.extents]


def findings(directory: Path) -> list[What]:
    """What a check finds beside the missing key."""
    return [found.what for found in verify(directory, "server").findings if found.what is not What.UNKEYED]


def test_a_life(tmp_path: Path, scribe: Scribe, clock: Clock) -> None:
    """Start, another file, a second with data, a quarter of an hour without, the end: each has its seal."""
    scribe.write("one", "two")
    clock.now += 1
    assert scribe.sealer.seal()
    clock.now += 900
    assert scribe.sealer.seal()
    scribe.write("three")
    scribe.close()
    found = seals(tmp_path)
    assert [seal.kind for seal in found] == ["start", "open", "data", "heartbeat", "end"]
    assert [[opened.file for opened in seal.opened] for seal in found[:2]] == [[JSON], [TEXT]]
    assert (found[0].pid, len({seal.run for seal in found})) == (os.getpid(), 1)
    json, text = (tmp_path / JSON).read_bytes(), (tmp_path / TEXT).read_bytes()
    half = text.index(b"three") - len(b"2021-06-12 08:35:01,000 INFO     ")
    assert extents(found[2])[-1] == (TEXT, 0, half)
    assert extents(found[4])[-1] == (TEXT, half, len(text))
    assert sum(end - start for seal in found for file, start, end in extents(seal) if file == JSON) == len(json)
    assert findings(tmp_path) == []


def test_when(scribe: Scribe, clock: Clock) -> None:
    """A seal is due a second after the first byte without one, and else 15 minutes after the last."""
    assert scribe.sealer.wait is None
    assert not scribe.sealer.seal()
    scribe.write("one")
    assert scribe.sealer.wait == 1
    clock.now += 0.75
    scribe.write("two")
    assert scribe.sealer.wait == 0.25
    assert not scribe.sealer.seal()
    clock.now += 0.25
    assert scribe.sealer.wait == 0
    assert scribe.sealer.seal()
    assert scribe.sealer.wait == 900
    scribe.write("three")
    assert scribe.sealer.wait == 1
    scribe.close()
    assert scribe.sealer.wait is None


def test_what_was_written_together_is_one_extent(tmp_path: Path, scribe: Scribe, clock: Clock) -> None:
    """However often was written in a second, there is one extent for each file, with a check for each line."""
    for number in range(100):
        scribe.write(f"line {number}", "and another")
    clock.now += 1
    scribe.sealer.seal()
    by_file = {extent.file: extent for seal in seals(tmp_path) for extent in seal.extents}
    assert by_file[TEXT].end == (tmp_path / TEXT).stat().st_size
    assert len(unpack(by_file[TEXT].checks).values) == 200


def test_many_lines(tmp_path: Path, scribe: Scribe, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """An extent has a bounded number of lines; where one ends the next begins."""
    monkeypatch.setattr(module, "LINES", 10)
    for _ in range(10):
        scribe.write("one", "two", "three", "four")
    clock.now += 1
    scribe.sealer.seal()
    found = [extent for seal in seals(tmp_path) for extent in seal.extents if extent.file == TEXT]
    assert [len(unpack(extent.checks).values) for extent in found] == [12, 12, 12, 4]
    assert findings(tmp_path) == []


def test_half_a_line(tmp_path: Path, clock: Clock) -> None:
    """A line that is written in two pieces, as when the disk was full, is in two extents."""
    sealer = Sealer(tmp_path, "server", clock=clock, monotonic=clock)
    fd = os.open(tmp_path / TEXT, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    sealer.opened(TEXT, fd)
    at = 0
    for piece in (b"one\ntw", b"o\nthree\n"):
        os.write(fd, piece)
        sealer.wrote(TEXT, at, memoryview(piece))
        at += len(piece)
    os.close(fd)
    sealer.close()
    assert [extent[1:] for extent in extents(seals(tmp_path)[1])] == [(0, 6), (6, 14)]
    assert findings(tmp_path) == []


def test_next_program(tmp_path: Path, scribe: Scribe, clock: Clock) -> None:
    """What a killed program left without a seal is taken in by the next, once, and said."""
    scribe.write("one")
    clock.now += 1
    scribe.sealer.seal()
    scribe.write("two")
    scribe.kill()
    after = Scribe(tmp_path, clock=clock, monotonic=clock)
    after.write("three")
    lines = [len((tmp_path / file).read_bytes().splitlines(keepends=True)[1]) for file in (JSON, TEXT)]
    assert after.sealer.take_adopted() == [Adopted(JSON, lines[0]), Adopted(TEXT, lines[1])]
    assert after.sealer.take_adopted() == []
    after.close()
    again = Scribe(tmp_path, clock=clock, monotonic=clock)
    again.write("four")
    assert again.sealer.take_adopted() == []
    again.close()
    assert findings(tmp_path) == [What.ADOPTED] * 2


def test_the_day_before(tmp_path: Path, scribe: Scribe, clock: Clock) -> None:
    """The end of yesterday's file that a killed program left is taken in by the first start of today."""
    scribe.write("one")
    clock.now += 1
    scribe.sealer.seal()
    scribe.write("two")
    scribe.kill()
    clock.now += 86_400
    after = Scribe(tmp_path, clock=clock, monotonic=clock)
    after.write("three")
    assert {adopted.file for adopted in after.sealer.take_adopted()} == {TEXT, JSON}
    after.close()
    assert findings(tmp_path) == [What.ADOPTED] * 2


def test_older_than_the_seals(tmp_path: Path, scribe: Scribe) -> None:
    """A file that was there before the first seal is as it is: nothing says how it was written."""
    (tmp_path / TEXT).write_text("2021-06-12 08:00:00,000 INFO     server     old\n")
    (tmp_path / "server.log.2021-06-11").write_text("2021-06-11 08:00:00,000 INFO     server     older\n")
    scribe.write("one")
    scribe.close()
    assert findings(tmp_path) == [What.OLDER] * 2


def test_two_programs(tmp_path: Path, scribe: Scribe, clock: Clock) -> None:
    """Two programs that write in turns each seal their own lines; nothing is taken in while both are there."""
    other = Scribe(tmp_path, clock=clock, monotonic=clock)
    for number in range(5):
        scribe.write(f"one {number}")
        other.write(f"other {number}")
    assert other.sealer.take_adopted() == []
    clock.now += 1
    assert scribe.sealer.seal()
    assert other.sealer.seal()
    scribe.write("last")
    other.close()
    scribe.close()
    assert findings(tmp_path) == []
    assert len({seal.run for seal in seals(tmp_path)}) == 2


def test_too_many_pieces(tmp_path: Path, scribe: Scribe, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """If more pieces wait than is bounded, the file is read again, and the report says so."""
    monkeypatch.setattr(module, "PIECES", 3)
    other = Scribe(tmp_path, clock=clock, monotonic=clock)
    for number in range(20):
        scribe.write(f"one {number}")
        other.write(f"other {number}")
    clock.now += 1
    assert other.sealer.seal()
    assert scribe.sealer.seal()
    scribe.close()
    other.close()
    report = verify(tmp_path, "server")
    assert report.tampered == []
    assert all(file.size == file.sealed for file in report.files)
    assert all(seal.extents == [] or len(seal.extents) <= 8 for seal in seals(tmp_path))


def test_state_in_use(tmp_path: Path, scribe: Scribe, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """While another program makes a seal ours waits its turn without waiting; only if that lasts it is trouble."""
    scribe.write("one")
    clock.now += 1
    with hold_state(tmp_path / "server.seals.key", module.Descriptors(), 0):
        assert not scribe.sealer.seal()
        assert scribe.sealer.error is None
        assert scribe.sealer.wait == pytest.approx(0.05)
        clock.now += 11
        assert not scribe.sealer.seal()
        assert isinstance(scribe.sealer.error, BlockingIOError)
        monkeypatch.setattr(module, "TURN_WITHIN", 0.01)
        scribe.close()
    assert findings(tmp_path) == [What.LEFT]  # the JSON was sealed when the text was opened


def test_the_end_waits_for_others(
    tmp_path: Path, scribe: Scribe, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that ends while others make seals, however slowly, has its last lines sealed."""
    monkeypatch.setattr(module, "TURN_WITHIN", 0.01)
    append, tries = scribe.sealer._append, []
    with ExitStack() as others:
        others.enter_context(hold_state(tmp_path / "server.seals.key", module.Descriptors(), 0))

        def attempt(kind: SealKind, patience: float, fresh: tuple[str, int] | None = None) -> bool:
            tries.append(kind)
            if len(tries) == 20:
                others.close()
            return append(kind, patience, fresh)

        monkeypatch.setattr(scribe.sealer, "_append", attempt)
        scribe.write("one")
        scribe.close()
    assert len(tries) == 20
    assert scribe.sealer.steps > 15
    assert findings(tmp_path) == []


def test_opened_while_the_state_is_in_use(
    tmp_path: Path, scribe: Scribe, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that could not be announced when it was opened is announced later, and nothing of it is missing."""
    monkeypatch.setattr(module, "TURN_WITHIN", 0.01)
    with hold_state(tmp_path / "server.seals.key", module.Descriptors(), 0):
        scribe.write("one")
        assert isinstance(scribe.sealer.error, BlockingIOError)
    clock.now += 1
    assert scribe.sealer.seal()
    assert scribe.sealer.error is None
    scribe.write("two")
    scribe.close()
    assert findings(tmp_path) == []
    assert seals(tmp_path)[0].kind == "start"


def test_trouble(tmp_path: Path, scribe: Scribe, clock: Clock) -> None:
    """While seals cannot be made the journal goes on; it is tried again less and less often, and all is sealed then."""
    scribe.write("one")
    state = tmp_path / "server.seals.key"
    before = state.read_bytes()
    state.write_bytes(b"diary")
    clock.now += 1
    waits = []
    for _ in range(4):
        assert not scribe.sealer.seal()
        assert "damaged" in str(scribe.sealer.error)
        waits.append(scribe.sealer.wait)
        scribe.write("more")
        clock.now += scribe.sealer.wait or 0
    assert waits == [0.5, 1, 2, 4]
    state.write_bytes(before)
    assert scribe.sealer.seal()
    assert scribe.sealer.error is None
    scribe.close()
    assert findings(tmp_path) == []


def test_unreadable_file(tmp_path: Path, scribe: Scribe, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that cannot be read does not keep the others from being sealed."""

    def refuse(path: Path) -> Contents | None:
        if path.name == TEXT:
            raise Damaged(TEXT)
        return open_contents(path)

    monkeypatch.setattr(module, "open_contents", refuse)
    scribe.write("one")
    assert TEXT in str(scribe.sealer.error)
    clock.now += 1
    assert scribe.sealer.seal()
    assert [extent.file for seal in seals(tmp_path) for extent in seal.extents] == [JSON]
    assert scribe.sealer.wait == 60
    scribe.close()
    assert [seal.kind for seal in seals(tmp_path)][-1] == "data"  # no end: something is left
    monkeypatch.undo()
    after = Scribe(tmp_path, clock=clock, monotonic=clock)
    after.write("two")
    after.close()
    assert findings(tmp_path) == [What.ADOPTED]


def test_late_lines(tmp_path: Path, scribe: Scribe, clock: Clock) -> None:
    """What comes when its day is compressed is under seals of its own, and the compressed file stays as it is."""
    scribe.write("one")
    scribe.close()
    for name in (TEXT, JSON):
        (tmp_path / f"{name}.gz").write_bytes(gzip.compress((tmp_path / name).read_bytes()))
        (tmp_path / name).unlink()
    clock.now += 1
    program = Scribe(tmp_path, clock=clock, monotonic=clock)
    program.write("late")
    program.close()
    late = [extent for seal in seals(tmp_path) for extent in seal.extents if extent.file == f"{TEXT}.late"]
    assert [(extent.start, extent.end) for extent in late] == [(0, (tmp_path / f"{TEXT}.late").stat().st_size)]
    assert findings(tmp_path) == []
    with (tmp_path / f"{TEXT}.late").open("r+b") as file:
        file.write(b"1")
    assert findings(tmp_path) == [What.CHANGED]


def test_on_the_disk_first(tmp_path: Path, scribe: Scribe, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines are synced before their seal is written, the seal before the state: no loss of power looks like a cut."""
    scribe.write("one")
    clock.now += 1
    scribe.sealer.seal()
    scribe.write("two")
    clock.now += 1
    order: list[str] = []

    def note(call: str, name: str) -> None:
        real = getattr(os, call)

        def noted(fd: int, *more: object) -> object:
            order.append(f"{name} {Path(f'/proc/self/fd/{fd}').readlink().name}")
            return real(fd, *more)

        monkeypatch.setattr(os, call, noted)

    for call in ("fsync", "fdatasync"):
        note(call, "sync")
    note("write", "write")
    note("pwrite", "write")
    scribe.sealer.seal()
    sidecar = "server.seals.2021-06-12"
    assert order == [
        f"sync {JSON}",
        f"sync {TEXT}",
        f"write {sidecar}",
        f"sync {sidecar}",
        "write server.seals.key",
        "sync server.seals.key",
    ]


def test_replaced_file(tmp_path: Path, scribe: Scribe, clock: Clock) -> None:
    """A file that is moved away under the program is made anew; the check says that the old one is gone."""
    scribe.write("one")
    clock.now += 1
    scribe.sealer.seal()
    (tmp_path / TEXT).rename(tmp_path / "stolen")
    clock.now += 1
    scribe.write("two")
    scribe.close()
    (found,) = verify(tmp_path, "server").tampered
    assert (found.what, found.file, found.values["size"]) == (
        What.BEGUN_ANEW,
        TEXT,
        (tmp_path / "stolen").stat().st_size,
    )


def test_closed_and_opened_again(tmp_path: Path, scribe: Scribe, clock: Clock) -> None:
    """A file that is closed and opened within a second loses nothing."""
    scribe.write("one")
    scribe.close_files()
    for file in (TEXT, JSON):
        scribe.sealer.closed(file)
    scribe.write("two")
    clock.now += 1
    scribe.sealer.seal()
    scribe.kill()
    after = Scribe(tmp_path, clock=clock, monotonic=clock)
    after.write("three")
    after.close()
    assert findings(tmp_path) == []


def test_closed(tmp_path: Path, scribe: Scribe, clock: Clock) -> None:
    """Once a file is closed, and sealed, its program cannot be the one that left something at its end."""
    scribe.write("one")
    scribe.close_files()
    for file in (TEXT, JSON):
        scribe.sealer.closed(file)
    clock.now += 1
    assert scribe.sealer.seal()
    scribe.kill()
    assert findings(tmp_path) == []
    with (tmp_path / TEXT).open("a") as file_:
        file_.write("forged\n")
    assert findings(tmp_path) == [What.UNSEALED]


def test_taken_away_while_it_is_opened(tmp_path: Path, clock: Clock) -> None:
    """Of a file that is gone by the time it is announced nothing is said; the next one of its name is sealed."""
    sealer = Sealer(tmp_path, "server", clock=clock, monotonic=clock)
    fd = os.open(tmp_path / TEXT, os.O_WRONLY | os.O_CREAT)
    (tmp_path / TEXT).unlink()
    sealer.opened(TEXT, fd)
    os.write(fd, b"gone\n")
    sealer.wrote(TEXT, 0, b"gone\n")
    os.close(fd)
    sealer.closed(TEXT)
    fd = os.open(tmp_path / TEXT, os.O_WRONLY | os.O_CREAT)
    sealer.opened(TEXT, fd)
    os.write(fd, b"there\n")
    sealer.wrote(TEXT, 0, b"there\n")
    os.close(fd)
    sealer.close()
    assert findings(tmp_path) == []
    assert [each for seal in seals(tmp_path) for each in extents(seal)] == [(TEXT, 0, 6)]
    assert not sealer.take_adopted()


def test_lock_is_kept(tmp_path: Path, scribe: Scribe) -> None:
    """After all that the files are still held, by everybody who writes to them."""
    other = Scribe(tmp_path, clock=scribe.clock, monotonic=scribe.clock)
    scribe.write("one")
    other.write("two")
    for file in (TEXT, JSON):
        with (tmp_path / file).open("rb") as opened:
            for program in (scribe, other):
                with pytest.raises(BlockingIOError):
                    fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
                program.close_files()
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        scribe.write("again")
        other.write("again")
    scribe.close()
    other.close()


def test_nothing_is_left_open(tmp_path: Path, scribe: Scribe, clock: Clock) -> None:
    """A seal leaves no descriptor behind."""
    before = descriptors()
    scribe.write("one")
    clock.now += 1
    scribe.sealer.seal()
    scribe.close()
    assert descriptors() == before


def test_fork(tmp_path: Path, scribe: Scribe, clock: Clock) -> None:
    """The child of a fork gives up what it has a copy of; the parent's seals go on, the child can have its own."""
    scribe.write("one")
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            scribe.kill()
            own = Scribe(tmp_path, clock=clock, monotonic=clock)
            own.write("child")
            own.close()
            code = 0 if own.sealer.error is None else 2
        finally:
            os._exit(code)
    assert os.waitpid(pid, 0)[1] == 0
    scribe.write("two")
    scribe.close()
    assert findings(tmp_path) == []


def test_directory_is_asked_for_late(tmp_path: Path, clock: Clock) -> None:
    """Where the journal is may be found out when it is first written; without a line there is no seal."""
    asked: list[Path] = []

    def directory() -> Path:
        asked.append(tmp_path)
        return tmp_path

    sealer = Sealer(directory, "server", clock=clock, monotonic=clock)
    sealer.close()
    assert (asked, list(tmp_path.iterdir())) == ([], [])
    fd = os.open(tmp_path / TEXT, os.O_WRONLY | os.O_CREAT)
    sealer.opened(TEXT, fd)
    os.close(fd)
    sealer.close()
    assert asked == [tmp_path]
    assert len(seals(tmp_path)) == 2
