"""What strangers and careless programs send, and what they get for it."""

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.support.app import running_app
from tests.support.data import add_accounts
from tests.support.process import ServerProcess
from tests.support.wire import Wire
from vestnik.server.app import App

PRESENCE = b'{"action": "presence", "time": 0}'
MEGABYTE = 1_048_576


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    """A server with the accounts anna and boris; a value may be unfinished for half a second."""
    async with running_app(tmp_path, "anna", "boris", unfinished=0.5) as started:
        yield started


async def codes(wire: Wire, count: int) -> list[int]:
    """The codes of the next `count` answers."""
    return [(await wire.hear())["response"] for _ in range(count)]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (PRESENCE, [200]),
        (json.dumps(json.loads(PRESENCE), indent=4).encode(), [200]),
        (PRESENCE.ljust(640), [200]),
        (PRESENCE.rjust(640), [200]),
        (PRESENCE + b"\r\n\r\n", [200]),
        (PRESENCE * 30, [200] * 30),
        (PRESENCE.ljust(640) * 30, [200] * 30),
        (b"\n\t " + PRESENCE + b"   \n\n" + PRESENCE, [200, 200]),
        (b"[]" + PRESENCE, [400, 200]),
        (b'"text"' + PRESENCE, [400, 200]),
        (b"17 null true -1.5e3 [1, {}]" + PRESENCE, [400] * 5 + [200]),
        (b"{}" + PRESENCE, [400, 200]),
        (b'{"action": "presence", }' + PRESENCE, [400, 200]),
        (b"{'action': 'presence'}" + PRESENCE, [400, 200]),
        (b'{"action": "msg", "to": "boris", "message": "\xff"}' + PRESENCE, [400, 200]),
        (b'{"action": "msg", "to": "boris", "message": "\\ud800"}' + PRESENCE, [400, 200]),
        (b'{"action": "msg", "to": "\\udfff", "message": "x"}' + PRESENCE, [400, 200]),
        (b'{"action": "presence", "time": 1e999, "encoding": {}}', [200]),
        (b'{"action": "presence", "time": "12:00"}', [200]),
        (b'{"action": "presence", "time": ' + b"9" * 5000 + b"}" + PRESENCE, [200, 200]),
        (b'{"action": "presence", "more": ' + b"[" * 20 + b"]" * 20 + b"}", [200]),
        (b'{"action": "presence", "more": ' + b"[" * 40 + b"]" * 40 + b"}" + PRESENCE, [400, 200]),
        (b"[" * 30_000 + b"]" * 30_000 + PRESENCE, [400, 200]),
        (b'{"action": "presence", "more": "' + b"x" * MEGABYTE + b'"}' + PRESENCE, [400, 200]),
        (b"[" + b'"}",' * 50_000 + b"0]" + PRESENCE, [400, 200]),
        (b"1" * MEGABYTE + b" " + PRESENCE, [400, 200]),
        (b" " * MEGABYTE + PRESENCE, [200]),
    ],
    ids=lambda value: repr(value[:24]) if isinstance(value, bytes) else None,
)
async def test_values_are_found_whatever_is_around_them(app: App, data: bytes, expected: list[int]) -> None:
    """Objects without delimiter, with any spacing, and values that are no requests: one answer each, in order."""
    async with await Wire.login(app.listener.port, "anna") as anna:
        anna.write(data)
        assert await codes(anna, len(expected)) == expected
        assert await anna.silent()


async def test_one_byte_per_segment(app: App) -> None:
    """A message that arrives byte by byte, its Cyrillic letters cut in two, is answered and delivered whole."""
    port = app.listener.port
    async with await Wire.login(port, "anna") as anna, await Wire.login(port, "boris") as boris:
        await boris.silent()
        for byte in '{"action": "msg", "to": "boris", "message": "Ёж\\n\\u0451 \\"}{\\""}'.encode():
            anna.write(bytes([byte]))
            await anna.writer.drain()
            await asyncio.sleep(0)
        assert await codes(anna, 1) == [200]
        assert await boris.texts(1) == ['Ёж\nё "}{"']


async def test_escaped_letters_do_not_count_more(app: App) -> None:
    """4,000 letters as `\\uXXXX` escapes with surrogate pairs, 48 KB on the wire, are a legal message."""
    text = "😀" * 4000
    port = app.listener.port
    async with await Wire.login(port, "anna") as anna, await Wire.login(port, "boris") as boris:
        await boris.silent()
        anna.write(json.dumps({"action": "msg", "to": "boris", "message": text}).encode())
        assert await codes(anna, 1) == [200]
        assert await boris.texts(1) == [text]


async def test_nul_and_controls_in_a_text_arrive_as_they_are(app: App) -> None:
    """A text is not interpreted: controls, direction marks and NUL arrive as they were sent."""
    text = "a\x00b\x1b[31m\u202e\u2028\x7f"
    port = app.listener.port
    async with await Wire.login(port, "anna") as anna, await Wire.login(port, "boris") as boris:
        await boris.silent()
        assert (await anna.send("boris", text))["response"] == 200
        assert await boris.texts(1) == [text]


@pytest.mark.parametrize(
    "data",
    [
        b"\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00}",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"\x00\x00\x00\x20" + PRESENCE,
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\xff\xfe{\x00",
        b"hello",
        b"}",
        b"nul!",
        bytes(range(128, 256)) * 4000,
    ],
    ids=lambda value: repr(value[:12]),
)
async def test_what_cannot_be_json_is_answered_and_closed(app: App, data: bytes) -> None:
    """Pickle, TLS, HTTP, a length, a byte order mark: 400 with the byte, then the connection ends."""
    async with await Wire.connect(app.listener.port) as wire:
        wire.write(data)
        (line,) = (await wire.rest()).splitlines()
        answer = json.loads(line)
        assert answer["response"] == 400
        assert "0x" in answer["error"]


async def test_what_came_before_the_unreadable_is_answered(app: App) -> None:
    """Messages, then binary: the messages are kept and answered first, in order, then 400 and the end."""
    async with await Wire.login(app.listener.port, "anna") as anna:
        await anna.code(action="join", room="#tea")
        message = b'{"action": "msg", "to": "#tea", "message": "x"}'
        anna.write(message * 3 + b"\x80" + message)
        found = [json.loads(line)["response"] for line in (await anna.rest()).splitlines()]
        assert found == [200, 200, 200, 400]


async def test_an_unfinished_value_ends_the_connection(app: App) -> None:
    """A value that is begun and not finished in time: 400 with the time, then the end."""
    async with await Wire.login(app.listener.port, "anna") as anna:
        anna.write(PRESENCE[:-1])
        (line,) = (await anna.rest()).splitlines()
        assert json.loads(line) == {"response": 400, "error": "Объект не закончен за 0.5 с"}


async def test_a_value_that_is_finished_in_time_is_not_unfinished(app: App) -> None:
    """Every segment ends in the middle of a value, each value is finished at once: nobody is cut off."""
    async with await Wire.login(app.listener.port, "anna") as anna:
        anna.write(PRESENCE[:10])
        start = time.monotonic()
        while time.monotonic() - start < 1.25:
            anna.write(PRESENCE[10:] + PRESENCE[:10])
            assert await codes(anna, 1) == [200]
        anna.write(PRESENCE[10:])
        assert await codes(anna, 1) == [200]


async def test_half_closed_connections_get_their_answers(app: App) -> None:
    """A program sends everything and closes its side: all answers come, in order, then the end."""
    async with await Wire.connect(app.listener.port) as wire:
        wire.tell(action="authenticate", user={"account_name": "anna", "password": "secret"})
        wire.tell(action="join", room="#tea")
        for number in range(50):
            wire.tell(action="msg", to="#tea", message=str(number))
        wire.tell(action="leave", room="#tea")
        wire.tell(action="leave", room="#tea")
        wire.end()
        found = [json.loads(line)["response"] for line in (await wire.rest()).splitlines()]
        assert found == [202, 200, *[200] * 50, 200, 403]


async def garbage(port: int, seed: int, ended: asyncio.Event) -> None:
    """Send random bytes over one connection after the other."""
    chance = random.Random(seed)
    pieces = [
        b"{",
        b"}",
        b"[",
        b"]",
        b'"',
        b"\\",
        b"1",
        b"null",
        b" ",
        b"\n",
        PRESENCE,
        b'{"action":',
        b"\xff",
        b"\x80",
    ]
    while not ended.is_set():
        async with await Wire.connect(port) as wire:
            for _ in range(chance.randrange(1, 20)):
                if chance.random() < 0.5:
                    wire.write(b"".join(chance.choices(pieces[:-2], k=chance.randrange(200))))
                else:
                    wire.write(b"".join(chance.choices(pieces, k=10)))
                await asyncio.sleep(0)
            with suppress(OSError):  # the server has cut it off
                if chance.random() < 0.5:
                    wire.end()
                    await wire.rest()


async def test_garbage_disturbs_nobody(tmp_path: Path) -> None:
    """While many connections send random bytes Anna and Boris talk, and the server's memory does not grow."""
    add_accounts(tmp_path, ["anna", "boris"], "secret")
    with ServerProcess(tmp_path) as server:
        port = server.port
        async with await Wire.login(port, "anna") as anna, await Wire.login(port, "boris") as boris:
            await boris.silent()
            before = server.memory
            ended = asyncio.Event()
            crowd = [asyncio.create_task(garbage(port, seed, ended)) for seed in range(20)]
            for number in range(200):
                assert (await anna.send("boris", str(number)))["response"] == 200
                assert await boris.texts(1) == [str(number)]
            ended.set()
            await asyncio.gather(*crowd)
            assert server.memory - before < 32 * MEGABYTE
        assert server.stop() == 0
        assert "Traceback" not in server.journal


@pytest.mark.parametrize("value", [b"1 ", b"{}", b"[]"])
async def test_many_tiny_values_hold_nobody_up(tmp_path: Path, value: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stranger sends 64 KiB of tiny values in one go: Anna waits for less than a second's work all the same."""
    for name in (
        "COVERAGE_PROCESS_CONFIG",
        "COVERAGE_PROCESS_START",
    ):  # a server whose lines are counted is five times slower
        monkeypatch.delenv(name, raising=False)
    add_accounts(tmp_path, ["anna"], "secret")
    with ServerProcess(tmp_path) as server:
        async with await Wire.login(server.port, "anna") as anna, await Wire.connect(server.port) as stranger:
            stranger.write(value * (65_536 // len(value)))
            assert (await stranger.hear())["response"] == 400
            for _ in range(5):
                before = server.work
                assert await anna.silent()
                assert server.work - before < 1


async def test_long_names_do_not_fill_the_memory(tmp_path: Path) -> None:
    """Anna writes to hundreds of names that are far too long: 400 each time, and the server's memory does not grow."""
    add_accounts(tmp_path, ["anna"], "secret")
    with ServerProcess(tmp_path) as server:
        async with await Wire.login(server.port, "anna") as anna:
            before = server.memory
            for number in range(300):
                answer = await anna.send(f"{number}" + "\ufdfa" * 20_000, "x")  # 18 letters each when normalised
                assert answer == {"response": 400, "error": "Поле to длиннее 25 символов"}
            assert server.memory - before < 32 * MEGABYTE


async def test_unread_values_do_not_fill_the_memory(tmp_path: Path) -> None:
    """Fifty strangers each begin a value of many megabytes: the server keeps 64 KiB of each at most."""
    with ServerProcess(tmp_path) as server:
        wires = [await Wire.connect(server.port) for _ in range(50)]
        before = server.memory
        for wire in wires:
            wire.write(b'{"x": "' + b"y" * (4 * MEGABYTE))
        for wire in wires:
            assert (await wire.hear())["response"] == 400
        for wire in wires:
            wire.write(b'"}' + PRESENCE)
        for wire in wires:
            assert (await wire.hear())["response"] == 401
        assert server.memory - before < 64 * MEGABYTE
        for wire in wires:
            await wire.close()
