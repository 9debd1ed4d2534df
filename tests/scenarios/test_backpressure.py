"""Those who do not read, those who send too much, and those who are silent."""

import asyncio
from pathlib import Path

from tests.support.data import add_accounts
from tests.support.process import ServerProcess
from tests.support.store import kept
from tests.support.waiting import DEADLINE
from tests.support.wire import Wire


async def test_a_reader_who_does_not_read_is_cut_off(tmp_path: Path) -> None:
    """Clara does not read: her connection is closed with a line in the journal; Boris gets every message."""
    add_accounts(tmp_path, ["anna", "boris", "clara"], "secret")
    with ServerProcess(tmp_path, toml="send_buffer = 200000") as server:
        port = server.port
        async with (
            await Wire.login(port, "anna") as anna,
            await Wire.login(port, "boris") as boris,
            await Wire.login(port, "clara", receive=8192) as clara,
        ):
            for wire in (anna, boris, clara):
                assert await wire.code(action="join", room="#tea") == 200
            texts = [f"{number} " + "x" * 3900 for number in range(2000)]
            reading = asyncio.create_task(boris.texts(len(texts)))
            for start in range(0, len(texts), 50):
                for text in texts[start : start + 50]:
                    anna.tell(action="msg", to="#tea", message=text)
                for _ in range(50):
                    assert (await anna.hear())["response"] == 200
            assert await reading == texts
            await asyncio.to_thread(server.wait_for, "WARNING  server     Клиент clara не успевает читать (")
            assert await anna.silent()
            assert (await clara.rest()).count(b"\n") < len(texts)
        assert "Клиент anna" not in server.journal
        assert "Клиент boris" not in server.journal


async def test_a_full_write_queue_loses_nothing(tmp_path: Path) -> None:
    """Many send at once to a server whose queue holds ten messages: reading pauses, all is answered, kept and heard."""
    names = [f"user{number}" for number in range(5)]
    add_accounts(tmp_path, [*names, "boris"], "secret")
    with ServerProcess(tmp_path, toml="write_queue = 10") as server:
        port = server.port
        wires = [await Wire.login(port, name) for name in names]
        async with await Wire.login(port, "boris") as boris:
            for wire in (*wires, boris):
                assert await wire.code(action="join", room="#tea") == 200
            count = 1000
            reading = asyncio.create_task(boris.texts(count * len(names)))

            async def send(wire: Wire, name: str) -> None:
                for number in range(count):
                    wire.tell(action="msg", to="#tea", message=f"{name} {number}")
                for _ in range(count):
                    assert (await wire.answer())["response"] == 200

            await asyncio.gather(*(send(wire, name) for wire, name in zip(wires, names, strict=True)))
            heard = await reading
            for wire in wires:
                await wire.close()
        for name in names:
            assert [text for text in heard if text.startswith(f"{name} ")] == [f"{name} {n}" for n in range(count)]
        assert [row.text for row in kept(tmp_path)] == heard
        server.wait_for("WARNING  server     Очередь записи заполнена (")


async def test_one_connection_too_many(tmp_path: Path) -> None:
    """The third of at most two connections is told so and closed; when one has gone there is room again."""
    with ServerProcess(tmp_path, toml="max_connections = 2") as server:
        async with await Wire.connect(server.port) as first, await Wire.connect(server.port) as second:
            for wire in (first, second):
                assert await wire.code(action="presence") == 401
            async with await Wire.connect(server.port) as third:
                assert await third.hear() == {"response": 500, "error": "Уже открыто 2 соединений: это предел"}
                assert await third.rest() == b""
            assert await first.code(action="presence") == 401
            server.wait_for("WARNING  server     Соединение отклонено: уже открыто 2")
            await second.close()
            await asyncio.to_thread(server.wait_for, "Клиент отключился", count=2)
            async with await Wire.connect(server.port) as fourth:
                assert await fourth.code(action="presence") == 401


async def test_a_probe_is_for_those_who_named_it(tmp_path: Path) -> None:
    """Silent clients: the one that named `probe` is asked and then, still silent, closed; a plain one hears nothing."""
    add_accounts(tmp_path, ["anna", "boris", "clara"], "secret")
    with ServerProcess(tmp_path, "--log-level", "DEBUG", toml="keepalive = 1") as server:
        port = server.port
        async with (
            await Wire.login(port, "anna", features=["probe"]) as anna,
            await Wire.login(port, "boris") as boris,
            await Wire.login(port, "clara", features=["probe"]) as clara,
        ):
            for _ in range(2):
                probe = await anna.hear()
                assert probe.pop("time") > 0
                assert probe == {"action": "probe"}
                assert await anna.code(action="presence", user={"account_name": "anna"}) == 200
            assert (await clara.rest()).count(b"probe") == 1
            assert await boris.silent()
            server.wait_for("WARNING  server     Клиент clara не ответил на probe: соединение закрыто")
        server.wait_for("DEBUG    server     Отправлен probe клиенту anna", count=2)
        assert "probe клиенту boris" not in server.journal


async def test_no_probe_when_it_is_switched_off(tmp_path: Path) -> None:
    """With `keepalive = 0` nobody is probed, however silent; another connection's timer shows that time has passed."""
    add_accounts(tmp_path, ["anna"], "secret")
    with ServerProcess(tmp_path, toml="keepalive = 0\nunfinished = 0.5") as server:
        async with await Wire.login(server.port, "anna", features=["probe"]) as anna:
            async with await Wire.connect(server.port) as other:
                other.write(b"{")
                await other.rest()
            assert await anna.silent()


async def test_unread_answers_are_bounded_too(tmp_path: Path) -> None:
    """Somebody sends without end and reads no answer: he is cut off and the server's memory stays bounded."""
    add_accounts(tmp_path, ["anna"], "secret")
    with ServerProcess(tmp_path) as server:
        async with await Wire.login(server.port, "anna", receive=8192) as wire:
            before = server.memory
            try:
                while True:
                    wire.write(b'{"action": "presence"}' * 1000)
                    async with asyncio.timeout(DEADLINE):
                        await wire.writer.drain()
            except ConnectionError:
                pass
            assert server.memory - before < 64 * 1_048_576
        assert server.stop() == 0
        assert "WARNING  server     Клиент anna не успевает читать (" in server.journal
