"""All bytes of a day, in whichever files they are."""

import fcntl
import gzip
import os
from pathlib import Path

import pytest

from vestnik.log.days import contents
from vestnik.log.days.contents import Contents, Damaged, open_contents
from vestnik.log.days.names import PACKED
from vestnik.log.days.packing import MARK

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
    """A day without files is None."""
    assert open_contents(tmp_path / DAY) is None


@pytest.mark.parametrize("limit", [1 << 20, 2])
def test_both(tmp_path: Path, limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The compressed members come first, then the plain file; it does not matter whether memory holds them."""
    monkeypatch.setattr(contents, "IN_MEMORY", limit)
    path = tmp_path / DAY
    path.write_bytes(b"three\n")
    assert whole(open_contents(path)) == b"three\n"
    pack(path, b"one\n", b"two\n")
    assert whole(open_contents(path)) == b"one\ntwo\nthree\n"
    with opened(path) as found:
        assert (found.packed_size, found.shift, found.size) == (8, 8, 14)
        assert found.count_lines(1, 13) == 2
        found.limit(3)
        assert (found.size, found.read(6, 20)) == (11, b"o\nthr")
    path.unlink()
    assert whole(open_contents(path)) == b"one\ntwo\n"


def test_interrupted_compression(tmp_path: Path) -> None:
    """A plain file that is in the compressed one already counts once, and what came after it too."""
    path = tmp_path / DAY
    path.write_bytes(b"two\nthree\n")
    pack(path, b"one\n", b"two\n")
    path.chmod(0o640 | MARK)
    assert whole(open_contents(path)) == b"one\ntwo\nthree\n"
    with opened(path) as found:
        assert found.shift == 4


def test_damaged(tmp_path: Path) -> None:
    """A compressed file that is cut off, or none, is said to be damaged."""
    path = tmp_path / DAY
    packed = path.with_name(path.name + PACKED)
    pack(path, b"one\n" * 1000)
    for bad in (packed.read_bytes()[:-3], packed.read_bytes()[:-9] + b"123456789", b"diary"):
        packed.write_bytes(bad)
        with pytest.raises(Damaged, match=packed.name):
            open_contents(path)


def test_something_else(tmp_path: Path) -> None:
    """What is no regular file is an error, and nobody waits for it."""
    os.mkfifo(tmp_path / DAY)
    with pytest.raises(OSError, match="not a regular file"):
        open_contents(tmp_path / DAY)


def test_just_being_compressed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that somebody holds for himself is waited for, but not for ever; afterwards it is held by nobody."""
    monkeypatch.setattr(contents, "PATIENCE", 0.01)
    path = tmp_path / DAY
    path.write_bytes(b"one\n")
    with path.open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(BlockingIOError, match="in use"):
            open_contents(path)
        fcntl.flock(other, fcntl.LOCK_UN)
        with opened(path):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_truncated_meanwhile(tmp_path: Path) -> None:
    """A file that becomes shorter gives what is left."""
    path = tmp_path / DAY
    path.write_bytes(b"one\ntwo\n")
    with opened(path) as found:
        os.truncate(path, 3)
        assert found.read(0, 8) == b"one"
