"""Compressing the file of a day."""

import os
import stat
from pathlib import Path

import pytest

from vestnik.log.days.packing import MARK

from .sweeping import DAY, LATE, LINES, append, check_packed, content, sweeper


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    """The text file of yesterday, with its lines."""
    path = tmp_path / f"server.log.{DAY}"
    append(path, LINES)
    return path


@pytest.mark.parametrize("mode", [0o640, 0o600, 0o644])
def test_times_and_permissions(plain: Path, mode: int) -> None:
    """The compressed file may be read by whom the plain one may, and is as old."""
    plain.chmod(mode)
    os.utime(plain, ns=(1, 1_600_000_000_123_456_789))
    before = plain.stat()
    sweeper(plain.parent)[0].sweep()
    after = Path(f"{plain}.gz").stat()
    assert stat.S_IMODE(after.st_mode) == mode
    assert (after.st_mtime_ns, after.st_uid, after.st_gid) == (before.st_mtime_ns, before.st_uid, before.st_gid)


def test_mark_without_a_compressed_file(plain: Path) -> None:
    """A mark that somebody else has set takes no line away: what the last member does not have is compressed."""
    plain.chmod(0o640 | MARK)
    sweeper(plain.parent)[0].sweep()
    check_packed(plain, LINES)
    append(plain, LATE)
    plain.chmod(0o640 | MARK)
    assert content(plain) == LINES + LATE
    sweeper(plain.parent)[0].sweep()
    check_packed(plain, LINES + LATE)


@pytest.mark.parametrize("harm", ["cut", "flip", "tail", "empty", "directory"])
def test_damaged_archive(plain: Path, harm: str) -> None:
    """To a compressed file that cannot be read nothing is added: the plain one stays, and it is said."""
    sweeper(plain.parent)[0].sweep()
    packed = Path(f"{plain}.gz")
    data = packed.read_bytes()
    if harm == "directory":
        packed.unlink()
        packed.mkdir()
    else:
        middle = len(data) // 2
        flipped = data[:middle] + bytes([data[middle] ^ 255]) + data[middle + 1 :]
        packed.write_bytes({"cut": data[:-1], "flip": flipped, "tail": data + b"tail", "empty": b""}[harm])
    append(plain, LATE)
    run, reports = sweeper(plain.parent)
    run.sweep()
    if harm == "empty":
        assert not plain.exists()  # nothing in it can be spoiled
        return
    assert plain.read_bytes() == LATE
    assert reports.files("journal.sweep_failed") == [plain.name]
    assert not list(plain.parent.glob("*.tmp"))


def test_read_back(plain: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that gives back something else than was written costs the compressed file, not the plain one."""
    real = os.write

    def spoil(fd: int, data: bytes) -> int:
        return real(fd, bytes(data)[:-1] + bytes([bytes(data)[-1] ^ 1]) if len(data) > 100 else data)

    monkeypatch.setattr(os, "write", spoil)
    run, reports = sweeper(plain.parent)
    run.sweep()
    assert reports.files("journal.sweep_failed") == [plain.name]
    assert {path.name for path in plain.parent.iterdir()} == {plain.name, "server.anchors"}
    assert plain.read_bytes() == LINES
