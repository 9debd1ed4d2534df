"""A secret that nobody else has is put wherever one can be, and then looked for in everything that programs write."""

import asyncio
import gzip
import json
import logging
import secrets
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.support.data import add_accounts
from tests.support.process import VESTNIK, clean_environment, vestnik
from tests.support.waiting import DEADLINE
from tests.support.wire import Wire
from vestnik.chat.limits import MAX_PASSWORD
from vestnik.client import Client, Refused
from vestnik.log.crash import journal_loop_error
from vestnik.log.handler import JournalHandler
from vestnik.log.journal import Journal
from vestnik.secret import Secret
from vestnik.server import passwords as hashing
from vestnik.server.app import App
from vestnik.server.settings import make_settings

PART = 8
"""Characters of a canary that are too many to show."""


def make_canary() -> str:
    """A secret: it fits into a name together with a word, and is in no text by chance."""
    return secrets.token_hex(8)


def hits(secret: str, shown: Iterable[tuple[str, str]]) -> list[str]:
    """Where `secret`, its beginning or its end is found, in any case; `shown` are pairs of a place and its text."""
    parts = (secret[:PART].lower(), secret[-PART:].lower())
    return [place for place, text in shown if any(part in text.lower() for part in parts)]


def written(*directories: Path) -> Iterator[tuple[str, str]]:
    """Every file in the directories, whatever is below them; compressed ones as they were."""
    for directory in directories:
        for path in directory.rglob("*"):
            if path.is_file():
                data = path.read_bytes()
                yield str(path), (gzip.decompress(data) if path.suffix == ".gz" else data).decode("latin-1")


class Running:
    """A server as another process: everything it says, on both outputs."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.port = 0
        self.said: list[str] = []

    async def read(self, stream: asyncio.StreamReader, started: asyncio.Event) -> None:
        """Take what it says on one of its outputs."""
        while line := (await stream.readline()).decode():
            self.said.append(line)
            if "Server started at" in line:
                self.port = int(line.rsplit(":", 1)[1])
                started.set()


@asynccontextmanager
async def server(data: Path) -> AsyncIterator[Running]:
    """`vestnik server` on a free port, which journals whatever it can; stopped at the end."""
    where = ("-a", "127.0.0.1", "-p", "0", "--data", str(data), "--config", "/dev/null")
    process = await asyncio.create_subprocess_exec(
        *(*VESTNIK, "server", *where, "--lang", "en", "--log-level", "DEBUG", "--trace"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=clean_environment(),
    )
    assert process.stdout is not None
    assert process.stderr is not None
    running = Running(process)
    started = asyncio.Event()
    reading = [asyncio.create_task(running.read(stream, started)) for stream in (process.stdout, process.stderr)]
    try:
        await asyncio.wait_for(started.wait(), DEADLINE)
        yield running
    finally:
        process.terminate()
        await asyncio.wait_for(asyncio.gather(process.wait(), *reading), DEADLINE)


def command_line(pid: int) -> tuple[str, str]:
    """What everybody on the machine sees of a process."""
    return f"/proc/{pid}/cmdline", Path(f"/proc/{pid}/cmdline").read_text("utf-8")


async def command_line_of_a_client(password: str, *arguments: str) -> tuple[str, str]:
    """The command line of a client that has a password in its environment and has just used it."""
    process = await asyncio.create_subprocess_exec(
        *(*VESTNIK, *arguments, "--lang", "en"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env=clean_environment(VESTNIK_PASSWORD=password),
    )
    assert process.stdin is not None
    assert process.stderr is not None
    async with asyncio.timeout(DEADLINE):
        while b"authenticated" not in await process.stderr.readline():
            pass
        seen = command_line(process.pid)
        process.stdin.close()
        await asyncio.gather(process.wait(), process.stderr.read())
    return seen


def logins(secret: str) -> Iterator[dict[str, Any]]:
    """Objects that hold a secret where a secret belongs, right or wrong, or where the client put it by mistake."""
    wrong: list[Any] = [secret, secret + "x", secret * (MAX_PASSWORD // len(secret) + 1), [secret], {secret: secret}]
    for value in (*wrong, [[[{"a": secret}]]], int(secret, 16), f"\0\n{secret}\ud7ff", f'"{secret}\\', True, 1.5):
        for field in ("password", "token"):
            user = {"account_name": "anna", field: value}
            yield {"action": "authenticate", "user": user}
            yield {"action": "authenticate", "user": user | {"account_name": "nobody", "remember": secret}}
            yield {"action": "authenticate", field: value, "user": {"account_name": "anna"}}
            yield {"action": "presence", "user": user, field: value}
            yield {"action": "dance", "user": user, field: value}
            yield {"user": user, field: value}
            yield {"action": "msg", "to": "boris", field: value}
            yield {"action": "authenticate", "user": user | {"account_name": 5}}
            yield {"action": "authenticate", "user": [user]}
            yield {"action": "authenticate", "user": user, "features": [{field: value}]}


def misplaced(secret: str, harmless: str) -> Iterator[dict[str, Any]]:
    """Objects that hold, in every field of every action, the secret behind the name of one.

    Names that people choose are shown, whatever they look like: of what looks like a secret they get the harmless one.
    """
    for form in ("password={}", "token:{}", '"token":"{}"', "Пароль: {}", "pwd={}"):
        text, name = form.format(secret), form.format(harmless)
        yield {"action": text}
        yield {"action": f"dance {text}", "id": name}
        yield {"action": "presence", "id": name, "type": text, "time": text}
        yield {"action": "presence", "user": {"account_name": name, "status": text}}
        yield {"action": "presence", "user": {"account_name": "anna", "status": f"my {text}"}}
        yield {"action": "authenticate", "user": {"account_name": name, "password": secret}}
        yield {"action": "authenticate", "user": {"account_name": "anna", "password": text}, "features": [text]}
        yield {"action": "msg", "to": name, "message": text}
        yield {"action": "msg", "to": f"#{name}", "message": text}
        yield {"action": "msg", "to": "boris", "message": text, "from": name}
        yield {"action": "msg", "to": "boris", "message": text, "encoding": text, "id": name}
        yield {"action": "msg", "to": "#tea", "message": text, "from": "anna", "id": name}
        yield {"action": "join", "room": f"#{name}"}
        yield {"action": "leave", "room": f"#{name}"}
        yield {"action": "join", "room": name}
        yield {"action": "set_room", "room": "#tea", "topic": text, "description": text}
        yield {"action": "search", "query": text}
        yield {"action": "rooms", "query": text}
        yield {"action": "get_contacts", "user_login": name}
        yield {"action": "add_contact", "user_id": name}
        yield {"action": "del_contact", "user_id": name, "user_login": "anna"}
        yield {"action": "quit", "id": [text], text: text}


def broken(secret: str) -> Iterator[bytes]:
    """What ends a connection, or never was JSON, with the secret in it."""
    whole = json.dumps({"action": "authenticate", "user": {"account_name": "anna", "password": secret}}).encode()
    yield from (whole[:cut] for cut in range(len(whole) - 30, len(whole), 3))
    yield from (whole[:-1] + end for end in (b"]", b",}", b"}}", b"\xff}", b'"', b"\0"))
    yield whole.replace(b'"', b"'")
    yield whole.replace(b'"' + secret.encode(), b'"\xff' + secret.encode())
    yield b'{"password": "' + secret.encode() * 10_000 + b'"}'
    yield b'{"password": ' * 40 + b'"' + secret.encode() + b'"' + b"}" * 40
    yield f"password={secret}".encode()
    yield f"GET /?token={secret} HTTP/1.1\r\nAuthorization: Bearer {secret}\r\nCookie: s={secret}\r\n\r\n".encode()
    yield f"POST http://anna:{secret}@127.0.0.1/ HTTP/1.1\r\n\r\n".encode()


async def say_everything(port: int, secret: str, harmless: str) -> int:
    """Say all of it to a server, as a stranger and as Anna, whose password it is; how many answers came."""
    answers = 0
    async with await Wire.login(port, "anna", secret, remember=True) as anna, await Wire.connect(port) as stranger:
        assert await anna.code(action="join", room="#tea") == 200
        for wire in (stranger, anna):
            for request in (*logins(secret), *misplaced(secret, harmless)):
                if request.get("action") != "quit" or wire is anna:
                    wire.tell(**request)
                    assert (await wire.answer())["response"] >= 200
                    answers += 1
    for data in broken(secret):
        async with await Wire.connect(port) as wire:
            wire.write(data)
            wire.end()
            answers += (await wire.rest()).count(b"\n")
    return answers


async def test_whatever_a_client_sends(tmp_path: Path) -> None:
    """Passwords and tokens, right, wrong and broken, in their places and in all others: the server shows none.

    What is no secret is shown, by everything that is searched.
    """
    secret, harmless = make_canary(), make_canary()
    add_accounts(tmp_path, ["anna", "boris"], secret)
    async with server(tmp_path) as running:
        answers = await say_everything(running.port, secret, harmless)
        async with await Wire.connect(running.port) as wire:
            token = (await wire.authenticate("anna", secret, remember=True))["token"]
            by_token = {"action": "authenticate", "user": {"account_name": "anna", "token": token}}
            assert await wire.code(**by_token) == 200
            assert await wire.code(**by_token | {"user": {"account_name": "anna", "token": token[:-1]}}) == 402
            assert await wire.code(action="join", room=f"#{harmless}") == 200
        seen = [command_line(running.process.pid)]
    assert answers > 350
    shown = [*seen, ("console", "".join(running.said)), *written(tmp_path / "log")]
    assert not hits(secret, shown)
    assert not hits(token, shown)
    places = {Path(place).name for place in hits(harmless, shown)}
    assert places >= {"console", "server.log", "server.jsonl"}
    journal = (tmp_path / "log" / "server.log").read_text("utf-8")
    assert journal.count("***~") > 50  # it did come to the door
    assert "Traceback" not in journal


async def test_what_a_client_shows(tmp_path: Path) -> None:
    """The client with its password in the environment, and secrets among the lines typed, shows none of them."""
    secret, harmless = make_canary(), make_canary()
    add_accounts(tmp_path, ["anna", "boris"], secret)
    lines = (
        f"/join #token={harmless}\nmy password={secret}\n/to password={harmless}\nПароль: {secret}\n"
        f"/to boris\ntoken={secret}\n{harmless}\n"
    )
    shown: list[tuple[str, str]] = []
    async with server(tmp_path) as running:
        common = ("--log-dir", str(tmp_path / "client"), "--log-level", "DEBUG", "--trace")
        client = ("client", "-p", str(running.port), "-u", "anna", *common)
        for password, code in ((secret, 1), (secret + "x", 1), (secret * 100, 1), (f"{secret}\udcff", 1)):
            done = await asyncio.to_thread(vestnik, *client, stdin=lines, password=password)
            assert done.returncode == code
            shown += [("output", done.stdout), ("errors", done.stderr)]
        shown.append(await command_line_of_a_client(secret, *client))
    shown += written(tmp_path / "log", tmp_path / "client")
    assert not hits(secret, shown)
    places = {Path(place).name for place in hits(harmless, shown)}
    assert places >= {"errors", "client.log", "client.jsonl"}


async def test_what_administration_shows(tmp_path: Path) -> None:
    """Passwords given to `vestnik user`, good and bad ones, with a server and without one, are shown by neither."""
    secret, harmless = make_canary(), make_canary()
    config = tmp_path / "user.toml"
    config.write_text("trace = true")
    shown: list[tuple[str, str]] = []

    def administer() -> None:
        user = ("user", "--data", str(tmp_path), "--config", str(config))
        for password, code in ((secret, 0), (secret, 1), (secret * 100, 1), (f"{secret}\udcff", 1)):
            for arguments in (("add", harmless), ("passwd", harmless)):
                done = vestnik(*user, *arguments, password=password, VESTNIK_LOG_LEVEL="DEBUG")
                assert done.returncode == (0 if arguments[0] == "passwd" and password == secret else code)
                shown.extend((("output", done.stdout), ("errors", done.stderr)))

    await asyncio.to_thread(administer)
    harmless = make_canary()
    async with server(tmp_path) as running:
        await asyncio.to_thread(administer)
        shown.append(command_line(running.process.pid))
    shown += [("console", "".join(running.said)), *written(tmp_path / "log")]
    assert not hits(secret, shown)
    places = {Path(place).name for place in hits(harmless, shown)}
    assert places >= {"output", "errors", "admin.log", "admin.jsonl", "server.log"}


async def test_what_the_library_shows(tmp_path: Path) -> None:
    """A `Client` shows neither password nor token: in no text, attribute, error or journal."""
    secret = make_canary()
    add_accounts(tmp_path, ["anna"], secret)
    journal = Journal("client", tmp_path / "client", level=10)
    shown = []
    async with server(tmp_path) as running:
        where: dict[str, Any] = {"port": running.port, "name": "anna", "journal": journal}
        async with Client("127.0.0.1", **where, password=secret, remember=True) as client:
            token = client.token
            assert token is not None
            shown += [repr(client), str(vars(client)), str(await client.authenticate())]
        for given in (token, Secret(token)):
            async with Client("127.0.0.1", **where, token=given) as client:
                shown.append(str(vars(client)))
        for wrong in ({"password": secret + "x"}, {"token": token + "x"}):
            client = Client("127.0.0.1", **where, **wrong)
            await client.connect()
            with pytest.raises(Refused) as caught:
                await client.authenticate()
            await client.disconnect()
            frames = [entry.frame.f_locals for entry in caught.traceback]
            shown += [repr(caught.value), str([{k: v for k, v in f.items() if k != "wrong"} for f in frames[1:]])]
        shown += running.said
    journal.close()
    everything = [("client", text) for text in shown] + [*written(tmp_path / "client", tmp_path / "log")]
    assert not hits(secret, everything)
    assert not hits(token, everything)


def test_administration(tmp_path: Path) -> None:
    """`vestnik user` with good and bad passwords: none is in its journal, on its outputs or in the data."""
    secret = make_canary()
    shown = []
    trace = {"VESTNIK_LOG_LEVEL": "DEBUG", "VESTNIK_TRACE": "1"}
    for command, password, code in (
        ("add", secret, 0),
        ("add", secret, 1),
        ("passwd", secret * 2, 0),
        ("passwd", secret * 100, 1),
        ("passwd", f"{secret}\udcff", 1),
    ):
        done = vestnik("user", "--data", str(tmp_path), command, "anna", password=password, **trace)
        assert done.returncode == code, done.stderr
        shown += [("output", done.stdout), ("errors", done.stderr)]
    wrong = {"VESTNIK_LOG_LEVEL": f"password={secret}"}
    done = vestnik("user", "--data", str(tmp_path), "list", **wrong)
    shown += [("output", done.stdout), ("errors", done.stderr)]
    assert "***~" in (tmp_path / "log" / "admin.log").read_text("utf-8")
    assert not hits(secret, [*shown, *written(tmp_path)])


@pytest.mark.parametrize(
    "toml",
    [
        'password = "{}"',
        "password = {}",
        'password = "{}',
        'password = """{}',
        'password = "{}"\npassword = "{}"',
        '[limits]\ntoken = "{}"',
        "[password]\nx = '{}'",
        "port = 'password={}'",
        "address = 'http://anna:{}@127.0.0.1'",
        "log_level = 'token={}'",
        "lang = 'token={}'",
        "data = '/dev/null/password={}'",
        "limits = 'password={}'",
        "hash_threads = ['{}']",
        "= '{}'",
    ],
)
def test_settings(tmp_path: Path, toml: str) -> None:
    """A settings file with a secret in it, where there is no such setting or the value is bad: one line, without it."""
    secret = make_canary()
    config = tmp_path / "vestnik.toml"
    config.write_text(toml.replace("{}", secret), "utf-8")
    options = [] if toml.startswith("data") else ["--data", str(tmp_path / "data")]
    done = vestnik("server", *options, "--config", str(config))
    config.unlink()
    assert done.returncode == 1
    assert "CRITICAL" in done.stderr
    assert not hits(secret, [("output", done.stdout), ("errors", done.stderr), *written(tmp_path)])


async def test_what_fails_inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Password checks, the store and the event loop fail with secrets at hand: the tracebacks do not show them."""
    secret, harmless = make_canary(), make_canary()

    def verify(password_hash: str, password: Secret) -> bool:
        try:
            raise KeyError({"password": password, "password_hash": password_hash})
        except KeyError:
            raise ValueError(f"no check of {password!r}", password, f"password={password.reveal()}") from None

    def look_up(_connection: object, token_hash: str, since: float) -> None:
        try:
            raise LookupError(f'{{"token": "{secret}", "headers": {{"Cookie": "a=1; b={secret}"}}}}')
        except LookupError as error:
            raise RuntimeError(f"{harmless} [parameters: {{'token_hash': '{token_hash}'}}]\ntoken={secret}") from error

    def call_back(password: Secret, url: str) -> None:
        raise OSError(5, f"Authorization: Bearer {secret}", url)

    loop = asyncio.get_running_loop()
    add_accounts(tmp_path, ["anna"], secret)
    journal = Journal("server", tmp_path / "log", level=10, json=True)
    app = App(make_settings({"address": "127.0.0.1", "port": 0, "data": str(tmp_path)}), journal)
    await app.start()
    async with await Wire.connect(app.listener.port) as wire:
        with monkeypatch.context() as patch:
            patch.setattr(hashing, "verify_password", verify)
            patch.setattr(app.store, "token_login", partial(app.store._read, look_up))
            login: dict[str, Any] = {"action": "authenticate", "user": {"account_name": "anna", "password": secret}}
            for user in ({"password": secret}, {"token": secret}, {"token": secret * 50}):
                assert await wire.code(**login | {"user": {"account_name": "anna"} | user}) == 500
        loop.set_exception_handler(lambda _loop, context: journal_loop_error(journal, context))
        loop.call_soon(call_back, Secret(secret), f"http://anna:{secret}@127.0.0.1/")
        assert (await wire.authenticate("anna", secret))["response"] == 202
    await app.stop()
    journal.close()
    shown = list(written(tmp_path / "log"))
    text = (tmp_path / "log" / "server.log").read_text("utf-8")
    assert text.count("Traceback") >= 3
    assert all(place in text for place in ("in verify", "in look_up", "in call_back", "no check of ***"))
    assert not hits(secret, shown)
    assert {Path(place).name for place in hits(harmless, shown)} >= {"server.log", "server.jsonl"}


def test_what_programs_log(tmp_path: Path) -> None:
    """Calls of the stdlib's `logging` with secrets in whatever they take: the journal has them without the secrets."""
    secret, harmless = make_canary(), make_canary()
    journal = Journal("server", tmp_path, level=10, json=True)
    logger = logging.getLogger("secrets")
    logger.propagate = False
    logger.setLevel(logging.DEBUG)
    handler = JournalHandler(journal, logger)
    try:
        logger.info("login %(user)s with %(password)s", {"user": harmless, "password": secret})
        logger.info("token: %(t)-9s", {"t": f"{secret} {secret}"})
        logger.info("password %s and %r", secret, Secret(secret))
        logger.info("headers %s", {"Cookie": secret, "Authorization": f"Bearer {secret}"})
        logger.info(f'got {{"token": "{secret}"}}')
        logger.info("%d password=%s", "not a number", secret)
        logger.info("extra", extra={"api_key": secret, "note": f"pwd={secret}", "nested": {"password": [secret]}})
        logger.warning(ValueError(f"http://anna:{secret}@host/"))
        try:
            raise ConnectionError({"password": secret})
        except ConnectionError:
            logger.exception("failed with token %s", secret)
    finally:
        logger.removeHandler(handler)
        journal.close()
    text = (tmp_path / "server.log").read_text("utf-8")
    assert not hits(secret, written(tmp_path))
    assert harmless in text
    assert "in test_what_programs_log" in text
    assert len(text.splitlines()) == 9


def test_the_search_finds(tmp_path: Path) -> None:
    """What is looked for is found in any case, by its beginning or end, in plain and compressed files, deep down."""
    secret = make_canary()
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "plain").write_text(f"x{secret[:PART].upper()}x", "utf-8")
    (tmp_path / "packed.gz").write_bytes(gzip.compress(f"x{secret[-PART:]}x".encode()))
    (tmp_path / "other").write_text(make_canary(), "utf-8")
    assert {Path(place).name for place in hits(secret, written(tmp_path))} == {"plain", "packed.gz"}
