"""The client's end of a connection, on a transport that is only a list."""

import asyncio
from typing import Any

import pytest

from vestnik.client.connection import Connection
from vestnik.client.errors import ConnectionLost
from vestnik.protocol.errors import BadRequest
from vestnik.protocol.events import Delivery, Response
from vestnik.protocol.requests import Join, Quit


class Line(asyncio.Transport):
    """Keeps what is written and whether it was closed."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []
        self.closed = ""

    def write(self, data: Any) -> None:
        """Take bytes."""
        self.written.append(bytes(data))

    def close(self) -> None:
        """Close in good order."""
        self.closed = "closed"

    def abort(self) -> None:
        """Close at once."""
        self.closed = "aborted"


class End:
    """A connection on a `Line`, and what it has reported."""

    def __init__(self) -> None:
        self.line = Line()
        self.events: list[object] = []
        self.probes = 0
        self.ends: list[Exception | None] = []
        self.connection = Connection("host", 7, self.events.append, self._probed, self.ends.append)
        self.connection.connection_made(self.line)

    def _probed(self) -> None:
        self.probes += 1


async def test_answers_in_order() -> None:
    """Answers go to the requests in their order, whatever comes between them."""
    end = End()
    first, second = end.connection.request(Join(room="#a")), end.connection.request(Join(room="#b"))
    assert [b"#a" in end.line.written[0], b"#b" in end.line.written[1]] == [True, True]
    end.connection.data_received(b'{"response":200,"alert":"a"}{"action":"msg","message":"x"}{"action":"pro')
    end.connection.data_received(b'be"}{"response":404,"error":"b"}{"action":"new"}')
    assert (await first, await second) == (Response(200, "a"), Response(404, error="b"))
    assert end.events == [Delivery(0.0, "", "", "x")]
    assert end.probes == 1


async def test_answers_nobody_asked_for() -> None:
    """An answer without a request is ignored, one whose request was cancelled is taken off the list."""
    end = End()
    end.connection.data_received(b'{"response":200}')
    cancelled, waiting = end.connection.request(Join(room="#a")), end.connection.request(Join(room="#b"))
    cancelled.cancel()
    end.connection.data_received(b'{"response":201}{"response":202}')
    assert (await waiting).response == 202


async def test_end() -> None:
    """When the connection is gone, whoever waits is told, and so is whoever asks later."""
    end = End()
    waiting = end.connection.request(Join(room="#a"))
    error = OSError("gone")
    end.connection.connection_lost(error)
    assert end.ends == [error]
    assert end.connection.ended.done()
    with pytest.raises(ConnectionLost) as caught:
        await waiting
    assert caught.value.fields == {"address": "host", "port": 7}
    with pytest.raises(ConnectionLost):
        end.connection.request(Join(room="#a"))
    with pytest.raises(ConnectionLost):
        end.connection.send(Quit())
    end.connection.close()
    end.connection.abort()
    assert end.line.closed == ""


@pytest.mark.parametrize("garbage", [b"HTTP/1.1", b"[]\n", b'{"response":"x"}'])
async def test_unreadable(garbage: bytes) -> None:
    """What is no JIM aborts the connection; the end says why, and nothing behind it is read."""
    end = End()
    end.connection.data_received(garbage + b' {"action":"msg","message":"x"}')
    assert end.line.closed == "aborted"
    assert end.events == []
    end.connection.connection_lost(None)
    (why,) = end.ends
    assert isinstance(why, BadRequest)


async def test_long_answers() -> None:
    """An answer may be longer than a request: a list of a thousand names is read."""
    end = End()
    waiting = end.connection.request(Join(room="#a"))
    names = ["x" * 100] * 1000
    end.connection.data_received(f'{{"response":202,"alert":{names}}}'.replace("'", '"').encode())
    assert (await waiting).alert == names


async def test_close() -> None:
    """Closing is in good order, aborting at once."""
    end = End()
    end.connection.close()
    assert end.line.closed == "closed"
    end.connection.abort()
    assert end.line.closed == "aborted"
