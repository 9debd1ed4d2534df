"""The life of a server: start, refusals to start, stop, two at once, many in a row, administration beside it."""

import asyncio
import json
import os
import re
import signal
import socket
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.app import journal_lines, running_app
from tests.support.data import add_accounts
from tests.support.process import ServerProcess, vestnik
from tests.support.proof import Proof
from tests.support.store import kept
from tests.support.waiting import DEADLINE
from tests.support.wire import Wire
from vestnik.store.schema import HEAD


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_answers_what_was_accepted(tmp_path: Path, number: signal.Signals) -> None:
    """A signal in the middle of a load: every message in the database is answered, and the exit code is 0."""
    add_accounts(tmp_path, ["anna"], "secret")
    with ServerProcess(tmp_path) as server:
        async with await Wire.login(server.port, "anna", features=["seq", "notice"]) as anna:
            assert await anna.code(action="join", room="#tea") == 200
            for text in range(2000):
                anna.tell(action="msg", to="#tea", message=str(text), id=str(text))
            assert (await anna.hear())["response"] == 200
            server.signal(number)
            answered = ["0"]
            notices = []
            for line in (await anna.rest()).splitlines():
                found = json.loads(line)
                if "response" in found:
                    assert found["response"] == 200
                    answered.append(found["id"])
                else:
                    notices.append(found)
        assert await asyncio.to_thread(server.wait) == 0
        assert [row.id for row in kept(tmp_path)] == answered
        assert [(notice["action"], notice["code"]) for notice in notices] == [("notice", 101)]
        assert "Traceback" not in server.journal


async def test_a_stop_does_not_throw_answers_away(tmp_path: Path) -> None:
    """Anna sends faster than she reads when the server stops: she still gets the answer to every message it kept."""
    add_accounts(tmp_path, ["anna"], "secret")
    with ServerProcess(tmp_path) as server:
        async with await Wire.login(server.port, "anna", receive=4096, features=["seq"]) as anna:
            assert await anna.code(action="join", room="#tea") == 200
            for text in range(20_000):
                anna.tell(action="msg", to="#tea", message=str(text), id=str(text))
            assert (await anna.hear())["response"] == 200
            server.signal(signal.SIGTERM)
            await asyncio.to_thread(server.wait_for, "Сервер останавливается")
            lines = (await anna.rest()).splitlines(keepends=True)
            answered = ["0", *(json.loads(line)["id"] for line in lines if line.endswith(b"\n"))]
        assert await asyncio.to_thread(server.wait) == 0
        assert [row.id for row in kept(tmp_path)] == answered


async def test_only_those_who_asked_hear_that_the_server_stops(tmp_path: Path) -> None:
    """At a stop a client that named `notice` is told; a plain one only sees the connection end."""
    add_accounts(tmp_path, ["anna", "boris"], "secret")
    with ServerProcess(tmp_path) as server:
        async with (
            await Wire.login(server.port, "anna", features=["notice"]) as anna,
            await Wire.login(server.port, "boris") as boris,
            await Wire.connect(server.port) as stranger,
        ):
            assert await stranger.code(action="presence") == 401
            server.signal(signal.SIGTERM)
            notice = json.loads(await anna.rest())
            assert notice.pop("time") > 0
            assert notice.pop("text")
            assert notice == {"action": "notice", "code": 101}
            assert await boris.rest() == b""
            assert await stranger.rest() == b""
        assert await asyncio.to_thread(server.wait) == 0
        server.wait_for("WARNING  server     Сервер останавливается, открытых соединений: 3")


async def test_a_stop_waits_for_a_slow_reader_only_so_long(tmp_path: Path) -> None:
    """Somebody does not read what was sent to him: the server stops after `shutdown` seconds all the same."""
    add_accounts(tmp_path, ["anna", "boris"], "secret")
    with ServerProcess(tmp_path, toml="shutdown = 0.3\nsend_buffer = 64000000") as server:
        async with await stuck_reader(server):
            server.signal(signal.SIGTERM)
            assert await asyncio.to_thread(server.wait) == 0


async def stuck_reader(server: ServerProcess) -> Wire:
    """Boris, who does not read what is sent to him: more than fits into all buffers."""
    boris = await Wire.login(server.port, "boris", receive=8192)
    assert await boris.code(action="join", room="#tea") == 200
    async with await Wire.login(server.port, "anna") as anna:
        assert await anna.code(action="join", room="#tea") == 200
        for _ in range(3000):
            anna.tell(action="msg", to="#tea", message="x" * 4000)
        for _ in range(3000):
            assert (await anna.hear())["response"] == 200
    return boris


async def test_a_second_signal_does_not_wait(tmp_path: Path) -> None:
    """Somebody does not read: the first signal waits for him, the second does not, and the exit code is still 0."""
    add_accounts(tmp_path, ["anna", "boris"], "secret")
    with ServerProcess(tmp_path, toml="shutdown = 1000\nsend_buffer = 64000000") as server:
        async with await stuck_reader(server):
            server.signal(signal.SIGTERM)
            await asyncio.to_thread(server.wait_for, "Сервер останавливается")
            assert server.running
            server.signal(signal.SIGTERM)
            assert await asyncio.to_thread(server.wait) == 0
        server.wait_for("WARNING  server     Второй сигнал: сервер останавливается немедленно")


def refused(data: Path, *arguments: str, toml: str = "", port: int = 0, lines: int = 1) -> str:
    """Start a server that must not start: exit code 1 and one line on the console, which is returned."""
    server = ServerProcess(data, *arguments, toml=toml, port=port, fresh=True)
    assert server.wait() == 1
    assert len(server.lines) == lines, server.lines
    assert " CRITICAL server     Ошибка! " in server.lines[-1]
    return server.lines[-1].split("Ошибка! ")[1]


def test_a_second_server_is_kept_off_the_data(tmp_path: Path) -> None:
    """A second server on the same data names the process of the first and ends; the first goes on."""
    with ServerProcess(tmp_path) as first:
        reason = refused(tmp_path)
        assert reason == f"С данными в {tmp_path} уже работает другой сервер (процесс {first.pid})"
        assert first.running
    with ServerProcess(tmp_path) as third:
        assert not any("не был завершён" in line for line in third.lines)


def test_a_port_in_use(tmp_path: Path) -> None:
    """Another program listens at the port: the line names address and port."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert refused(tmp_path, port=port) == f"Адрес 127.0.0.1:{port} уже занят"


@pytest.mark.parametrize("address", ["192.0.2.1", "nowhere.invalid", "256.1.1.1", "a" * 300, "..", "\u2764"])
def test_a_bad_address(tmp_path: Path, address: str) -> None:
    """An address that is not ours or does not exist is named."""
    assert refused(tmp_path, "-a", address, port=7).startswith(f"Нельзя слушать адрес {address}:7: ")


def test_a_directory_that_cannot_be_made(tmp_path: Path) -> None:
    """The data directory would be below a file: the line names it."""
    (tmp_path / "file").touch()
    where = tmp_path / "file" / "data"
    reason = refused(tmp_path, "--data", str(where))
    assert reason.startswith(f"Нельзя писать в {tmp_path / 'file'}")
    assert reason.endswith(": на пути к нему не каталог, а файл")


def test_a_journal_directory_that_cannot_be_made(tmp_path: Path) -> None:
    """The journal's directory would be below a file: the line names it."""
    (tmp_path / "file").touch()
    reason = refused(tmp_path, "--log-dir", str(tmp_path / "file" / "log"))
    assert reason.startswith(f"Нельзя писать в {tmp_path / 'file'}")


@pytest.mark.parametrize(
    ("toml", "key"),
    [
        ("colour = 'red'", "colour"),
        ("keepalive = -1", "keepalive"),
        ("max_connections = 0", "max_connections"),
        ("lang = 'fr'", "lang"),
        ("[limits]\nname = 'x'", "limits.name"),
        ("[limits]\nnames = 5", "limits.names"),
        ("keepalive = inf\nunfinished = nan", "unfinished"),
        ("shutdown = nan", "shutdown"),
        ("port = 70000", "port"),
    ],
)
def test_a_bad_setting(tmp_path: Path, toml: str, key: str) -> None:
    """A setting that is unknown or out of bounds is named."""
    if key == "port":
        (tmp_path / "test.toml").write_text(toml)
        done = vestnik("server", "--data", str(tmp_path), "--config", str(tmp_path / "test.toml"))
        assert done.returncode == 1
        assert re.search(r"CRITICAL server     Ошибка! .* port: ", done.stderr)
        assert done.stderr.count("\n") == 1
    else:
        assert re.search(rf" {re.escape(key)}\b", refused(tmp_path, toml=toml))


def test_a_settings_file_that_is_no_toml(tmp_path: Path) -> None:
    """A settings file that cannot be understood is named, and so is one that is not there."""
    assert f" {tmp_path / 'test.toml'}: " in refused(tmp_path, toml="keepalive =")
    none = tmp_path / "none.toml"
    assert f" {none}: " in refused(tmp_path, "--config", str(none))


def change_database(data: Path, *statements: str) -> None:
    """Change the database behind the server's back."""
    with closing(sqlite3.connect(data / "vestnik.db")) as database, database:
        for statement in statements:
            database.execute(statement)


def test_a_newer_database(tmp_path: Path) -> None:
    """A database of a newer program is left alone: the line names both schemas; `vestnik user` refuses it too."""
    add_accounts(tmp_path, ["anna"], "secret")
    change_database(tmp_path, "UPDATE alembic_version SET version_num = '9999'")
    reason = refused(tmp_path)
    assert reason == f"База {tmp_path / 'vestnik.db'} новее программы: её схема 9999, известная схема {HEAD}"
    listing = vestnik("user", "--data", str(tmp_path), "list")
    assert listing.returncode == 1
    assert "9999" in listing.stderr
    assert "Traceback" not in listing.stderr


def write_text(path: Path) -> None:
    """No database at all."""
    path.write_text("This is not a database, and it is long enough to be seen as such. " * 20)


def write_other_database(path: Path) -> None:
    """Another program's database."""
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE recipe (id INTEGER, name TEXT)")


def write_alembic_database(path: Path) -> None:
    """Another program's database, which that program's Alembic has made."""
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE recipe (id INTEGER, name TEXT)")
        database.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        database.execute("INSERT INTO alembic_version VALUES ('0000abcd1234')")


@pytest.mark.parametrize("make", [write_text, write_other_database, write_alembic_database])
def test_a_foreign_database(tmp_path: Path, make: Callable[[Path], None]) -> None:
    """A file that is not ours is named and not changed."""
    path = tmp_path / "vestnik.db"
    make(path)
    before = path.read_bytes()
    assert refused(tmp_path).startswith(f"Файл {path} не является базой Вестника: ")
    assert path.read_bytes() == before


def test_a_database_that_is_a_directory(tmp_path: Path) -> None:
    """Where the database should be is a directory: one line, which names it."""
    (tmp_path / "vestnik.db").mkdir()
    assert str(tmp_path / "vestnik.db") in refused(tmp_path)


def test_an_unclean_end_is_reported_once(tmp_path: Path) -> None:
    """After a kill the next start says so and names the process; the start after a proper stop does not."""
    first = ServerProcess(tmp_path)
    first.kill()
    with ServerProcess(tmp_path) as second:
        assert f" WARNING  server     Прошлый запуск (процесс {first.pid}) не был завершён правильно" in second.lines[0]
    with ServerProcess(tmp_path) as third:
        assert not any("WARNING" in line for line in third.lines)


def test_port_0_is_named_in_the_journal(tmp_path: Path) -> None:
    """With `-p 0` the journal names the port that was picked, and one can connect to it."""
    with ServerProcess(tmp_path) as server:
        found = re.search(r"INFO     server     Сервер запущен по адресу 127\.0\.0\.1:(\d+)$", server.journal)
        assert found is not None
        with socket.create_connection(("127.0.0.1", int(found[1])), DEADLINE):
            server.wait_for("Соединение с клиентом установленно")


async def test_two_servers_in_one_process(tmp_path: Path) -> None:
    """Two servers with different data, journals and languages live in one process and know nothing of each other."""
    async with (
        running_app(tmp_path / "one", "anna", "boris") as one,
        running_app(tmp_path / "two", "anna", lang="en") as two,
        await Wire.login(one.listener.port, "anna") as here,
        await Wire.login(two.listener.port, "anna") as there,
    ):
        assert (await here.send("boris", "x"))["response"] == 202
        assert await there.send("boris", "x") == {"response": 404, "error": "User boris does not exist"}
        for wire in (here, there):
            assert await wire.code(action="join", room="#tea") == 200
        await here.send("#tea", "x")
        assert await there.silent()
        assert any("anna присоединился к чату #tea" in line for line in journal_lines(one))
        assert any("anna joined room #tea" in line for line in journal_lines(two))
        assert not any("присоединился" in line for line in journal_lines(two))


def open_files() -> int:
    """How many file descriptors this process has."""
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208  # counting must not open more


async def test_many_servers_leave_nothing_behind(tmp_path: Path, proof: Proof) -> None:
    """After many starts and stops with clients: files and threads are as many as after the first."""
    baseline: tuple[int, int] | None = None
    add_accounts(tmp_path, ["anna", "boris"], "secret")
    for cycle in range(proof.number(51, 7)):
        async with running_app(tmp_path, hash_threads=1) as app:
            port = app.listener.port
            anna = await Wire.login(port, "anna", features=["seq"])
            boris = await Wire.login(port, "boris")
            assert (await anna.send("boris", "x"))["response"] in {200, 202}
            if cycle % 2:
                await anna.close()
        await anna.close()
        await boris.close()
        # The threads of the test's own loop come one by one, as they are needed.
        threads = [thread for thread in threading.enumerate() if not thread.name.startswith("asyncio_")]
        now = (open_files(), len(threads))
        baseline = baseline or now
    assert now == baseline


async def test_accounts_are_managed_beside_a_running_server(tmp_path: Path) -> None:
    """An account added while the server runs can log in; one disabled meanwhile is cut off, enabled again it may."""
    with ServerProcess(tmp_path) as server:

        def user(*arguments: str, password: str | None = None) -> str:
            done = vestnik("user", "--data", str(tmp_path), *arguments, password=password)
            assert done.returncode == 0, done.stderr
            return done.stdout

        await asyncio.to_thread(user, "add", "anna", password="secret")
        async with await Wire.login(server.port, "anna") as anna:
            assert "anna\tвключена" in await asyncio.to_thread(user, "list")
            await asyncio.to_thread(user, "add", "boris", password="secret")
            async with await Wire.login(server.port, "boris") as boris:
                await asyncio.to_thread(user, "disable", "boris")
                assert await boris.rest() == b""
            assert await anna.silent()
            await asyncio.to_thread(user, "disable", "anna")
            assert await anna.rest() == b""
        server.wait_for("WARNING  server     Соединение клиента anna закрыто: ")
        async with await Wire.connect(server.port) as anna:
            answer = await anna.authenticate("anna")
            assert answer == {"response": 403, "error": "Учётная запись anna отключена"}
            assert (await anna.authenticate("anna", "wrong"))["response"] == 402
            await asyncio.to_thread(user, "enable", "anna")
            assert (await anna.authenticate("anna"))["response"] == 202
    assert "Учётная запись anna отключена" in (tmp_path / "log" / "admin.log").read_text("utf-8")
