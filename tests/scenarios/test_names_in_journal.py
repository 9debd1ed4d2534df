"""Names that look like secrets: the journal shows them, and is searched by them."""

import asyncio
from pathlib import Path

import pytest

from tests.support.app import running_app
from tests.support.process import vestnik
from tests.support.wire import Wire

ROOM, ACCOUNT, ID = "#token=economics", "password=anna", "token=1234567890"


@pytest.mark.parametrize("objects", [True, False], ids=["jsonl", "log"])
async def test_found_by_its_name(tmp_path: Path, objects: bool) -> None:
    """Whoever looks for a room or an account finds all its lines, refusals among them, by objects and by text."""
    async with (
        running_app(tmp_path, ACCOUNT, json=objects) as app,
        await Wire.login(app.listener.port, ACCOUNT) as wire,
    ):
        for room in (ROOM, "#other"):
            assert await wire.code(action="join", room=room) == 200
        assert await wire.code(action="msg", to=ROOM, message="tea", id=ID) == 200
        assert await wire.code(action="leave", room=ROOM) == 200
        assert await wire.code(action="msg", to=ROOM, message="tea") in (403, 404)
    places = ("--log-dir", str(tmp_path / "log"), "--config", "/dev/null")
    for option, name, count in (("--room", ROOM, 4), ("--account", ACCOUNT, 6)):
        found = await asyncio.to_thread(vestnik, "journal", *places, option, name)
        assert found.stdout.count(name) >= count, found.stdout + found.stderr
        assert "***" not in found.stdout
    if objects:
        assert f'"id":"{ID}"' in (tmp_path / "log" / "server.jsonl").read_text("utf-8")
