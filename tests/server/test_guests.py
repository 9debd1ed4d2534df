"""Guests who have gone are forgotten."""

from pathlib import Path

from tests.support.app import journal_lines, running_app
from tests.support.wire import Wire
from vestnik.chat.rules.guests import MayVisit
from vestnik.chat.rules.rooms import MayJoin


async def test_of_the_last_run(tmp_path: Path) -> None:
    """Guests who were there when a run ended as it should not are gone from their rooms at the next start."""
    async with running_app(tmp_path, "anna", lang="en") as app:
        gleb = await app.store.add_guest("gleb", "gleb", 1.0, MayVisit("gleb"))
        await app.store.join_room("#all", "#all", gleb.id, 1.0, MayJoin("gleb", "#all"), guest=True)
    async with running_app(tmp_path, lang="en", guests=True) as app:
        assert await app.store.find_account("gleb") is None
        room = app.chat.rooms.find("#all")
        assert room is not None
        assert room.members == set()
        assert [line for line in journal_lines(app) if "leave" in line]


async def test_a_name_is_free_at_once(tmp_path: Path) -> None:
    """Who comes while another guest of the name still leaves waits for that."""
    async with running_app(tmp_path, lang="en", guests=True) as app:
        for _ in range(10):
            async with await Wire.connect(app.listener.port) as gleb:
                assert await gleb.code(action="presence", user={"account_name": "gleb"}) == 200
                gleb.tell(action="quit")
                assert await gleb.rest() == b""
