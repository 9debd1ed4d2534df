"""What can go wrong for a client: what its journal says, how it ends, and that no secret is in any of it."""

import asyncio
import contextlib
import json
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.app import running_app
from tests.support.data import add_accounts
from tests.support.process import ServerProcess, clean_environment, vestnik
from tests.support.waiting import DEADLINE
from vestnik.client import AnswerTimeout, Client, ConnectionFailed, ConnectionLost, NotJson, ServerClosing, UnknownHost
from vestnik.log.journal import Journal

PASSWORD = "pa55word-in-no-journal"


class ClientProcess:
    """`vestnik client` as another process, whose lines are typed one by one."""

    def __init__(self, directory: Path, port: int, *arguments: str) -> None:
        self._journal = directory / "client.log"
        self.process = subprocess.Popen(
            (
                sys.executable,
                "-m",
                "vestnik",
                "client",
                "-p",
                str(port),
                "-u",
                "anna",
                "--log-dir",
                str(directory),
                *arguments,
            ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            env=clean_environment(VESTNIK_PASSWORD=PASSWORD),
        )
        self.console: list[str] = []

    def type(self, line: str) -> None:
        """Type a line."""
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def wait_for(self, text: str) -> None:
        """Wait for a line of the console that holds `text`."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.console.append(line.rstrip("\n"))
            if text in line:
                return
        raise AssertionError(f"no {text!r} in {self.console!r}")

    def end(self, close_input: bool = True) -> int:
        """Wait for its end, as a rule after closing its input; the exit code."""
        if close_input:
            output, errors = self.process.communicate(timeout=DEADLINE)
        else:
            self.process.wait(DEADLINE)
            output, errors = self.process.communicate()
        self.console += (output + errors).splitlines()
        return self.process.returncode

    @property
    def journal(self) -> list[str]:
        """Its journal without time stamps."""
        return [line[24:] for line in self._journal.read_text("utf-8").splitlines()]


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Callable[..., ClientProcess]]:
    """Starts clients, which do not outlive the test."""
    started: list[ClientProcess] = []

    def start(port: int, *arguments: str) -> ClientProcess:
        started.append(ClientProcess(tmp_path / "client", port, *arguments))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.process.kill()
        with contextlib.suppress(ValueError, OSError):
            each.process.communicate()


def run(directory: Path, *arguments: str, lines: str = "") -> tuple[int, list[str]]:
    """Run a client to its end; its exit code and its journal."""
    done = vestnik("client", "-u", "anna", "--log-dir", str(directory), *arguments, stdin=lines, password=PASSWORD)
    assert "Traceback" not in done.stderr
    journal = (directory / "client.log").read_text("utf-8")
    assert journal.splitlines() == done.stderr.splitlines()
    return done.returncode, [line[24:] for line in journal.splitlines()]


@pytest.mark.parametrize("address", ["localhost1", "nowhere.invalid", "256.1.1.1", "a" * 300, "..", "\u2764"])
def test_an_unknown_host(tmp_path: Path, address: str) -> None:
    """An address that cannot be found is one CRITICAL line and exit code 1."""
    code, journal = run(tmp_path, "-a", address)
    assert code == 1
    text = f"Ошибка! Неправильный IP адрес {address}:7777, проверьте правильность введенного адреса"
    assert journal == [f"CRITICAL client     {text}"]


@pytest.mark.parametrize("address", ["127.0.0.1", "localhost"])
def test_a_refused_connection(tmp_path: Path, address: str, port: int) -> None:
    """A port where nobody listens is one CRITICAL line and exit code 1, also when the name has several addresses."""
    code, journal = run(tmp_path, "-a", address, "-p", str(port))
    assert code == 1
    text = f"Ошибка! Сервер {address}:{port} отклонил подключение, проверьте порт или сервер для подключения"
    assert journal == [f"CRITICAL client     {text}"]


def test_a_refused_login(tmp_path: Path) -> None:
    """A wrong password is an ERROR line; the lines typed are tried all the same; the exit code is 1."""
    add_accounts(tmp_path, ["anna"], "another password")
    with ServerProcess(tmp_path) as server:
        code, journal = run(tmp_path / "client", "-p", str(server.port), lines="/join #tea\n")
    assert code == 1
    text = "402 Пользователь anna не существует или введен неправильный пароль "
    assert journal[2] == f"ERROR    client     Сервер ответил ошибкой: {text}"
    assert journal[-1] == "ERROR    client     Сервер ответил ошибкой: 401 Пользователь anna не авторизован"


def test_everything_went_through(tmp_path: Path) -> None:
    """Nothing went wrong: exit code 0, also after /quit, and no line above INFO."""
    add_accounts(tmp_path, ["anna"], PASSWORD)
    with ServerProcess(tmp_path) as server:
        code, journal = run(tmp_path / "client", "-p", str(server.port), lines="/join #tea\nhello\n/quit\n")
    assert code == 0
    assert {line.split()[0] for line in journal} == {"INFO"}


def test_a_lost_connection(tmp_path: Path, client: Callable[..., ClientProcess]) -> None:
    """The server is killed under a client: an ERROR line, exit code 1, no traceback."""
    add_accounts(tmp_path, ["anna"], PASSWORD)
    server = ServerProcess(tmp_path)
    anna = client(server.port)
    anna.type("/join #tea")
    anna.wait_for("присоединился")
    server.kill()
    anna.wait_for("потеряно")
    assert anna.end() == 1
    lost = f"ERROR    client     Ошибка! Соединение с сервером 127.0.0.1:{server.port} потеряно"
    assert anna.journal[-1] == lost
    assert anna.journal.count(lost) == 1
    assert not any("Traceback" in line for line in anna.console)


def test_a_client_ends_with_its_connection(tmp_path: Path, client: Callable[..., ClientProcess]) -> None:
    """The connection is lost while the client's input is still open: the client ends by itself, exit code 1."""
    add_accounts(tmp_path, ["anna"], PASSWORD)
    server = ServerProcess(tmp_path)
    anna = client(server.port)
    anna.type("/join #tea")
    anna.wait_for("присоединился")
    server.kill()
    anna.wait_for("потеряно")
    try:
        code = anna.process.wait(5)
    except subprocess.TimeoutExpired:
        code = None
    assert code == 1


def test_a_server_that_stops(tmp_path: Path, client: Callable[..., ClientProcess]) -> None:
    """The server stops: a WARNING that says so and no line about a lost connection; exit code 1."""
    add_accounts(tmp_path, ["anna"], PASSWORD)
    with ServerProcess(tmp_path) as server:
        anna = client(server.port)
        anna.type("/join #tea")
        anna.wait_for("присоединился")
        server.stop()
        anna.wait_for("завершает работу")
        assert anna.end() == 1
        assert anna.journal[-1] == f"WARNING  client     Сервер 127.0.0.1:{server.port} завершает работу"


@asynccontextmanager
async def server_that_says(*answers: bytes) -> AsyncIterator[int]:
    """A listener that says one of `answers` after each thing it hears, then nothing more; its port."""
    writers = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        for answer in answers:
            if not await reader.read(65_536):
                break
            writer.write(answer)

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for writer in writers:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()


OK = b'{"response": 200, "alert": "OK"}\n'


@pytest.mark.parametrize(
    "said",
    [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x80\x04\x95", b'{"response": "200"}', b"[1]", b"{" * 100, b'{"x":}'],
)
async def test_a_server_that_says_no_json(tmp_path: Path, said: bytes) -> None:
    """What the server sends is no answer: one ERROR line with the reason, exit code 1, no traceback."""
    async with server_that_says(said) as port:
        code, journal = await asyncio.to_thread(run, tmp_path, "-p", str(port))
    assert code == 1
    assert journal[-1].startswith(f"ERROR    client     Ошибка! Сервер 127.0.0.1:{port} прислал не JSON: ")
    assert len(journal) == 3


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """A client's journal."""
    made = Journal("client", tmp_path / "log", level=10)
    yield made
    made.close()


def lines_of(journal: Journal, path: Path) -> list[str]:
    """What a journal holds, without time stamps."""
    assert journal.flush()
    return [line[24:] for line in (path / "log" / "client.log").read_text("utf-8").splitlines()]


async def test_a_server_that_never_answers(tmp_path: Path, journal: Journal) -> None:
    """No answer in time: AnswerTimeout, one CRITICAL line with the seconds, nothing else that is an error."""
    async with server_that_says() as port:
        client = Client("127.0.0.1", port, name="anna", password=PASSWORD, timeout=0.3, journal=journal)
        with pytest.raises(AnswerTimeout, match=r"did not answer within 0\.3 s"):
            async with client:
                pass
    errors = [line for line in lines_of(journal, tmp_path) if not line.startswith(("INFO", "DEBUG"))]
    assert errors == [f"CRITICAL client     Ошибка! Сервер 127.0.0.1:{port} не ответил за 0.3 с"]


async def test_a_server_that_does_not_accept(tmp_path: Path, journal: Journal) -> None:
    """The connection is not accepted in time: AnswerTimeout and the same line."""
    with socket.socket() as full, contextlib.ExitStack() as waiting:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        where = full.getsockname()
        for _ in range(3):
            sock = waiting.enter_context(socket.socket())
            sock.setblocking(False)
            sock.connect_ex(where)
        with pytest.raises(AnswerTimeout):
            async with Client("127.0.0.1", where[1], name="anna", password=PASSWORD, timeout=0.3, journal=journal):
                pass
    assert lines_of(journal, tmp_path) == [
        f"CRITICAL client     Ошибка! Сервер 127.0.0.1:{where[1]} не ответил за 0.3 с"
    ]


async def test_errors_of_the_library(tmp_path: Path, journal: Journal) -> None:
    """Each way to fail is an exception of its own; all of them are ConnectionFailed."""
    with pytest.raises(UnknownHost):
        await Client("nowhere.invalid", name="anna", password=PASSWORD, journal=journal).connect()
    async with server_that_says(b"no") as port:
        with pytest.raises(NotJson):
            async with Client("127.0.0.1", port, name="anna", password=PASSWORD, journal=journal):
                pass
    async with running_app(tmp_path / "data", "anna") as app:
        where: dict[str, Any] = {"port": app.listener.port, "name": "anna", "password": "secret"}
        client = Client("127.0.0.1", **where, journal=journal, reconnect=False)
        await client.connect()
        await client.authenticate()
    with pytest.raises(ServerClosing):
        async for _ in client.events():
            pass
    with pytest.raises(ConnectionLost):
        await client.send("#tea", "x")
    await client.disconnect()
    assert issubclass(ServerClosing, ConnectionFailed)


async def test_no_secret_is_shown(tmp_path: Path, client: Callable[..., ClientProcess]) -> None:
    """Passwords and tokens, right and wrong, are in no journal, console or error of either side, even at DEBUG."""
    add_accounts(tmp_path, ["anna"], PASSWORD)
    with ServerProcess(tmp_path, "--log-level", "DEBUG") as server:
        log = Journal("client", tmp_path / "client", level=10)
        where: dict[str, Any] = {"address": "127.0.0.1", "port": server.port, "name": "anna", "journal": log}
        async with Client(**where, password=PASSWORD, remember=True) as first:
            token = first.token
            shown = [repr(first)]
        assert token is not None
        for wrong in ({"password": PASSWORD + "x"}, {"token": token + "x"}):
            with pytest.raises(Exception, match="402") as caught:
                async with Client(**(where | wrong)):
                    pass
            shown += [repr(caught.value), str(caught.value)]
        raw = socket.create_connection(("127.0.0.1", server.port), DEADLINE)
        with raw:
            for user in ({"account_name": PASSWORD}, {"account_name": 5, "password": PASSWORD}):
                raw.sendall(json.dumps({"action": "authenticate", "user": user | {"token": 5}}).encode())
            raw.sendall(f'{{"action": "authenticate", "user": {{"password": "{PASSWORD}", }} }}'.encode())
            raw.shutdown(socket.SHUT_WR)
            while part := raw.recv(65_536):
                shown.append(part.decode())
        anna = await asyncio.to_thread(client, server.port, "--log-level", "DEBUG")
        assert await asyncio.to_thread(anna.end) == 0
        shown += anna.console
        server.stop()
        shown += server.lines
        log.close()
    for file in (*tmp_path.glob("log/*"), *tmp_path.glob("client/*")):
        shown.append(file.read_text("utf-8"))
    assert len(shown) > 10
    for text in shown:
        for secret in (PASSWORD, token):
            assert secret not in text
