"""The intake: what a kept message becomes, over real sockets in this process."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.app import journal_lines, running_app
from tests.support.data import writing
from tests.support.store import kept
from tests.support.waiting import DEADLINE
from tests.support.wire import Wire
from vestnik.server import hub
from vestnik.server.app import App

RICH = ["seq"]


async def tell(wire: Wire, to: str, text: str, **fields: Any) -> dict[str, Any]:
    """Send a message; the answer."""
    return await wire.ask(action="msg", time=0, to=to, message=text, **fields)


def together(*requests: dict[str, Any]) -> bytes:
    """Requests as one segment."""
    return b"".join(json.dumps({"time": 0} | request).encode() + b"\n" for request in requests)


async def until_live(app: App, name: str) -> None:
    """Wait until every connection of an account has got what was kept for it."""
    found = await app.store.find_account(name)
    assert found is not None

    def ready() -> bool:
        account = app.chat.sessions.find(found.id)
        return account is not None and all(session.waiting is None for session in account.sessions)

    async with asyncio.timeout(DEADLINE):
        while not ready():
            await app.store.last_number()  # another question to the store behind that of the login


async def test_pipelined_messages_are_one_batch(tmp_path: Path) -> None:
    """Many messages in one segment are answered in order, with rising seq, and delivered in order."""
    async with running_app(tmp_path, "anna", "boris") as app:
        port = app.listener.port
        async with await Wire.login(port, "anna", features=RICH) as anna, await Wire.login(port, "boris") as boris:
            for wire in (anna, boris):
                await wire.ask(action="join", time=0, room="#tea")
            anna.write(
                together(*({"action": "msg", "to": "#tea", "message": str(n), "id": f"m{n}"} for n in range(50)))
            )
            answers = [await anna.hear() for _ in range(50)]
            assert [(answer["response"], answer["id"], answer["seq"]) for answer in answers] == [
                (200, f"m{n}", n + 1) for n in range(50)
            ]
            assert [(await boris.hear())["message"] for _ in range(50)] == [str(n) for n in range(50)]


async def test_a_stop_while_messages_gather(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was accepted and still gathers when the server stops without waiting for it is kept and journaled."""
    monkeypatch.setattr(hub, "BUSY_RATE", 0)
    monkeypatch.setattr(hub, "WINDOW", 0)
    monkeypatch.setattr(hub, "QUIET", 3600)
    async with (
        running_app(tmp_path, "anna", "boris", lang="en", shutdown=0.01) as app,
        await Wire.login(app.listener.port, "anna") as anna,
    ):
        anna.tell(action="msg", time=0, to="boris", message="x")
        async with asyncio.timeout(DEADLINE):
            while not app.services.intake.waits():
                await asyncio.sleep(0)
        await app.stop()
        assert any("Message from anna to boris" in line for line in journal_lines(app))
    assert [row.text for row in kept(tmp_path)] == ["x"]


async def test_mixed_requests_are_answered_in_order(tmp_path: Path) -> None:
    """Messages, refusals, look-ups and garbage in one segment are answered one by one in their order."""
    async with running_app(tmp_path, "anna", "boris", lang="en") as app:
        async with await Wire.login(app.listener.port, "anna", features=RICH) as anna:
            message = {"action": "msg", "message": "x"}
            anna.write(
                together(
                    {"action": "join", "room": "#tea", "id": "1"},
                    message | {"to": "#tea", "id": "2"},
                    message | {"to": "#nowhere", "id": "3"},
                    message | {"to": "boris", "id": "4"},
                    {"action": "get_contacts", "id": "5"},
                    message | {"to": "boris", "id": "6"},
                    message | {"to": "nobody", "id": "7"},
                    {"action": "presence", "id": "8"},
                    message | {"to": "#tea", "id": "9"},
                )
                + b"[1]"
                + together({"action": "leave", "room": "#tea", "id": "10"}, message | {"to": "#tea", "id": "11"})
            )
            answers = [await anna.hear() for _ in range(12)]
        assert [answer.get("id") for answer in answers] == [*"123456789", None, "10", "11"]
        codes = [200, 200, 404, 202, 202, 202, 404, 200, 200, 400, 200, 403]
        assert [answer["response"] for answer in answers] == codes


async def test_same_id_again(tmp_path: Path) -> None:
    """Sending the same id again gives the same answer and seq, and delivers and keeps nothing."""
    async with running_app(tmp_path, "anna", "boris") as app:
        port = app.listener.port
        async with await Wire.login(port, "anna", features=RICH) as anna, await Wire.login(port, "boris") as boris:
            for wire in (anna, boris):
                await wire.ask(action="join", time=0, room="#tea")
            first = await tell(anna, "#tea", "x", id="a")
            assert first["seq"] == 1
            assert await tell(anna, "#tea", "x", id="a") == first
            assert (await tell(anna, "#tea", "y", id="b"))["seq"] == 2
            assert [(await boris.hear())["message"] for _ in range(2)] == ["x", "y"]


async def test_same_id_elsewhere(tmp_path: Path) -> None:
    """An id that was used in another conversation is a 409 with an `error`, and nobody gets the message."""
    async with running_app(tmp_path, "anna", "boris") as app, await Wire.login(app.listener.port, "anna") as anna:
        await anna.ask(action="join", time=0, room="#tea")
        await tell(anna, "#tea", "x", id="a")
        answer = await tell(anna, "boris", "x", id="a")
        assert answer["response"] == 409
        async with await Wire.login(app.listener.port, "boris") as boris:
            await until_live(app, "boris")
            assert await boris.silent()
        assert "error" in answer


async def test_direct_messages(tmp_path: Path) -> None:
    """200 when a connection of the addressee has it, 202 when it waits; then it comes with the next login, once."""
    async with running_app(tmp_path, "anna", "boris") as app:
        port = app.listener.port
        async with await Wire.login(port, "anna", features=RICH) as anna:
            assert (await tell(anna, "boris", "one", id="a"))["response"] == 202
            assert (await tell(anna, "boris", "one", id="a"))["response"] == 202
            async with await Wire.login(port, "boris", features=RICH) as boris:
                heard = await boris.hear()
                assert (heard["message"], heard["from"], heard["to"], heard["seq"]) == ("one", "anna", "boris", 1)
                await until_live(app, "boris")
                assert (await tell(anna, "boris", "two", id="b"))["response"] == 200
                assert (await boris.hear())["message"] == "two"
            assert (await tell(anna, "boris", "one", id="a"))["response"] == 200
            async with await Wire.login(port, "boris") as boris:
                await until_live(app, "boris")
                assert await boris.silent()


async def test_devices(tmp_path: Path) -> None:
    """A direct message reaches every device of both sides but the one it came from."""
    async with running_app(tmp_path, "anna", "boris") as app:
        port = app.listener.port
        async with (
            await Wire.login(port, "anna") as anna,
            await Wire.login(port, "anna") as phone,
            await Wire.login(port, "boris") as boris,
            await Wire.login(port, "boris", features=RICH) as tablet,
        ):
            for name in ("anna", "boris"):
                await until_live(app, name)
            await tell(anna, "boris", "hello")
            assert [(await wire.hear())["message"] for wire in (phone, boris, tablet)] == ["hello"] * 3
            assert await anna.silent()


async def test_authors_in_a_shared_batch(tmp_path: Path) -> None:
    """When several members write at once, each gets the others' messages and not their own."""
    async with running_app(tmp_path, "anna", "boris") as app:
        port = app.listener.port
        async with await Wire.login(port, "anna") as anna, await Wire.login(port, "boris") as boris:
            for wire in (anna, boris):
                await wire.ask(action="join", time=0, room="#tea")
            for _ in range(10):
                anna.tell(action="msg", time=0, to="#tea", message="from anna")
                boris.tell(action="msg", time=0, to="#tea", message="from boris")
            for wire, other in ((anna, "from boris"), (boris, "from anna")):
                heard = [await wire.hear() for _ in range(20)]
                assert [found["message"] for found in heard if "message" in found] == [other] * 10
                assert sum("response" in found for found in heard) == 10


async def test_many_kept_messages(tmp_path: Path) -> None:
    """More kept messages than one page come all, in order, once, and are journaled as one line."""
    count = 250  # more than one page
    async with running_app(tmp_path, "anna", "boris", lang="en") as app:
        port = app.listener.port
        async with await Wire.login(port, "anna") as anna:
            anna.write(together(*({"action": "msg", "to": "boris", "message": str(n)} for n in range(count))))
            for _ in range(count):
                assert (await anna.hear())["response"] == 202
        async with await Wire.login(port, "boris") as boris:
            assert [(await boris.hear())["message"] for _ in range(count)] == [str(n) for n in range(count)]
            await until_live(app, "boris")
        assert f"INFO     server     Messages kept for user boris delivered ({count})" in journal_lines(app)


async def test_two_logins_in_one_segment(tmp_path: Path) -> None:
    """Logging in twice in a row on one connection gives the kept messages once."""
    async with running_app(tmp_path, "anna", "boris") as app:
        port = app.listener.port
        async with await Wire.connect(port) as boris:
            user = {"account_name": "boris", "password": "secret"}
            token = (await boris.ask(action="authenticate", time=0, user=user, remember=True))["token"]
        async with await Wire.login(port, "anna") as anna:
            anna.write(together(*({"action": "msg", "to": "boris", "message": str(n)} for n in range(60))))
            for _ in range(60):
                await anna.hear()
        async with await Wire.connect(port) as boris:
            login = {"action": "authenticate", "user": {"account_name": "boris", "token": token}}
            boris.write(together(login, login, login))
            heard = [await boris.hear() for _ in range(63)]
            await until_live(app, "boris")
            boris.tell(action="presence", time=0, user={"account_name": "boris", "status": "end"})
            while len([found for found in heard if "response" in found]) < 4:
                heard.append(await boris.hear())
            texts = [found["message"] for found in heard if "message" in found]
            assert sorted(texts, key=int) == [str(n) for n in range(60)]


async def test_login_again_keeps_direct_messages_coming(tmp_path: Path) -> None:
    """A connection that logs in once more is live again and misses nothing."""
    async with running_app(tmp_path, "anna", "boris") as app:
        port = app.listener.port
        async with await Wire.login(port, "anna") as anna, await Wire.login(port, "boris") as boris:
            await until_live(app, "boris")
            user = {"account_name": "boris", "password": "secret"}
            assert (await boris.ask(action="authenticate", time=0, user=user))["response"] == 200
            await tell(anna, "boris", "still here")
            assert (await boris.hear())["message"] == "still here"


async def test_full_write_queue(tmp_path: Path) -> None:
    """When too many messages wait their sender is not read from for a while; all are answered in the end."""
    async with running_app(tmp_path, "anna", write_queue=5, lang="en") as app:
        async with await Wire.login(app.listener.port, "anna", features=RICH) as anna:
            await anna.ask(action="join", time=0, room="#tea")
            for _ in range(10):
                anna.write(together(*({"action": "msg", "to": "#tea", "message": "x"} for _ in range(20))))
            assert [(await anna.hear())["seq"] for _ in range(200)] == list(range(1, 201))
        assert any("The write queue is full" in line for line in journal_lines(app))


async def test_store_failure(tmp_path: Path) -> None:
    """When the store cannot write, the sender gets a 500, nobody gets the message, and the journal says why."""
    async with running_app(tmp_path, "anna", "boris", lang="en") as app:
        port = app.listener.port
        async with await Wire.login(port, "anna") as anna, await Wire.login(port, "boris") as boris:
            for wire in (anna, boris):
                await wire.ask(action="join", time=0, room="#tea")
            await app.store._writer.change(lambda connection: connection.exec_driver_sql("PRAGMA busy_timeout = 0"))
            with writing(tmp_path):
                assert (await tell(anna, "#tea", "lost", id="a"))["response"] == 500
            assert (await tell(anna, "#tea", "kept", id="a"))["response"] == 200
            assert (await boris.hear())["message"] == "kept"
        assert any(line.startswith("ERROR    server     Writing to the database failed") for line in journal_lines(app))


async def test_who_does_not_read_changes_is_cut_off(tmp_path: Path) -> None:
    """A client that reads no changes is closed as too slow though nobody sends a message."""
    async with running_app(tmp_path, "anna", "boris", lang="en", send_buffer=131_072) as app:
        port = app.listener.port
        async with (
            await Wire.login(port, "anna") as anna,
            await Wire.login(port, "boris", receive=4096, features=["changes"]) as boris,
        ):
            for wire in (anna, boris):
                await wire.ask(action="join", time=0, room="#tea")
            await tell(anna, "#tea", "x")
            slow = "Client boris does not keep up reading"
            for number in range(2000):
                await anna.ask(action="edit", time=0, to="#tea", seq=1, message=f"{number} {'x' * 3900}")
                if number % 50 == 0 and any(slow in line for line in journal_lines(app)):
                    break
            assert any(slow in line for line in journal_lines(app))
