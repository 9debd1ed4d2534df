"""Checking a journal: what is in order, what was done to it, and what cannot be told."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.log.conftest import Clock
from tests.support.scribe import DAY, JSON, SEALS, STATE, TEXT, Scribe, Start, found, run, tampered
from vestnik.log.days.locks import Descriptors
from vestnik.log.days.sweep import Sweeper
from vestnik.log.sealing import verify as module
from vestnik.log.sealing.chain import set_up, tell_swept
from vestnik.log.sealing.findings import What
from vestnik.log.sealing.keys import Key, hold_state, parse_key
from vestnik.log.sealing.verify import verify


@pytest.fixture
def key(tmp_path: Path, clock: Clock) -> Key:
    """The verification key of the journal."""
    return parse_key(set_up(tmp_path, "server", clock=clock))


@pytest.fixture
def start(tmp_path: Path, clock: Clock) -> Start:
    """Starts a program that writes the journal."""
    return lambda: Scribe(tmp_path, clock=clock, monotonic=clock)


def test_in_order(tmp_path: Path, key: Key, start: Start, clock: Clock) -> None:
    """A journal in order: nothing is found, and the report says how much was checked."""
    run(start, clock, "one", "two")
    clock.now += DAY
    run(start, clock, "three")
    report = verify(tmp_path, "server", [key])
    assert (report.findings, report.code) == ([], 0)
    (chain,) = report.chains
    assert (chain.chain, chain.checked, chain.first) == (key.chain, True, 0)
    assert chain.since == "2021-06-12T08:20:00.000000+00:00"
    assert [file.file for file in report.files] == [JSON, TEXT, f"{JSON[:-2]}13", f"{TEXT[:-2]}13"]
    assert all(0 < file.sealed == file.size for file in report.files)


def test_being_written(tmp_path: Path, key: Key, start: Start, clock: Clock) -> None:
    """What was just written is not sealed yet; if the only program that writes does not seal it, it is not its own."""
    program = start()
    program.write("one")
    assert found(tmp_path, key) == [(What.NOT_YET, TEXT)]
    clock.now += 1
    program.sealer.seal()
    assert found(tmp_path, key) == []
    with (tmp_path / TEXT).open("a") as other:
        other.write("forged\n")
    modified = (tmp_path / TEXT).stat().st_mtime
    assert found(tmp_path, key, clock=lambda: modified + 1) == [(What.NOT_YET, TEXT)]
    assert found(tmp_path, key, clock=lambda: modified + 60) == [(What.UNSEALED, TEXT)]
    program.write("two")
    clock.now += 1
    program.sealer.seal()
    (finding,) = tampered(tmp_path, key)
    assert (finding.what, finding.values["line"], finding.values["text"]) == (What.UNSEALED, 2, "forged")
    program.close()


def test_put_in_after_a_crash(tmp_path: Path, key: Key, start: Start, clock: Clock) -> None:
    """A program that was killed is no excuse for what appears after the next one is alone with the file."""
    program = start()
    program.write("one")
    program.kill()
    assert found(tmp_path, key) == [(What.LEFT, TEXT)]
    after = start()
    after.write("two")
    with (tmp_path / TEXT).open("a") as other:
        other.write("forged\n")
    after.write("three")
    after.close()
    assert [(finding.what, finding.values["line"]) for finding in tampered(tmp_path, key)] == [(What.UNSEALED, 3)]


def test_killed_beside_another(tmp_path: Path, key: Key, start: Start, clock: Clock) -> None:
    """What a killed program has left between the lines of another one is nobody's crime, until all have ended."""
    first, second = start(), start()
    first.write("one")
    second.write("two")
    clock.now += 1
    first.sealer.seal()
    second.sealer.seal()
    first.write("left")
    second.write("three")
    first.kill()
    second.close()
    assert {what for what, _ in found(tmp_path, key)} == {What.LEFT}
    run(start, clock, "four")
    assert {what for what, _ in found(tmp_path, key)} == {What.ADOPTED}
    last = verify(tmp_path, "server", [key]).notes[-1]
    assert (last.values["line"], last.values["last"]) == (3, 3)


def test_clean_end(tmp_path: Path, key: Key, start: Start, clock: Clock) -> None:
    """After a program has ended as it should, no byte may come."""
    run(start, clock, "one")
    with (tmp_path / TEXT).open("a") as other:
        other.write("x")
    assert [finding.what for finding in tampered(tmp_path, key)] == [What.UNSEALED]


def test_put_in_while_no_program_ran(tmp_path: Path, key: Key, start: Start, clock: Clock) -> None:
    """What was appended after a clean end does not become one's own by the next start, which takes it in."""
    run(start, clock, "one")
    with (tmp_path / TEXT).open("a") as other:
        other.write("forged\n")
    run(start, clock, "two")
    (finding,) = tampered(tmp_path, key)
    assert (finding.what, finding.file, finding.values["line"]) == (What.UNSEALED, TEXT, 2)
    assert finding.values["text"] == "forged"


def test_taken_in_twice(tmp_path: Path, key: Key, start: Start, clock: Clock) -> None:
    """What was left on a day to come has a seal of an earlier day; that it gets another one changes nothing."""
    clock.now += 3 * DAY
    day = f"{TEXT[:-2]}15"
    killed = start()
    killed.write("left")
    killed.kill()
    clock.now -= 3 * DAY
    after = start()
    after.write("more", date=day[-10:])
    after.close()
    adopted = found(tmp_path, key)
    assert {what for what, _ in adopted} == {What.ADOPTED, What.CLOCK_BACK}
    clock.now += 30 * DAY
    run(start, clock, "later")
    assert found(tmp_path, key) == adopted
    with (tmp_path / day).open("a") as other:
        other.write("forged\n")
    run(start, clock, "later still")
    assert (What.UNSEALED, day) in found(tmp_path, key)


def test_same_check(tmp_path: Path, key: Key, start: Start, clock: Clock) -> None:
    """A change that keeps the check of its line is found by the digest, and the lines named that it can be in."""
    program = start()
    program.write("one", "178", "three")
    program.close()
    (tmp_path / TEXT).write_bytes((tmp_path / TEXT).read_bytes().replace(b"178", b"259"))
    (finding,) = tampered(tmp_path, key)
    assert (finding.what, finding.values["line"], finding.values["last"]) == (What.SOMEWHERE, 1, 3)


def test_long_file(tmp_path: Path, key: Key, start: Start, clock: Clock) -> None:
    """In a second with very many lines the right one is named."""
    program = start()
    for number in range(300):
        program.write(*(f"line {number}.{each}" for each in range(100)))
    program.close()
    lines = (tmp_path / TEXT).read_bytes().splitlines(keepends=True)
    assert len(lines) == 30_000
    (tmp_path / TEXT).write_bytes(b"".join(lines[:29_990] + lines[29_991:]))
    (finding,) = tampered(tmp_path, key)
    assert (finding.what, finding.values["line"], finding.values["count"]) == (What.MISSING, 29_991, 1)
    (tmp_path / TEXT).write_bytes(b"".join([*lines[:5], b"new\n", *lines[5:]]))
    (finding,) = tampered(tmp_path, key)
    assert (finding.what, finding.values["line"]) == (What.INSERTED, 6)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda lines: [*lines[:4], lines[4].replace(b"same", b"some"), *lines[5:]], What.CHANGED),
        (lambda lines: [*lines[:4], b"new\n", *lines[4:]], What.INSERTED),
        (lambda lines: [*lines[:4], lines[4].replace(b"same", b"the same"), *lines[5:]], What.CHANGED),
        (lambda lines: [*lines[:4], *lines[5:]], What.MISSING),
    ],
)
def test_lines_repeat(tmp_path: Path, key: Key, start: Start, change: Callable[..., list[bytes]], what: What) -> None:
    """Among lines that are all the same the right thing is said."""
    program = start()
    program.write(*["same"] * 20, "last")
    program.close()
    (tmp_path / TEXT).write_bytes(b"".join(change((tmp_path / TEXT).read_bytes().splitlines(keepends=True))))
    (finding,) = tampered(tmp_path, key)
    line = 20 if what is What.MISSING else 5  # where they stop being the same
    assert (finding.what, finding.values["line"]) == (what, line)


def sweep(directory: Path, clock: Clock, keep_days: int = 0) -> None:
    """Compresses the days that are over and deletes the old ones."""
    reported: list[object] = []
    Sweeper(
        directory,
        "server",
        keep_days=keep_days,
        keep_bytes=0,
        clock=clock,
        report=lambda *what: reported.append(what),
        tell_swept=tell_swept,
    ).sweep()
    assert reported


def test_compressed(tmp_path: Path, key: Key, start: Start, clock: Clock) -> None:
    """Compressed days are checked, also with late lines."""
    first = clock.now
    for _ in range(3):
        run(start, clock, "one", "two")
        clock.now += DAY
    run(start, clock, "today")
    sweep(tmp_path, clock)
    assert not (tmp_path / SEALS).exists()
    assert found(tmp_path, key) == []
    now, clock.now = clock.now, first + 60
    run(start, clock, "late")
    assert [what for what, _ in found(tmp_path, key)] == [What.CLOCK_BACK]
    assert not (tmp_path / TEXT).exists()
    clock.now = now
    run(start, clock, "today again")
    assert [what for what, _ in found(tmp_path, key)] == [What.CLOCK_BACK]
    late = tmp_path / f"{TEXT}.late"
    late.write_bytes(late.read_bytes().replace(b"late", b"lame"))
    assert (What.CHANGED, late.name) in found(tmp_path, key)
    late.unlink()
    assert (What.FILE_MISSING, late.name) in found(tmp_path, key)
    forged = late.with_name(late.name.replace("06-12", "06-13"))
    forged.write_text("2021-06-13 12:00:00,000 INFO     forged\n")
    assert (What.FILE_UNSEALED, forged.name) in found(tmp_path, key)


def test_old_days_are_gone(tmp_path: Path, key: Key, start: Start, clock: Clock) -> None:
    """Days that were deleted as the oldest are said to be gone, and the rest is checked."""
    for _ in range(5):
        program = start()
        program.write("one")
        clock.now += DAY
        program.close()
    run(start, clock, "today")
    sweep(tmp_path, clock, keep_days=2)
    report = verify(tmp_path, "server", [key])
    assert [finding.what for finding in report.findings] == [What.BEGINS, What.REMOVED]
    assert report.chains[0].first > 0
    assert report.findings[1].values == {"first": "2021-06-14", "last": "2021-06-14"}


@pytest.mark.parametrize("file", [TEXT, JSON])
def test_missing_file(tmp_path: Path, key: Key, start: Start, clock: Clock, file: str) -> None:
    """A file whose day is not gone as a whole is missing."""
    run(start, clock, "one")
    size = (tmp_path / file).stat().st_size
    clock.now += DAY
    run(start, clock, "two")
    (tmp_path / file).unlink()
    (finding,) = tampered(tmp_path, key)
    assert (finding.what, finding.file, finding.values) == (What.FILE_MISSING, file, {"size": size})


def test_all_files_are_missing(tmp_path: Path, key: Key, start: Start, clock: Clock) -> None:
    """Lines that are all gone are no old days."""
    run(start, clock, "one")
    for file in (TEXT, JSON):
        (tmp_path / file).unlink()
    assert {finding.what for finding in tampered(tmp_path, key)} == {What.FILE_MISSING}


def test_day_in_between_is_missing(tmp_path: Path, key: Key, start: Start, clock: Clock) -> None:
    """A day that is gone with its seals leaves a gap in the chain."""
    for _ in range(3):
        run(start, clock, "one")
        clock.now += DAY
    for path in tmp_path.glob("server.*.2021-06-13"):
        path.unlink()
    assert [finding.what for finding in tampered(tmp_path, key)] == [What.SEALS_MISSING]


def test_planted_file(tmp_path: Path, key: Key, start: Start, clock: Clock) -> None:
    """A whole day that no seal knows of is found, unless it is older than the first seal."""
    run(start, clock, "one")
    (tmp_path / f"{TEXT[:-2]}13").write_text("forged\n")
    (tmp_path / f"{TEXT[:-2]}11").write_text("old\n")
    (tmp_path / "server.log.backup").write_text("not ours\n")
    assert found(tmp_path, key) == [(What.OLDER, f"{TEXT[:-2]}11"), (What.FILE_UNSEALED, f"{TEXT[:-2]}13")]


def test_links(tmp_path: Path, key: Key, start: Start, clock: Clock) -> None:
    """What people read under the name without a date must be a day of the journal."""
    run(start, clock, "one")
    for target in ("forged", "/dev/null", "client.log.2021-06-12", JSON):
        (tmp_path / "server.log").unlink()
        (tmp_path / "server.log").symlink_to(target)
        assert found(tmp_path, key) == [(What.LINK_BAD, "server.log")]
    (tmp_path / "server.log").unlink()
    assert found(tmp_path, key) == []
    (tmp_path / "server.log").write_text("forged\n")
    assert found(tmp_path, key) == [(What.LINK_BAD, "server.log")]


def test_unreadable(tmp_path: Path, key: Key, start: Start, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """What may not be read is said, and the rest is checked."""
    run(start, clock, "one")
    opened = os.open
    for name in (STATE, TEXT, SEALS):

        def refuse(path: object, *more: object, name: str = name) -> int:
            if str(path).endswith(name):
                raise PermissionError(13, "Permission denied", str(path))
            return opened(path, *more)  # type: ignore[arg-type]

        monkeypatch.setattr(os, "open", refuse)
        assert (What.UNREADABLE, name) in found(tmp_path, key)
        monkeypatch.undo()


def test_seal_is_just_being_made(tmp_path: Path, key: Key, start: Start, clock: Clock) -> None:
    """A check waits for a seal that is being made, but not for ever."""
    run(start, clock, "one")
    with pytest.MonkeyPatch.context() as patch, hold_state(tmp_path / STATE, Descriptors(), 0):
        patch.setattr(module, "SETTLE_WITHIN", 0.01)
        assert found(tmp_path, key) == [(What.UNREADABLE, STATE)]


def test_nothing_is_held(tmp_path: Path, key: Key, start: Start, clock: Clock) -> None:
    """After a check nobody has to wait for it, and nothing was changed."""
    run(start, clock, "one")
    before = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in tmp_path.iterdir()}
    verify(tmp_path, "server", [key])
    assert {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in tmp_path.iterdir()} == before
    for path in tmp_path.glob("server.*.2*"):
        with path.open("rb") as opened:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_other_journals(tmp_path: Path, key: Key, start: Start, clock: Clock) -> None:
    """Journals in one directory have nothing to do with each other."""
    run(start, clock, "one")
    run(lambda: Scribe(tmp_path, "admin", clock=clock, monotonic=clock), clock, "two")
    assert found(tmp_path, key) == []
    assert [finding.what for finding in verify(tmp_path, "admin").findings] == [What.UNKEYED]
    (tmp_path / "admin.log.2021-06-12").write_bytes(b"")
    assert found(tmp_path, key) == []
    assert verify(tmp_path, "admin").code == 1
