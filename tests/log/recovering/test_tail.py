"""FileTail of a file from a byte on."""

import os
from pathlib import Path

import pytest

from vestnik.log.recovering.tail import FileTail


@pytest.mark.parametrize(
    ("start", "lines", "half"), [(0, [b"one\n", b"two\n"], b"thr"), (4, [b"two\n"], b"thr"), (11, [], b"")]
)
def test_lines(tmp_path: Path, start: int, lines: list[bytes], half: bytes) -> None:
    """Whole lines, then what is behind the last one."""
    path = tmp_path / "file"
    path.write_bytes(b"one\ntwo\nthr")
    fd = os.open(path, os.O_RDONLY)
    found = FileTail(fd, start)
    assert list(found) == lines
    assert found.half == half
    os.close(fd)


def test_no_file() -> None:
    """A file that is not there has none."""
    found = FileTail(None, 0)
    assert list(found) == []
    assert found.half == b""
