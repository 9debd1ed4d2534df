"""Whose turn it is to read."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from tests.support.data import make_data
from tests.support.waiting import DEADLINE
from vestnik.store import readers
from vestnik.store.engine import open_engine
from vestnik.store.readers import ALLOWANCE, ASKER, CONNECTIONS, NOBODY, PAGES, SHARE, Lane, Pace, Readers

ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n"
MILLION = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 1000000) SELECT max(x) FROM n"
ANNA, BORIS, VERA = 1, 2, 3


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """An empty database."""
    made = open_engine(make_data(tmp_path), connections=CONNECTIONS, writing=False)
    yield made
    made.dispose()


@pytest.fixture
async def asked(engine: Engine) -> AsyncIterator[Readers]:
    """Readers of an empty database."""
    made = Readers(engine)
    yield made
    made.close()


class Held:
    """Questions that are answered when they are let go; `begun` are their names in the order in which they began."""

    def __init__(self) -> None:
        self.going_on = threading.Event()
        self.begun: list[str] = []
        self._changed = threading.Condition()

    def question(self, name: str) -> Callable[[Connection], str]:
        """A question that has its name for an answer."""

        def ask(_connection: Connection) -> str:
            with self._changed:
                self.begun.append(name)
                self._changed.notify_all()
            assert self.going_on.wait(DEADLINE)
            return name

        return ask

    async def wait(self, count: int) -> None:
        """Wait until so many have begun."""

        def until() -> bool:
            with self._changed:
                return self._changed.wait_for(lambda: len(self.begun) >= count, DEADLINE)

        assert await asyncio.to_thread(until)


async def ask(
    way: Callable[[Callable[[Connection], str]], Awaitable[str]], who: int, question: Callable[[Connection], str]
) -> str:
    """The answer to the question of an account."""
    ASKER.set(who)
    async with asyncio.timeout(DEADLINE):
        return await way(question)


def scalar(query: str) -> Callable[[Connection], str]:
    """A question for one value."""
    return lambda connection: str(connection.exec_driver_sql(query).scalar_one())


async def test_accounts_take_turns(engine: Engine) -> None:
    """Who has asked for much waits behind the one question of another."""
    lane, held = Lane(engine, "one", 1), Held()
    names = [(ANNA, f"anna {n}") for n in range(4)] + [(BORIS, "boris"), (VERA, "vera 0"), (VERA, "vera 1")]
    tasks = []
    for who, name in names:
        tasks.append(asyncio.create_task(ask(lane.run, who, held.question(name))))
        await asyncio.sleep(0)
    held.going_on.set()
    assert await asyncio.gather(*tasks) == [name for _, name in names]
    assert held.begun == ["anna 0", "anna 1", "boris", "vera 0", "anna 2", "vera 1", "anna 3"]
    lane.close()


async def test_one_question_of_an_account(asked: Readers) -> None:
    """An account has one thread at a time, however many there are."""
    held = Held()
    tasks = [asyncio.create_task(ask(asked.page, who, held.question(str(who)))) for who in (ANNA, ANNA, ANNA, BORIS)]
    await held.wait(PAGES)
    assert sorted(held.begun) == [str(ANNA), str(BORIS)]
    held.going_on.set()
    assert await asyncio.gather(*tasks) == ["1", "1", "1", "2"]


async def test_nothing_waits_for_pages(asked: Readers) -> None:
    """Logins and look-ups are answered though all threads for pages are held."""
    held = Held()
    tasks = [asyncio.create_task(ask(asked.page, who, held.question(str(who)))) for who in (ANNA, BORIS, VERA)]
    await held.wait(PAGES)
    assert await ask(asked.look_up, ANNA, scalar("SELECT 1")) == "1"
    assert await ask(asked.log_in, NOBODY, scalar("SELECT 2")) == "2"
    held.going_on.set()
    assert await asyncio.gather(*tasks) == ["1", "2", "3"]


async def test_who_asks_without_an_end_rests(asked: Readers, monkeypatch: pytest.MonkeyPatch) -> None:
    """An account that has had much rests before its next page is read, and nobody else does."""
    monkeypatch.setattr(readers, "ALLOWANCE", 0.0)
    monkeypatch.setattr(readers, "SHARE", 1e-9)
    assert await ask(asked.page, ANNA, scalar(MILLION)) == "1000000"
    second = asyncio.create_task(ask(asked.page, ANNA, scalar("SELECT 2")))
    for who in (BORIS, VERA, NOBODY, NOBODY):
        assert await ask(asked.page, who, scalar("SELECT 1")) == "1"
    assert await ask(asked.look_up, ANNA, scalar("SELECT 3")) == "3"
    assert not second.done()
    second.cancel()


async def test_rest_ends(asked: Readers, monkeypatch: pytest.MonkeyPatch) -> None:
    """After its rest an account is served again."""
    monkeypatch.setattr(readers, "ALLOWANCE", 0.0)
    assert [await ask(asked.page, ANNA, scalar(f"SELECT {number}")) for number in range(9)] == list("012345678")


def test_pace() -> None:
    """What is asked for now and then is free; in the long run the share is what was said."""
    pace = Pace()
    assert pace.rest(ANNA, ALLOWANCE / 2, 1000.0) == 0
    assert pace.rest(ANNA, ALLOWANCE / 2, 1000.0) == pytest.approx(0)
    now, had = 1000.0, 0.0
    for _ in range(100):
        had += 0.01
        now += 0.01 + pace.rest(ANNA, 0.01, now)
    assert had / (now - 1000.0) == pytest.approx(SHARE, rel=0.1)
    assert pace.rest(BORIS, 0.01, now) == 0
    assert pace.rest(ANNA, 0.01, now + 2 * ALLOWANCE / SHARE) == 0


def test_pace_forgets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has not asked lately is forgotten when very many have asked."""
    monkeypatch.setattr(readers, "MAX_PACED", 10)
    pace = Pace()
    for who in range(1, 1000):
        pace.rest(who, 0.01, float(who))
    assert len(pace._paid) <= 11


async def test_a_question_without_an_end(asked: Readers, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite gives up what takes an account's question too long, and the next question is answered."""
    monkeypatch.setattr(readers, "LONGEST", 0.01)
    for _ in range(3):
        with pytest.raises(OperationalError, match="interrupted"):
            await ask(asked.page, ANNA, scalar(ENDLESS))
    assert await ask(asked.page, ANNA, scalar("SELECT 1")) == "1"
    assert await ask(asked.page, NOBODY, scalar(MILLION)) == "1000000"


@pytest.mark.parametrize("given", [False, True])
async def test_who_goes_away(asked: Readers, given: bool) -> None:
    """The turn of whoever goes away goes to the next, also when it was given already."""
    held = Held()
    first = [asyncio.create_task(ask(asked.page, who, held.question(str(who)))) for who in (ANNA, BORIS)]
    await held.wait(PAGES)
    gone = asyncio.create_task(ask(asked.page, VERA, held.question("gone")))
    last = asyncio.create_task(ask(asked.page, VERA, held.question("last")))
    await asyncio.sleep(0)
    if given:
        held.going_on.set()
        await asyncio.gather(*first)
    gone.cancel()
    held.going_on.set()
    assert await last == "last"
    assert await asyncio.gather(*first) == ["1", "2"]
    assert await ask(asked.page, VERA, scalar("SELECT 1")) == "1"
