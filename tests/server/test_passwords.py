"""Password checks in threads."""

import asyncio
import os
import sys
import threading
from collections.abc import Iterator

import pytest

from tests.chat.conftest import Ear
from tests.support.waiting import DEADLINE
from vestnik.chat.passwords import hash_password
from vestnik.chat.session import Session
from vestnik.secret import Secret
from vestnik.server import passwords
from vestnik.server.passwords import HashingThreads

RIGHT = Secret("secret")


@pytest.fixture
def threads() -> Iterator[HashingThreads]:
    """One thread that checks passwords."""
    made = HashingThreads(1)
    yield made
    made.close()


async def test_verify(threads: HashingThreads) -> None:
    """Right is right, wrong is wrong, and nobody has no password."""
    made = hash_password(RIGHT)
    assert await threads.verify(made, RIGHT)
    assert not await threads.verify(made, Secret("wrong"))
    assert not await threads.verify(None, RIGHT)


async def test_nobody_costs_a_check(threads: HashingThreads, monkeypatch: pytest.MonkeyPatch) -> None:
    """For a name that does not exist a whole hash is computed, with the parameters of a real one."""
    checked: list[str] = []

    def verify(password_hash: str, password: Secret) -> bool:
        checked.append(password_hash)
        return True

    monkeypatch.setattr(passwords, "verify_password", verify)
    assert not await threads.verify(None, RIGHT)
    assert [made.split("$")[:4] for made in checked] == [hash_password(RIGHT).split("$")[:4]]


async def test_loop_goes_on(threads: HashingThreads, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a password is checked the event loop serves others."""
    gate = threading.Event()
    monkeypatch.setattr(passwords, "verify_password", lambda _hash, _password: gate.wait(DEADLINE))
    checking = asyncio.create_task(threads.verify("x", RIGHT))
    await asyncio.sleep(0)
    assert not checking.done()
    gate.set()
    assert await checking


@pytest.mark.skipif(sys.platform != "linux", reason="threads have no priority of their own")
async def test_others_come_first(threads: HashingThreads, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thread that checks a password gives way to the others of the process."""
    ours = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    def verify(_hash: str, _password: Secret) -> bool:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == min(ours + passwords.NICENESS, 19)

    monkeypatch.setattr(passwords, "verify_password", verify)
    assert await threads.verify("x", RIGHT)


async def test_a_turn_for_each_thread(threads: HashingThreads) -> None:
    """As many passwords are looked up and checked at a time as there are threads, names in whatever spelling."""
    session = Session(Ear())
    async with threads.turn(session, "Anna"):
        waiting = asyncio.create_task(threads.queue.turn(Session(Ear()), "ANNA", "anna").__aenter__())
        await asyncio.sleep(0)
        assert len(threads.queue) == 1
    await asyncio.wait_for(waiting, DEADLINE)
