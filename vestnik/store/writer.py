"""The single writer: one thread, one transaction for everything that has come in meanwhile (group commit).

The event loop hands over batches of messages and other changes; the thread writes whatever waits in one transaction,
commits with a sync, and hands the result back to the loop. Results come in commit order.

When a sync has failed, what SQLite shows need not be on the disk (`vestnik.store.durable`). What was in that
transaction is answered with an error, and nothing else is written before the log has been written again and synced.
"""

import asyncio
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextvars import copy_context
from pathlib import Path
from sqlite3 import Connection as SQLiteConnection
from sqlite3 import IntegrityError
from sqlite3 import OperationalError as SQLiteError
from typing import Any, Final, Protocol, TypeAlias, TypeVar

from sqlalchemy import Connection, Engine, Integer, bindparam, func, select
from sqlalchemy.exc import OperationalError

from vestnik.chat.storage.changes import ChangeEvent
from vestnik.chat.storage.messages import MessageEvent
from vestnik.protocol import answers
from vestnik.protocol.errors import Forbidden, VestnikError
from vestnik.store.backfill import Backfill, LostPages
from vestnik.store.durable import disk_failed, log_of, sync_directory, write_again
from vestnik.store.enabled import disabled_accounts, forget_disabled
from vestnik.store.engine import driver_of, transaction
from vestnik.store.queries.changes import HAPPENED, last_number
from vestnik.store.queries.ids import KnownId, any_spent, is_known, kept_ids, spent_ids
from vestnik.store.queries.messages import Extended, add_extras
from vestnik.store.schema import conversation, message

T = TypeVar("T")

MAX_BATCHES: Final = 256
"""Hand-overs that may share one transaction."""
COLUMNS: Final = ("id", "conversation_id", "seq", "sender_id", "client_id", "time", "text")
"""What is kept of a new message, in the order of `Writer._insert_rows`."""
ROWS: Final = (128, 64, 32, 16, 8, 4, 2, 1)
"""Rows that one INSERT may have."""
TRANSACTION: Final = 4
"""What a transaction counts for between two checkpoints, beside its messages."""
CAREFUL: Final = 32
"""Transactions in which ids are looked up after one was found that had been used: others come again with it."""
HAND_ON: Final = 0.003
"""Seconds after which no further result is handed on in one pass of the loop."""
MAX_REMEMBERED: Final = 100_000
"""Conversations whose last seq is remembered; past it all are forgotten and read again."""


class Submitted(Protocol):
    """What the writer reads of a message that is handed over, and what it fills in: the numbers of the `message`, and
    for an `id` that its author used before `again`, `delivered` (to the addressee of a direct message), `conflict`
    (elsewhere), `differs` (there, for another text), `withdrawn` (there, and deleted); or `refusal`, if it may not be
    kept.
    """

    message: MessageEvent
    again: bool
    delivered: bool
    conflict: bool
    differs: bool
    withdrawn: bool
    refusal: VestnikError | None


Messages: TypeAlias = Sequence[Submitted]


class _KnownId(Exception):
    """A message has an id that was used before, and ids were not looked up: nothing of the transaction was done."""


class _Batch:
    """Messages that were handed over together."""

    __slots__ = ("error", "messages")

    def __init__(self, messages: Messages) -> None:
        self.messages = messages
        self.error: Exception | None = None


class _Change:
    """Any other change: a function of the connection, whose result goes to a future of the loop.

    `context` is that of whoever asked for it; `happened` are the events that it made.
    """

    __slots__ = ("context", "error", "function", "future", "happened", "result")

    def __init__(self, function: Callable[[Connection], Any], future: asyncio.Future[Any]) -> None:
        self.function = function
        self.future = future
        self.context = copy_context()
        self.happened: list[ChangeEvent] = []
        self.result: Any = None
        self.error: Exception | None = None


_Work: TypeAlias = _Batch | _Change
Committed: TypeAlias = Callable[[Any, Exception | None], None]
"""Called in the loop with each batch of messages, and the error that kept it from being written, if any."""
Changed: TypeAlias = Callable[[Sequence[ChangeEvent]], None]
"""Called in the loop with the events of a change that is on disk, in the context of whoever asked for it."""
Noticed: TypeAlias = Callable[[], None]
"""Called in the thread before or after each transaction."""
Unsafe: TypeAlias = Callable[[Exception], None]
"""Called in the loop when nothing can be written any more before the database was opened anew: end the process at once,
without closing it."""


def unsaid(_error: Exception) -> None:
    """Nobody ends the process; it writes nothing more."""


def unnoticed() -> None:
    """Nobody wants to know when something is written."""


def unheard(_events: Sequence[ChangeEvent]) -> None:
    """Nobody wants to hear of changes."""


class Writer:
    """Runs until `close`. `committed` is called in `loop` for every batch of messages given to `submit`, `changed` for
    every change that something has happened by, `unsafe` when the disk has failed so that nothing more can be written.
    """

    def __init__(
        self,
        engine: Engine,
        loop: asyncio.AbstractEventLoop,
        committed: Committed,
        changed: Changed = unheard,
        writes: Noticed = unnoticed,
        wrote: Noticed = unnoticed,
        unsafe: Unsafe = unsaid,
    ) -> None:
        self._engine = engine
        self._loop = loop
        self._committed = committed
        self._changed = changed
        self._reported: deque[_Work] = deque()  # what the loop has still to hand on: what one transaction had, or two
        self.idle = asyncio.Event()  # nothing is to be handed on
        self.idle.set()
        self._writes = writes
        self._wrote = wrote
        self._unsafe = unsafe
        self._backfill = Backfill()
        self._lost: LostPages | None = None  # what ends all writing
        # Bounded by its users: the intake counts queued messages, every connection waits for its own change.
        self._queue: queue.SimpleQueue[_Work | None] = queue.SimpleQueue()
        self._last_seq: dict[int, int] = {}
        self._last_number: int | None = None
        self._careful = 0  # transactions in which ids are still looked up
        self._any_spent: bool | None = None  # whether there are ids of messages that are gone
        self._written = 0  # messages in the last transaction
        self._inserts = _insert_statements(engine)
        self._database = Path(str(engine.url.database))
        self._driver: SQLiteConnection  # the thread's
        self._doubtful = True  # the log may not be on the disk: nobody has looked yet whether its name is
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    def submit(self, messages: Messages) -> None:
        """Hand over messages; `committed` gets the same sequence back."""
        self._queue.put(_Batch(messages))

    async def change(self, function: Callable[[Connection], T]) -> T:
        """Run `function` inside a transaction and return its result once that is on disk."""
        future: asyncio.Future[T] = self._loop.create_future()
        self._queue.put(_Change(function, future))
        return await future

    def close(self) -> None:
        """Write what was handed over, then end the thread; blocks until it has ended."""
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()

    def _run(self) -> None:
        with self._engine.connect() as connection:
            driver = self._driver = driver_of(connection)
            driver.execute("PRAGMA wal_autocheckpoint = 0")
            self._make_sure(connection)  # if that fails, it is tried again when something is to be written
            while True:
                works, ended = self._gather()
                if works:
                    self._writes()
                    self._write(connection, works)
                    self._loop.call_soon_threadsafe(self._report, works)
                    self._wrote()
                    self._backfill.count(TRANSACTION + self._written)
                    if self._backfill.due and self._lost is None:
                        self._checkpoint(driver)
                if ended:
                    return

    def _checkpoint(self, connection: SQLiteConnection) -> None:
        try:
            self._backfill.run(connection)
        except LostPages as error:  # no event: it is told, and each request gets it
            self._lost = error
            self._loop.call_soon_threadsafe(self._unsafe, error)
        except Exception as error:  # noqa: BLE001  # no event: the loop has one, when it is told
            context = {"message": "the log was not brought into the database", "exception": error}
            self._loop.call_soon_threadsafe(self._loop.call_exception_handler, context)

    def _gather(self) -> tuple[list[_Work], bool]:
        """Everything that waits now, at least one piece of work; whether the end was among it."""
        works: list[_Work] = []
        work = self._queue.get()
        while work is not None:
            works.append(work)
            if len(works) >= MAX_BATCHES or self._queue.empty():
                return works, False
            work = self._queue.get()
        return works, True

    def _write(self, connection: Connection, works: list[_Work]) -> None:
        error = self._attempt(connection, works)
        if error is None:
            return
        # The disk's fault, or a lock's, or nobody else's.
        if len(works) == 1 or isinstance(error, OperationalError | SQLiteError | OSError | LostPages):
            for work in works:
                work.error = error
        else:  # one of them is at fault; the others shall not suffer
            for work in works:
                work.error = self._attempt(connection, [work])

    def _attempt(self, connection: Connection, works: list[_Work]) -> Exception | None:
        """Write all or nothing, if the disk has what was written before."""
        error: Exception | None = self._lost
        if error is None and self._doubtful:
            error = self._make_sure(connection)
        if error is None:
            error = self._transact(connection, works)
            self._doubtful = error is not None and disk_failed(error)
        return error

    def _make_sure(self, connection: Connection) -> Exception | None:
        """Have the log on the disk, with its name; the error that came of it."""
        try:
            with transaction(connection, self._driver):  # nobody else writes to it meanwhile
                write_again(log_of(self._database))
                sync_directory(self._database.parent)
        except Exception as error:  # noqa: BLE001  # no event: whoever wanted something written gets it
            return error
        self._doubtful = False
        return None

    def _transact(self, connection: Connection, works: list[_Work]) -> Exception | None:
        """Write all or nothing; the error that made it nothing, which goes to the requests it hit.

        Ids are nearly always new, so they are not looked up: the index says if one was used, and all is done again.
        """
        try:
            self._careful = max(self._careful - 1, 0)
            try:
                self._write_all(connection, works)
            except _KnownId:  # no event: it is written in the second attempt, or told to be known
                self._forget(connection, works)
                self._careful = CAREFUL
                self._write_all(connection, works)
        except Exception as error:  # noqa: BLE001  # no event: whoever asked for it gets it
            self._forget(connection, works)
            return error
        return None

    def _write_all(self, connection: Connection, works: list[_Work]) -> None:
        with transaction(connection, self._driver):
            now = time.time()
            self._written = 0
            for work in works:
                if isinstance(work, _Change):
                    connection.info[HAPPENED] = work.happened = []
                    work.result = work.function(connection)
                    self._last_number = self._any_spent = None  # it may have taken some, or spent some
                else:
                    self._write_messages(connection, work.messages, now)
                    self._written += len(work.messages)

    def _forget(self, connection: Connection, works: list[_Work]) -> None:
        """Forget what is not so any more because a transaction was rolled back."""
        self._last_seq.clear()
        self._last_number = self._any_spent = None
        forget_disabled(connection)
        for work in works:
            for post in work.messages if isinstance(work, _Batch) else ():
                post.refusal = None

    def _write_messages(self, connection: Connection, messages: Messages, now: float) -> None:
        last_seq = self._last_seq
        if len(last_seq) > MAX_REMEMBERED:
            last_seq.clear()
        known = self._known_ids(connection, messages)
        number = self._last_number
        if number is None:
            number = last_number(connection)
        values: list[Any] = []
        extended: list[Extended] = []
        disabled = disabled_accounts(connection)
        for post in messages:
            new = post.message
            new.time = now
            if new.author_id in disabled:
                post.refusal, new.number = Forbidden(answers.ACCOUNT_DISABLED, new.author), 0
                continue
            if new.id is not None:
                key = (new.author_id, new.id)
                kept = known.get(key)
                if kept is not None:
                    post.again = True
                    post.conflict = kept.conversation_id != new.conversation_id
                    post.differs = not post.conflict and kept.differs(new)
                    post.withdrawn = not post.conflict and kept.withdrawn
                    new.number, new.seq, post.delivered = 0, kept.seq, kept.delivered  # it had one before it was known
                    continue
            conversation_id = new.conversation_id
            last = last_seq.get(conversation_id)
            if last is None:
                last = _read_last_seq(connection, conversation_id)
            new.seq = last_seq[conversation_id] = last + 1
            new.number = number = number + 1
            if new.id is not None:
                post.again = post.conflict = post.differs = post.withdrawn = post.delivered = False
                origin = None if new.extras is None else new.extras.origin
                known[key] = KnownId(conversation_id, new.seq, False, new.text, origin)
            values += (number, conversation_id, new.seq, new.author_id, new.id, now, new.text)
            if new.extras is not None:
                extended.append((number, conversation_id, new.seq, new.extras))
        self._last_number = number
        self._insert_rows(values)
        if extended:
            add_extras(connection, extended)

    def _known_ids(self, connection: Connection, messages: Messages) -> dict[tuple[int, str], KnownId]:
        """What was sent before under the ids of `messages`, by (account, id), as far as the index does not say it."""
        if not self._careful and self._any_spent is False:
            return {}
        ids: dict[int, list[str]] = {}
        for post in messages:
            new = post.message
            if new.id is not None:
                ids.setdefault(new.author_id, []).append(new.id)
        known: dict[tuple[int, str], KnownId] = {}
        for sender_id, wanted in ids.items():
            if self._careful:
                for name, kept in kept_ids(connection, sender_id, wanted):
                    known[sender_id, name] = kept
            if self._any_spent is None:
                self._any_spent = any_spent(connection)
            if self._any_spent:
                for name, kept in spent_ids(connection, sender_id, wanted):
                    known[sender_id, name] = kept
        return known

    def _insert_rows(self, values: list[Any]) -> None:
        """Insert messages, whose column values stand one after the other in `values`.

        Many rows go into one statement: the interpreter's lock is given up and taken back for each statement.
        """
        cursor = self._driver.cursor()
        width = len(COLUMNS)
        at, left = 0, len(values) // width
        try:
            for rows, sql in self._inserts:
                while left >= rows:
                    cursor.execute(sql, values[at : at + rows * width])
                    at += rows * width
                    left -= rows
        except IntegrityError as error:
            if self._careful or not is_known(error):
                raise
            raise _KnownId from error
        finally:
            cursor.close()

    def _report(self, works: list[_Work]) -> None:
        """In the loop: hand on what was written, in commit order."""
        self._reported += works
        if self.idle.is_set():
            self.idle.clear()
            self._hand_on()

    def _hand_on(self) -> None:
        """Hand on results up to the first that somebody waits for: they go on before anything behind it is seen.

        When that has taken a while the rest comes in the next pass of the loop, so that others are served between.
        """
        until = time.perf_counter() + HAND_ON
        while self._reported:
            work = self._reported[0]
            try:
                self._tell(work)
            except Exception as error:  # noqa: BLE001  # no event: the loop has one, when it is told
                context = {"message": "what was written was not handed on", "exception": error}
                self._loop.call_exception_handler(context)
            if isinstance(work, _Change) and self._resolve(work):
                self._loop.call_soon(self._hand_on_rest)
                return
            self._reported.popleft()
            if self._reported and time.perf_counter() > until:
                self._loop.call_soon(self._hand_on)
                return
        self.idle.set()

    def _hand_on_rest(self) -> None:
        self._reported.popleft()
        self._hand_on()

    def _tell(self, work: _Work) -> None:
        """Tell those who hear of everything what has come of a piece of work."""
        if isinstance(work, _Batch):
            self._committed(work.messages, work.error)
        elif work.happened and work.error is None:
            work.context.run(self._changed, work.happened)

    def _resolve(self, change: _Change) -> bool:
        """Give whoever waits for a change its result; whether there is somebody, who goes on in the next step."""
        if change.future.done():
            return False  # cancelled
        if change.error is None:
            change.future.set_result(change.result)
        else:
            change.future.set_exception(change.error)
        return True


def _insert_statements(engine: Engine) -> list[tuple[int, str]]:
    """INSERTs of many messages as the driver takes them, with how many: the largest first, the last of one.

    A row that may not be there ends the transaction: to take back only its own rows, a statement of many would write
    down what it changes, in a file of its own.
    """
    statement = message.insert().prefix_with("OR ROLLBACK").values({name: bindparam(name) for name in COLUMNS})
    compiled = statement.compile(engine, column_keys=COLUMNS)
    if compiled.positiontup != list(COLUMNS):
        raise AssertionError(f"unexpected order of parameters: {compiled.positiontup}")
    head, values, row = str(compiled).partition(" VALUES ")
    return [(rows, head + values + ", ".join([row] * rows)) for rows in ROWS]


_PLACE: Final = bindparam("conversation_id", type_=Integer)
_LAST: Final = select(func.max(message.c.seq)).where(message.c.conversation_id == _PLACE).scalar_subquery()
_FLOOR: Final = select(conversation.c.floor).where(conversation.c.id == _PLACE).scalar_subquery()
_LAST_SEQ: Final = select(func.max(func.coalesce(_LAST, 0), func.coalesce(_FLOOR, 0)))


def _read_last_seq(connection: Connection, conversation_id: int) -> int:
    return int(connection.execute(_LAST_SEQ, {"conversation_id": conversation_id}).scalar_one())
