"""Opening a file of a day, in whichever form it is, and all its bytes."""

import gzip
import os
from pathlib import Path

import pytest

from vestnik.log.days import opening
from vestnik.log.days.names import PACKED
from vestnik.log.days.opening import Contents, first_line, open_contents, read_all
from vestnik.log.days.packing import MARK, Damaged

from ..conftest import descriptors

DAY = "server.log.2026-11-22"


def whole(found: Contents | None) -> bytes:
    """All bytes, read in small pieces."""
    assert found is not None
    with found:
        parts = [found.read(at, min(at + 3, found.size)) for at in range(0, found.size, 3)]
        assert found.read(0, found.size + 100) == b"".join(parts)
        return b"".join(parts)


def opened(path: Path) -> Contents:
    """What is there."""
    found = open_contents(path)
    assert found is not None
    return found


def pack(path: Path, *members: bytes) -> None:
    """Makes a compressed file of these members."""
    path.with_name(path.name + PACKED).write_bytes(b"".join(gzip.compress(member) for member in members))


def test_nothing(tmp_path: Path) -> None:
    """A day without files is None, and has no first line."""
    assert open_contents(tmp_path / DAY) is None
    assert first_line(tmp_path / DAY, 10) == read_all(tmp_path / DAY) == b""


@pytest.mark.parametrize("limit", [1 << 20, 2])
def test_both(tmp_path: Path, limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The compressed members come first, then the plain file; it does not matter whether memory holds them."""
    monkeypatch.setattr(opening, "IN_MEMORY", limit)
    path = tmp_path / DAY
    path.write_bytes(b"three\n")
    assert whole(open_contents(path)) == b"three\n"
    assert first_line(path, 100) == b"three"
    pack(path, b"one\n", b"two\n")
    assert whole(open_contents(path)) == b"one\ntwo\nthree\n"
    assert (first_line(path, 100), first_line(path, 2)) == (b"one", b"on")
    with opened(path) as found:
        assert found.size == 14
        assert found.count_lines(1, 13) == 2
        found.limit(3)
        assert (found.size, found.read(6, 20)) == (11, b"o\nthr")
    assert (read_all(path), read_all(path, 3)) == (b"one\ntwo\nthree\n", b"one\ntwo\nthr")
    path.unlink()
    assert whole(open_contents(path)) == b"one\ntwo\n"


def test_just_compressed(tmp_path: Path) -> None:
    """A plain file that only repeats the compressed one does not count, also if that is still so later."""
    path = tmp_path / DAY
    path.write_bytes(b"one\ntwo\n")
    pack(path, b"one\ntwo\n")
    assert whole(open_contents(path)) == b"one\ntwo\n"
    with opened(path) as found:
        found.limit(4)
        assert found.size == 8


def test_what_an_earlier_version_left(tmp_path: Path) -> None:
    """A marked plain file repeats the last member of the compressed one, and may go on after it."""
    path = tmp_path / DAY
    path.write_bytes(b"two\nthree\n")
    pack(path, b"one\n", b"two\n")
    assert whole(open_contents(path)) == b"one\ntwo\ntwo\nthree\n"
    path.chmod(0o640 | MARK)
    assert whole(open_contents(path)) == b"one\ntwo\nthree\n"
    with opened(path) as found:
        found.limit(6)
        assert found.read(0, found.size) == b"one\ntwo\nth"


def test_damaged(tmp_path: Path) -> None:
    """A compressed file that is cut off, or none, is said to be damaged."""
    before = descriptors()
    path = tmp_path / DAY
    packed = path.with_name(path.name + PACKED)
    pack(path, b"one\n" * 1000)
    for bad in (packed.read_bytes()[:-3], packed.read_bytes()[:-9] + b"123456789", b"diary"):
        packed.write_bytes(bad)
        with pytest.raises(Damaged, match=packed.name):
            open_contents(path)
    path.write_bytes(b"one\n" * 1000)
    with pytest.raises(Damaged, match=packed.name):
        open_contents(path)
    assert descriptors() == before


def test_something_else(tmp_path: Path) -> None:
    """What is no regular file is an error, and nobody waits for it."""
    before = descriptors()
    (tmp_path / DAY).write_bytes(b"one\n")
    os.mkfifo(tmp_path / f"{DAY}.gz")
    with pytest.raises(OSError, match="not a regular file"):
        open_contents(tmp_path / DAY)
    (tmp_path / DAY).unlink()
    os.mkfifo(tmp_path / DAY)
    with pytest.raises(OSError, match="not a regular file"):
        open_contents(tmp_path / DAY)
    assert descriptors() == before


def test_truncated_meanwhile(tmp_path: Path) -> None:
    """A file that becomes shorter gives what is left."""
    path = tmp_path / DAY
    path.write_bytes(b"one\ntwo\n")
    with opened(path) as found:
        os.truncate(path, 3)
        assert found.read(0, 8) == b"one"
