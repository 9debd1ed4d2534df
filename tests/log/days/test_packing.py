"""Compressed files: members, marks, and what they are compared with."""

import gzip
import hashlib
import os
import subprocess
import tracemalloc
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vestnik.log.days import packing
from vestnik.log.days.packing import (
    CHUNK,
    MARK,
    Contents,
    Damaged,
    compare,
    compress,
    copy,
    digest,
    inspect,
    packed_part,
)


@pytest.fixture
def files(tmp_path: Path) -> Iterator[tuple[int, int]]:
    """A plain and a compressed file, both empty."""
    pair = tuple(os.open(tmp_path / name, os.O_RDWR | os.O_CREAT) for name in ("plain", "plain.gz"))
    yield pair[0], pair[1]
    for fd in pair:
        os.close(fd)


def put(fd: int, data: bytes) -> None:
    """Makes `data` all that a file has."""
    os.ftruncate(fd, 0)
    os.lseek(fd, 0, os.SEEK_SET)
    packing.write_all(fd, data)


def test_other_programs_read_it(tmp_path: Path, files: tuple[int, int]) -> None:
    """`gzip` and the standard library read a file of several members as one text."""
    plain, packed = files
    for part in (b"one\n", b"", b"two\n" * 100_000):
        put(plain, part)
        compress(plain, len(part), packed)
    expected = b"one\n" + b"two\n" * 100_000
    assert gzip.decompress((tmp_path / "plain.gz").read_bytes()) == expected
    done = subprocess.run(["gzip", "-dc", str(tmp_path / "plain.gz")], check=True, capture_output=True)
    assert done.stdout == expected


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(parts=st.lists(st.binary(max_size=300), min_size=1, max_size=5), more=st.binary(max_size=50))
def test_members(files: tuple[int, int], parts: list[bytes], more: bytes) -> None:
    """However a text is divided into members, its length and its last member are found, however small the chunks."""
    plain, packed = files
    put(packed, b"")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packing, "CHUNK", 7)
        for part in parts:
            put(plain, part)
            found = compress(plain, len(part), packed)
            assert found == (
                len(part),
                len(part.split(b"\n")) - (part[-1:] in (b"\n", b"")),
                hashlib.sha256(part).hexdigest(),
            )
            assert digest(plain, len(part)) == found
        put(plain, parts[-1] + more)
        assert inspect(packed, plain) == Contents(sum(map(len, parts)), len(parts[-1]), True)
        if parts[-1]:
            put(plain, bytes([parts[-1][0] ^ 1]) + parts[-1][1:] + more)
            assert inspect(packed, plain) == Contents(sum(map(len, parts)), len(parts[-1]), False)
            put(plain, parts[-1][:-1])
            assert not inspect(packed, plain).begins


def test_members_of_others(files: tuple[int, int]) -> None:
    """What `gzip` has made, with a name and a time in it, is read as well."""
    plain, packed = files
    put(plain, b"last")
    put(packed, gzip.compress(b"first" * 100_000, mtime=1) + gzip.compress(b"last", 9))
    assert inspect(packed, plain) == Contents(500_004, 4, True)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(cut=st.integers(1, 10_000), chunk=st.sampled_from([5, 64, CHUNK]))
def test_cut_off(files: tuple[int, int], cut: int, chunk: int) -> None:
    """A file that ends in the middle of a member is damaged, wherever it ends."""
    plain, packed = files
    member = gzip.compress(bytes(range(256)) * 40)
    put(packed, gzip.compress(b"whole") + member[: cut % (len(member) - 1) + 1])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packing, "CHUNK", chunk)
        with pytest.raises(Damaged):
            inspect(packed, plain)


def test_flipped(files: tuple[int, int]) -> None:
    """A single changed bit is noticed, except in what says nothing about the content."""
    plain, packed = files
    data = gzip.compress(b"some line of the journal\n" * 40, mtime=0)
    for position in [*range(3), *range(10, len(data))]:
        put(packed, data[:position] + bytes([data[position] ^ 8]) + data[position + 1 :])
        with pytest.raises(Damaged):
            inspect(packed, plain)


def pack(plain: int, target: int, data: bytes) -> None:
    """Makes `target` the compressed `data`, and `plain` the data."""
    put(plain, data)
    put(target, b"")
    compress(plain, len(data), target)


def test_compare(tmp_path: Path, files: tuple[int, int]) -> None:
    """A compressed file is accepted only if it is what it should be, to the byte."""
    plain, target = files
    data = os.urandom(3 * CHUNK) + b"\n"
    pack(plain, target, data)
    compare(target, None, plain, len(data))
    good = (tmp_path / "plain.gz").read_bytes()
    for changed, size in ((data[:-1] + b"x", len(data)), (data, len(data) - 1), (data + b"x", len(data) + 1)):
        put(plain, changed)
        with pytest.raises(Damaged):
            compare(target, None, plain, size)
    put(plain, data)
    for wrong in (good + good, b"", good + zlib.compress(b""), good[:-9]):
        put(target, wrong)
        with pytest.raises(Damaged):
            compare(target, None, plain, len(data))


def test_compare_with_earlier_members(tmp_path: Path, files: tuple[int, int]) -> None:
    """What was there before is compared byte for byte as it is, the new member as what it holds."""
    plain, target = files
    put(plain, b"late\n")
    earlier = os.open(tmp_path / "earlier", os.O_RDWR | os.O_CREAT)
    put(earlier, gzip.compress(os.urandom(2 * CHUNK)))
    copy(earlier, 0, target)
    compress(plain, 5, target)
    compare(target, earlier, plain, 5)
    first = os.pread(earlier, 1, 4)
    os.pwrite(target, bytes([first[0] ^ 1]), 4)
    with pytest.raises(Damaged):
        compare(target, earlier, plain, 5)
    os.close(earlier)


def test_packed_part(tmp_path: Path) -> None:
    """Both have the same lines only if the plain one is marked and is the last member, and none is under way."""
    path, packed, unfinished = (tmp_path / f"server.log.2026-11-21{end}" for end in ("", ".gz", ".gz.tmp"))
    path.write_bytes(b"one\ntwo\nlate\n")
    packed.write_bytes(gzip.compress(b"zero\n") + gzip.compress(b"one\ntwo\n"))
    with path.open("rb") as file:
        plain = file.fileno()
        assert packed_part(plain, path) is None
        path.chmod(0o640 | MARK)
        assert packed_part(plain, path) == Contents(13, 8, True)
        unfinished.touch()
        assert packed_part(plain, path) is None
        unfinished.unlink()
        packed.write_bytes(gzip.compress(b"one\n") + gzip.compress(b"zwei\n"))
        assert packed_part(plain, path) is None
        packed.unlink()
        assert packed_part(plain, path) is None


def test_memory(tmp_path: Path, files: tuple[int, int]) -> None:
    """A long day takes no more memory than a short one, and a bomb no more than a day."""
    plain, packed = files
    put(plain, b"a line of the journal, one of very many\n" * 500_000)
    size = os.fstat(plain).st_size
    tracemalloc.start()
    compress(plain, size, packed)
    compare(packed, None, plain, size)
    assert inspect(packed, plain).size == size
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size > 100 * CHUNK
    assert peak < 8 * CHUNK
