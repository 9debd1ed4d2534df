"""A peer without a socket: order, answers, pace and end, through a door that only remembers."""

import asyncio
import json
from collections.abc import AsyncIterator
from itertools import count, pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.support.app import journal_lines, running_app
from vestnik.protocol import answers
from vestnik.protocol.errors import BadRequest
from vestnik.protocol.formats import jim_formats
from vestnik.protocol.requests import AnyRequest, Authenticate, GetContacts, Join, Msg, Presence, Quit, User
from vestnik.secret import Secret
from vestnik.server import intake, patience, peer
from vestnik.server.app import App
from vestnik.server.patience import STRANGER
from vestnik.server.peer import Peer
from vestnik.server.turns import CHECKED, LETTERS, MAX_PENDING, PASS, REQUEST, SHARED_PENDING, TURN, TURN_TIME


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

    def unread(self) -> int:
        """What waits."""
        return self.backed_up

    def taken(self) -> int:
        """Never more."""
        return 0

    def holds(self) -> int:
        """What waits."""
        return self.backed_up

    def unfinished(self) -> int:
        """Everything comes whole."""
        return 0

    def refused(self) -> bool:
        """Everything comes whole."""
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

    def __init__(self, app: App, number: int = 99) -> None:
        self.app = app
        self.door = FakeDoor()
        self.peer = Peer(app.services, self.door, number, 0.0)

    def ask(self, *requests: AnyRequest | BadRequest) -> None:
        """What one read has brought."""
        self.peer.receive(iter(requests))


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


async def test_quit_though_the_store_fails(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the end of the login cannot be kept, that is answered and journaled, and the connection ends as ever."""

    async def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(visit.app.store, "end_login", fail)
    visit.ask(LOGIN, Quit(), GetContacts())
    await visit.door.until_told("close")
    assert [found["response"] for found in visit.door.answers] == [202, 500]
    assert any("disk full" in line for line in journal_lines(visit.app))


async def test_quit_though_the_store_hangs(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    """When it takes long until the end of the login is kept, the connection does not wait for that."""
    kept = asyncio.Event()

    async def hang(*_: object) -> None:
        await kept.wait()

    monkeypatch.setattr(visit.app.store, "end_login", hang)
    monkeypatch.setattr(peer, "QUIT_WITHIN", 0.0)
    visit.ask(LOGIN, Quit(), GetContacts())
    await visit.door.until_told("close")
    assert [found["response"] for found in visit.door.answers] == [202]
    assert visit.app.chat.sessions.find(1) is None
    kept.set()
    await visit.app.services.tasks.wait()
    assert any(line.endswith("User anna quit") for line in journal_lines(visit.app))


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


async def test_turns_are_bounded(visit: Visit) -> None:
    """Of ever so many requests that one read has brought a turn serves a part; the rest follows, in order."""
    visit.ask(LOGIN, *[Presence()] * 1000, GetContacts())
    seen = [0]
    while visit.peer.busy:
        assert visit.door.told == ["pause"]
        await asyncio.sleep(0)
        seen.append(len(visit.door.answers))
    assert max(after - before for before, after in pairwise(seen)) <= 1 + TURN // REQUEST
    assert await visit.door.until(1002) == [202, *[200] * 1000, 202]
    assert visit.door.told == ["pause", "resume"]


async def test_slow_turns_end_early(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    """A turn whose requests cost far more than they should ends when it is looked at the clock."""
    visit.ask(LOGIN)
    await visit.door.until(1)
    now = count(step=TURN_TIME * 2)
    monkeypatch.setattr(peer, "clock", lambda: next(now))
    visit.ask(*[Presence()] * 100)
    assert len(visit.door.answers) == 1 + 2 * CHECKED // REQUEST
    assert await visit.door.until(101) == [202, *[200] * 100]


async def test_others_have_their_turn(visit: Visit) -> None:
    """While a member's flood of requests is served in turns, another one's request is answered when it comes."""
    visit.ask(LOGIN)
    assert await visit.door.until(1) == [202]
    visit.ask(*[Presence()] * 5000)
    other = Visit(visit.app)
    other.ask(Presence())
    assert [found["response"] for found in other.door.answers] == [401]
    assert len(visit.door.answers) <= 1 + TURN // REQUEST


async def test_full_pass(visit: Visit) -> None:
    """When a pass of the loop has no time for more, a request waits for the next one, and is not lost."""
    visit.app.services.turns.spend(PASS)
    visit.ask(Presence())
    assert visit.door.answers == []
    assert visit.door.told == ["pause"]
    assert await visit.door.until(1) == [401]
    assert visit.door.told == ["pause", "resume"]


async def test_messages_of_one_turn_are_one_batch(visit: Visit) -> None:
    """Messages that came together are kept together, as many as a turn has; each turn is one batch."""
    visit.ask(LOGIN, Join(room="#tea"))
    await visit.door.until(2)
    batches: list[int] = []
    submit = visit.app.store.submit
    visit.app.services.intake._hub._submit = lambda posts: (batches.append(len(posts)), submit(posts))[1]
    visit.ask(*[Msg(to="#tea", message="x")] * (TURN + 10))
    await visit.door.until(TURN + 12)
    assert sum(batches) == TURN + 10
    assert len(batches) <= 4  # a busy machine may end a turn by its time


async def test_few_messages_of_one_connection_wait(visit: Visit) -> None:
    """However many messages somebody sends at once, only so many wait for the store; all are kept in the end."""
    visit.ask(LOGIN, Join(room="#tea"))
    await visit.door.until(2)
    waiting = pending(visit)
    visit.ask(*[Msg(to="#tea", message="x")] * (3 * MAX_PENDING))
    await visit.door.until(3 * MAX_PENDING + 2)
    assert max(waiting) == MAX_PENDING


async def test_fewer_messages_wait_beside_those_of_others(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once somebody else sends, too, what waits of one connection is a few messages, or what costs as much."""
    monkeypatch.setattr(intake, "ALONE", 1e9)
    visit.ask(LOGIN, Join(room="#tea"), Msg(to="#tea", message="x"))
    other = Visit(visit.app, 98)
    await visit.door.until(3)
    other.ask(LOGIN, Msg(to="#tea", message="x"), Quit())
    await other.door.until_told("close")
    waiting = pending(visit)
    visit.ask(*[Msg(to="#tea", message="x")] * MAX_PENDING, *[Msg(to="#tea", message="x" * 4000)] * 10)
    while visit.peer.busy:
        await asyncio.sleep(0)
    assert len(visit.door.answers) == 4 + MAX_PENDING + 10
    assert max(waiting) <= SHARED_PENDING + 4000 // LETTERS


def pending(visit: Visit) -> list[int]:
    """What waits of a visitor's messages, each time that some are handed to the store."""
    waiting: list[int] = []
    submit = visit.app.store.submit
    visit.app.services.intake._hub._submit = lambda posts: (waiting.append(visit.peer.pending), submit(posts))[1]
    return waiting


async def test_rest_of_the_scanner(visit: Visit) -> None:
    """A long value that is no request yet takes turns like many requests, and what follows it is served."""
    rests: list[AnyRequest | None] = [None] * 100
    visit.peer.receive(iter([*rests, Presence()]))
    assert visit.door.answers == []
    assert await visit.door.until(1) == [401]


@pytest.mark.parametrize("refused", [BadRequest(answers.VALUE_NOT_OBJECT), Presence(), Join(room="#tea")])
async def test_refused_again_and_again(
    visit: Visit, refused: AnyRequest | BadRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stranger who is only refused pauses before each further turn, and ends with an answer that says why."""
    monkeypatch.setattr(patience, "FIRST_PAUSE", 0.0)
    visit.ask(*[refused] * 1000)
    assert len(visit.door.answers) <= STRANGER.free + 1
    assert visit.door.told == ["pause"]
    await visit.door.until_told("close")
    found = visit.door.answers
    assert len(found) == STRANGER.end
    assert found[-1] == {"response": 403, "error": "128 requests in a row were refused: the connection is closed"}
    assert {each["response"] for each in found[:-1]} <= {400, 401}


async def test_refused_one_by_one(visit: Visit) -> None:
    """Who is refused too often pauses even if each request comes alone; reading pauses meanwhile, and then goes on."""
    for _ in range(STRANGER.free):
        visit.ask(Presence())
    assert visit.door.told == []
    visit.ask(Presence())
    assert visit.door.told == ["pause"]
    await visit.door.until_told("resume")
    assert not visit.peer.busy


async def test_refused_now_and_then(visit: Visit) -> None:
    """Twenty refusals in a row, again and again with something right between them, slow nobody down."""
    visit.ask(LOGIN)
    await visit.door.until(1)
    some = [*[BadRequest(answers.ACTION_MISSING)] * 20, Presence()]
    for number in range(100):
        visit.ask(*some)
        await visit.door.until(1 + 21 * (number + 1))
    assert "close" not in visit.door.told
    assert visit.peer._pausing is None


async def test_end_in_a_pause(visit: Visit) -> None:
    """A connection that ends while it pauses leaves nothing behind that would hold it."""
    for _ in range(STRANGER.free + 1):
        visit.ask(Presence())
    assert visit.peer._pausing is not None
    visit.peer.lose()
    assert visit.peer._pausing is None


async def test_stop_does_not_wait_for_a_pause(visit: Visit) -> None:
    """Who pauses and has nothing more to be answered is closed at once when the server stops."""
    for _ in range(STRANGER.free + 1):
        visit.ask(Presence())
    visit.peer.finish()
    assert visit.door.told == ["pause", "close"]


async def test_held_in_turns(visit: Visit) -> None:
    """A turn does not begin while too many messages wait for the store; all are answered in the end."""
    visit.ask(LOGIN, Join(room="#tea"))
    await visit.door.until(2)
    visit.app.services.intake._capacity = 100
    visit.ask(*[Msg(to="#tea", message="x")] * 2000)
    queued = []
    while visit.peer.busy:
        queued.append(visit.app.services.intake._queued)
        await asyncio.sleep(0)
    assert max(queued) <= 100 + TURN
    assert await visit.door.until(2002) == [202, *[200] * 2001]
    assert visit.door.told[-1] == "resume"


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
