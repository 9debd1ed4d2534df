"""The mission's modules, run as programs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.waiting import DEADLINE

GOLDEN = Path(__file__).parent.parent / "golden"


@pytest.mark.parametrize("name", ["server", "client"])
def test_golden(name: str, tmp_path: Path) -> None:
    """The self-test files and prints the five sample lines of the mission, and warns about nothing."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", f"vestnik.log.{name}_log_config"],
        env=os.environ | {"VESTNIK_LOG_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=True,
    )
    written = (tmp_path / f"{name}.log").read_text()
    golden = (GOLDEN / f"{name}_selftest.log").read_text()
    assert [line[23:] for line in written.splitlines()] == [line[23:] for line in golden.splitlines()]
    assert done.stderr == written
    assert done.stdout == ""
    today = written[:10]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f"{name}.jsonl",
        f"{name}.jsonl.{today}",
        f"{name}.log",
        f"{name}.log.{today}",
        f"{name}.seals.{today}",
        f"{name}.seals.key",
    ]
