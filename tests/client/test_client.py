"""The client library against a real server in this process, and against servers that misbehave."""

import asyncio
import gc
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.app import running_app
from vestnik.client import (
    AnswerTimeout,
    Client,
    ConnectionFailed,
    ConnectionLost,
    Delivery,
    Event,
    Notice,
    NotJson,
    Refused,
    ServerClosing,
    UnknownHost,
)
from vestnik.client import event_queue as module
from vestnik.log.journal import Journal

Lines = Callable[[], list[str]]
Make = Callable[..., Client]


@pytest.fixture
def make(journal: Journal) -> Make:
    """Makes clients for a port of this machine."""

    def client(port: int, name: str = "anna", password: str | None = "secret", **more: Any) -> Client:
        return Client(
            "127.0.0.1", port, name=name, password=password, **({"journal": journal, "reconnect": False} | more)
        )

    return client


async def next_event(client: Client) -> Event:
    """The next event."""
    async for event in client.events():
        return event
    raise EOFError


@asynccontextmanager
async def server(talk: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]) -> AsyncIterator[int]:
    """A server that does what a test says; its port."""
    ended = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        finally:
            writer.close()
            ended.set()

    made = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield made.sockets[0].getsockname()[1]
    finally:
        made.close()


async def test_a_whole_session(tmp_path: Path, make: Make, journaled: Lines) -> None:
    """Connect, join, send, hear, leave, contacts, quit: everything works and everything is journaled."""
    async with running_app(tmp_path, "anna", "boris", lang="en") as app:
        port = app.listener.port
        async with make(port) as anna, make(port, "boris", journal=Journal("client", None)) as boris:
            await anna.join("#tea")
            await boris.join("#tea")
            answer = await boris.send("#tea", "Привет")
            assert (answer.response, answer.seq) == (200, 1)
            heard = await next_event(anna)
            assert isinstance(heard, Delivery)
            assert (heard.from_, heard.to, heard.message, heard.seq) == ("boris", "#tea", "Привет", 1)
            await anna.send("boris", "only you")
            heard = await next_event(boris)
            assert isinstance(heard, Delivery)
            assert (heard.to, heard.message) == ("boris", "only you")
            await anna.add_contact("boris")
            assert await anna.contacts() == ["boris"]
            await anna.remove_contact("boris")
            assert await anna.contacts() == []
            assert (await anna.presence("away")).response == 200
            await anna.leave("#tea")
            await anna.quit()
    lines = journaled()
    assert lines[0] == f"INFO     client     Client connected to 127.0.0.1:{port}"
    assert "INFO     client     Sending message from anna to boris: only you" in lines
    assert "INFO     client     User anna is leaving room #tea..." in lines
    assert "DEBUG    client     Received message from boris to #tea: Привет" in lines
    assert lines[-1] == f"DEBUG    client     Client disconnected from 127.0.0.1:{port}"


async def test_private_journal(tmp_path: Path, make: Make, journaled: Lines) -> None:
    """Without `journal_text` no text of a message is in the journal, neither sent nor received; nor is a password."""
    async with running_app(tmp_path, "anna", "boris") as app:
        port = app.listener.port
        async with (
            make(port, journal_text=False) as anna,
            make(port, "boris", journal=Journal("client", None)) as boris,
        ):
            await anna.send("boris", "mumble")
            await boris.send("anna", "mumble")
            await next_event(anna)
    text = "\n".join(journaled())
    assert "mumble" not in text
    assert "secret" not in text
    assert "Sending message from anna to boris" in text
    assert "Received message from boris to anna" in text


async def test_sending_again_is_harmless(tmp_path: Path, make: Make) -> None:
    """A message sent again with its id has the same seq; without an id it is another message."""
    async with running_app(tmp_path, "anna") as app, make(app.listener.port) as anna:
        await anna.join("#tea")
        seqs = [(await anna.send("#tea", "x", message_id="1")).seq for _ in range(2)]
        seqs += [(await anna.send("#tea", "x")).seq for _ in range(2)]
        assert seqs == [1, 1, 2, 3]


async def test_token(tmp_path: Path, make: Make) -> None:
    """With `remember` there is a token, which logs in without the password."""
    async with running_app(tmp_path, "anna") as app:
        async with make(app.listener.port, remember=True) as anna:
            assert anna.token is not None
        async with make(app.listener.port, password=None, token=anna.token) as again:
            assert (await again.presence()).response == 200
        async with make(app.listener.port) as other:
            assert other.token is None


async def test_refused(tmp_path: Path, make: Make, journaled: Lines) -> None:
    """An error of the server is `Refused` with its code and text; the connection goes on."""
    async with running_app(tmp_path, "anna", lang="en") as app, make(app.listener.port) as anna:
        with pytest.raises(Refused) as caught:
            await anna.leave("#nowhere")
        assert (caught.value.status, caught.value.reason) == (400, "Room #nowhere does not exist")
        assert (await anna.presence()).response == 200
    assert "ERROR    client     Server answered with an error: 400 Room #nowhere does not exist" in journaled()


async def test_refused_login(tmp_path: Path, make: Make) -> None:
    """A refused login leaves no connection behind."""
    async with running_app(tmp_path, "anna") as app:
        client = make(app.listener.port, password="wrong")
        with pytest.raises(Refused) as caught:
            async with client:
                pass
        assert caught.value.status == 402
        with pytest.raises(ConnectionLost):
            await client.presence()


async def test_many_requests_at_once(tmp_path: Path, make: Make) -> None:
    """Requests that are made at the same time get each its own answer."""
    async with running_app(tmp_path, "anna") as app, make(app.listener.port) as anna:
        await anna.join("#tea")
        answers = await asyncio.gather(*(anna.send("#tea", str(n), message_id=str(n)) for n in range(50)))
        assert [(answer.id, answer.seq) for answer in answers] == [(str(n), n + 1) for n in range(50)]


async def test_cancelled_request(tmp_path: Path, make: Make) -> None:
    """Who stops waiting for an answer does not mix up the next ones."""
    async with running_app(tmp_path, "anna") as app, make(app.listener.port) as anna:
        task = asyncio.create_task(anna.join("#tea"))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await anna.contacts() == []
        assert (await anna.send("#tea", "x")).seq == 1


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_nobody_listens(make: Make, journaled: Lines, port: int) -> None:
    """A port where nobody listens is an error that says so."""
    for address in ("127.0.0.1", "localhost"):
        client = make(port)
        client.address = address
        with pytest.raises(ConnectionFailed) as caught:
            await client.connect()
        assert caught.value.event == "client.connection_refused"
        refused = f"Error! Server {address}:{port} refused the connection, check the port or the server"
        assert journaled()[-1] == f"CRITICAL client     {refused}"
    del caught
    gc.collect()  # asyncio of Python 3.11 forgets to close the socket of a connection that was refused


@pytest.mark.parametrize("address", ["no-such-host.invalid", "256.0.0.1", "a..b", "x" * 70, ""])
async def test_unknown_host(journal: Journal, address: str) -> None:
    """An address that cannot be found is an error of its own."""
    with pytest.raises(UnknownHost):
        await Client(address, 7777, name="anna", password="x", journal=journal).connect()


async def test_no_answer(make: Make, journaled: Lines) -> None:
    """A server that does not answer in time is an error, and the connection is given up."""

    async def silent(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        with pytest.raises(ConnectionError):  # noqa: PT012
            while await reader.read(1000):
                pass
            raise ConnectionResetError

    async with server(silent) as port:
        client = make(port, timeout=0.1)
        await client.connect()
        with pytest.raises(AnswerTimeout) as caught:
            await client.authenticate()
        assert caught.value.fields == {"address": "127.0.0.1", "port": port, "seconds": "0.1"}
        await client.disconnect()
        assert any(line.endswith("did not answer within 0.1 s") for line in journaled())


async def test_connection_lost(make: Make, journaled: Lines) -> None:
    """When the connection ends unexpectedly, who waits for an answer, for events, or asks anew is told."""

    async def hang_up(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.readline()

    async with server(hang_up) as port:
        client = make(port)
        await client.connect()
        waiting = asyncio.create_task(next_event(client))
        for _ in range(2):
            with pytest.raises(ConnectionLost):
                await client.authenticate()
        with pytest.raises(ConnectionLost):
            await waiting
        await client.disconnect()
    assert f"ERROR    client     Error! Connection to server 127.0.0.1:{port} lost" in journaled()


@pytest.mark.parametrize(
    "garbage",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\x80\x04",
        b"[1]\n",
        b'{"response":"two hundred"}',
        b'{"response":200,}\n',
    ],
    ids=lambda garbage: repr(garbage[:30]),
)
async def test_not_json(make: Make, garbage: bytes) -> None:
    """A server that does not speak JIM is an error for whoever waits for an answer or for events."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(garbage)
        await reader.read()

    async with server(talk) as port:
        client = make(port, timeout=5)
        await client.connect()
        with pytest.raises(NotJson):
            await client.authenticate()
        with pytest.raises(NotJson):
            await next_event(client)
        await client.disconnect()


async def test_strange_contacts(make: Make) -> None:
    """A list of contacts that holds other things than names is an error of the client's own, or nothing."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(b'{"response":202,"alert":[1]}\n')
        await reader.read()

    async with server(talk) as port:
        client = make(port)
        await client.connect()
        try:
            assert all(isinstance(name, str) for name in await client.contacts())
        except ConnectionFailed:
            pass
        finally:
            await client.disconnect()


async def test_events_before_answers(make: Make) -> None:
    """Deliveries, probes and things nobody knows that come before an answer are not taken for it."""
    asked: list[dict[str, Any]] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(json.loads(await reader.readline()))
        writer.write(b'{"action":"msg","time":1,"from":"b","to":"a","message":"hi"}{"action":"dance"}')
        writer.write(b'{"action":"probe","time":1}{"response":200,"alert":"ok"}{"response":200,"alert":"probe"}')
        asked.append(json.loads(await reader.readline()))
        asked.append(json.loads(await reader.readline()))
        writer.write(b'{"response":202,"alert":["x"]}')
        await reader.read()

    async with server(talk) as port:
        client = make(port)
        await client.connect()
        assert (await client.join("#tea")).alert == "ok"
        assert await client.contacts() == ["x"]
        event = await next_event(client)
        assert isinstance(event, Delivery)
        assert event.message == "hi"
        await client.disconnect()
    assert [request["action"] for request in asked] == ["join", "presence", "get_contacts"]
    assert asked[1]["user"] == {"account_name": "anna"}


async def test_server_closes(tmp_path: Path, make: Make, journaled: Lines) -> None:
    """A server that stops is announced by a notice; then events and requests end with `ServerClosing`."""
    async with running_app(tmp_path, "anna") as app:
        anna = make(app.listener.port)
        await anna.connect()
        await anna.authenticate()
    notice = await next_event(anna)
    assert isinstance(notice, Notice)
    assert notice.code == 101
    with pytest.raises(ServerClosing):
        await next_event(anna)
    with pytest.raises(ConnectionLost):
        await anna.presence()
    await anna.disconnect()
    assert any("is closing" in line for line in journaled())


async def test_events_end_with_the_connection(tmp_path: Path, make: Make) -> None:
    """When the client itself disconnects, its events end quietly."""
    async with running_app(tmp_path, "anna") as app:
        anna = make(app.listener.port)
        await anna.connect()
        waiting = asyncio.create_task(next_event(anna))
        await anna.disconnect()
        await anna.disconnect()
        with pytest.raises(EOFError):
            await waiting


async def test_events_are_bounded(
    tmp_path: Path, make: Make, journaled: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of events that nobody takes the oldest are dropped, with one line in the journal."""
    monkeypatch.setattr(module, "MAX_EVENTS", 3)
    async with running_app(tmp_path, "anna", "boris") as app:
        port = app.listener.port
        async with make(port) as anna, make(port, "boris", journal=Journal("client", None)) as boris:
            for client in (anna, boris):
                await client.join("#tea")
            for number in range(6):
                await boris.send("#tea", str(number))
            await anna.presence()  # its answer comes behind the deliveries
            assert [getattr(await next_event(anna), "message") for _ in range(3)] == ["3", "4", "5"]  # noqa: B009
    assert sum("the oldest were dropped" in line for line in journaled()) == 1


async def test_connecting_again(tmp_path: Path, make: Make) -> None:
    """After a disconnection, wanted or not, the same client can connect and work again."""
    async with running_app(tmp_path / "one", "anna") as app:
        anna = make(app.listener.port)
        for _ in range(2):
            await anna.connect()
            await anna.authenticate()
            await anna.disconnect()
        await anna.connect()
        await anna.authenticate()
    async with running_app(tmp_path / "two", "anna") as app:
        await anna.disconnect()
        anna.port = app.listener.port
        await anna.connect()
        assert (await anna.authenticate()).response == 202
        await anna.disconnect()


async def test_without_a_connection(make: Make) -> None:
    """Before `connect` every request says that there is no connection; `disconnect` does nothing."""
    client = make(1)
    with pytest.raises(ConnectionLost):
        await client.presence()
    with pytest.raises(ConnectionLost):
        await client.quit()
    await client.disconnect()


def test_no_secret_in_its_text(make: Make) -> None:
    """The text form of a client has no secret in it."""
    assert repr(make(1, token="secret")) == "Client('127.0.0.1', 1, name='anna')"


@pytest.mark.parametrize("port", [0, -1, 65_536, 70_000])
def test_a_port_that_there_cannot_be(port: int) -> None:
    """A port that there cannot be is an error at once, and not when the client connects."""
    with pytest.raises(ValueError, match=f"not {port}"):
        Client("127.0.0.1", port, name="anna", password="secret")
