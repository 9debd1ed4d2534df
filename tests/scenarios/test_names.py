"""Accounts with names that would be refused today."""

from pathlib import Path

from tests.support.app import journal_lines, running_app
from tests.support.wire import Wire


async def test_they_work_and_are_named(tmp_path: Path) -> None:
    """Accounts that look like others or address everybody log in as before, and the start says which they are."""
    async with running_app(tmp_path, "anna", "аnna", "all", lang="en") as app:
        for name in ("anna", "аnna", "all"):
            async with await Wire.login(app.listener.port, name):
                pass
        (line,) = [found for found in journal_lines(app) if "look like others'" in found]
        assert line.endswith("address everybody: all, аnna")


async def test_usual_names_are_not(tmp_path: Path) -> None:
    """Where all names are told apart, nothing is said of them."""
    async with running_app(tmp_path, "anna", "boris", "Вера", lang="en") as app:
        assert not [found for found in journal_lines(app) if "look like others'" in found]
