"""Every code the server answers with, and what its text says."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.app import running_app
from tests.support.data import add_accounts
from tests.support.process import ServerProcess
from tests.support.store import kept
from tests.support.wire import Wire
from vestnik.server.app import App


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    """A server with the accounts anna and boris."""
    async with running_app(tmp_path, "anna", "boris", limits={"rooms": 2, "contacts": 1}) as started:
        yield started


async def test_every_code(app: App) -> None:
    """200 202 400 401 402 403 404 409: the text is in `alert` below 400 and in `error` from 400 on, never both."""
    async with await Wire.connect(app.listener.port) as wire:
        answers = [
            await wire.ask(action="presence"),
            await wire.authenticate("anna", "wrong"),
            await wire.authenticate("anna"),
            await wire.authenticate("anna"),
            await wire.ask(action="leave", room="#none"),
            await wire.ask(action="join", room="#tea"),
            await wire.send("#none", "text"),
            await wire.send("boris", "text", id="m1"),
            await wire.send("#tea", "text", id="m1"),
            await wire.ask(action="get_contacts", user_login="boris"),
        ]
    assert [answer["response"] for answer in answers] == [401, 402, 202, 200, 400, 200, 404, 202, 409, 403]
    wrong = [
        answer for answer in answers if set(answer) != {"response", "alert" if answer["response"] < 400 else "error"}
    ]
    assert not wrong


ANNA = {"account_name": "anna", "password": "secret"}


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        ({"action": "msg", "to": "boris"}, "message"),
        ({"action": "msg", "message": "text"}, "to"),
        ({"action": "msg", "to": "boris", "message": ""}, "message"),
        ({"action": "msg", "to": "", "message": "text"}, "to"),
        ({"action": "msg", "to": "boris", "message": 5}, "message"),
        ({"action": "msg", "to": None, "message": "text"}, "to"),
        ({"action": "msg", "to": ["boris"], "message": "text"}, "to"),
        ({"action": "msg", "to": "b" * 26, "message": "text"}, "to"),
        ({"action": "msg", "to": "#" + "b" * 25, "message": "text"}, "to"),
        ({"action": "msg", "to": "boris", "message": "я" * 4001}, "message"),
        ({"action": "msg", "to": "boris", "message": "x", "from": 7}, "from"),
        ({"action": "msg", "to": "boris", "message": "x", "id": "i" * 37}, "id"),
        ({"action": "msg", "to": "boris", "message": "x", "id": ""}, "id"),
        ({"action": "msg", "to": "boris", "message": "x", "id": 7}, "id"),
        ({"action": "join"}, "room"),
        ({"action": "join", "room": "tea"}, "room"),
        ({"action": "join", "room": "#"}, "room"),
        ({"action": "join", "room": ""}, "room"),
        ({"action": "join", "room": "# tea"}, "room"),
        ({"action": "join", "room": "#tea\u202e"}, "room"),
        ({"action": "join", "room": "#" + "t" * 25}, "room"),
        ({"action": "join", "room": {}}, "room"),
        ({"action": "leave"}, "room"),
        ({"action": "leave", "room": ""}, "room"),
        ({"action": "leave", "room": "#" + "t" * 25}, "room"),
        ({"action": "presence", "user": 7}, "user"),
        ({"action": "presence", "user": {"account_name": 1}}, "user.account_name"),
        ({"action": "presence", "user": {"account_name": "anna", "status": "s" * 101}}, "user.status"),
        ({"action": "add_contact"}, "user_id"),
        ({"action": "add_contact", "user_id": ""}, "user_id"),
        ({"action": "add_contact", "user_id": "b" * 26}, "user_id"),
        ({"action": "del_contact", "user_id": 1}, "user_id"),
        ({"action": "get_contacts", "user_login": 1}, "user_login"),
        ({"action": "authenticate"}, "user"),
        ({"action": "authenticate", "user": {}}, "user.account_name"),
        ({"action": "authenticate", "user": {"account_name": "anna"}}, "user.password"),
        ({"action": "authenticate", "user": {"account_name": "", "password": "x"}}, "user.account_name"),
        ({"action": "authenticate", "user": {"account_name": "anna", "password": "p" * 1025}}, "user.password"),
        ({"action": "authenticate", "user": {"account_name": "anna", "password": 1}}, "user.password"),
        ({"action": "authenticate", "user": ANNA, "features": "seq"}, "features"),
        ({"action": "authenticate", "user": ANNA, "features": [1]}, "features"),
        ({"action": "authenticate", "user": ANNA, "remember": 1}, "remember"),
        ({"time": 0}, "action"),
        ({"action": 5}, "action"),
        ({"action": "dance"}, "dance"),
        ({"action": "MSG", "to": "boris", "message": "x"}, "MSG"),
    ],
)
async def test_a_bad_field_is_named(app: App, request_: dict[str, Any], field: str) -> None:
    """400 with the field's name, and the connection goes on."""
    async with await Wire.login(app.listener.port, "anna") as anna:
        answer = await anna.ask(**request_)
        assert answer["response"] == 400
        assert field in answer["error"].removesuffix("[0]").split(" ")
        assert await anna.silent()


async def test_an_unknown_action_is_shown_shortened(app: App) -> None:
    """The action's name stands in the answer, at most 100 characters of it, and a sign for the rest."""
    async with await Wire.connect(app.listener.port) as wire:
        answer = await wire.ask(action="a" * 5000)
        assert answer == {"response": 400, "error": f"Неизвестное действие {'a' * 100}…"}


async def test_limits_are_refusals(app: App) -> None:
    """One room or contact too many: 403, and the text says how many there may be."""
    async with await Wire.login(app.listener.port, "anna") as anna:
        for room in ("#one", "#two"):
            assert await anna.code(action="join", room=room) == 200
        answer = await anna.ask(action="join", room="#three")
        assert answer == {"response": 403, "error": "Пользователь anna уже состоит в 2 чатах: это предел"}
        assert await anna.code(action="join", room="#ONE") == 200
        assert await anna.code(action="add_contact", user_id="boris") == 200
        assert await anna.code(action="add_contact", user_id="boris") == 200
        assert await anna.code(action="add_contact", user_id="anna") == 403


async def test_contacts(app: App) -> None:
    """Contacts are listed with 202; an unknown account and a name that is no contact are 404."""
    async with await Wire.login(app.listener.port, "anna") as anna:
        assert await anna.ask(action="get_contacts") == {"response": 202, "alert": []}
        assert await anna.code(action="add_contact", user_id="nobody") == 404
        assert await anna.code(action="del_contact", user_id="boris") == 404
        assert await anna.code(action="add_contact", user_id="BORIS", user_login="anna") == 200
        assert await anna.ask(action="get_contacts", user_login="Anna") == {"response": 202, "alert": ["boris"]}
        assert await anna.code(action="del_contact", user_id="boris") == 200
        assert await anna.ask(action="get_contacts") == {"response": 202, "alert": []}


LEAKS = ("Traceback", "sqlite", "sqlalchemy", "Operational", "disk", "vestnik.db", "/")


async def test_a_full_disk_is_500_and_loses_nothing(tmp_path: Path) -> None:
    """While nothing can be written every change is 500 without internals; then all goes on; what was 200 is there."""
    add_accounts(tmp_path, ["anna", "boris"], "secret")
    acknowledged: list[str] = []
    with ServerProcess(tmp_path) as server:
        async with await Wire.login(server.port, "anna") as anna, await Wire.login(server.port, "boris") as boris:
            for wire in (anna, boris):
                assert await wire.code(action="join", room="#tea") == 200
            for number in range(20):
                assert (await anna.send("#tea", f"before {number}"))["response"] == 200
                acknowledged.append(f"before {number}")
            server.limit_files(4096)
            refused = [
                await anna.send("#tea", "full"),
                await anna.send("boris", "full"),
                await anna.ask(action="join", room="#coffee"),
                await anna.ask(action="leave", room="#tea"),
                await anna.ask(action="add_contact", user_id="boris"),
            ]
            for answer in refused:
                assert answer == {"response": 500, "error": "Внутренняя ошибка сервера"}
                assert not any(leak in json.dumps(answer) for leak in LEAKS)
            assert await anna.silent()
            for number in range(20):
                anna.tell(action="msg", to="#tea", message=f"full {number}")
            assert [(await anna.hear())["response"] for _ in range(20)] == [500] * 20
            server.limit_files(None)
            for number in range(20):
                assert (await anna.send("#tea", f"after {number}"))["response"] == 200
                acknowledged.append(f"after {number}")
            assert await boris.texts(len(acknowledged)) == acknowledged
            assert (await anna.send("boris", "direct"))["response"] == 200
            assert await boris.texts(1) == ["direct"]
            assert await anna.code(action="join", room="#coffee") == 200
        assert server.running
        assert server.stop() == 0
    rows = kept(tmp_path)
    assert [row.text for row in rows if row.text != "direct"] == acknowledged
    for conversation in {row.conversation for row in rows}:
        seqs = [row.seq for row in rows if row.conversation == conversation]
        assert seqs == list(range(1, len(seqs) + 1))


async def test_a_login_on_a_full_disk(tmp_path: Path) -> None:
    """A first login must be kept: 500 while the disk is full, 202 when it is not; a login that lives needs no disk."""
    add_accounts(tmp_path, ["anna", "boris"], "secret")
    with ServerProcess(tmp_path) as server:
        async with await Wire.login(server.port, "anna"):
            pass
        server.limit_files(4096)
        async with await Wire.connect(server.port) as anna, await Wire.connect(server.port) as boris:
            assert (await anna.authenticate("anna"))["response"] == 200
            assert (await boris.authenticate("boris"))["response"] == 500
            assert (await boris.ask(action="presence"))["response"] == 401
            server.limit_files(None)
            assert (await boris.authenticate("boris"))["response"] == 202
