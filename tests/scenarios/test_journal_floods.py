"""Strangers who send nonsense: the journal stays short, and what is promised is in it."""

import asyncio
import json
from contextlib import suppress
from pathlib import Path

import pytest

from tests.support.app import running_app
from tests.support.waiting import DEADLINE
from tests.support.wire import Wire

NONSENSE = {
    "equal": b"1\n",
    "alternating": b"[]\n1\n",
    "varied": b"".join(b'{"action":"dance %d"}\n' % number for number in range(500)),
    "requests": b'{"action":"join","room":"#tea"}\n{"action":"presence"}\n',
}


async def pour(port: int, data: bytes) -> int:
    """Send `data` as a stranger, and read what comes until the end; how many bytes were sent at least."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    sent = 0

    async def read() -> None:
        while await reader.read(65_536):
            pass

    reading = asyncio.create_task(read())
    with suppress(ConnectionError):  # the server need not take all of it
        for at in range(0, len(data), 4096):
            writer.write(data[at : at + 4096])
            await writer.drain()
            sent += len(data[at : at + 4096])
        writer.write_eof()
    with suppress(ConnectionError):
        await asyncio.wait_for(reading, DEADLINE)
    writer.close()
    return sent


@pytest.mark.parametrize("kind", NONSENSE)
async def test_few_connections(tmp_path: Path, kind: str) -> None:
    """While strangers pour in nonsense, every acknowledged message is journaled, and no byte makes the journal a byte
    longer."""
    data = NONSENSE[kind] * (80_000 // len(NONSENSE[kind]))
    async with running_app(tmp_path, "anna", json=True) as app, await Wire.login(app.listener.port, "anna") as anna:
        port = app.listener.port
        assert await anna.code(action="join", room="#tea") == 200
        floods = [asyncio.create_task(pour(port, data)) for _ in range(3)]
        for number in range(100):
            assert await anna.code(action="msg", to="#tea", message="x", id=str(number)) == 200
        sent = sum(await asyncio.gather(*floods))
    files = [tmp_path / "log" / f"server.{kind}" for kind in ("log", "jsonl")]
    objects = [json.loads(line) for line in files[1].read_text("utf-8").splitlines()]
    delivered = [found for found in objects if found["event"] == "message.delivered"]
    assert [found["id"] for found in delivered] == [str(number) for number in range(100)]
    own = sum(len(json.dumps(found)) for found in delivered)
    assert sum(path.stat().st_size for path in files) - 2 * own < sent / 2


async def test_many_connections(tmp_path: Path) -> None:
    """So it is when each of them sends little, over many connections."""
    async with running_app(tmp_path, json=True) as app:
        sent = 0
        for _ in range(70):
            sent += sum(await asyncio.gather(*[pour(app.listener.port, b"1\n" * 200) for _ in range(20)]))
    size = sum((tmp_path / "log" / f"server.{kind}").stat().st_size for kind in ("log", "jsonl"))
    assert size < sent
