"""Named people in rooms, over real sockets."""

from pathlib import Path

from tests.support.app import journal_lines, running_app
from tests.support.wire import Wire


async def test_members_hear_a_message_and_its_author_gets_only_the_answer(tmp_path: Path) -> None:
    """Anna writes to a room: Boris gets the message once, Anna gets the answer and no copy."""
    async with running_app(tmp_path, "anna", "boris") as app:
        port = app.listener.port
        async with await Wire.login(port, "anna") as anna, await Wire.login(port, "boris") as boris:
            assert (await anna.ask(action="join", time=0, room="#tea"))["response"] == 200
            assert (await boris.ask(action="join", time=0, room="#tea"))["response"] == 200
            answer = await anna.ask(action="msg", time=0, to="#tea", message="Чай готов")
            assert answer == {"response": 200, "alert": "Сообщение от anna к #tea доставлено"}
            heard = await boris.hear()
            assert heard.pop("time") > 0
            assert heard == {"action": "msg", "from": "anna", "to": "#tea", "message": "Чай готов"}
            assert await anna.silent()
            assert await boris.silent()
        assert journal_lines(app).count("INFO     server     200: Сообщение от anna к #tea доставлено") == 1


async def test_membership_outlives_the_connection(tmp_path: Path) -> None:
    """Boris disconnects without leaving; when he is back he hears the room without joining again."""
    async with running_app(tmp_path, "anna", "boris") as app:
        port = app.listener.port
        async with await Wire.login(port, "anna") as anna:
            await anna.ask(action="join", time=0, room="#tea")
            async with await Wire.login(port, "boris") as boris:
                await boris.ask(action="join", time=0, room="#tea")
            async with await Wire.login(port, "boris") as boris:
                await anna.ask(action="msg", time=0, to="#tea", message="again")
                assert (await boris.hear())["message"] == "again"
