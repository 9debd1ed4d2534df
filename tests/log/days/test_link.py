"""The link to today's file."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from vestnik.log.days.link import adopt, point

from ..conftest import NOON


def plain(directory: Path, text: str = "old\n") -> Path:
    """A plain `server.log`, last changed on 2021-06-12."""
    path = directory / "server.log"
    path.write_text(text)
    os.utime(path, (NOON, NOON))
    return path


def test_point(tmp_path: Path) -> None:
    """The link is made, moved, and left alone if it is right."""
    path = tmp_path / "server.log"
    for target in ("server.log.1", "server.log.2", "server.log.2"):
        point(path, target)
        assert str(path.readlink()) == target
    assert list(tmp_path.iterdir()) == [path]


def test_point_spares_a_file(tmp_path: Path) -> None:
    """A plain file is never replaced by the link."""
    path = plain(tmp_path)
    with pytest.raises(FileExistsError):
        point(path, "server.log.1")
    assert path.read_text() == "old\n"


def test_point_beside_another_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A link that another process makes between two looks is no plain file."""
    path = tmp_path / "server.log"
    (tmp_path / "server.log.1").touch()
    look = Path.is_symlink

    def late(self: Path) -> bool:
        found = look(self)
        if not found:
            self.symlink_to("server.log.1")
        return found

    monkeypatch.setattr(Path, "is_symlink", late)
    point(path, "server.log.1")
    monkeypatch.undo()
    assert str(path.readlink()) == "server.log.1"


def test_adopt(tmp_path: Path) -> None:
    """A plain file becomes the file of the day of its last change."""
    path = plain(tmp_path)
    assert adopt(path) == tmp_path / "server.log.2021-06-12"
    assert str(path.readlink()) == "server.log.2021-06-12"
    assert path.read_text() == "old\n"
    assert adopt(path) is None


def test_adopt_nothing(tmp_path: Path) -> None:
    """The usual first start: there is nothing to adopt."""
    assert adopt(tmp_path / "server.log") is None


def test_adopt_appends(tmp_path: Path) -> None:
    """If that day has a file already, the lines are appended to it, once."""
    path = plain(tmp_path)
    dated = tmp_path / "server.log.2021-06-12"
    dated.write_text("first\n")
    assert adopt(path) == dated
    assert adopt(path) is None
    assert dated.read_text() == "first\nold\n"
    assert path.is_symlink()


def test_adopt_late(tmp_path: Path) -> None:
    """If that day is compressed, the lines are those that came late."""
    path = plain(tmp_path)
    packed = tmp_path / "server.log.2021-06-12.gz"
    packed.touch()
    assert adopt(path) == tmp_path / "server.log.2021-06-12.late"
    assert path.read_text() == "old\n"
    assert packed.stat().st_size == 0


def test_adopt_by_two_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If another process adopts the file at the same moment, no line is doubled."""
    path = plain(tmp_path)
    original: Callable[..., None] = os.link

    def link_after_the_other(*names: Path) -> None:
        monkeypatch.setattr(os, "link", original)
        adopt(path)
        original(*names)

    monkeypatch.setattr(os, "link", link_after_the_other)
    assert adopt(path) == tmp_path / "server.log.2021-06-12"
    assert path.read_text() == "old\n"
    assert path.is_symlink()
