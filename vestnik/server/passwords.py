"""Hashing of passwords in a few threads, so that hashing never holds up the event loop."""

import asyncio
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from typing import Final

from vestnik.chat.names import name_key
from vestnik.chat.passwords import hash_password, make_token, verify_password
from vestnik.chat.session import Session
from vestnik.log.journaled import journaled
from vestnik.secret import Secret
from vestnik.server.login_queue import LoginQueue

NICENESS: Final = 10
"""How much less than the others a thread that hashes gets of a busy processor: answering comes before letting in."""


def _step_back() -> None:
    """Let the threads that serve those who are logged in come first. Only Linux has a priority for each thread."""
    if sys.platform == "linux":
        thread = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + NICENESS)


class HashingThreads:
    """Implements `vestnik.chat.passwords.Passwords` with `threads` threads for logins and one for administrators.

    19 MiB are in use for each busy one.
    """

    def __init__(self, threads: int) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="passwords", initializer=_step_back)
        self._hashing = ThreadPoolExecutor(1, thread_name_prefix="hashing")  # begins with the first act
        self.queue = LoginQueue(threads)
        # Checked for names that do not exist, so that they cost the same time as a wrong password.
        self._nobody = hash_password(make_token())

    def turn(self, session: Session, name: str) -> AbstractAsyncContextManager[None]:
        """A turn to check a password for `name`, after whoever comes first. Raises what `LoginQueue.turn` raises."""
        return self.queue.turn(session, name, name_key(name))

    @journaled
    async def verify(self, password_hash: str | None, password: Secret) -> bool:
        """Whether the password has this hash. Only who has a turn asks."""
        known = password_hash or self._nobody
        right = await asyncio.get_running_loop().run_in_executor(self._pool, verify_password, known, password)
        return right and password_hash is not None

    @journaled
    async def hash_in_turn(self, password: Secret) -> str:
        """The hash of a password. Only who has a turn asks."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, hash_password, password)

    @journaled
    async def hash(self, password: Secret) -> str:
        """The hash of a password. Administrators do not wait behind logins, and come one at a time."""
        return await asyncio.get_running_loop().run_in_executor(self._hashing, hash_password, password)

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown()
        self._hashing.shutdown()
