"""The stages of the journal know those before them, and nobody knows the ones behind."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import vestnik.log

PACKAGE = Path(vestnik.log.__file__).parent
BASE = {"context", "escape", "events", "sentences", "trouble"}
"""What any stage may use."""
STAGES = {
    "days": {"days"},
    "sealing": {"sealing", "days"},
    "recording": {"recording", "sealing", "days"},
    "reading": {"reading", "recording", "days"},
    "recovering": {"recovering", "reading", "recording", "sealing", "days"},
}
"""What each stage may use besides; all others, whom the rest of the house calls, may use all of them."""


def used(path: Path) -> Iterator[str]:
    """The first names under `vestnik.log` that a file imports."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "vestnik.log":
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and str(node.module).startswith("vestnik.log."):
            yield str(node.module).split(".")[2]


@pytest.mark.parametrize("stage", STAGES)
def test_direction(stage: str) -> None:
    """Records go one way: what is recorded goes into days, days are sealed, and all that is read."""
    found = {name for path in (PACKAGE / stage).glob("*.py") for name in used(path)}
    assert found <= STAGES[stage] | BASE


def test_every_folder_is_a_stage() -> None:
    """There is no folder that the test above does not know."""
    assert {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()} == set(STAGES)


def test_one_place_for_locks() -> None:
    """Nobody but `days.locks` asks the system for a lock."""
    found = {path.name for path in PACKAGE.rglob("*.py") if "flock" in path.read_text("utf-8").replace("`flock`", "")}
    assert found == {"locks.py"}
