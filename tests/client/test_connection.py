"""The client's end of a connection, on a transport that is only a list."""

import asyncio
import socket
from typing import Any

import pytest

from tests.support.waiting import DEADLINE
from vestnik.client.connection import Connection, End
from vestnik.client.errors import AnswerTimeout, ConnectionLost
from vestnik.client.outbox import Pending
from vestnik.protocol.errors import BadRequest
from vestnik.protocol.events import Delivery, Probe, Response
from vestnik.protocol.request import Request
from vestnik.protocol.requests import Join, Quit


class Line(asyncio.Transport):
    """Keeps what is written and whether it was closed."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []
        self.closed = ""
        self.reading = True

    def is_closing(self) -> bool:
        """Whether it was closed."""
        return bool(self.closed)

    def pause_reading(self) -> None:
        """Read nothing more."""
        assert self.reading
        self.reading = False

    def resume_reading(self) -> None:
        """Read again."""
        assert not self.reading
        self.reading = True

    def write(self, data: Any) -> None:
        """Take bytes."""
        self.written.append(bytes(data))

    def close(self) -> None:
        """Close in good order."""
        self.closed = "closed"

    def abort(self) -> None:
        """Close at once."""
        self.closed = "aborted"


class Keeper:
    """A connection on a `Line`, and what it has told its owner."""

    def __init__(self, timeout: float = 60) -> None:
        self.line = Line()
        self.told: list[object] = []
        self.ends: list[End] = []
        self.over = asyncio.Event()
        self.connection = Connection("host", 7, timeout, self)
        self.connection.connection_made(self.line)

    def answered(self, pending: Pending, response: Response) -> None:
        """An answer."""
        self.told.append((pending.request, response.response))

    def happened(self, event: object) -> None:
        """An event."""
        self.told.append(event)

    def ended(self, connection: Connection, why: End) -> None:
        """The end."""
        assert connection is self.connection
        self.ends.append(why)

    def ask(self, request: Request) -> Pending:
        """Send a request."""
        pending = Pending(request, stays=False)
        self.connection.ask(pending)
        return pending


async def test_in_order() -> None:
    """Answers go to the requests in their order, events to the owner, everything in the order in which it came."""
    end = Keeper()
    first, second = Join(room="#a"), Join(room="#b")
    asked = [end.ask(first), end.ask(second)]
    assert [b"#a" in end.line.written[0], b"#b" in end.line.written[1]] == [True, True]
    assert [(pending.number, pending.sent) for pending in asked] == [(1, 1), (2, 1)]
    end.connection.data_received(b'{"response":200,"alert":"a"}{"action":"msg","message":"x"}{"action":"pro')
    assert end.connection.unanswered == [asked[1]]
    end.connection.data_received(b'be"}{"response":404,"error":"b"}{"action":"new"}')
    assert end.told == [(first, 200), Delivery(0.0, "", "", "x"), Probe(0.0), (second, 404)]


async def test_answers_nobody_asked_for() -> None:
    """An answer without a request is ignored."""
    end = Keeper()
    end.connection.data_received(b'{"response":200}')
    request = Join(room="#a")
    end.ask(request)
    end.connection.data_received(b'{"response":201}{"response":202}')
    assert end.told == [(request, 201)]


async def test_end() -> None:
    """When the connection is gone the owner is told why, and who asks later gets an error."""
    end = Keeper()
    waiting = end.ask(Join(room="#a"))
    error = OSError("gone")
    end.connection.connection_lost(error)
    assert end.ends == [error]
    assert end.connection.ended.done()
    assert end.connection.unanswered == [waiting]
    with pytest.raises(ConnectionLost) as caught:
        end.ask(Join(room="#a"))
    assert caught.value.fields == {"address": "host", "port": 7}
    with pytest.raises(ConnectionLost):
        end.connection.send(Quit())
    end.connection.close()
    end.connection.abort()
    assert end.line.closed == ""


async def test_silence() -> None:
    """A server that does not answer the oldest request in time is given up; the request has met with one silence."""
    end = Keeper(timeout=0.01)
    answered, waiting = end.ask(Join(room="#a")), end.ask(Join(room="#b"))
    end.connection.data_received(b'{"response":200}')
    async with asyncio.timeout(DEADLINE):
        while not end.line.closed:
            await asyncio.sleep(0)
    end.connection.connection_lost(None)
    assert end.line.closed == "aborted"
    assert isinstance(end.ends[0], AnswerTimeout)
    assert (answered.silences, waiting.silences) == (0, 1)


@pytest.mark.parametrize("garbage", [b"HTTP/1.1", b"[]\n", b'{"response":"x"}'])
async def test_unreadable(garbage: bytes) -> None:
    """What is no JIM aborts the connection; the end says why, and nothing behind it is read."""
    end = Keeper()
    end.connection.data_received(garbage + b' {"action":"msg","message":"x"}')
    assert end.line.closed == "aborted"
    assert end.told == []
    end.connection.connection_lost(None)
    (why,) = end.ends
    assert isinstance(why, BadRequest)


async def test_nothing_is_read_behind_an_abort() -> None:
    """An owner that aborts while something is read gets nothing of what has come with it."""
    end = Keeper()
    end.happened = lambda event: (end.told.append(event), end.connection.abort())[0]  # type: ignore[method-assign, func-returns-value]
    end.connection.data_received(b'{"action":"probe","time":1}{"action":"probe","time":2}')
    assert end.told == [Probe(1.0)]


async def test_long_answers() -> None:
    """An answer may be longer than a request: a list of a thousand names is read."""
    end = Keeper()
    end.ask(Join(room="#a"))
    names = ["x" * 100] * 1000
    end.connection.data_received(f'{{"response":202,"alert":{names}}}'.replace("'", '"').encode())
    assert len(end.told) == 1


async def test_a_flood_leaves_others_their_turn() -> None:
    """However much has come, others in the program have their turn; nothing more is read then, and nothing is lost."""
    end = Keeper()
    turns = 0
    end.connection.data_received(b'{"action":"notice","time":1,"code":100,"text":"x"}\n' * 60_000)
    while not end.line.reading:
        turns += 1
        await asyncio.sleep(0)
    assert turns > 1
    assert len(end.told) == 60_000
    asked = [end.ask(Join(room="#a")) for _ in range(2)]
    end.connection.data_received(b'{"response":200}\n' * 60_000)
    end.connection.connection_lost(None)  # what has come before the end counts
    await asyncio.sleep(0)
    assert end.told[60_000:] == [(pending.request, 200) for pending in asked]
    assert end.ends == [None]


async def test_nothing_is_taken_after_an_abort() -> None:
    """Who gives a connection up in the middle of a flood hears no more of it."""
    end = Keeper()
    end.connection.data_received(b'{"action":"probe","time":1}\n' * 60_000)
    heard = len(end.told)
    assert heard < 60_000
    end.connection.abort()
    end.connection.connection_lost(None)
    await asyncio.sleep(0)
    assert len(end.told) == heard


async def test_close() -> None:
    """Closing is in good order, aborting at once."""
    end = Keeper()
    end.connection.close()
    assert end.line.closed == "closed"
    end.connection.abort()
    assert end.line.closed == "aborted"


async def stand_still(answers: bytes, passes: int = 1) -> tuple[Keeper, Pending]:
    """A connection over a socket whose answer comes too late for a clock, while its process stands still.

    The answer comes in so many pieces, one with each pass of the loop.
    """
    ours, theirs = socket.socketpair()
    keeper = Keeper()
    loop = asyncio.get_running_loop()
    _, connection = await loop.create_connection(lambda: Connection("host", 7, 60, keeper), sock=ours)
    keeper.connection = connection
    asked = keeper.ask(Join(room="#tea"))
    connection._unanswered[0] = asked, loop.time() - 1000
    size = len(answers) // passes
    theirs.send(answers[:size])
    connection._watch()
    for at in range(1, passes):
        await asyncio.sleep(0)
        theirs.send(answers[at * size : (at + 1) * size if at + 1 < passes else None])
    async with asyncio.timeout(DEADLINE):
        while not keeper.told and not keeper.ends:
            await asyncio.sleep(0)
    connection.abort()
    theirs.close()
    return keeper, asked


@pytest.mark.parametrize("passes", [1, 5])
async def test_what_has_come_is_read_first(passes: int) -> None:
    """A process that stood still reads the answer that has come meanwhile before it says that there was none."""
    keeper, asked = await stand_still(b'{"response":200,' + b" " * 1000 + b'"alert":"ok"}\n', passes)
    assert keeper.told == [(asked.request, 200)]
    assert asked.silences == 0


async def test_silence_all_the_same() -> None:
    """If what has come is no answer, the server has taken too long."""
    keeper, asked = await stand_still(b'{"action":"new"}\n')
    assert [type(end) for end in keeper.ends] == [AnswerTimeout]
    assert asked.silences == 1
