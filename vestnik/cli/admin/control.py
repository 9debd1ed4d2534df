"""How a command administers: through the control door of the server that works with the data, else by itself.

Either way the same request goes through the same dispatcher, and the answer is the same.
"""

import asyncio
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from vestnik.chat.chat import Chat
from vestnik.cli.failure import Failure
from vestnik.log.journal import Journal
from vestnik.protocol.administration import AddInvite, AnyAdministration
from vestnik.protocol.events import Response
from vestnik.protocol.messages import decode_server_message, encode
from vestnik.server.administration import Administration, ProcessIdentity
from vestnik.server.doors.control import SOCKET_NAME, address_of
from vestnik.server.passwords import HashingThreads
from vestnik.server.settings import Settings
from vestnik.server.traced import TracedStore
from vestnik.store.errors import StoreLocked
from vestnik.store.lock import Lock
from vestnik.store.store import prepare
from vestnik.texts import say

REACH_WITHIN: Final = 10.0
"""Seconds for which a server is waited for that has the data and cannot be reached."""
ANSWER_WITHIN: Final = 30.0
"""Seconds for which an answer is waited for."""
REACH_AGAIN: Final = 0.05
"""Seconds between two attempts to reach it."""


def ask(settings: Settings, journal: Journal, request: AnyAdministration) -> Response:
    """The answer to an act of administration, done by the server if one works with the data, else here and now.

    `journal` is that of administration, for what is done here. Raises StartupError for data that cannot be used,
    Failure for a server that cannot be reached or does not answer, OSError for files of another user.
    """
    until = time.monotonic() + REACH_WITHIN
    while True:
        lock = Lock(settings.data_path)
        try:
            lock.share()
        except StoreLocked as locked:  # no event: the server that has it is asked
            pid = locked.shown(settings.lang)["pid"]
        else:
            try:
                return asyncio.run(_do(settings, journal, request))
            finally:
                lock.release()
        try:
            with _connected(settings.data_path / SOCKET_NAME) as sock:
                return _talk(sock, request, settings.lang, pid)
        except (FileNotFoundError, ConnectionRefusedError, BlockingIOError):  # no event: the failure below has one
            if time.monotonic() > until:
                where = {"pid": pid, "path": str(settings.data_path)}
                raise Failure(say(settings.lang, "cli.control_unreachable", **where)) from None
            time.sleep(REACH_AGAIN)


async def _do(settings: Settings, journal: Journal, request: AnyAdministration) -> Response:
    """What the control door does, without a server: in this process, which holds the lock."""
    database = await asyncio.to_thread(prepare, settings.data_path)
    passwords = await asyncio.to_thread(HashingThreads, 1)
    store = TracedStore(database, lambda _messages, _error: None, searched=False)
    try:
        chat = Chat(
            storage=store,
            passwords=passwords,
            limits=settings.limits,
            login_lifetime=settings.login_days * 86_400,
            clock=time.time,
            rooms=await store.all_rooms() if isinstance(request, AddInvite) and request.rooms else (),
            registration=settings.registration,
            public_address=settings.public_address,
        )
        administration = Administration(chat, journal, settings.log_path, settings.lang)
        return await administration.serve(ProcessIdentity.ourselves(), request)
    finally:
        await store.close()
        passwords.close()


@contextmanager
def _connected(path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock, address_of(path) as address:
        sock.settimeout(ANSWER_WITHIN)
        try:
            sock.connect(address)
        except OSError as error:  # no event: it is raised again, with what it is about
            error.filename = str(path)
            raise
        yield sock


def _talk(sock: socket.socket, request: AnyAdministration, lang: str, pid: str | int) -> Response:
    """One question and its answer. Raises Failure when none comes."""
    deadline = time.monotonic() + ANSWER_WITHIN
    received = bytearray()
    try:
        sock.sendall(encode(request))
        while not received.endswith(b"\n"):
            sock.settimeout(max(0.001, deadline - time.monotonic()))
            data = sock.recv(65_536)
            if not data:
                raise ConnectionResetError
            received += data
    except (TimeoutError, ConnectionError):  # no event: the failure has one
        raise Failure(say(lang, "cli.control_silent", pid=pid)) from None
    answer = decode_server_message(bytes(received))
    assert isinstance(answer, Response)  # noqa: S101  # the server is ours
    return answer
