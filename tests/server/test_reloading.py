"""Settings that are read anew."""

import re
from pathlib import Path

import pytest

from tests.support.app import journal_lines, running_app
from tests.support.wire import Wire
from vestnik.server.reloading import AT_ONCE, compare
from vestnik.server.settings import Settings, make_settings

OPERATIONS = Path(__file__).parents[2] / "docs" / "operations.md"


def test_what_cannot_change_stays() -> None:
    """What takes effect at once is taken, everything else stays as it was and is named."""
    old = make_settings({"port": 1, "limits": {"text": 10, "name": 5}})
    new = make_settings({"port": 2, "lang": "en", "keepalive": 5.0, "limits": {"text": 20, "name": 5}})
    found = compare(old, new)
    assert found.changed == ("keepalive", "limits.text")
    assert found.waiting == ("port", "lang")
    assert found.settings == make_settings({"port": 1, "keepalive": 5.0, "limits": {"text": 20, "name": 5}})


def test_the_page_names_them() -> None:
    """The manual lists the settings that take effect at once, and no other."""
    text = OPERATIONS.read_text("utf-8")
    listed = text[text.index("These take effect at once") : text.index("Others are\nnamed")]
    assert {name.strip("[]") for name in re.findall(r"`([\w\[\]]+)`", listed)} == AT_ONCE
    assert set(Settings.__struct_fields__) >= AT_ONCE


@pytest.mark.parametrize("level", ["DEBUG", "WARNING"])
async def test_they_take_effect(tmp_path: Path, level: str) -> None:
    """A server works with them at once, also for those who are connected, and says what changed, whatever the level."""
    async with running_app(tmp_path, "anna", lang="en") as app, await Wire.login(app.listener.port, "anna") as anna:
        here = {"address": "127.0.0.1", "port": 0, "data": str(tmp_path), "lang": "en"}
        changes = {"log_level": level, "login_days": 1.0, "invitations": "ask", "limits": {"text": 3}}
        app.adopt(make_settings(here | changes | {"send_buffer": 200_000}))
        answer = await anna.ask(action="msg", time=0, to="anna", message="four")
        assert answer["response"] == 400
        assert (app.chat.login_lifetime, app.chat.asks_invited) == (86_400, True)
        lines = journal_lines(app)
        assert (
            "INFO     server     Settings read anew, changed: log_level, login_days, invitations, limits.text" in lines
        )
        assert "WARNING  server     These settings change when the server is started anew: send_buffer" in lines
        assert app.settings.send_buffer == Settings().send_buffer
