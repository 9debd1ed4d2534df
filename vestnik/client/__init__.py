"""The client library: an asyncio client for JIM servers.

async with Client("127.0.0.1", name="user", password="secret") as client:
    await client.join("#room")
    await client.send("#room", "hello")
    async for event in client.events():
        print(event.from_, event.message)
"""

from vestnik.client.client import Client
from vestnik.client.errors import (
    AnswerTimeout,
    ClientError,
    ConnectionFailed,
    ConnectionLost,
    NotJson,
    Refused,
    ServerClosing,
    UnknownHost,
)
from vestnik.protocol.events import Delivery, Notice, Response

__all__ = [
    "AnswerTimeout",
    "Client",
    "ClientError",
    "ConnectionFailed",
    "ConnectionLost",
    "Delivery",
    "NotJson",
    "Notice",
    "Refused",
    "Response",
    "ServerClosing",
    "UnknownHost",
]
