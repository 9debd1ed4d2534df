"""Searching over real sockets."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.support.app import running_app
from tests.support.data import add_accounts
from tests.support.process import ServerProcess
from tests.support.waiting import DEADLINE
from tests.support.wire import Wire


async def test_found_at_once(tmp_path: Path) -> None:
    """What was answered is found by those who may read it, as a page of messages with snippets, and by nobody else."""
    async with running_app(tmp_path, "anna", "boris", "vera") as app:
        port = app.listener.port
        async with await Wire.login(port, "anna") as anna, await Wire.login(port, "boris") as boris:
            for number in range(3):
                assert (await anna.send("boris", f"Ключи {number}"))["response"] == 200
            await boris.texts(3)
            first = await boris.ask(action="search", query="ключами", limit=2, time=0)
            sent = [message.pop("time") for message in first["messages"]]
            assert sent == sorted(sent, reverse=True)
            assert first == {
                "response": 200,
                "alert": "Пользователь boris искал, найдено сообщений: 2",
                "messages": [
                    {
                        "action": "msg",
                        "from": "anna",
                        "to": "boris",
                        "message": f"Ключи {number}",
                        "seq": number + 1,
                        "snippet": f"\u2068Ключи\u2069 {number}",
                    }
                    for number in (2, 1)
                ],
                "more": True,
                "next": first["next"],
            }
            last = await boris.ask(action="search", query="ключами", before=first["next"], time=0)
            assert [message["message"] for message in last["messages"]] == ["Ключи 0"]
            assert (last["more"], "next" in last) == (False, False)
        async with await Wire.login(port, "vera") as vera:
            assert (await vera.ask(action="search", query="ключи", time=0))["messages"] == []


async def test_edited_and_deleted(tmp_path: Path) -> None:
    """An edited message is found by its new text, a deleted one not at all, in the index before or not."""
    async with running_app(tmp_path, "anna") as app, await Wire.login(app.listener.port, "anna") as anna:

        async def found(query: str) -> list[str]:
            answer = await anna.ask(action="search", query=query, time=0)
            return [message["message"] for message in answer["messages"]]

        for searched_before in (False, True):
            await anna.ask(action="join", room=f"#tea{searched_before}", time=0)
            await anna.send(f"#tea{searched_before}", "старое раз")
            await anna.send(f"#tea{searched_before}", "тайное два")
            if searched_before:
                assert await found("старое тайное") == []
            where = {"to": f"#tea{searched_before}", "time": 0}
            assert await anna.code(action="edit", seq=1, message="новое раз", **where) == 200
            assert await anna.code(action="delete", seq=2, **where) == 200
            assert await found("старое") == await found("тайное") == []
            assert await found("новое") == ["новое раз"] * (1 + searched_before)


async def test_after_a_restart(tmp_path: Path) -> None:
    """What was not in the index when the server ended comes into it by itself when it runs again."""
    async with running_app(tmp_path, "anna") as app, await Wire.login(app.listener.port, "anna") as anna:
        for number in range(250):
            anna.tell(action="msg", to="anna", message=f"раз {number}", time=0)
        for _ in range(250):
            assert (await anna.answer())["response"] in {200, 202}
    (tmp_path / "search.db").unlink()
    async with running_app(tmp_path), asyncio.timeout(DEADLINE):
        with closing(sqlite3.connect(tmp_path / "vestnik.db")) as database:
            database.execute("ATTACH DATABASE ? AS search", (str(tmp_path / "search.db"),))
            query = "SELECT indexed - (SELECT max(id) FROM message) FROM search_state"
            while database.execute(query).fetchone()[0] < 0:
                await asyncio.sleep(0)


async def test_query_is_not_journaled(tmp_path: Path) -> None:
    """What somebody searched for is in no journal, even if all calls are in it."""
    add_accounts(tmp_path, ["anna"], "secret")
    with ServerProcess(tmp_path, "--log-level", "DEBUG", toml="trace = true\n") as server:
        async with await Wire.login(server.port, "anna") as anna:
            assert await anna.code(action="search", query="тайна", time=0) == 200
            assert await anna.code(action="search", query="тайна " * 50, time=0) == 400
    journal = "".join(path.read_text("utf-8") for path in (tmp_path / "log").iterdir() if path.is_file())
    assert "Store.search" in journal
    assert "тайна" not in journal + "".join(server.lines)
