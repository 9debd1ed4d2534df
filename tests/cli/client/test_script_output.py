"""What scripts read, as docs/client.md says it."""

import re
from pathlib import Path

import pytest

from tests.support.team import Setting, team
from vestnik.cli.client.commands import COMMANDS

PAGE = (Path(__file__).parents[3] / "docs" / "client.md").read_text("utf-8")
COLUMNS = {
    command: re.findall(r"`(\w+)`", columns)
    for commands, columns in re.findall(r"^\| (`/.*?) \| (.*) \|$", PAGE, re.MULTILINE)
    for command in re.findall(r"`(/\w+)`", commands)
}
"""By command what its columns are called."""

BEFORE = ["/to #tea", "One", "/edit 1 Two\tparts", "/react 1 x", "/pin 1", "/reply 1 Three", "/topic Green"]
LINES = {
    "/history": "/history",
    "/thread": "/thread 1",
    "/search": "/search three",
    "/pins": "/pins",
    "/edits": "/edits 1",
    "/life": "/life 1",
    "/list": "/list",
    "/rooms": "/rooms",
    "/room": "/room",
    "/members": "/members",
    "/who": "/who",
    "/topic": "/topic",
    "/group": "/group boris, clara b",
}
"""Lines that give something to who has written what is in BEFORE; the others are tried elsewhere."""


def test_commands() -> None:
    """The page names commands that there are."""
    assert set(LINES) <= set(COLUMNS) <= set(COMMANDS)


async def test_columns(setting: Setting) -> None:
    """Every list has the columns that the page names, and nothing else is on standard output."""
    async with team(*setting) as made:
        assert await made.type("anna", *BEFORE) == []
        for command, line in LINES.items():
            rows = await made.type("anna", line)
            assert rows, command
            assert {len(row) for row in rows} == {len(COLUMNS[command])}, command


@pytest.mark.parametrize("word", ["edited", "pinned", "replies=1", "x=1"])
async def test_more(word: str, setting: Setting) -> None:
    """What else there is to a message is words in its last column."""
    async with team(*setting) as made:
        await made.type("anna", *BEFORE)
        first, *_ = await made.type("anna", "/thread 1")
        assert word in first[-1].split()
        assert first[4] == "Two\\tparts"
