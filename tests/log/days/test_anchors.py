"""The lines that outlive the files."""

import json
import os
import stat
from pathlib import Path

import pytest

from vestnik.log.days.anchors import Anchor, opened, read
from vestnik.log.days.descriptors import Descriptors, InUse
from vestnik.log.days.packing import Part

from ..conftest import NOON

PART = Part(5, 1, "00ff")
FILE = "server.log.2021-06-11"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the anchors are."""
    return tmp_path / "server.anchors"


def add(path: Path, offset: int = 0, part: Part = PART) -> None:
    """Adds a line as a run of a sweeper does."""
    with opened(path, Descriptors()) as anchors:
        anchors.add("2021-06-11", FILE, offset, part, NOON)


def test_line(path: Path, zone: object) -> None:
    """A line is one JSON object; the file is readable for owner and group."""
    zone("Europe/Berlin")  # type: ignore[operator]
    add(path)
    assert path.read_bytes().endswith(b"}\n")
    assert json.loads(path.read_bytes()) == {
        "date": "2021-06-11",
        "file": FILE,
        "offset": 0,
        "records": 1,
        "bytes": 5,
        "sha256": "00ff",
        "time": "2021-06-12T10:20:00.000000+02:00",
    }
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert read(path) == [Anchor("2021-06-11", FILE, 0, 1, 5, "00ff", "2021-06-12T10:20:00.000000+02:00")]


def test_once(path: Path) -> None:
    """The same part is written once; another one, or the same content at another place, once more."""
    for _ in range(3):
        add(path)
        add(path, 5)
        add(path, 0, Part(5, 1, "00fe"))
    assert [(anchor.offset, anchor.sha256) for anchor in read(path)] == [(0, "00ff"), (5, "00ff"), (0, "00fe")]


@pytest.mark.parametrize("length", range(1, 120, 7))
def test_half_a_line(path: Path, length: int) -> None:
    """Half a line of a killed run is ended, left out, and written anew."""
    add(path)
    whole = path.read_bytes()
    path.write_bytes(whole + whole.replace(b'"offset":0', b'"offset":5')[:length])
    add(path, 5)
    assert [anchor.offset for anchor in read(path)] == [0, 5]
    assert path.read_bytes().count(b"\n") == 3


def test_locked(path: Path) -> None:
    """Only one at a time has the anchors; afterwards the next one gets them, also after a failure."""
    with opened(path, Descriptors()), pytest.raises(InUse), opened(path, Descriptors()):
        pytest.fail("two have the lock")
    with pytest.raises(ZeroDivisionError), opened(path, Descriptors()):
        _ = 1 / 0
    add(path)


def test_not_a_file(path: Path) -> None:
    """A pipe, which would make us wait for ever, is an error."""
    os.mkfifo(path)
    with pytest.raises(OSError, match="not a regular file"):
        add(path)
