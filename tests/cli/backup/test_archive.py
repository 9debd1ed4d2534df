"""The file that a backup is."""

import gzip
import io
import tarfile

import pytest

from vestnik.cli.backup.archive import (
    CHUNK,
    DATABASE_MEMBER,
    FACTS,
    SUMS,
    ArchiveWriter,
    BackupDamaged,
    BackupFacts,
    Member,
    read_archive,
    read_facts,
)

FACTS_HERE = BackupFacts(1, "2026-11-30T19:00:00+0000", "0.3.0", "0007")
LARGE = bytes(range(256)) * (CHUNK // 128)


def member(name: str, *pieces: bytes) -> Member:
    """A file of the archive."""
    return Member(name, sum(map(len, pieces)), 0o640, 1e9, pieces)


def written(*members: Member, finish: bool = True) -> bytes:
    """An archive with a database and these files."""
    file = io.BytesIO()
    writer = ArchiveWriter(file, FACTS_HERE)
    writer.add(member(DATABASE_MEMBER, b"data", b"base", LARGE))
    writer.add(*members)
    if finish:
        writer.finish()
    return file.getvalue()


def read(data: bytes) -> dict[str, bytes]:
    """The files of an archive."""
    found: dict[str, bytes] = {}

    def take(each: Member) -> None:
        assert (each.mode, each.changed) == (0o640, 1e9)
        found[each.name] = b"".join(each.pieces)
        assert len(found[each.name]) == each.size

    assert read_archive(io.BytesIO(data), take) == FACTS_HERE
    return found


def test_what_is_written_is_read() -> None:
    """Every byte of every file comes back, also when it was compressed meanwhile; nobody has to read it."""
    data = written(member("log/one", b""), member("log/two", b"2" * 512))
    expected = {DATABASE_MEMBER: b"database" + LARGE, "log/one": b"", "log/two": b"2" * 512}
    assert read(data) == read(gzip.compress(data)) == expected
    assert read_archive(io.BytesIO(data)) == read_facts(io.BytesIO(data)) == FACTS_HERE


def test_others_can_read_it() -> None:
    """It is an archive like any other, and its sums are as `sha256sum -c` wants them."""
    with tarfile.open(fileobj=io.BytesIO(written(member("log/one", b"1")))) as tar:
        assert tar.getnames() == [FACTS, DATABASE_MEMBER, "log/one", SUMS]
        sums = tar.extractfile(SUMS)
        assert sums is not None
        last = sums.read().decode().splitlines()[-1]
    assert last == "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b  log/one"


def test_what_fails_leaves_no_trace() -> None:
    """Files that could not be added whole are not there; what was before is, and what comes then."""

    def fails() -> object:
        yield b"half"
        raise InterruptedError

    file = io.BytesIO()
    writer = ArchiveWriter(file, FACTS_HERE)
    writer.add(member(DATABASE_MEMBER, b"database"))
    with pytest.raises(InterruptedError):
        writer.add(member("log/one", b"1"), Member("log/two", 8, 0o640, 1e9, fails()))  # type: ignore[arg-type]
    writer.add(member("log/three", b"3"))
    writer.finish()
    assert read(file.getvalue()) == {DATABASE_MEMBER: b"database", "log/three": b"3"}


def test_cut_off_anywhere() -> None:
    """An archive without its end is not taken for whole."""
    data = written(member("log/one", b"1" * 2000))
    end = data.rindex(b"log/one\n") + 8
    for length in [*range(0, len(data), 511), end - 1]:
        if length < end:
            with pytest.raises(BackupDamaged):
                read_archive(io.BytesIO(data[:length]))
    with pytest.raises(BackupDamaged):
        read_archive(io.BytesIO(written(finish=False)))


def test_changed_anywhere() -> None:
    """A byte of any file, name or sum that is another one is found."""
    data = written(member("log/one", b"1" * 2000))
    for place in (b"0.3.0", b"database", b"log/one", b"1111", b"  vestnik.db"):
        at = data.index(place)
        changed = bytearray(data)
        changed[at] ^= 1
        with pytest.raises(BackupDamaged):
            read_archive(io.BytesIO(bytes(changed)))


@pytest.mark.parametrize("more", ["log/one", FACTS, SUMS])
def test_a_file_twice(more: str) -> None:
    """No name may stand for two files."""
    with pytest.raises(BackupDamaged):
        read_archive(io.BytesIO(written(member("log/one", b"1"), member(more, b"2"))))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE])
def test_only_files(kind: bytes) -> None:
    """Links, directories and pipes are in no backup."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as tar:
        info = tarfile.TarInfo(FACTS)
        info.type, info.linkname = kind, "/etc/passwd"
        tar.addfile(info)
    for function in (read_archive, read_facts):
        with pytest.raises(BackupDamaged):
            function(io.BytesIO(file.getvalue()))


@pytest.mark.parametrize("data", [b"", b"diary" * 1000, gzip.compress(b"diary", mtime=0), b"\x1f\x8b" + bytes(100)])
def test_other_files(data: bytes) -> None:
    """What is no archive is said to be none, in a line."""
    for function in (read_archive, read_facts):
        with pytest.raises(BackupDamaged) as damaged:
            function(io.BytesIO(data))
        assert "\n" not in str(damaged.value)


def test_of_a_later_program() -> None:
    """Another format is not guessed at."""
    file = io.BytesIO()
    writer = ArchiveWriter(file, BackupFacts(2, "", "9.0.0", "9999"))
    writer.add(member(DATABASE_MEMBER, b"database"))
    writer.finish()
    with pytest.raises(BackupDamaged):
        read_archive(file)
