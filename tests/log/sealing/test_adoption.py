"""Taking in what is under no seal."""

import fcntl
import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.log.conftest import Clock
from tests.support.scribe import DAY, JSON, TEXT, Scribe
from vestnik.log.days.locks import Descriptors, is_alone
from vestnik.log.days.opening import Contents, open_contents
from vestnik.log.sealing import adoption
from vestnik.log.sealing.adoption import adopt, read_again, settle
from vestnik.log.sealing.seals import check_of, unpack


class InMemory(Contents):
    """The bytes of a day that are in no file."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.size = len(data)

    def read(self, start: int, end: int) -> bytes:
        """As the real one."""
        return self.data[start:end]


@given(st.binary(max_size=60), st.integers(1, 20), st.integers(1, 20), st.integers(0, 60), st.integers(0, 60))
def test_read_again(data: bytes, extent: int, chunk: int, start: int, end: int) -> None:
    """The extents are the range that was asked for, as far as it is there, each with its digest and its lines."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(adoption, "EXTENT", extent)
        patch.setattr(adoption, "CHUNK", chunk)
        found = list(read_again(InMemory(data), TEXT, start, end))
    assert b"".join(data[each.start : each.end] for each in found) == data[start:end]
    for each in found:
        part = data[each.start : each.end]
        assert each.sha256 == hashlib.sha256(part).hexdigest()
        checks = unpack(each.checks)
        assert list(checks.values) == [check_of(line) for line in part.removesuffix(b"\n").split(b"\n")]
        assert checks.whole == part.endswith(b"\n")


def test_large_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """However much there is, there are not many extents; then they have no checks."""
    monkeypatch.setattr(adoption, "CHECKED", 100)
    monkeypatch.setattr(adoption, "CHUNK", 10)
    monkeypatch.setattr(adoption, "EXTENTS", 8)
    data = b"line\n" * 1000
    found = list(read_again(InMemory(data), TEXT, 0, len(data)))
    assert len(found) <= 8
    assert {each.checks for each in found} == {""}
    assert found[-1].end == len(data)
    assert found[3].sha256 == hashlib.sha256(data[found[3].start : found[3].end]).hexdigest()


def test_alone(tmp_path: Path) -> None:
    """Whether somebody else holds a file is found out without giving it up, or holding it for oneself."""
    path = tmp_path / TEXT
    one, other, third = (os.open(path, os.O_WRONLY | os.O_CREAT) for _ in range(3))
    fcntl.flock(one, fcntl.LOCK_SH)
    assert is_alone(one)
    fcntl.flock(other, fcntl.LOCK_SH)
    assert not is_alone(one)
    fcntl.flock(other, fcntl.LOCK_UN)
    with pytest.raises(BlockingIOError):
        fcntl.flock(third, fcntl.LOCK_EX | fcntl.LOCK_NB)
    for fd in (one, other, third):
        os.close(fd)


def program(directory: Path, clock: Clock) -> Scribe:
    """A program that was killed after a sealed line and one that is not."""
    scribe = Scribe(directory, clock=clock, monotonic=clock)
    scribe.write("one")
    clock.now += 1
    scribe.sealer.seal()
    scribe.write("two")
    return scribe


def test_adopt(tmp_path: Path, clock: Clock) -> None:
    """Only what no seal covers is taken in; nothing of an empty file, and nothing twice."""
    program(tmp_path, clock).kill()
    contents = open_contents(tmp_path / TEXT)
    assert contents is not None
    with contents:
        (extent,) = adopt(tmp_path, "server", TEXT, contents)
    lines = (tmp_path / TEXT).read_bytes().splitlines(keepends=True)
    assert (extent.start, extent.end) == (len(lines[0]), len(lines[0] + lines[1]))
    assert adopt(tmp_path, "server", TEXT, InMemory(b"")) == []
    assert adopt(tmp_path, "server", "diary", InMemory(b"dear diary")) == []


def test_settle(tmp_path: Path, clock: Clock) -> None:
    """Yesterday's files are settled once nobody has them open; those that no seal mentions are left alone."""
    scribe = program(tmp_path, clock)
    (tmp_path / "server.log.2021-06-11").write_text("older\n")
    assert settle(tmp_path, "server", "2021-06-12", Descriptors()) == ([], [])
    assert settle(tmp_path, "server", "2021-06-13", Descriptors()) == ([], [])
    scribe.kill()
    settled = settle(tmp_path, "server", "2021-06-13", Descriptors())
    assert sorted(settled.files) == [JSON, TEXT]
    assert sorted(extent.file for extent in settled.adopted) == [JSON, TEXT]
    clock.now += DAY
    after = Scribe(tmp_path, clock=clock, monotonic=clock)
    after.write("three")
    after.close()
    assert settle(tmp_path, "server", "2021-06-13", Descriptors()).adopted == []


def test_settle_what_cannot_be_read(tmp_path: Path, clock: Clock) -> None:
    """A file that cannot be read is left out, the other one is not."""
    program(tmp_path, clock).kill()
    (tmp_path / f"{JSON}.gz").write_bytes(b"diary")
    assert settle(tmp_path, "server", "2021-06-13", Descriptors()).files == [TEXT]
