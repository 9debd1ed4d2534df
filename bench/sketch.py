"""How fast the design is when nothing is checked: the yardstick for Vestnik, not a messenger.

It does what the real server must do for each message and nothing else: decode, commit with a sync in a writer
thread, one journal line, one answer, one encoded frame shared by the whole room. It believes everything it is
told: no passwords, no limits, no errors. What Vestnik costs beyond this is the price of its rules.

Usage: python -m bench.sketch PORT FOLDER
"""

import asyncio
import os
import sqlite3
import sys
import threading
import time
from collections import deque
from pathlib import Path

import msgspec
import uvloop


class User(msgspec.Struct):
    """Who logs in."""

    account_name: str = ""
    password: str = ""


class Request(msgspec.Struct):
    """Every request in one shape: `authenticate`, `join` and `msg`."""

    action: str
    time: float = 0
    to: str = ""
    room: str = ""
    message: str = ""
    user: User | None = None


class Delivery(msgspec.Struct):
    """One message on its way to the members of its room; `time` is in seconds since 1970."""

    action: str
    time: float
    id: int
    sender: str = msgspec.field(name="from")
    to: str = ""
    message: str = ""


Row = tuple[int, str, str, float, str]
Message = tuple[int, str, str, float, str, "Connection"]
"""A row (id, room, sender, time, text), and with it the connection that is owed the answer."""

Batch = tuple[list[Row], list[Message]]
"""What arrived in one loop pass: as rows for the database, and as it came."""

SCHEMA = "create table m(id integer primary key, room text, sender text, time real, body text)"
LOGGED_IN = b'{"response":202,"alert":"ok"}\n'
JOINED = b'{"response":200,"alert":"ok"}\n'
ANSWER = '{"response":200,"alert":"Сообщение от %b к %b доставлено","id":%d}'.encode()
STAMP = "2026-11-22 11:28:51,885 INFO     server     "

decode = msgspec.json.Decoder(Request).decode
encode = msgspec.json.Encoder().encode


class Sketch:
    """Rooms, the batch of the running loop pass, the journal and the writer thread."""

    def __init__(self, folder: Path, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.rooms: dict[str, set[Connection]] = {}
        self.last_id = 0
        self._arrived: list[Message] = []
        self._lines: list[str] = []
        self._journal = os.open(folder / "sketch.log", os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
        self._batches: deque[Batch] = deque()
        self._wake = threading.Event()
        threading.Thread(target=self._write, args=(folder / "sketch.db",), daemon=True).start()

    def accept(self, message: Message) -> None:
        """Add a message to the batch of this loop pass."""
        if not self._arrived:
            self.loop.call_soon(self._hand_over)
        self._arrived.append(message)

    def _hand_over(self) -> None:
        """At the end of a loop pass: give what arrived in it to the writer."""
        batch, self._arrived = self._arrived, []
        self._batches.append(([(m[0], m[1], m[2], m[3], m[4]) for m in batch], batch))
        self._wake.set()

    def _write(self, path: Path) -> None:
        """In the writer thread: commit all waiting batches in one synced transaction, again and again."""
        database = sqlite3.connect(path, isolation_level=None)
        database.execute("pragma journal_mode=wal")
        database.execute("pragma synchronous=full")
        database.execute(SCHEMA)
        batches = self._batches
        while True:
            self._wake.wait()
            self._wake.clear()
            while batches:
                group = []
                while batches:
                    group.append(batches.popleft())
                database.execute("begin")
                for rows, _ in group:
                    database.executemany("insert into m values(?,?,?,?,?)", rows)
                database.execute("commit")
                self.loop.call_soon_threadsafe(self._publish_all, group)

    def _publish_all(self, group: list[Batch]) -> None:
        for _, messages in group:
            self._publish(messages)

    def _publish(self, batch: list[Message]) -> None:
        """Journal, deliver and answer one committed batch: one write for each connection."""
        frames: dict[str, list[bytes]] = {}
        answers: dict[Connection, list[bytes]] = {}
        if not self._lines:
            self.loop.call_soon(self._write_journal)
        for number, room, sender, when, text, connection in batch:
            frames.setdefault(room, []).append(encode(Delivery("msg", when, number, sender, room, text)))
            answer = ANSWER % (sender.encode(), room.encode(), number)
            answers.setdefault(connection, []).append(answer)
            self._lines.append(f"{STAMP}200: Сообщение от {sender} к {room} доставлено\n")
        for room, parts in frames.items():
            parts.append(b"")
            data = b"\n".join(parts)
            for member in self.rooms[room]:
                member.transport.write(data)
        for connection, parts in answers.items():
            parts.append(b"")
            connection.transport.write(b"\n".join(parts))

    def _write_journal(self) -> None:
        data = "".join(self._lines).encode()
        self._lines.clear()
        os.write(self._journal, data)


class Connection(asyncio.Protocol):
    """One client."""

    __slots__ = ("_rest", "_sketch", "name", "transport")
    transport: asyncio.WriteTransport

    def __init__(self, sketch: Sketch) -> None:
        self._sketch = sketch
        self._rest = b""
        self.name = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport to write to."""
        self.transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        """Take requests, one on each line."""
        sketch = self._sketch
        if self._rest:
            data = self._rest + data
        lines = data.split(b"\n")
        self._rest = lines.pop()
        for line in lines:
            request = decode(line)
            if request.action == "msg":
                sketch.last_id += 1
                sketch.accept((sketch.last_id, request.to, self.name, time.time(), request.message, self))
            elif request.action == "authenticate" and request.user:
                self.name = request.user.account_name
                self.transport.write(LOGGED_IN)
            elif request.action == "join":
                sketch.rooms.setdefault(request.room, set()).add(self)
                self.transport.write(JOINED)

    def connection_lost(self, exc: Exception | None) -> None:
        """Leave every room."""
        for members in self._sketch.rooms.values():
            members.discard(self)


async def serve(port: int, folder: Path) -> None:
    """Serve on a loopback port, with database and journal in the given folder, until killed."""
    loop = asyncio.get_running_loop()
    sketch = Sketch(folder, loop)
    server = await loop.create_server(lambda: Connection(sketch), "127.0.0.1", port, backlog=4096)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
