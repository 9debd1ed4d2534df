"""A client that knows only the wire: JSON objects over a socket, nothing of our own client library."""

import asyncio
import json
from types import TracebackType
from typing import Any, Self

DEADLINE = 20.0
"""Seconds after which a test that waits for an answer gives up."""


class Wire:
    """One connection to a server at 127.0.0.1. Every wait has a deadline."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def connect(cls, port: int) -> Self:
        """Connect, without a login."""
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    @classmethod
    async def login(cls, port: int, name: str, password: str = "secret", **fields: Any) -> Self:
        """Connect and log in; `fields` go into the request (`features`, `remember`)."""
        wire = await cls.connect(port)
        answer = await wire.ask(
            action="authenticate", time=0, user={"account_name": name, "password": password}, **fields
        )
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

    async def rest(self) -> bytes:
        """Everything until the server closes the connection."""
        return await asyncio.wait_for(self.reader.read(), DEADLINE)

    async def silent(self) -> bool:
        """Whether the server has nothing more to say: a request gets its own answer and nothing before it."""
        answer = await self.ask(action="presence", time=0)
        return "response" in answer

    async def close(self) -> None:
        """Close the connection without a word."""
        self.writer.close()
        try:
            await self.writer.wait_closed()
        except ConnectionError:
            pass
