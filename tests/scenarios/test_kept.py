"""Kept messages: all of them, once and in order, whatever happens meanwhile; over real sockets in this process."""

import asyncio
import json
import socket
from pathlib import Path
from typing import Any

import pytest
import uvloop

from tests.support.app import journal_lines, running_app
from tests.support.waiting import DEADLINE
from tests.support.wire import Wire


def slowly(wire: Wire) -> None:
    """Let a client take little at a time from its connection."""
    wire.reader._limit = 1 << 16  # type: ignore[attr-defined]


async def send_many(anna: Wire, count: int) -> None:
    """Keep so much for boris that it takes a while to send it to a slow client."""
    for number in range(count):
        anna.tell(action="msg", time=0, to="boris", message=f"{number} " + "ж" * 3900)
    for _ in range(count):
        assert (await anna.hear())["response"] == 202


async def test_everything_kept_is_delivered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that is full for a moment keeps nobody from getting all that was kept, in order, before what is new."""
    async with running_app(tmp_path, "anna", "boris") as app:
        port, save = app.listener.port, app.store.save_cursors

        async def fail_once(*_: Any) -> None:
            monkeypatch.setattr(app.store, "save_cursors", save)
            raise OSError("disk full")

        async with await Wire.login(port, "anna") as anna:
            for number in range(250):
                anna.tell(action="msg", time=0, to="boris", message=str(number))
            for _ in range(250):
                await anna.hear()
            monkeypatch.setattr(app.store, "save_cursors", fail_once)
            async with await Wire.login(port, "boris") as boris:
                found = await boris.texts(100)
                await anna.send("boris", "new")
                found += await boris.texts_to("new")
            async with await Wire.login(port, "boris") as boris:
                assert await boris.silent()
            assert found == [*map(str, range(250)), "new"]


async def test_slow_device_gets_what_a_quick_one_got_meanwhile(tmp_path: Path) -> None:
    """A device that was first to log in gets all kept messages, though another one gets the last of them before it."""
    async with running_app(tmp_path, "anna", "boris", send_buffer=100_000_000) as app:
        port = app.listener.port
        async with await Wire.login(port, "anna") as anna:
            await send_many(anna, 1500)
            async with (
                await Wire.login(port, "boris", features=["seq"], receive=4096) as slow,
                await Wire.login(port, "boris", features=["seq"]) as quick,
            ):
                slowly(slow)
                seen = [(await quick.hear())["seq"]]
                while seen[-1] < 1500:
                    seen.append((await quick.hear())["seq"])
                await anna.send("boris", "last")
                assert (await quick.hear())["seq"] == 1501
                found = [(await slow.hear())["seq"]]
                while found[-1] < 1501:
                    found.append((await slow.hear())["seq"])
                assert found == list(range(1, 1502))


async def test_features_named_meanwhile(tmp_path: Path) -> None:
    """Who logs in again on the same connection gets the rest of what was kept as it is understood now."""
    async with running_app(tmp_path, "anna", "boris", send_buffer=100_000_000) as app:
        port = app.listener.port
        async with await Wire.login(port, "anna") as anna:
            await send_many(anna, 1500)
            async with await Wire.login(port, "boris", receive=4096) as boris:
                slowly(boris)
                await anna.authenticate("anna")
                user = {"account_name": "boris", "password": "secret"}
                boris.tell(action="authenticate", time=0, user=user, features=["seq"])
                await anna.authenticate("anna")
                heard = await boris.hear()
                while not heard.get("message", "").startswith("1499 "):
                    heard = await boris.hear()
                assert heard.get("seq") == 1500


async def deaf(port: int, name: str) -> socket.socket:
    """Log in on a connection whose client then reads nothing more, and whose system takes little."""
    loop = asyncio.get_running_loop()
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sock.setblocking(False)
    await loop.sock_connect(sock, ("127.0.0.1", port))
    user = {"account_name": name, "password": "secret"}
    await loop.sock_sendall(sock, json.dumps({"action": "authenticate", "user": user}).encode() + b"\n")
    assert b"20" in await asyncio.wait_for(loop.sock_recv(sock, 4096), DEADLINE)
    return sock


def arrived(sock: socket.socket) -> int:
    """How many whole messages lie in the client's system."""
    try:
        return sock.recv(1 << 20, socket.MSG_PEEK).count(b"\n")
    except OSError:
        return 0


async def heard_after(port: int, last: str) -> list[int]:
    """What boris is sent when he logs in again."""
    async with await Wire.login(port, "boris") as again:
        return [int(text.split()[0]) for text in await again.texts_to(last)]


async def lost_and_found(tmp_path: Path, end: str) -> None:
    """A plain client takes nothing; its connection ends, and the next one gets exactly what had not arrived."""
    texts: list[str] = []
    count = 0
    buffer = 131_072 if end == "cut off" else 100_000_000
    async with running_app(tmp_path, "anna", "boris", send_buffer=buffer, lang="en") as app:
        port = app.listener.port
        async with await Wire.login(port, "anna") as anna:
            sock = await deaf(port, "boris")
            while app.chat.sessions.find(2) is not None and len(texts) < 1500:
                texts.append(f"{len(texts)} " + "x" * 3900)
                code = (await anna.send("boris", texts[-1]))["response"]
                if code == 202:
                    break
                assert code == 200
                count = max(count, arrived(sock))
                if len(texts) == 1400 and end == "closed":
                    await app.services.kept.save()
                    sock.close()
                    async with asyncio.timeout(DEADLINE):
                        while app.chat.sessions.find(2) is not None:
                            await asyncio.sleep(0)
            sock.close()
            found = await heard_after(port, texts[-1])
            assert found == list(range(found[0], len(texts)))
            assert count - 2 <= found[0] <= count  # a whole message may wait for its acknowledgement
            assert any("they will be delivered again" in line for line in journal_lines(app))


@pytest.mark.parametrize("end", ["cut off", "closed"])
def test_what_had_not_arrived_comes_again(tmp_path: Path, end: str) -> None:
    """What was only in buffers, ours or the system's, when a connection ended is delivered again, on either loop."""
    uvloop.run(lost_and_found(tmp_path / "uvloop", end))
    asyncio.run(lost_and_found(tmp_path / "asyncio", end))
