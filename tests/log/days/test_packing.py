"""Compressed files: what is in them, and what they have in common with a plain one."""

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

from vestnik.log.days import locks, packing
from vestnik.log.days.packing import CHUNK, MARK, Damaged, Part, common, compress, members


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
    locks.write_all(fd, data)


def part(data: bytes) -> Part:
    """What is known of `data`."""
    return Part(len(data), len(data.split(b"\n")) - (data[-1:] in (b"\n", b"")), hashlib.sha256(data).hexdigest())


def content(packed: int) -> bytes:
    """All that a compressed file holds."""
    return b"".join(piece for piece, _ in members(packed))


def test_other_programs_read_it(tmp_path: Path, files: tuple[int, int]) -> None:
    """`gzip` and the standard library read what was compressed."""
    plain, packed = files
    expected = b"one\n" + b"two\n" * 100_000
    put(plain, expected + b"not yet")
    compress(plain, len(expected), packed)
    assert gzip.decompress((tmp_path / "plain.gz").read_bytes()) == expected
    done = subprocess.run(["gzip", "-dc", str(tmp_path / "plain.gz")], check=True, capture_output=True)
    assert done.stdout == expected


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(parts=st.lists(st.binary(max_size=300), min_size=1, max_size=5), more=st.binary(max_size=50))
def test_common(files: tuple[int, int], parts: list[bytes], more: bytes) -> None:
    """However a text is divided into members, all of it is found at the beginning of a plain file, or nothing is."""
    plain, packed = files
    data = b"".join(parts)
    put(packed, b"".join(map(gzip.compress, parts)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packing, "CHUNK", 7)
        assert content(packed) == data
        put(plain, data + more)
        assert common(packed, plain) == part(data)
        if data:
            put(plain, bytes([data[0] ^ 1]) + data[1:] + more)
            assert common(packed, plain) is None
            put(plain, data[:-1])
            assert common(packed, plain) is None


def test_what_an_earlier_version_marked(tmp_path: Path, files: tuple[int, int]) -> None:
    """Of a plain file with the mark it is the last member that counts."""
    plain, packed = files
    put(plain, b"late\nlater\n")
    put(packed, gzip.compress(b"one\n") + gzip.compress(b"late\n"))
    assert common(packed, plain) is None
    os.fchmod(plain, 0o640 | MARK)
    assert common(packed, plain) == part(b"late\n")
    put(packed, gzip.compress(b"late\n") + gzip.compress(b"one\n"))
    assert common(packed, plain) is None


def test_members_of_others(files: tuple[int, int]) -> None:
    """What `gzip` has made, with a name and a time in it, is read as well."""
    _, packed = files
    put(packed, gzip.compress(b"first" * 100_000, mtime=1) + gzip.compress(b"last", 9))
    assert content(packed) == b"first" * 100_000 + b"last"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(cut=st.integers(1, 10_000), chunk=st.sampled_from([5, 64, CHUNK]))
def test_cut_off(files: tuple[int, int], cut: int, chunk: int) -> None:
    """A file that ends in the middle of a member is damaged, wherever it ends."""
    _, packed = files
    member = gzip.compress(bytes(range(256)) * 40)
    put(packed, gzip.compress(b"whole") + member[: cut % (len(member) - 1) + 1])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packing, "CHUNK", chunk)
        with pytest.raises(Damaged):
            content(packed)


def test_flipped(files: tuple[int, int]) -> None:
    """A single changed bit is noticed, except in what says nothing about the content."""
    _, packed = files
    data = gzip.compress(b"some line of the journal\n" * 40, mtime=0)
    for position in [*range(3), *range(10, len(data))]:
        put(packed, data[:position] + bytes([data[position] ^ 8]) + data[position + 1 :])
        with pytest.raises(Damaged):
            content(packed)


def test_nothing_but_all_of_it(tmp_path: Path, files: tuple[int, int]) -> None:
    """A compressed file is what it should be, to the byte, or has nothing in common."""
    plain, target = files
    data = os.urandom(3 * CHUNK) + b"\n"
    put(plain, data)
    compress(plain, len(data), target)
    assert common(target, plain) == part(data)
    good = (tmp_path / "plain.gz").read_bytes()
    put(plain, data[:-1] + b"x")
    assert common(target, plain) is None
    put(plain, data)
    for wrong in (good + zlib.compress(b""), good[:-9]):
        put(target, wrong)
        with pytest.raises(Damaged):
            common(target, plain)
    put(target, good + good)
    assert common(target, plain) is None


def test_memory(files: tuple[int, int]) -> None:
    """A long day takes no more memory than a short one, and a bomb no more than a day."""
    plain, packed = files
    put(plain, b"a line of the journal, one of very many\n" * 500_000)
    size = os.fstat(plain).st_size
    tracemalloc.start()
    compress(plain, size, packed)
    found = common(packed, plain)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found is not None
    assert found.size == size > 100 * CHUNK
    assert peak < 8 * CHUNK
