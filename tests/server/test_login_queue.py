"""Turns at checking passwords."""

import asyncio

import pytest

from tests.chat.conftest import Ear
from tests.support.waiting import DEADLINE
from vestnik.chat.session import Session
from vestnik.protocol import answers
from vestnik.protocol.errors import NotAuthorised, ServerError, WrongLogin
from vestnik.server import login_queue
from vestnik.server.login_queue import LoginQueue


class Visitor(Ear):
    """A connection from a network."""

    def __init__(self, network: str) -> None:
        super().__init__()
        self.network = network
        self.left = False

    def hung_up(self) -> bool:
        """Whether it was told to."""
        return self.left


class Hall:
    """A queue with one turn at a time, and what comes of those who wait in it."""

    def __init__(self) -> None:
        self.now = 0.0
        self.queue = LoginQueue(1, lambda: self.now)
        self.order: list[str] = []
        self._begin = asyncio.Event()

    def come(self, label: str, network: str = "here", name: str = "anna", *, right: bool = False) -> "Guest":
        """Somebody wants a turn; the turns take no time once `go` was called."""
        return Guest(self, label, Session(Visitor(network)), name, right)

    async def go(self, *guests: "Guest") -> list[str]:
        """Let the turns pass until some have had theirs; the order of all."""
        self._begin.set()
        await asyncio.wait_for(asyncio.gather(*(guest.task for guest in guests)), DEADLINE)
        return self.order

    async def check(self, guest: "Guest") -> str:
        """Wait for a turn and try; what came of it."""
        try:
            async with self.queue.turn(guest.session, guest.name, guest.name):
                self.order.append(guest.label)
                await self._begin.wait()
                if not guest.right:
                    raise WrongLogin(answers.LOGIN_REFUSED, guest.name)
        except (WrongLogin, ServerError, NotAuthorised) as error:
            return error.answer.name
        return "right"


class Guest:
    """Somebody who tries a password."""

    def __init__(self, hall: Hall, label: str, session: Session, name: str, right: bool) -> None:
        self.label = label
        self.session = session
        self.name = name
        self.right = right
        self.hall = hall
        self.task = asyncio.create_task(hall.check(self))

    @property
    def visitor(self) -> Visitor:
        """Its connection."""
        assert isinstance(self.session.recipient, Visitor)
        return self.session.recipient


async def settle() -> None:
    """Let everything happen that needs no time."""
    for _ in range(5):
        await asyncio.sleep(0)


@pytest.fixture
async def hall() -> Hall:
    """Nobody is there."""
    return Hall()


async def test_networks_take_turns(hall: Hall) -> None:
    """Who comes from elsewhere waits for one attempt of a stranger who makes many, not for all."""
    crowd = [hall.come(f"c{number}") for number in range(10)]
    await settle()
    boris = hall.come("boris", "there", right=True)
    assert (await hall.go(boris))[:3] == ["c0", "c1", "boris"]
    assert await boris.task == "right"
    for each in crowd:
        each.task.cancel()
    await asyncio.gather(*(each.task for each in crowd), return_exceptions=True)
    assert len(hall.queue) == 0


async def test_known_networks(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who comes from where somebody got in before waits for two attempts, from however many networks others come."""
    monkeypatch.setattr(login_queue, "MAX_KNOWN", 1)
    for home in ("forgotten", "home"):
        await hall.go(hall.come(home, home, right=True))
    hall._begin.clear()
    crowd = [hall.come(f"c{number}", f"network {number}") for number in range(20)]
    await settle()
    forgotten = hall.come("again from there", "forgotten", right=True)
    boris = hall.come("boris", "home", right=True)
    order = (await hall.go(boris, forgotten, *crowd))[2:]
    assert order.index("boris") <= 3
    assert order.index("again from there") > 15


async def test_who_is_gone_is_not_checked(hall: Hall) -> None:
    """Whose connection has ended waits no longer, costs no check and no turn, and a line says so."""
    crowd = [hall.come(f"c{number}") for number in range(4)]
    await settle()
    for each in crowd[1:]:
        each.session.end()
    assert len(hall.queue) == 0
    last = hall.come("last", right=True)
    assert await hall.go(*crowd, last) == ["c0", "last"]
    assert [await each.task for each in crowd] == ["login.refused"] + ["login.dropped"] * 3


async def test_who_hung_up_comes_last(hall: Hall) -> None:
    """Who has closed its side, read or not, is served behind all others, and only a few of them are."""
    crowd = [hall.come(f"c{number}") for number in range(40)]
    await settle()
    for each in crowd[1:]:
        each.visitor.left = True
    last = hall.come("last", right=True)
    assert (await hall.go(last))[:2] == ["c0", "last"]
    await settle()
    assert len(hall.queue) <= login_queue.MAX_NETWORK_CHECKS
    assert sum(each.task.done() and each.task.result() == "server.busy" for each in crowd) == 39 - 16
    for each in crowd:
        each.session.end()
    await hall.go(*crowd)


async def test_a_full_network_lets_those_who_hung_up_go(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    """When a network has no more places, those who have closed their side give up theirs, asked once a second."""
    monkeypatch.setattr(login_queue, "MAX_NETWORK_CHECKS", 30)
    crowd = [hall.come(f"c{number}") for number in range(31)]
    await settle()
    for each in crowd[1:21]:
        each.visitor.left = True
    asked = [hall.come(f"a{number}") for number in range(6)]
    await settle()
    assert [each.task.done() for each in crowd].count(True) == 4 + 2  # behind are 16, of whom two lose their places
    assert not any(each.task.done() for each in asked)
    hall.queue.close()
    await hall.go(*crowd, *asked)


async def test_a_network_has_its_share(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    """One attempt too many of a network is refused as busy at once, and the places of others are kept."""
    monkeypatch.setattr(login_queue, "MAX_NETWORK_CHECKS", 2)
    busy = hall.come("busy")
    await settle()
    crowd = [hall.come(f"c{number}") for number in range(3)]
    other = hall.come("other", "there", right=True)
    same = hall.come("same", name="boris", right=True)
    await settle()
    assert await crowd[2].task == "server.busy"
    assert await crowd[1].task == "server.busy"  # it gave up its place to who tries another name
    assert await hall.go(busy, crowd[0], other, same) == ["busy", "c0", "other", "same"]


async def test_all_together_have_a_bound(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    """When all places are taken, the network that has the most gives up one to who comes from elsewhere."""
    monkeypatch.setattr(login_queue, "MAX_CHECKS", 3)
    busy = hall.come("busy")
    await settle()
    crowd = [hall.come(f"c{number}") for number in range(4)]
    other = hall.come("other", "there", right=True)
    await settle()
    assert [each.task.done() for each in crowd] == [False, False, True, True]
    assert (await hall.go(busy, other))[:3] == ["busy", "c0", "other"]
    await hall.go(*crowd)


async def test_failures_slow_down_and_lock_nobody_out(hall: Hall) -> None:
    """After many failures a turn is given later, and given all the same."""
    for number in range(20):
        hall.now += 10.0
        await hall.go(hall.come(f"c{number}"))
    hall.now += 0.001
    right = hall.come("right", right=True)
    elsewhere = hall.come("elsewhere", "there", right=True)
    await settle()
    assert hall.order[-1] == "elsewhere"
    hall.now += 1.0
    assert (await hall.go(right, elsewhere))[-1] == "right"
    hall.now += 0.02
    again = hall.come("again", right=True)
    await settle()
    assert await again.task == "right"


async def test_a_connection_that_failed_waits_behind(hall: Hall) -> None:
    """Who has failed on its connection waits behind a new one, until it succeeds."""
    first = hall.come("first")
    await hall.go(first)
    assert first.session.failed
    hall._begin.clear()
    busy = hall.come("busy", "there")
    await settle()
    again = Guest(hall, "again", first.session, "anna", right=True)
    new = hall.come("new", right=True)
    assert (await hall.go(busy, again, new))[-2:] == ["new", "again"]
    assert not first.session.failed


async def test_a_cancelled_attempt_gives_back_its_turn(hall: Hall) -> None:
    """Whoever is cancelled, while it waits, in its turn, or as it begins, keeps nothing."""
    busy, waiting = hall.come("busy"), hall.come("waiting")
    await settle()
    waiting.task.cancel()
    await settle()
    begins = hall.come("begins")
    await settle()
    busy.task.cancel()
    begins.task.cancel()
    await asyncio.gather(busy.task, waiting.task, begins.task, return_exceptions=True)
    assert len(hall.queue) == 0
    last = hall.come("last", right=True)
    await hall.go(last)
    assert await last.task == "right"


async def test_the_end(hall: Hall) -> None:
    """When the server stops, all who wait and who still come are refused, and who has a turn keeps it."""
    crowd = [hall.come(f"c{number}", name=f"name {number % 2}") for number in range(4)]
    await settle()
    hall.queue.close()
    late = hall.come("late", "there")
    await hall.go(*crowd, late)
    assert [await each.task for each in (*crowd, late)] == ["login.refused"] + ["server.busy"] * 4
    assert len(hall.queue) == 0
