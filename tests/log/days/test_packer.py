"""Compressing the file of a day."""

import gzip
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


def test_mark_of_an_earlier_version(plain: Path) -> None:
    """The mark that an earlier version has left goes with the plain file."""
    plain.chmod(0o640 | MARK)
    assert content(plain) == LINES
    sweeper(plain.parent)[0].sweep()
    check_packed(plain, LINES)
    assert stat.S_IMODE(Path(f"{plain}.gz").stat().st_mode) == 0o640


def test_lines_beside_a_compressed_file(plain: Path) -> None:
    """A plain file with other lines than the compressed one stays, as an earlier version has left it."""
    packed = Path(f"{plain}.gz")
    for earlier in (gzip.compress(LATE), gzip.compress(LATE) + gzip.compress(LINES)):
        packed.write_bytes(earlier)
        run, reports = sweeper(plain.parent)
        run.sweep()
        assert (plain.read_bytes(), packed.read_bytes()) == (LINES, earlier)
        assert reports == []
        assert content(plain).endswith(LINES)


@pytest.mark.parametrize("harm", ["cut", "flip", "tail", "directory"])
def test_damaged_archive(plain: Path, harm: str) -> None:
    """Beside a compressed file that cannot be read the plain one stays, and it is said."""
    sweeper(plain.parent)[0].sweep()
    packed = Path(f"{plain}.gz")
    data = packed.read_bytes()
    if harm == "directory":
        packed.unlink()
        packed.mkdir()
    else:
        middle = len(data) // 2
        flipped = data[:middle] + bytes([data[middle] ^ 255]) + data[middle + 1 :]
        packed.write_bytes({"cut": data[:-1], "flip": flipped, "tail": data + b"tail"}[harm])
    plain.write_bytes(LINES)
    run, reports = sweeper(plain.parent)
    run.sweep()
    assert plain.read_bytes() == LINES
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
    assert {path.name for path in plain.parent.iterdir()} == {plain.name, "server.sweep"}
    assert plain.read_bytes() == LINES
