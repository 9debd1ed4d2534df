"""Files of journals from a backup."""

from pathlib import Path

import pytest

from tests.support.scribe import Scribe
from vestnik.cli.backup.journals import belongs_to_journal, put_journal


@pytest.mark.parametrize(
    "file",
    ["server.log.2026-11-30", "server.jsonl.2026-11-30.gz", "admin.seals.2026-11-30.late", "server.seals.key"],
)
def test_files_of_journals(file: str) -> None:
    """Days in all their forms, and the key of the seals."""
    assert belongs_to_journal(file, ("server", "admin"))


@pytest.mark.parametrize(
    "file",
    ["", "../server.log.2026-11-30", "/server.seals.key", "client.log.2026-11-30", "server.log", "vestnik.toml", "\0"],
)
def test_other_files(file: str) -> None:
    """Whatever else a file may be called, it is put nowhere."""
    assert not belongs_to_journal(file, ("server", "admin"))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """The files of a journal, without links."""
    directory = tmp_path / "source"
    program = Scribe(directory, "server")
    program.write("one", "two")
    program.close()
    for path in directory.iterdir():
        if path.is_symlink():
            path.unlink()
    return directory


def content(directory: Path) -> dict[str, bytes]:
    """All files of a directory."""
    return {path.name: path.read_bytes() for path in directory.iterdir()}


def test_put(source: Path, tmp_path: Path) -> None:
    """All of it is in its place, beside what is there of others."""
    expected, here = content(source), tmp_path / "here"
    here.mkdir()
    (here / "client.log.2026-11-30").write_text("theirs")
    assert put_journal(source, here, "server")
    assert content(here) == expected | {"client.log.2026-11-30": b"theirs"}
    assert content(source) == {}


def test_none(source: Path, tmp_path: Path) -> None:
    """A backup may have no such journal."""
    assert put_journal(source, tmp_path, "admin") is None


def test_one_is_there(source: Path, tmp_path: Path) -> None:
    """A journal that is there stays as it is, whatever there is of it, even one that goes on where the other ends."""
    for name in content(source):
        here = tmp_path / f"with {name}"
        here.mkdir()
        (here / name).write_bytes(content(source)[name] + b"more")
        before = content(here)
        assert put_journal(source, here, "server") is False
        assert content(here) == before


def test_cut_off(source: Path, tmp_path: Path) -> None:
    """What was put there by an attempt that did not come to its end is gone on with."""
    expected = content(source)
    for count in range(len(expected)):
        copy, here = tmp_path / f"copy {count}", tmp_path / f"here {count}"
        for directory, some in ((copy, list(expected)), (here, list(expected)[:count])):
            directory.mkdir()
            for name in some:
                (directory / name).write_bytes(expected[name])
        assert put_journal(copy, here, "server")
        assert content(here) == expected
