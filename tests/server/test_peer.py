"""A peer without a socket: order, answers, pace and end, through a door that only remembers."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.app import journal_lines, running_app
from vestnik.protocol import answers
from vestnik.protocol.errors import BadRequest
from vestnik.protocol.formats import jim_formats
from vestnik.protocol.requests import AnyRequest, Authenticate, GetContacts, Join, Msg, Presence, Quit, User
from vestnik.secret import Secret
from vestnik.server.app import App
from vestnik.server.peer import Peer


class FakeDoor:
    """Remembers what is written and what it is told to do; `backed_up` is how many bytes wait."""

    formats = staticmethod(jim_formats)
    address = ("192.0.2.1", 4711)

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.told: list[str] = []
        self.backed_up = 0
        self.news = asyncio.Event()

    def write(self, data: bytes) -> None:
        """Take bytes."""
        self.written.append(data)
        self.news.set()

    def pause_reading(self) -> None:
        """Take note."""
        self.told.append("pause")

    def resume_reading(self) -> None:
        """Take note."""
        self.told.append("resume")
        self.news.set()

    def waiting(self) -> int:
        """As it was set."""
        return self.backed_up

    def hung_up(self) -> bool:
        """Never."""
        return False

    def close(self) -> None:
        """Take note."""
        self.told.append("close")
        self.news.set()

    def abort(self) -> None:
        """Take note."""
        self.told.append("abort")
        self.news.set()

    @property
    def answers(self) -> list[dict[str, Any]]:
        """Everything that was written."""
        return [json.loads(line) for line in b"".join(self.written).splitlines()]

    async def until(self, count: int) -> list[int]:
        """Wait for so many objects; the codes of the answers."""
        async with asyncio.timeout(60):
            while len(self.answers) < count:
                self.news.clear()
                await self.news.wait()
        return [found["response"] for found in self.answers]

    async def until_told(self, what: str) -> None:
        """Wait until the door is told something."""
        async with asyncio.timeout(60):
            while what not in self.told:
                self.news.clear()
                await self.news.wait()


class Visit:
    """A peer that came through a door, to a running server."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.door = FakeDoor()
        self.peer = Peer(app.services, self.door, 99, 0.0)

    def ask(self, *requests: AnyRequest | BadRequest) -> None:
        """What one read has brought."""
        self.peer.receive(requests)


LOGIN = Authenticate(user=User("anna", password=Secret("secret")))


@pytest.fixture
async def visit(tmp_path: Path) -> AsyncIterator[Visit]:
    """A peer of a server with the account anna."""
    async with running_app(tmp_path, "anna", send_buffer=131_072, lang="en") as app:
        made = Visit(app)
        yield made
        made.peer.lose()


async def test_in_order(visit: Visit) -> None:
    """Requests of one read are answered in their order, whatever takes how long; nothing is read meanwhile."""
    message = Msg(to="#tea", message="x")
    bad = BadRequest(answers.ACTION_MISSING)
    visit.ask(GetContacts(), LOGIN, Join(room="#tea"), message, message, bad, GetContacts(), message)
    assert visit.door.told == ["pause"]
    assert await visit.door.until(8) == [401, 202, 200, 200, 200, 400, 202, 200]
    await visit.door.until_told("resume")
    assert visit.door.told == ["pause", "resume"]
    assert not visit.peer.busy


async def test_what_needs_no_waiting(visit: Visit) -> None:
    """What is answered at once is answered before the call returns, and reading goes on."""
    visit.ask(Presence())
    assert [found["response"] for found in visit.door.answers] == [401]
    assert visit.door.told == []


async def test_quit(visit: Visit) -> None:
    """Quitting ends the connection without a word, and nothing behind it is served."""
    visit.ask(LOGIN, Quit(), GetContacts())
    await visit.door.until_told("close")
    assert [found["response"] for found in visit.door.answers] == [202]
    assert visit.peer.closing


async def test_no_more_comes(visit: Visit) -> None:
    """A client that sends no more gets its answers before the end; an idle one is closed at once."""
    visit.ask(LOGIN)
    visit.peer.finish_reading()
    assert "close" not in visit.door.told
    await visit.door.until_told("close")
    assert [found["response"] for found in visit.door.answers] == [202]
    idle = Visit(visit.app)
    idle.peer.finish_reading()
    assert idle.door.told == ["close"]


async def test_too_much_waits(visit: Visit) -> None:
    """A choked client is cut off when an answer finds too many bytes waiting, with a line; a relaxed one is not."""
    visit.peer.choke()
    visit.door.backed_up = 131_072
    visit.ask(Presence())
    assert visit.door.told == []
    visit.peer.relax()
    visit.door.backed_up += 1
    visit.ask(Presence())
    assert visit.door.told == []
    visit.peer.choke()
    visit.ask(Presence())
    assert visit.door.told == ["abort"]
    assert any("does not keep up reading" in line for line in journal_lines(visit.app))


async def test_drained(visit: Visit) -> None:
    """Who waits for a choked client goes on when it has caught up, or is gone."""
    await visit.peer.drained()
    for end in (visit.peer.relax, visit.peer.lose):
        visit.peer.choke()
        waiting = asyncio.ensure_future(visit.peer.drained())
        await asyncio.sleep(0)
        assert not waiting.done()
        end()
        await waiting


async def test_held(visit: Visit) -> None:
    """While too many messages wait for the store nothing is read, until it says so."""
    visit.ask(LOGIN, Join(room="#tea"))
    await visit.door.until(2)
    await visit.door.until_told("resume")
    visit.app.services.intake._capacity = 1
    visit.ask(Msg(to="#tea", message="x"))
    assert visit.peer.held
    await visit.door.until(3)
    assert not visit.peer.held
    assert visit.door.told == ["pause", "resume", "pause", "resume"]


async def test_nothing_after_the_end(visit: Visit) -> None:
    """After the end nothing is served or written."""
    visit.peer.lose()
    visit.ask(Presence())
    visit.peer.send(b"x")
    assert visit.door.written == []


async def test_expelled(visit: Visit) -> None:
    """A session whose account may not log in any more ends in the same step: nothing that has come behind is served."""
    visit.ask(LOGIN)
    assert await visit.door.until(1) == [202]
    visit.app.chat.sessions.expel(1)
    visit.ask(Msg(to="anna", message="x"))
    assert visit.door.told[-1] == "close"
    assert visit.app.chat.sessions.find(1) is None
    assert len(visit.door.answers) == 1
