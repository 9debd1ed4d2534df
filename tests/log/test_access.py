"""Whether a journal can be gone on with."""

import os
from datetime import date
from pathlib import Path

import pytest

from vestnik.log.access import check_access

TODAY = date(2026, 11, 22)


def test_nothing_is_there(tmp_path: Path) -> None:
    """An empty directory is a good place."""
    check_access(tmp_path, "server", TODAY)


@pytest.mark.parametrize(
    ("name", "mode", "good"),
    [
        ("server.log.2026-11-22", os.R_OK, False),
        ("server.log.2026-11-21", os.R_OK, True),
        ("server.log.2026-11-20.gz", 0, False),
        ("server.seals.key", os.R_OK, False),
        ("server.checkpoint", os.R_OK, False),
        ("admin.log.2026-11-22", 0, True),
    ],
)
def test_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, mode: int, good: bool) -> None:
    """What is written again must be writable, what is read again readable; what is another journal's is no matter."""
    (tmp_path / name).touch()
    access = os.access
    monkeypatch.setattr(
        os, "access", lambda path, wanted: not wanted & ~mode if path == tmp_path / name else access(path, wanted)
    )
    if good:
        check_access(tmp_path, "server", TODAY)
    else:
        with pytest.raises(PermissionError) as error:
            check_access(tmp_path, "server", TODAY)
        assert error.value.filename == str(tmp_path / name)
