"""Syncs that fail, and a loss of power afterwards: what was acknowledged is there, and the database is whole."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from tests.support.data import add_accounts
from tests.support.disk import Disk, compiler
from tests.support.process import ServerProcess
from tests.support.proof import Proof
from tests.support.store import kept
from tests.support.waiting import DEADLINE
from tests.support.wire import Wire

pytestmark = pytest.mark.skipif(compiler() is None, reason="needs a C compiler")


class Machine:
    """A server on a disk that fails; who talks to it remembers what was acknowledged."""

    def __init__(self, tmp_path: Path) -> None:
        self.data = tmp_path / "data"
        add_accounts(self.data, ["anna"], "secret")
        self.disk = Disk(self.data, tmp_path)
        self.acknowledged: set[str] = set()
        self.refused: set[str] = set()
        self.server = self.start()

    def start(self) -> ServerProcess:
        """A server on the disk."""
        return ServerProcess(self.data, environment=self.disk.environment)

    def restart(self, cut: bool) -> None:
        """Kill the server, lose the power if wanted, and start it again."""
        self.server.kill()
        if cut:
            self.disk.cut()
        self.server = self.start()

    async def say(self, *names: str) -> None:
        """Send messages one by one, with these ids."""
        async with await Wire.login(self.server.port, "anna", features=["seq"]) as anna:
            for name in names:
                answer = await anna.ask(action="msg", to="anna", message=f"слово {name}", id=name, time=0)
                (self.acknowledged if answer["response"] in {200, 202} else self.refused).add(name)

    async def indexed(self, number: int) -> None:
        """Wait until so many messages have come into the index by themselves."""
        async with asyncio.timeout(DEADLINE):
            with closing(sqlite3.connect(self.data / "search.db")) as database:
                while database.execute("SELECT indexed FROM search_state").fetchone()[0] < number:
                    await asyncio.sleep(0)

    async def found(self) -> set[str]:
        """The ids of the messages that a search finds."""
        async with await Wire.login(self.server.port, "anna", features=["seq"]) as anna:
            answer = await anna.ask(action="search", query="слово", limit=100, time=0)
            return {each["id"] for each in answer["messages"]}

    async def check(self) -> None:
        """After a loss of power everything acknowledged is there, once, and found; the database is whole."""
        self.restart(cut=True)
        found = await self.found()
        self.server.kill()
        with closing(sqlite3.connect(self.data / "vestnik.db")) as database:
            assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        rows = [row.id for row in kept(self.data)]
        assert len(rows) == len(set(rows))
        assert self.acknowledged <= set(rows) <= self.acknowledged | self.refused
        assert found == set(rows)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine."""
    return Machine(tmp_path)


def some(label: str, count: int = 5) -> list[str]:
    """Some ids."""
    return [f"{label}{number}" for number in range(count)]


async def test_without_failure(machine: Machine) -> None:
    """A loss of power alone loses nothing."""
    await machine.say(*some("a"))
    assert machine.refused == set()
    await machine.check()


async def test_failed_sync(machine: Machine) -> None:
    """What is answered after a failed sync is not built on what is gone, also when the index was filled before."""
    await machine.say(*some("a"))
    await machine.indexed(5)
    machine.disk.fail("vestnik.db-wal")
    await machine.say(*some("b"))
    assert len(machine.refused) == 1
    await machine.say(*some("c"))
    await machine.check()


async def test_failed_sync_and_a_crash(machine: Machine) -> None:
    """A server killed after a failed sync leaves a log that is not on the disk: the next one does not build on it."""
    await machine.say(*some("a"))
    machine.disk.fail("vestnik.db-wal")
    await machine.say("lost")
    assert machine.refused == {"lost"}
    machine.disk.fail("vestnik.db")  # or else the database would have all of it, and the log not matter any more
    machine.restart(cut=False)
    assert machine.disk.failed
    await machine.say(*some("b"))
    await machine.check()


@pytest.mark.parametrize("name", ["search.db-wal", "search.db"])
async def test_failed_sync_of_the_index(machine: Machine, name: str) -> None:
    """A sync of the index that fails is nobody's loss: no message is refused, and the index is made anew."""
    await machine.say(*some("a"))
    assert len(await machine.found()) == 5
    machine.disk.fail(name)
    machine.server.stop()
    assert machine.disk.failed
    machine.server = machine.start()
    await machine.say(*some("b"))
    assert machine.refused == set()
    await machine.check()


LONG = "слово " + "щ" * 3900
"""A text that takes more than a page."""


async def fill(machine: Machine, label: str, until: Callable[[], bool]) -> None:
    """Send long messages one by one until something has happened."""
    async with await Wire.login(machine.server.port, "anna", features=["seq"]) as anna:
        for number in count():
            name = f"{label}{number}"
            try:
                answer = await anna.ask(action="msg", to="anna", message=LONG, id=name, time=0)
            except (EOFError, ConnectionError):
                machine.refused.add(name)
                return
            (machine.acknowledged if answer["response"] in {200, 202} else machine.refused).add(name)
            if until():
                return


def wait_for_log(data: Path, pages: int) -> Callable[[], bool]:
    """Whether so many pages have been written to the log since now, as its size tells while it only grows."""
    log = data / "vestnik.db-wal"
    size = log.stat().st_size
    return lambda: log.stat().st_size > size + pages * 4096


async def test_failed_sync_of_the_database(machine: Machine) -> None:
    """A sync of the database that fails while only a part of the log was in it loses nothing of that part."""
    await machine.say("first")
    with closing(sqlite3.connect(machine.data / "vestnik.db", isolation_level=None)) as reader:
        await fill(machine, "a", wait_for_log(machine.data, 500))
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM message").fetchone()  # what comes later stays in the log
        await fill(machine, "b", wait_for_log(machine.data, 1500))
        reader.execute("ROLLBACK")
    machine.disk.fail("vestnik.db")
    left = iter(range(1500))
    await fill(machine, "c", lambda: machine.disk.failed or next(left, None) is None)
    assert machine.disk.failed
    assert machine.server.wait() == 1
    assert any("CRITICAL" in line and "vestnik.db" in line for line in machine.server.lines)
    machine.server = machine.start()
    left = iter(range(600))
    await fill(machine, "d", lambda: next(left, None) is None)
    machine.server.kill()
    machine.disk.cut()
    with closing(sqlite3.connect(machine.data / "vestnik.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert machine.acknowledged <= {row.id for row in kept(machine.data)} <= machine.acknowledged | machine.refused


SYNCS = 26
"""Of a short life of a server, its start and end included: about."""


async def live(machine: Machine, label: str) -> None:
    """A short life of a server, as far as it gets."""
    machine.server.kill()
    machine.server = machine.start()
    if not machine.server.running or not machine.server.port:
        return
    await machine.say(*some(label))
    try:
        await machine.found()
        await machine.say(*some(f"{label}-"))
    finally:
        machine.server.stop()


async def test_any_sync_fails(tmp_path: Path, proof: Proof) -> None:
    """Whichever sync fails, of whichever file, at the start, in between, at the end: nothing acknowledged is lost."""
    for number in proof.some(range(1, SYNCS + 1), 3):
        (tmp_path / str(number)).mkdir()
        machine = Machine(tmp_path / str(number))
        await machine.say(*some("a"))
        machine.disk.fail(number=number)
        await live(machine, "b")
        await live(machine, "c")
        await machine.check()
