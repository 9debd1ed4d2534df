"""The server under test: in the test's own process, or one of its own that can be killed."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

from tests.support.app import running_app
from tests.support.process import ServerProcess


class OwnServer:
    """A server in this process and event loop: quick to start."""

    kills = False

    def __init__(self, data: Path) -> None:
        self._data = data
        self._running = AsyncExitStack()
        self.port = 0

    async def start(self) -> None:
        """Start; `port` is where it listens."""
        app = await self._running.enter_async_context(running_app(self._data))
        self.port = app.listener.port

    async def stop(self) -> None:
        """End it as SIGTERM would."""
        await self._running.aclose()

    async def kill(self) -> None:
        """Nobody can kill it alone: end it properly."""
        await self.stop()


class OtherServer:
    """A server in a process of its own."""

    kills = True

    def __init__(self, data: Path) -> None:
        self._data = data
        self._process: ServerProcess | None = None

    @property
    def port(self) -> int:
        """Where it listens."""
        assert self._process is not None
        return self._process.port

    async def start(self) -> None:
        """Start it and wait until it listens."""
        self._process = await asyncio.to_thread(ServerProcess, self._data)

    async def stop(self) -> None:
        """End it with SIGTERM."""
        assert self._process is not None
        assert await asyncio.to_thread(self._process.stop) == 0

    async def kill(self) -> None:
        """End it with SIGKILL."""
        assert self._process is not None
        await asyncio.to_thread(self._process.kill)
