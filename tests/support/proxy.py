"""Stands between client and server and cuts connections where a test wants them cut."""

import asyncio
from collections import Counter
from types import TracebackType
from typing import Final, Self

CHUNK: Final = 65_536


class Proxy:
    """Passes bytes to the server at `port` and back, on a port of its own.

    `cut(up=n)` lets the next connection carry n more bytes to the server, `cut(down=n)` to the client, and then cuts it
    off in both directions; further connections are not cut. What is beyond the cut gets lost. `cuts` counts them,
    `carried` the bytes of each direction.
    """

    def __init__(self, port: int) -> None:
        self.target = port
        self.port = 0
        self._shut = False
        self.cuts = 0
        self.cut_done = asyncio.Event()
        self.carried: Counter[str] = Counter()
        self._left: dict[str, int | None] = {"up": None, "down": None}
        self._server: asyncio.Server | None = None
        self._pipes: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for pipe in self._pipes:
            pipe.cancel()
        await asyncio.gather(*self._pipes, return_exceptions=True)

    def cut(self, *, up: int | None = None, down: int | None = None) -> None:
        """Cut off after so many bytes from now on; `cut_done` is set then."""
        self.cut_done.clear()
        self._left = {"up": up, "down": down}

    def shut(self) -> None:
        """Cut all connections, and let nobody in."""
        self._shut = True
        for pipe in self._pipes:
            pipe.cancel()

    def reopen(self) -> None:
        """Let clients in again."""
        self._shut = False

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._shut:
            writer.transport.abort()
            return
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        ends = (writer, back)
        pipes = {
            asyncio.ensure_future(self._pipe("up", reader, back, ends)),
            asyncio.ensure_future(self._pipe("down", there, writer, ends)),
        }
        self._pipes |= pipes
        await asyncio.wait(pipes)
        self._pipes -= pipes

    async def _pipe(
        self,
        direction: str,
        source: asyncio.StreamReader,
        target: asyncio.StreamWriter,
        ends: tuple[asyncio.StreamWriter, ...],
    ) -> None:
        try:
            while data := await source.read(CHUNK):
                self.carried[direction] += len(data)
                left = self._left[direction]
                if left is not None and len(data) >= left:
                    target.write(data[:left])
                    self._left = {"up": None, "down": None}
                    self.cuts += 1
                    self.cut_done.set()
                    break
                if left is not None:
                    self._left[direction] = left - len(data)
                target.write(data)
        except ConnectionError:
            pass
        finally:
            for end in ends:
                if not end.is_closing():
                    end.close()
