"""A client that knows only the wire: JSON objects over a socket, nothing of our own client library."""

import asyncio
import contextlib
import json
import socket
import ssl
from collections import deque
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.support.waiting import DEADLINE


class Wire:
    """One connection to a server at 127.0.0.1. Every wait has a deadline."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.aside: deque[dict[str, Any]] = deque()
        """What was heard by `answer` and is no answer."""

    @classmethod
    async def connect(
        cls,
        port: int,
        receive: int | None = None,
        source: str | None = None,
        tls: ssl.SSLContext | None = None,
        before: bytes = b"",
    ) -> Self:
        """Connect, without a login. With `receive` the system keeps only about so many bytes that are not read.

        `source` is the address to come from, one of 127.0.0.0/8. With `tls` the connection is encrypted; `before` is
        what is sent before.
        """
        sock = socket.socket()
        if source is not None:
            sock.bind((source, 0))
        if receive is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
        sock.setblocking(False)
        await asyncio.wait_for(asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", port)), DEADLINE)
        if before:
            await asyncio.get_running_loop().sock_sendall(sock, before)
        name = None if tls is None else "localhost"
        opening = asyncio.open_connection(sock=sock, limit=receive or 65_536, ssl=tls, server_hostname=name)
        return cls(*await asyncio.wait_for(opening, DEADLINE))

    @classmethod
    async def connect_to(cls, path: Path) -> Self:
        """Connect to a Unix socket."""
        return cls(*await asyncio.wait_for(asyncio.open_unix_connection(path), DEADLINE))

    @classmethod
    async def login(
        cls, port: int, name: str, password: str = "secret", *, receive: int | None = None, **fields: Any
    ) -> Self:
        """Connect and log in; `fields` go into the request (`features`, `remember`)."""
        wire = await cls.connect(port, receive)
        answer = await wire.authenticate(name, password, **fields)
        assert answer["response"] in {200, 202}, answer
        return wire

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    def write(self, data: bytes) -> None:
        """Write bytes as they are."""
        self.writer.write(data)

    def tell(self, **fields: Any) -> None:
        """Write one object and a newline."""
        self.write(json.dumps(fields, ensure_ascii=False).encode() + b"\n")

    async def hear(self) -> dict[str, Any]:
        """The next object the server sends. Raises EOFError when the connection ends."""
        line = await asyncio.wait_for(self.reader.readline(), DEADLINE)
        if not line:
            raise EOFError
        found = json.loads(line)
        assert isinstance(found, dict)
        return found

    async def ask(self, **fields: Any) -> dict[str, Any]:
        """Write one object and return the next one the server sends."""
        self.tell(**fields)
        return await self.hear()

    async def code(self, **fields: Any) -> int:
        """Write one object and return the code of the answer."""
        return int((await self.ask(**fields))["response"])

    async def authenticate(self, name: str, password: str = "secret", **fields: Any) -> dict[str, Any]:
        """Log in with a password; the answer."""
        user = {"account_name": name, "password": password}
        return await self.ask(action="authenticate", time=0, user=user, **fields)

    async def send(self, to: str, text: str, **fields: Any) -> dict[str, Any]:
        """Send a message; the answer."""
        return await self.ask(action="msg", time=0, to=to, message=text, **fields)

    async def answer(self) -> dict[str, Any]:
        """The next answer; what others send meanwhile is put `aside`."""
        while "response" not in (found := await self.hear()):
            self.aside.append(found)
        return found

    async def texts(self, count: int) -> list[str]:
        """The texts of the next `count` messages from others."""
        return [(self.aside.popleft() if self.aside else await self.hear())["message"] for _ in range(count)]

    async def heard(self, count: int) -> list[str]:
        """The texts of the next `count` messages from others; answers that come between are passed over."""
        found: list[str] = []
        while len(found) < count:
            event = self.aside.popleft() if self.aside else await self.hear()
            if event.get("action") == "msg":
                found.append(event["message"])
        return found

    async def newest(self, to: str) -> dict[str, Any]:
        """The newest message of a conversation as it is now."""
        self.tell(action="history", to=to, limit=1)
        while "messages" not in (answer := await self.answer()):
            pass
        found = answer["messages"][-1]
        assert isinstance(found, dict)
        return found

    async def texts_to(self, last: str) -> list[str]:
        """The texts of messages from others up to the text `last`."""
        found = await self.texts(1)
        while found[-1] != last:
            found += await self.texts(1)
        return found

    def end(self) -> None:
        """Say that nothing more will be sent; the server may still speak."""
        self.writer.write_eof()

    async def rest(self) -> bytes:
        """Everything until the server closes the connection, however it does that."""
        parts = []
        async with asyncio.timeout(DEADLINE):
            try:
                while part := await self.reader.read(65_536):
                    parts.append(part)
            except ConnectionError:  # the reader keeps to itself what came just before
                parts.append(bytes(self.reader._buffer))  # type: ignore[attr-defined]
        return b"".join(parts)

    async def silent(self) -> bool:
        """Whether the server has nothing more to say: a request gets its own answer and nothing before it."""
        answer = await self.ask(action="presence", time=0)
        return "response" in answer

    async def close(self) -> None:
        """Close the connection without a word."""
        self.writer.close()
        with contextlib.suppress(ConnectionError):
            await self.writer.wait_closed()
