"""What tests of the client's commands need."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.team import Setting
from vestnik.log.journal import Journal


@pytest.fixture
def journal(tmp_path: Path) -> Any:
    """The journal of all clients of a test."""
    made = Journal("client", tmp_path / "client", level=10, language="en")
    yield made
    made.close()


@pytest.fixture
def setting(tmp_path: Path, journal: Journal, capsys: pytest.CaptureFixture[str]) -> Setting:
    """What `team` needs."""
    return tmp_path, journal, capsys
