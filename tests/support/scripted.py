"""A server that does what a test says, for clients."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any


class Script:
    """One connection of a client, from the server's side."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> None:
        self._reader = reader
        self._writer = writer
        self.number = number  # of the connection, from 1

    async def hear(self) -> dict[str, Any]:
        """The client's next request. Raises EOFError when it has none any more."""
        line = await self._reader.readline()
        if not line:
            raise EOFError
        found = json.loads(line)
        assert isinstance(found, dict)
        return found

    def say(self, **fields: Any) -> None:
        """Send an object."""
        self._writer.write(json.dumps(fields).encode() + b"\n")

    async def drain(self) -> None:
        """Wait until the client has read most of what was sent, and hear what it says meanwhile."""
        await self._writer.drain()
        await asyncio.sleep(0)

    def deliver(self, seq: int, to: str = "#tea", sender: str = "boris", **more: Any) -> None:
        """Send a message."""
        self.say(**{"action": "msg", "time": 1, "from": sender, "to": to, "message": str(seq), "seq": seq}, **more)

    async def admit(self, **conversations: dict[str, int]) -> dict[str, Any]:
        """Serve login and resume, without anything missed; the resume's cursors."""
        asked = await self.login()
        self.say(response=200, conversations=[{"to": f"#{name}"} | at for name, at in conversations.items()])
        self.say(action="resumed", time=1)
        return asked

    async def login(self) -> dict[str, Any]:
        """Serve the login and hear what is to be resumed."""
        assert (await self.hear())["action"] == "authenticate"
        self.say(response=200, alert="welcome", token="a-token-of-the-script")
        asked = await self.hear()
        assert asked["action"] == "resume"
        return dict(asked.get("cursors") or {})


@asynccontextmanager
async def scripted(talk: Callable[[Script], Awaitable[None]]) -> AsyncIterator[int]:
    """A server that serves each connection with `talk` and then closes it; its port. The script's errors are raised."""
    count = 0
    failures: list[Exception] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal count
        count += 1
        try:
            await talk(Script(reader, writer, count))
        except (EOFError, ConnectionError):
            pass  # the client has gone
        except Exception as error:  # noqa: BLE001 - raised below
            failures.append(error)
        finally:
            writer.close()

    made = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield made.sockets[0].getsockname()[1]
    finally:
        made.close()
    if failures:
        raise failures[0]
