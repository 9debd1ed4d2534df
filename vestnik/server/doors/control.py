"""The control door: a Unix socket in the data directory, at which administrators ask.

It speaks JIM like the others, and reads acts of administration only. Who may open the socket may do everything, so
that is the user the server runs as, and root.
"""

import asyncio
import os
import socket
import stat
import struct
import sys
from asyncio import StreamReader, StreamWriter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from vestnik.chat.outcome import Reply
from vestnik.log import events
from vestnik.log.journal import Journal
from vestnik.log.journaled import journaled
from vestnik.protocol import answers
from vestnik.protocol.administration import AnyAdministration
from vestnik.protocol.errors import StartupError
from vestnik.protocol.events import Response
from vestnik.protocol.formats import JIM_RICH
from vestnik.protocol.framing import Framer
from vestnik.protocol.messages import ADMINISTRATION
from vestnik.server import catalogue
from vestnik.server.administration import Administration, ProcessIdentity

SOCKET_NAME: Final = "control.sock"
MAX_ADMINISTRATORS: Final = 8
"""Connections open at once; one more is answered with 500 and closed."""
MAX_ACT: Final = 16_384
"""Bytes of a request: the longest password fits, however it is spelled."""
ACT_WITHIN: Final = 30.0
"""Seconds for which a connection may be silent, a request unfinished, or an answer unread."""
MAX_PATH: Final = 107
"""Bytes of a socket's path that every system takes (Linux: 107, others: 103)."""


class ControlBad(StartupError):
    """The control socket cannot be made at `path`; `reason` says why."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__("control.bad", path=str(path), reason=reason)


@contextmanager
def address_of(path: Path) -> Iterator[str]:
    """The address of a socket file, for `bind` and `connect`. They take short ones only: a long path is gone by way of
    its directory, which is open within. Raises OSError when there is no such directory."""
    if len(os.fsencode(path)) <= MAX_PATH:
        yield os.fspath(path)
        return
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{directory}/{path.name}"
    finally:
        os.close(directory)


def open_socket(path: Path) -> socket.socket:
    """A listening socket at `path` for this user only; one that a killed server has left is replaced.

    The holder of the data's lock may call this. Raises ControlBad.
    """
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        _remove(path)
        with address_of(path) as address:
            sock.bind(address)
        path.chmod(0o600)  # before anybody can connect
        sock.listen(MAX_ADMINISTRATORS)
    except OSError as error:
        sock.close()
        raise ControlBad(path, error.strerror or str(error)) from None
    sock.setblocking(False)
    return sock


def _remove(path: Path) -> None:
    """Take a socket away; another file stays, and is in the way."""
    with suppress(FileNotFoundError):  # no event: there is none
        if stat.S_ISSOCK(path.lstat().st_mode):
            path.unlink()


def peer_of(sock: socket.socket) -> ProcessIdentity:
    """The process that has connected; where it is not known how to ask, one of ours, as the file's mode says."""
    if sys.platform != "linux":
        return ProcessIdentity(os.geteuid(), 0)
    pid, uid, _gid = struct.unpack("3i", sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i")))
    return ProcessIdentity(uid, pid)


class ControlDoor:
    """Takes acts of administration at the socket `path`. `journal` is the server's.

    Those who ask here are no peers of the server: nobody logs in, nothing is told to them unasked, and one request is
    answered before the next is read.
    """

    def __init__(self, administration: Administration, path: Path, journal: Journal) -> None:
        self._administration = administration
        self._path = path
        self._journal = journal
        self._server: asyncio.Server
        self._tasks: set[asyncio.Task[None]] = set()
        self._idle: set[StreamWriter] = set()  # those that nothing is done for at the moment
        self._closing = False

    @journaled
    async def open(self) -> None:
        """Begin to accept connections. Raises ControlBad."""
        self._server = await asyncio.start_unix_server(self._accept, sock=open_socket(self._path))

    @journaled
    async def close(self, patience: float) -> None:
        """Accept no more, answer what was asked within `patience` seconds, and take the socket away."""
        self._closing = True
        self._server.close()
        for writer in tuple(self._idle):
            writer.close()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=patience)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        _remove(self._path)

    def _accept(self, reader: StreamReader, writer: StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._journal.record(events.TASK_FAILED, type(error).__name__, error=error)

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        try:
            who = peer_of(writer.get_extra_info("socket"))
            if who.uid not in {os.geteuid(), 0}:
                self._journal.record(catalogue.CONTROL_REFUSED, *who)
            elif len(self._tasks) > MAX_ADMINISTRATORS:
                full = Reply(answers.SERVER_FULL, (MAX_ADMINISTRATORS,))
                await self._answer(writer, self._administration.answer(full))
            else:
                await self._converse(who, reader, writer)
            writer.close()
            async with asyncio.timeout(ACT_WITHIN):
                await writer.wait_closed()
        except (OSError, TimeoutError):  # no event: it has gone or does not listen, and what it asked has its record
            pass
        finally:
            writer.transport.abort()

    async def _converse(self, who: ProcessIdentity, reader: StreamReader, writer: StreamWriter) -> None:
        """Answer requests, one after the other, until the end of the connection, or of the patience with it."""
        framer: Framer[AnyAdministration] = Framer(ADMINISTRATION.decode, MAX_ACT)
        loop = asyncio.get_running_loop()
        until = loop.time() + ACT_WITHIN
        while not framer.closed and not self._closing:
            data = await self._read(reader, writer, until)
            if data is None and framer.size and not framer.skipping:
                late = Reply(answers.VALUE_UNFINISHED, (f"{ACT_WITHIN:g}",))
                await self._answer(writer, self._administration.answer(late))
            if not data:
                return
            for request in framer.feed(data):
                if request is None:
                    continue  # a long value is not over yet; what comes in one read is short enough
                await self._answer(writer, await self._administration.serve(who, request))
                until = loop.time() + ACT_WITHIN

    async def _read(self, reader: StreamReader, writer: StreamWriter, until: float) -> bytes | None:
        """What comes next; nothing at the end of the connection, None when nothing has come `until` then."""
        self._idle.add(writer)
        try:
            async with asyncio.timeout_at(until):
                return await reader.read(MAX_ACT)
        except TimeoutError:  # no event: an answer says so
            return None
        finally:
            self._idle.discard(writer)

    async def _answer(self, writer: StreamWriter, answer: Response) -> None:
        """Write an answer. Raises TimeoutError when it is not read."""
        writer.write(JIM_RICH.answer(answer))
        async with asyncio.timeout(ACT_WITHIN):
            await writer.drain()
