"""Who speaks: logins by password and token, what ends them, and what nobody may do in another's name."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.app import running_app
from tests.support.process import vestnik
from tests.support.wire import Wire
from vestnik.server.app import App


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    """A server with the accounts anna and boris."""
    async with running_app(tmp_path, "anna", "boris") as started:
        yield started


async def by_token(wire: Wire, name: str, token: str) -> dict[str, Any]:
    """Log in with a token; the answer."""
    return await wire.ask(action="authenticate", time=0, user={"account_name": name, "token": token})


async def test_the_first_login_is_202_and_the_next_are_200(app: App) -> None:
    """A login outlives its connection: 202, then 200 on any connection."""
    async with await Wire.connect(app.listener.port) as wire:
        answer = await wire.authenticate("anna")
        assert answer == {"response": 202, "alert": "Пользователь anna аутентифицирован"}
    for _ in range(2):
        async with await Wire.connect(app.listener.port) as wire:
            answer = await wire.authenticate("anna")
            assert answer == {"response": 200, "alert": "Пользователь anna уже аутентифицирован"}


async def test_quit_ends_the_login_without_a_word(app: App) -> None:
    """After `quit` the connection ends without an answer, and the next login is a first one again."""
    async with await Wire.login(app.listener.port, "anna") as wire:
        wire.tell(action="quit")
        assert await wire.rest() == b""
    async with await Wire.connect(app.listener.port) as wire:
        assert (await wire.authenticate("anna"))["response"] == 202


async def test_quit_without_a_login(app: App) -> None:
    """A stranger's `quit` ends the connection and nobody's login."""
    async with await Wire.login(app.listener.port, "anna"), await Wire.connect(app.listener.port) as wire:
        await wire.authenticate("anna", "wrong")
        wire.tell(action="quit")
        assert await wire.rest() == b""
    async with await Wire.connect(app.listener.port) as wire:
        assert (await wire.authenticate("anna"))["response"] == 200


async def test_quit_is_answered_after_what_came_before(app: App) -> None:
    """Messages and `quit` in one segment: every message is answered before the connection ends."""
    async with await Wire.login(app.listener.port, "anna") as wire:
        await wire.code(action="join", room="#tea")
        for number in range(20):
            wire.tell(action="msg", to="#tea", message=str(number))
        wire.tell(action="quit")
        wire.tell(action="msg", to="#tea", message="too late")
        assert (await wire.rest()).count(b'"response":200') == 20


async def test_a_wrong_password_is_answered_as_an_unknown_name(app: App) -> None:
    """402 with one text for both, also while a login lives, and the connection goes on."""
    async with await Wire.connect(app.listener.port) as wire:
        wrong = await wire.authenticate("anna", "wrong")
        unknown = await wire.authenticate("nobody", "secret")
        text = "Пользователь anna не существует или введен неправильный пароль "
        assert wrong == {"response": 402, "error": text}
        assert unknown == {"response": 402, "error": text.replace("anna", "nobody")}
        assert (await wire.authenticate("anna"))["response"] == 202
    async with await Wire.connect(app.listener.port) as wire:
        assert await wire.authenticate("anna", "wrong") == wrong


async def test_a_failed_login_does_not_end_the_login_of_the_connection(app: App) -> None:
    """Anna is logged in and mistypes her password: 402, and she still speaks as herself."""
    async with await Wire.login(app.listener.port, "anna") as anna:
        assert (await anna.authenticate("anna", "wrong"))["response"] == 402
        assert await anna.code(action="join", room="#tea") == 200


@pytest.mark.parametrize("inside", [True, False])
async def test_remember_gives_a_token(app: App, inside: bool) -> None:
    """`remember` in the request or inside `user` gives a token, which logs in with 200; without it there is none."""
    port = app.listener.port
    user: dict[str, Any] = {"account_name": "anna", "password": "secret"}
    request = {"user": user | {"remember": True}} if inside else {"user": user, "remember": True}
    async with await Wire.connect(port) as wire:
        answer = await wire.ask(action="authenticate", **request)
        assert set(answer) == {"response", "alert", "token"}
        assert answer["response"] == 202
        token = answer["token"]
        assert len(token) >= 43
        assert "token" not in await wire.authenticate("anna")
    async with await Wire.connect(port) as wire:
        assert await by_token(wire, "anna", token) == {
            "response": 200,
            "alert": "Пользователь anna уже аутентифицирован",
        }
        assert await wire.code(action="join", room="#tea") == 200
        assert (await by_token(wire, "anna", token[:-1]))["response"] == 402
        assert (await by_token(wire, "anna", ""))["response"] == 402


async def test_a_token_outlives_a_restart(tmp_path: Path) -> None:
    """A token of yesterday logs in today, on a server that was restarted; so does its account's name in capitals."""
    async with running_app(tmp_path, "anna") as app, await Wire.connect(app.listener.port) as wire:
        token = (await wire.authenticate("anna", remember=True))["token"]
    async with running_app(tmp_path) as app, await Wire.connect(app.listener.port) as wire:
        assert (await by_token(wire, "anna", token))["response"] == 200
        assert (await by_token(wire, "ANNA", token))["response"] == 200
    for file in tmp_path.rglob("*"):
        assert file.is_dir() or token.encode() not in file.read_bytes()


async def test_a_token_belongs_to_one_account(app: App) -> None:
    """Anna's token does not let anybody in as Boris, and the text is that of a wrong password."""
    async with await Wire.connect(app.listener.port) as wire:
        token = (await wire.authenticate("anna", remember=True))["token"]
    async with await Wire.connect(app.listener.port) as wire:
        answer = await by_token(wire, "boris", token)
        text = "Пользователь boris не существует или введен неправильный пароль "
        assert answer == {"response": 402, "error": text}
        assert await wire.code(action="join", room="#tea") == 401


async def test_quit_of_a_token_login_ends_that_token_only(app: App) -> None:
    """One device quits: its token is worth nothing any more, the other device's token still is."""
    port = app.listener.port
    tokens = []
    for _ in range(2):
        async with await Wire.connect(port) as wire:
            tokens.append((await wire.authenticate("anna", remember=True))["token"])
    async with await Wire.connect(port) as wire:
        assert (await by_token(wire, "anna", tokens[0]))["response"] == 200
        wire.tell(action="quit")
        await wire.rest()
    async with await Wire.connect(port) as wire:
        assert (await by_token(wire, "anna", tokens[0]))["response"] == 402
        assert (await by_token(wire, "anna", tokens[1]))["response"] == 200


async def user(app: App, *arguments: str, password: str | None = None) -> None:
    """Run `vestnik user` beside the server."""
    done = await asyncio.to_thread(vestnik, "user", "--data", app.settings.data, *arguments, password=password)
    assert done.returncode == 0, done.stderr


async def test_a_disabled_account_is_cut_off(app: App) -> None:
    """Disabling closes the account's connections, ends its tokens and answers 403; enabled again it logs in anew."""
    port = app.listener.port
    async with (
        await Wire.login(port, "anna", remember=True) as first,
        await Wire.connect(port) as second,
        await Wire.login(port, "boris") as boris,
    ):
        token = (await second.authenticate("anna", remember=True))["token"]
        await user(app, "disable", "anna")
        assert await first.rest() == b""
        assert await second.rest() == b""
        assert await boris.silent()
    async with await Wire.connect(port) as wire:
        assert await wire.authenticate("anna") == {"response": 403, "error": "Учётная запись anna отключена"}
        assert await wire.code(action="join", room="#tea") == 401
        await user(app, "enable", "anna")
        assert (await by_token(wire, "anna", token))["response"] == 402
        assert (await wire.authenticate("anna"))["response"] == 202


async def test_a_new_password_ends_tokens_and_connections(app: App) -> None:
    """`vestnik user passwd`: connections are closed, tokens and the old password refused, the new one lets in."""
    port = app.listener.port
    async with await Wire.connect(port) as wire:
        token = (await wire.authenticate("anna", remember=True))["token"]
        await user(app, "passwd", "anna", password="new secret")
        assert await wire.rest() == b""
    async with await Wire.connect(port) as wire:
        assert (await by_token(wire, "anna", token))["response"] == 402
        assert (await wire.authenticate("anna", "secret"))["response"] == 402
        assert (await wire.authenticate("anna", "new secret"))["response"] == 202


NAMING = [
    {"action": "presence", "user": {"account_name": "boris", "status": "here"}},
    {"action": "authenticate", "user": {"account_name": "boris", "password": "secret"}},
    {"action": "msg", "to": "#tea", "from": "boris", "message": "x"},
    {"action": "msg", "to": "boris", "from": "boris", "message": "x"},
    {"action": "get_contacts", "user_login": "boris"},
    {"action": "add_contact", "user_login": "boris", "user_id": "anna"},
    {"action": "del_contact", "user_login": "boris", "user_id": "anna"},
]


@pytest.mark.parametrize("request_", NAMING, ids=lambda request: request["action"])
async def test_nobody_speaks_for_another(app: App, request_: dict[str, Any]) -> None:
    """Anna names Boris as the one who speaks: 403 with both names, and nothing happens."""
    async with (
        await Wire.login(app.listener.port, "anna") as anna,
        await Wire.login(app.listener.port, "boris") as boris,
    ):
        assert await anna.code(action="join", room="#tea") == 200
        assert await boris.code(action="join", room="#tea") == 200
        answer = await anna.ask(**request_)
        assert answer == {"response": 403, "error": "Соединение принадлежит пользователю anna, а не boris"}
        assert await boris.silent()
        assert await anna.silent()


@pytest.mark.parametrize("name", ["anna", "ANNA", "ａｎｎａ"])
async def test_the_own_name_is_no_other(app: App, name: str) -> None:
    """Anna names herself, in any spelling of her name: that is allowed."""
    async with await Wire.login(app.listener.port, "anna") as anna:
        assert await anna.code(action="presence", user={"account_name": name}) == 200
        assert await anna.code(action="get_contacts", user_login=name) == 202
        assert (await anna.authenticate(name))["response"] == 200


@pytest.mark.parametrize(
    "request_",
    [
        {"action": "presence", "user": {"account_name": "anna"}},
        {"action": "msg", "to": "#tea", "from": "anna", "message": "x"},
        {"action": "msg", "to": "boris", "from": "anna", "message": "x"},
        {"action": "join", "room": "#tea"},
        {"action": "leave", "room": "#tea"},
        {"action": "get_contacts", "user_login": "anna"},
        {"action": "add_contact", "user_login": "anna", "user_id": "boris"},
        {"action": "del_contact", "user_login": "anna", "user_id": "boris"},
    ],
    ids=lambda request: request["action"],
)
async def test_before_the_login_nothing_is_allowed(app: App, request_: dict[str, Any]) -> None:
    """401 for every action but `authenticate` and `quit`; after a login on the same connection it is not 401."""
    async with await Wire.connect(app.listener.port) as wire:
        answer = await wire.ask(**request_)
        assert answer["response"] == 401
        assert "не авторизован" in answer["error"]
        assert (await wire.authenticate("anna"))["response"] == 202
        assert await wire.code(**request_) != 401


async def test_presence_may_come_again_and_again(app: App) -> None:
    """Presence is 200 each time, with and without a user, a status or a type."""
    async with await Wire.login(app.listener.port, "anna") as anna:
        for more in (
            {},
            {"type": "status"},
            {"user": {"account_name": "anna"}},
            {"user": {"account_name": "anna", "status": "Yep, I am here!"}},
            {"user": {"account_name": "anna", "status": ""}},
            {"type": None, "time": "now"},
        ):
            assert await anna.code(action="presence", **more) == 200


async def test_a_login_again_on_the_same_connection(app: App) -> None:
    """Anna logs in again and names other features: 200, her connection is rich from then on, nothing comes twice."""
    port = app.listener.port
    async with await Wire.login(port, "anna") as anna, await Wire.login(port, "boris") as boris:
        for wire in (anna, boris):
            assert await wire.code(action="join", room="#tea") == 200
        assert (await anna.authenticate("anna", features=["seq"]))["response"] == 200
        await boris.send("#tea", "to the room")
        assert (await anna.hear())["seq"] == 1
        await anna.silent()
        assert (await boris.send("anna", "to her"))["response"] == 200
        assert (await anna.hear())["seq"] == 1
        assert (await anna.authenticate("anna"))["response"] == 200
        await boris.send("#tea", "plain again")
        assert "seq" not in await anna.hear()
        assert await anna.silent()
