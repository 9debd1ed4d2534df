"""Servers and clients that speak different languages."""

import asyncio
import re
from pathlib import Path

import pytest

from tests.support.app import running_app
from tests.support.data import add_accounts
from tests.support.process import VESTNIK, ServerProcess, vestnik
from tests.support.terminal import Terminal
from tests.support.wire import Wire
from vestnik.client import Client, Refused

CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
ENGLISH = re.compile(r"\b(there|does|is|not|has|created|joined|delivered|answered)\b", re.IGNORECASE)
"""Words that are in nearly every English sentence."""
LINES = (
    "/create #tea\n/topic x\n/join #nowhere\x01\nhello\n/leave #nope\n/edit 9 x\n/mute\n"
    "/to nobody\nhi\n/role #tea anna member\n/x\n"
)


@pytest.mark.parametrize(("server", "client"), [("ru", "en"), ("en", "ru")])
def test_a_client_says_everything_in_its_own_language(tmp_path: Path, server: str, client: str) -> None:
    """Answers, refusals and the journal of a client are in its language, whatever the server speaks."""
    add_accounts(tmp_path / "data", ["anna"], "secret")
    with ServerProcess(tmp_path / "data", "--lang", server) as made:
        where = ("-a", f"127.0.0.1:{made.port}", "--lang", client, "--log-dir")
        right = vestnik("client", *where, str(tmp_path / "1"), "-u", "anna", stdin=LINES, password="secret")
        wrong = vestnik("client", *where, str(tmp_path / "2"), "-u", "anna", stdin="", password="guess")
        own = made.journal
    other = CYRILLIC if client == "en" else ENGLISH
    for line in (right.stderr + wrong.stderr).splitlines():
        assert not other.search(line), line
    assert "402" in wrong.stderr
    assert bool(CYRILLIC.search(own)) is (server == "ru")


def test_a_terminal_in_another_language(tmp_path: Path) -> None:
    """At the prompt, too, nothing is in the server's language: what is done, what is refused, its end."""
    add_accounts(tmp_path / "data", ["anna"], "secret")
    with (
        ServerProcess(tmp_path / "data") as server,
        Terminal(
            [*VESTNIK, "client", "-p", str(server.port), "-u", "anna", "--lang", "en", "--log-dir", str(tmp_path)],
            VESTNIK_PASSWORD="secret",
            XDG_STATE_HOME=str(tmp_path / "state"),
            XDG_CONFIG_HOME=str(tmp_path / "config"),
        ) as anna,
    ):
        anna.wait_for("anna → ?>", after=anna.wait_for("You are logged in as anna"))
        for typed, said in (
            ("/create #tea", "created room #tea"),
            ("/create #tea", "409 Room #tea already exists"),
            ("/leave #nowhere", "400 Room #nowhere does not exist"),
            ("/edit 7 x", "404 There is no message 7 in #tea"),
        ):
            anna.type(f"{typed}\r")
            anna.wait_for(said)
        server.stop()
        anna.wait_for("is closing")
        assert not CYRILLIC.search(anna.seen)


async def test_each_its_own(tmp_path: Path) -> None:
    """Clients of one server are answered in the language that each has named, and told so that it stops."""
    connect = Wire.connect
    async with running_app(tmp_path, "anna", lang="en") as app:
        port = app.listener.port
        async with await connect(port) as russian, await connect(port) as plain:
            features = ["notice"]
            user = {"account_name": "anna", "password": "secret"}
            said = await russian.ask(action="authenticate", user=user, lang="ru-RU", features=features)
            assert said["alert"] == "Пользователь anna аутентифицирован"
            said = await plain.ask(action="authenticate", user=user, lang="tlh", features=features)
            assert said["alert"] == "User anna is already authenticated"
            assert (await russian.ask(action="leave", room="#x"))["error"] == "Чата #x не существует"
            assert (await plain.ask(action="leave", room="#x"))["error"] == "Room #x does not exist"
            stopping = asyncio.create_task(app.stop())
            assert (await russian.hear())["text"] == "Сервер завершает работу"
            assert (await plain.hear())["text"] == "The server is closing"
        await stopping


async def test_the_library(tmp_path: Path) -> None:
    """A program that names a language gets what was refused in it."""
    async with (
        running_app(tmp_path, "anna", lang="en") as app,
        Client("127.0.0.1", app.listener.port, name="anna", password="secret", lang="ru") as anna,
    ):
        with pytest.raises(Refused) as caught:
            await anna.leave("#x")
        assert caught.value.reason == "Чата #x не существует"
