"""What is known of logins beyond a restart."""

import stat
from pathlib import Path

from tests.support.app import journal_lines, running_app
from tests.support.wire import Wire
from vestnik.log.journal import Journal
from vestnik.server.login_memory import MEMORY_NAME, LoginMemory
from vestnik.server.login_queue import LoginQueue

NEAR, FAR = "192.0.2.1", "198.51.100.1"


class Times:
    """Two clocks."""

    def __init__(self, unix: float, monotonic: float) -> None:
        self.unix = unix
        self.monotonic = monotonic

    def memory(self, path: Path, queue: LoginQueue) -> LoginMemory:
        """A memory that goes by these clocks."""
        return LoginMemory(path, queue, Journal("server", None), lambda: self.unix, lambda: self.monotonic)


async def test_restart(tmp_path: Path) -> None:
    """Failures count on after a restart, from when they were; who got in before is known still."""
    path, queue = tmp_path / MEMORY_NAME, LoginQueue(1)
    for _ in range(60):
        queue.delays.fail(FAR, "anna", 100.0)
    queue.delays.forgive(NEAR, "anna")
    queue.known[NEAR] = None
    queue.changes += 1
    await Times(5000.0, 110.0).memory(path, queue).write()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    after = LoginQueue(1)
    times = Times(5020.0, 7.0)
    times.memory(path, after).load()
    assert after.delays.ready(FAR, "anna", True, 7.0) > 0.0
    assert after.delays.ready("203.0.113.1", "anna", False, 7.0) > 0.0
    assert after.delays.ready(NEAR, "anna", False, 7.0) == 0.0
    assert list(after.known) == [NEAR]
    later = LoginQueue(1)
    Times(5700.0, 7.0).memory(path, later).load()
    assert later.delays.ready(FAR, "anna", True, 7.0) == 0.0


async def test_nothing_new(tmp_path: Path) -> None:
    """Nothing is written as long as nothing has changed."""
    queue = LoginQueue(1)
    await Times(0.0, 0.0).memory(tmp_path / MEMORY_NAME, queue).write()
    assert not list(tmp_path.iterdir())


async def test_of_a_server(tmp_path: Path) -> None:
    """A server keeps at its end what it has learned."""
    async with running_app(tmp_path, "anna") as app, await Wire.connect(app.listener.port) as wire:
        assert (await wire.authenticate("anna", "wrong"))["response"] == 402
        assert (await wire.authenticate("anna"))["response"] == 202
    async with running_app(tmp_path) as app:
        assert list(app._passwords.queue.known) == ["127.0.0.1"]
        assert len(app._passwords.queue.delays.everywhere) == 1


async def test_damaged(tmp_path: Path) -> None:
    """A file that cannot be read is said, and forgotten; one that cannot be written is said once."""
    (tmp_path / MEMORY_NAME).write_text("{")
    async with running_app(tmp_path, "anna", lang="en") as app:
        (tmp_path / f"{MEMORY_NAME}.new").mkdir()
        async with await Wire.connect(app.listener.port) as wire:
            await wire.authenticate("anna")
        await app.login_memory.write()
        await app.login_memory.write()
        lines = journal_lines(app)
        (tmp_path / f"{MEMORY_NAME}.new").rmdir()
    assert sum("Earlier failures to log in are forgotten" in line for line in lines) == 1
    assert sum("cannot be kept in logins.json" in line for line in lines) == 1
