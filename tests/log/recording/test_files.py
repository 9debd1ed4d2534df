"""The dated files."""

import errno
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from vestnik.log.recording.files import CHECK_EVERY, KEEP_OPEN, DatedFiles

from ..conftest import NOON, Clock, descriptors

DAY = "2021-06-12"


class Disk:
    """`os.write` on a disk with `room` bytes left; None: as many as wanted. At most `at_once` in one call."""

    def __init__(self, room: int | None = None, at_once: int = 1 << 20) -> None:
        self.room = room
        self.at_once = at_once
        self.calls = 0

    def __call__(self, fd: int, data: memoryview) -> int:
        """Writes what fits, raises ENOSPC if nothing does."""
        self.calls += 1
        size = min(len(data), self.at_once)
        if self.room is not None:
            if self.room == 0:
                raise OSError(errno.ENOSPC, "No space left on device")
            size = min(size, self.room)
            self.room -= size
        return os.write(fd, data[:size])


@pytest.fixture
def steady() -> Clock:
    """A monotonic clock."""
    return Clock(0.0)


@pytest.fixture
def disk() -> Disk:
    """A disk that takes everything."""
    return Disk()


@pytest.fixture
def files(tmp_path: Path, clock: Clock, steady: Clock, disk: Disk) -> Iterator[DatedFiles]:
    """Dated files in `tmp_path / "log"`."""
    made = DatedFiles(tmp_path / "log", "server.log", clock=clock, monotonic=steady, write=disk)
    yield made
    made.close()


def write(files: DatedFiles, text: str, date: str = DAY) -> None:
    """Adds and pushes."""
    files.add(date, text.encode(), text.count("\n"))
    files.push()


def test_first_write(files: DatedFiles, tmp_path: Path) -> None:
    """The directory, the file (0640) and the link appear with the first line."""
    assert not (tmp_path / "log").exists()
    write(files, "one\n")
    path = tmp_path / "log" / f"server.log.{DAY}"
    assert path.read_text() == "one\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert str((tmp_path / "log" / "server.log").readlink()) == path.name
    assert files.written == 1


def test_one_call_for_many_lines(files: DatedFiles, disk: Disk) -> None:
    """Lines that were added together are written by one call."""
    write(files, "one\ntwo\n")
    assert disk.calls == 1


def test_directory_from_a_function(tmp_path: Path) -> None:
    """A directory may be named when it is first needed."""
    files = DatedFiles(lambda: tmp_path, "a.log", clock=lambda: NOON)
    write(files, "one\n")
    files.close()
    assert files.path(DAY).parent == tmp_path


def test_days(files: DatedFiles, tmp_path: Path, clock: Clock) -> None:
    """Each line goes to its own day, late ones too; the link stays with today."""
    link = tmp_path / "log" / "server.log"
    write(files, "a\n")
    clock.now += 86_400
    write(files, "b\n", "2021-06-13")
    write(files, "late\n")
    assert files.path(DAY).read_text() == "a\nlate\n"
    assert link.read_text() == "b\n"


def test_link_forward_only_when_it_is_today(files: DatedFiles, tmp_path: Path) -> None:
    """A record from the future does not take the link along."""
    write(files, "a\n")
    write(files, "future\n", "2031-01-01")
    assert (tmp_path / "log" / "server.log").read_text() == "a\n"


def test_descriptors(files: DatedFiles, steady: Clock) -> None:
    """Files of other days are closed after a while, and there never are many."""
    before = descriptors()
    for day in range(10, 20):
        write(files, "x\n", f"2021-06-{day}")
    assert descriptors() <= before + 4
    assert files.tidy()
    steady.now += KEEP_OPEN
    assert not files.tidy()
    assert descriptors() == before
    write(files, "x\n")
    assert not files.tidy()
    assert descriptors() == before + 1
    files.close()
    assert descriptors() == before


def test_reopened_after_close(files: DatedFiles) -> None:
    """Closing is not the end: the next write opens the file again."""
    write(files, "a\n")
    assert files.close() == 0
    write(files, "b\n")
    assert files.path(DAY).read_text() == "a\nb\n"


@pytest.mark.parametrize("harm", ["delete", "directory", "replace"])
def test_lost_file(files: DatedFiles, tmp_path: Path, steady: Clock, harm: str) -> None:
    """A file or directory that was deleted or replaced is noticed within a second and made again."""
    write(files, "a\n")
    path = files.path(DAY)
    if harm == "directory":
        shutil.rmtree(tmp_path / "log")
    else:
        path.unlink()
        if harm == "replace":
            path.write_text("new\n")
    steady.now += CHECK_EVERY
    write(files, "b\n")
    assert path.read_text() == ("new\nb\n" if harm == "replace" else "b\n")
    assert (tmp_path / "log" / "server.log").read_text() == path.read_text()


def test_lost_link(files: DatedFiles, tmp_path: Path, steady: Clock) -> None:
    """A deleted link is made again."""
    write(files, "a\n")
    (tmp_path / "log" / "server.log").unlink()
    steady.now += CHECK_EVERY
    write(files, "b\n")
    assert (tmp_path / "log" / "server.log").read_text() == "a\nb\n"


def test_short_writes(files: DatedFiles, disk: Disk) -> None:
    """A write that takes a part is continued."""
    disk.at_once = 3
    write(files, "one line\nanother\n")
    assert files.path(DAY).read_text() == "one line\nanother\n"


@pytest.mark.parametrize("room", range(18))
def test_full_disk(files: DatedFiles, disk: Disk, room: int) -> None:
    """What a full disk did not take is written later, from the very byte on."""
    disk.room = room
    files.add(DAY, b"one line\nanother\n", 2)
    files.add(DAY, b"third\n", 1)
    with pytest.raises(OSError, match="No space"):
        files.push()
    assert files.waiting_lines == (3 if room < 17 else 1)
    disk.room = None
    files.push()
    assert files.path(DAY).read_text() == "one line\nanother\nthird\n"
    assert (files.waiting_lines, files.waiting_bytes, files.written) == (0, 0, 3)


def test_full_disk_then_lost_file(files: DatedFiles, disk: Disk, steady: Clock) -> None:
    """Half a line in a file that is gone is written whole into the new one."""
    disk.room = 12
    files.add(DAY, b"one line\nanother\n", 2)
    with pytest.raises(OSError, match="No space"):
        files.push()
    files.path(DAY).unlink()
    disk.room = None
    steady.now += CHECK_EVERY
    files.push()
    assert files.path(DAY).read_text() == "another\n"


def test_lost_lines_are_counted(files: DatedFiles, disk: Disk) -> None:
    """Closing tells how many lines never found room."""
    disk.room = 0
    files.add(DAY, b"one\ntwo\n", 2)
    with pytest.raises(OSError, match="No space"):
        files.push()
    assert files.close() == 2


def test_torn_line_of_a_killed_process(files: DatedFiles, tmp_path: Path) -> None:
    """Half a line that a killed process left is ended before the first new one."""
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / f"server.log.{DAY}").write_text("2021-06-12 11:")
    write(files, "a\n")
    assert files.path(DAY).read_text() == "2021-06-12 11:\na\n"


def test_late_lines(files: DatedFiles, tmp_path: Path, steady: Clock) -> None:
    """Nothing is added to a day that is compressed: its lines go to a file beside it, and the link leads there."""
    write(files, "one\n")
    plain = tmp_path / "log" / f"server.log.{DAY}"
    packed = plain.with_name(f"{plain.name}.gz")
    plain.rename(packed)
    write(files, "two\n")  # nobody has looked yet
    steady.now += CHECK_EVERY
    write(files, "three\n")
    files.close()
    write(files, "four\n")
    assert packed.read_bytes() == b"one\ntwo\n"
    assert not plain.exists()
    late = plain.with_name(f"{plain.name}.late")
    assert late.read_bytes() == b"three\nfour\n"
    assert (tmp_path / "log" / "server.log").readlink() == Path(late.name)


def test_plain_file_is_taken_in(files: DatedFiles, tmp_path: Path) -> None:
    """A plain `server.log` of an earlier day becomes that day's file."""
    (tmp_path / "log").mkdir()
    plain = tmp_path / "log" / "server.log"
    plain.write_text("old\n")
    os.utime(plain, (NOON - 86_400, NOON - 86_400))
    write(files, "a\n")
    assert files.path("2021-06-11").read_text() == "old\n"
    assert plain.read_text() == "a\n"


def test_link_that_cannot_be_made(files: DatedFiles, tmp_path: Path, steady: Clock) -> None:
    """Without a link the lines are written all the same, and the reason is known until it is gone."""
    (tmp_path / "log" / "server.log").mkdir(parents=True)
    write(files, "a\n")
    assert files.path(DAY).read_text() == "a\n"
    assert isinstance(files.link_error, FileExistsError)
    (tmp_path / "log" / "server.log").rmdir()
    steady.now += CHECK_EVERY
    write(files, "b\n")
    assert files.link_error is None


def test_unusable_directory(tmp_path: Path) -> None:
    """A directory that cannot be made is an OSError, and nothing is lost when it can."""
    (tmp_path / "log").write_text("in the way")
    files = DatedFiles(tmp_path / "log", "server.log", clock=lambda: NOON)
    files.add(DAY, b"a\n", 1)
    with pytest.raises(OSError, match="log"):
        files.push()
    (tmp_path / "log").unlink()
    files.push()
    files.close()
    assert files.path(DAY).read_text() == "a\n"


@pytest.fixture
def umask() -> Iterator[Callable[[int], int]]:
    """Sets the umask for a test."""
    before = os.umask(0o022)
    yield os.umask
    os.umask(before)


def test_umask_is_respected(files: DatedFiles, umask: Callable[[int], int]) -> None:
    """Whoever wants the file for the owner only gets it."""
    umask(0o077)
    write(files, "a\n")
    assert stat.S_IMODE(files.path(DAY).stat().st_mode) == 0o600
