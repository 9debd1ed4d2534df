"""The file that says up to where a journal is whole."""

from pathlib import Path

import pytest

from vestnik.log.recovering.checkpoint import Checkpoint, checkpoint_path, read_checkpoint, write_checkpoint

FIRST = Checkpoint(1.5, {"server.log.2021-06-12": 3}, {"number": 7})


def test_the_last_one_counts(tmp_path: Path) -> None:
    """What was written is read, the newest only, and no other file is left of it."""
    assert read_checkpoint(tmp_path, "server") is None
    write_checkpoint(tmp_path, "server", Checkpoint(0.0, {}, {"other": ["thing"]}))
    write_checkpoint(tmp_path, "server", FIRST)
    assert read_checkpoint(tmp_path, "server") == FIRST
    assert [path.name for path in tmp_path.iterdir()] == ["server.checkpoint"]
    assert read_checkpoint(tmp_path, "admin") is None


@pytest.mark.parametrize("cut", [0, 1, 20, -2])
def test_what_is_none(tmp_path: Path, cut: int) -> None:
    """A part of one is none; nor is a link, wherever it leads."""
    write_checkpoint(tmp_path, "server", FIRST)
    path = checkpoint_path(tmp_path, "server")
    whole = path.read_bytes()
    path.write_bytes(whole[:cut])
    assert read_checkpoint(tmp_path, "server") is None
    (tmp_path / "elsewhere").write_bytes(whole)
    path.unlink()
    path.symlink_to("elsewhere")
    assert read_checkpoint(tmp_path, "server") is None


def test_a_write_that_was_cut_off(tmp_path: Path) -> None:
    """What a write has left that was cut off is in nobody's way."""
    (tmp_path / ".server.checkpoint.tmp").write_bytes(b"half")
    write_checkpoint(tmp_path, "server", FIRST)
    assert read_checkpoint(tmp_path, "server") == FIRST
