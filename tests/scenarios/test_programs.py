"""The programs that the docs show, as processes: they end with one line, and a bot survives its restarts."""

import asyncio
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from tests.support.app import running_app
from tests.support.catalogue import EXAMPLES
from tests.support.data import add_accounts
from tests.support.process import clean_environment
from tests.support.waiting import DEADLINE
from tests.support.wire import Wire
from vestnik.chat.rooms import RoomDirectory
from vestnik.server.doors.control import SOCKET_NAME


async def start(name: str, port: int | str, directory: Path, **variables: str) -> asyncio.subprocess.Process:
    """Run a program as anna; a variable that is empty is not set."""
    environment = clean_environment(
        VESTNIK_PORT=str(port),
        VESTNIK_USER="anna",
        VESTNIK_PASSWORD="secret",
        VESTNIK_BOT_STATE=str(directory / "bot.json"),
        HOME=str(directory),
    )
    return await asyncio.create_subprocess_exec(
        sys.executable,
        EXAMPLES / name,
        env={key: value for key, value in (environment | variables).items() if value},
        cwd=directory,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def ended(program: asyncio.subprocess.Process) -> tuple[int | None, str, str]:
    """How it ended, and what it has said."""
    out, err = await asyncio.wait_for(program.communicate(), DEADLINE)
    return program.returncode, out.decode(), err.decode()


@pytest.mark.parametrize("name", ["hello.py", "bot.py"])
async def test_one_clear_line(name: str, tmp_path: Path, port: int) -> None:
    """A wrong password, port or address, or a variable that is not set, ends a program with one line that says so."""
    async with running_app(tmp_path / "data", "anna") as app:
        there = app.listener.port
        for at, variables, said in (
            (there, {"VESTNIK_PASSWORD": "guess"}, "402"),
            (there, {"VESTNIK_USER": "nobody"}, "402"),
            (port, {}, f"127.0.0.1:{port}"),
            ("port", {}, "'port'"),
            (70_000, {}, "70000"),
            (there, {"VESTNIK_SERVER": "nowhere.invalid"}, "nowhere.invalid"),
            (there, {"VESTNIK_PASSWORD": ""}, "VESTNIK_PASSWORD"),
        ):
            code, out, err = await ended(await start(name, at, tmp_path, **variables))
            assert (code, out) == (1, "")
            assert err.startswith(f"{name}: ")
            assert err.count("\n") == 1
            assert said in err
            assert err.isascii()
            assert "guess" not in err


@pytest.mark.parametrize("content", ["", "{", "[1]", '{"#tea": "x"}'])
async def test_a_file_that_is_none(content: str, tmp_path: Path, port: int) -> None:
    """So does a file of cursors that cannot be read."""
    (tmp_path / "bot.json").write_text(content)
    code, out, err = await ended(await start("bot.py", port, tmp_path))
    assert (code, out, err.count("\n")) == (1, "", 1)


async def test_hello_while_the_server_restarts(tmp_path: Path, port: int) -> None:
    """The program shows what is said before, between and after two runs of the server, once and in order."""
    add_accounts(tmp_path / "data", ["anna", "boris"], "secret")
    async with AsyncExitStack() as stack:
        for run in range(3):
            async with running_app(tmp_path / "data", port=port), await Wire.login(port, "boris") as boris:
                if run == 0:
                    assert await boris.code(action="join", room="#tea") == 200
                    program = await stack.enter_async_context(killed_at_the_end("hello.py", port, tmp_path))
                    assert await boris.texts(1) == ["Hello from a program"]
                for number in range(3):
                    assert (await boris.send("#tea", f"{run} {number}"))["response"] == 200
                if run == 2:
                    assert program.stdout is not None
                    lines = [(await asyncio.wait_for(program.stdout.readline(), DEADLINE)).decode().strip()]
                    while lines[-1] != "boris: 2 2":
                        lines.append((await asyncio.wait_for(program.stdout.readline(), DEADLINE)).decode().strip())
    said = [line for line in lines if line.startswith("boris: ")]
    assert said == [f"boris: {run} {number}" for run in range(3) for number in range(3)]


@asynccontextmanager
async def killed_at_the_end(
    name: str, port: int, directory: Path, **variables: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A program that runs until then, and complains of nothing."""
    program = await start(name, port, directory, **variables)
    try:
        yield program
    finally:
        program.kill()
        code, _, complaints = await ended(program)
        assert (code, complaints) == (-signal.SIGKILL, "")


async def pongs(boris: Wire, last: int) -> list[str]:
    """What the bot says, up to its answer to ping number `last`."""
    return [text for text in await boris.texts_to(f"pong {last}") if text.startswith("pong")]


async def ping(boris: Wire, *numbers: int) -> None:
    """Ask the bot in the room."""
    for number in numbers:
        boris.tell(action="msg", to="#tea", message=f"!ping {number}")
    for _ in numbers:
        assert (await boris.answer())["response"] == 200


async def test_a_bot_that_is_killed(tmp_path: Path) -> None:
    """Killed again and again, also between an answer and its note of it, it answers everything once and in order."""
    async with running_app(tmp_path / "data", "anna", "boris") as app:
        port = app.listener.port
        async with await Wire.login(port, "boris") as boris:
            assert await boris.code(action="join", room="#tea") == 200
            async with killed_at_the_end("bot.py", port, tmp_path):
                await asyncio.wait_for(_joined(app.chat.rooms, 2), DEADLINE)
                await ping(boris, 1, 2)
                assert await pongs(boris, 2) == ["pong 1", "pong 2"]
            shutil.copy(tmp_path / "bot.json", tmp_path / "earlier.json")
            await ping(boris, 3, 4)
            async with killed_at_the_end("bot.py", port, tmp_path):
                assert await pongs(boris, 4) == ["pong 3", "pong 4"]
                await ping(boris, 5)
                assert await pongs(boris, 5) == ["pong 5"]
            # As if it had been killed after it had answered, but before it had noted that.
            (tmp_path / "earlier.json").replace(tmp_path / "bot.json")
            await ping(boris, *range(6, 10))
            async with killed_at_the_end("bot.py", port, tmp_path):
                assert await pongs(boris, 9) == [f"pong {number}" for number in range(6, 10)]
            page = await boris.ask(action="history", to="#tea")
            found = [each["message"] for each in page["messages"] if each["from"] == "anna"]
            assert found == [f"pong {number}" for number in range(1, 10)]


async def _joined(rooms: RoomDirectory, count: int) -> None:
    while (room := rooms.find("#tea")) is None or len(room.members) < count:
        await asyncio.sleep(0)


async def test_a_bot_that_is_killed_before_its_first_event(tmp_path: Path) -> None:
    """What is said in its room, or to it, after it was killed for the first time, it hears all the same."""
    async with running_app(tmp_path / "data", "anna", "boris") as app:
        port = app.listener.port
        async with await Wire.login(port, "boris") as boris:
            assert await boris.code(action="join", room="#tea") == 200
            async with killed_at_the_end("bot.py", port, tmp_path):
                await asyncio.wait_for(_joined(app.chat.rooms, 2), DEADLINE)
            await ping(boris, 1)
            assert (await boris.send("anna", "!ping 2"))["response"] == 202
            async with killed_at_the_end("bot.py", port, tmp_path):
                assert sorted(await boris.texts(2)) == ["pong 1", "pong 2"]


async def test_a_bot_with_commands(tmp_path: Path) -> None:
    """The deployer obeys, asks back, thanks; killed in between it says so, and serves what was said meanwhile."""
    async with running_app(tmp_path / "data", "boris") as app:
        port = app.listener.port
        async with await Wire.connect_to(app.settings.data_path / SOCKET_NAME) as admin:
            assert await admin.code(action="add_bot", name="deployer") == 201
            answer = await admin.ask(action="add_token", name="deployer")
            (tmp_path / "deployer.token").write_text(answer["token"] + "\n")
        async with await Wire.login(port, "boris", features=["seq"]) as boris:
            assert await boris.code(action="join", room="#tea") == 200
            async with killed_at_the_end("deployer.py", port, tmp_path, VESTNIK_USER=""):
                await asyncio.wait_for(_joined(app.chat.rooms, 2), DEADLINE)
                boris.tell(action="msg", to="#tea", message="/status tea")
                boris.tell(action="msg", to="#tea", message="/deploy coffee")
                boris.tell(action="msg", to="#tea", message="/deploy")
                assert sorted(await boris.heard(3)) == [
                    "SERVICE is missing. It is written /deploy SERVICE [--where staging|production]",
                    "There is no service coffee, only tea, cake",
                    "tea: 1",
                ]
                boris.tell(action="msg", to="#tea", message="/deploy cake --where staging")
                assert await boris.heard(1) == ["cake is on staging"]
                boris.tell(action="msg", to="#tea", message="Good +1")
                while "reactions" not in (await boris.newest("#tea")):
                    pass
                thread = (await boris.send("#tea", "/deploy tea --where production"))["seq"]
                assert await boris.heard(1) == ["Really to production? yes or no"]
                assert (await boris.send("#tea", "yes", reply_to=thread))["response"] == 200
                assert await boris.heard(1) == ["tea is on production"]
                boris.tell(action="msg", to="#tea", message="/deploy cake --where production")
                assert await boris.heard(1) == ["Really to production? yes or no"]
            assert (await boris.send("#tea", "/status"))["response"] == 200
            found = await boris.ask(action="commands", to="#tea")
            assert [(each["name"], each["arguments"], each["about"]) for each in found["commands"]] == [
                ("deploy", "SERVICE [--where staging|production]", "Deploy a service."),
                ("status", "[SERVICES ...]", "Say on how many machines services run."),
            ]
            async with killed_at_the_end("deployer.py", port, tmp_path, VESTNIK_USER=""):
                assert sorted(await boris.heard(2)) == [
                    "/deploy was cut off when the bot stopped, and is not run again by itself",
                    "tea: 1\ncake: 2",
                ]


@pytest.mark.parametrize("state", ["", "{", '{"bot": "other"}'])
async def test_a_deployer_that_cannot_begin(tmp_path: Path, state: str, port: int) -> None:
    """Without a server or with a state that is none it ends with one line that says so."""
    (tmp_path / "deployer.token").write_text("token")
    if state:
        (tmp_path / "bot.json").write_text(state)
    code, out, err = await ended(await start("deployer.py", port, tmp_path, VESTNIK_USER=""))
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert err.startswith("deployer.py: ")
