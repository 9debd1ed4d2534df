"""Where the server is put together: a flat list of named start-up steps, undone in reverse."""

import asyncio
import logging
import signal
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

from vestnik.chat.chat import Chat
from vestnik.chat.guests import Guests
from vestnik.chat.names import EVERYBODY_WORDS, name_key
from vestnik.chat.outcome import Post
from vestnik.chat.storage.changes import ChangeEvent
from vestnik.log.control import controlled, handled
from vestnik.log.crash import watch_loop
from vestnik.log.dump import import_dumps
from vestnik.log.events import JOURNAL_FAILED
from vestnik.log.journal import Journal
from vestnik.log.journaled import journaled, switch
from vestnik.protocol.errors import StartupError
from vestnik.server import catalogue
from vestnik.server.administration import Administration, open_journal
from vestnik.server.catchup import CatchUp
from vestnik.server.checkpoints import Checkpoints
from vestnik.server.doors.control import SOCKET_NAME, ControlDoor
from vestnik.server.doors.listener import TcpListener
from vestnik.server.expiry import TokenExpiry
from vestnik.server.fanout import Fanout
from vestnik.server.guests import Departures
from vestnik.server.intake import Intake
from vestnik.server.kept import KeptMessages
from vestnik.server.login_memory import MEMORY_NAME, LoginMemory
from vestnik.server.order import Order
from vestnik.server.passwords import HashingThreads
from vestnik.server.peers import Peers
from vestnik.server.presence import Announcer
from vestnik.server.recovery import complete_journal, complete_text
from vestnik.server.refusals import Refusals
from vestnik.server.reloading import compare
from vestnik.server.retention import Retention
from vestnik.server.services import Services
from vestnik.server.settings import Settings
from vestnik.server.tasks import Tasks
from vestnik.server.tls import Certificate, Renewal, load_certificate
from vestnik.server.traced import TracedStore
from vestnik.server.turns import Turns
from vestnik.server.vacancy import Vacancies
from vestnik.store.durable import make_directory
from vestnik.store.errors import StoreUnsafe
from vestnik.store.lock import Lock
from vestnik.store.store import Store, prepare
from vestnik.texts import Wordings

MAX_DOUBTFUL: Final = 20
"""Accounts with doubtful names that are named at the start."""
LOCK_WITHIN: Final = 10.0
"""Seconds for which a start waits for a command that works with the data at this moment."""


class App:
    """One server. Several may live in one process, each with its own data and journal.

    `journal` is where it writes; the caller opens and closes it. `clock` gives UNIX seconds. When a start has failed,
    the caller calls `let_go` once the journal is written; `stop` does so itself.
    """

    def __init__(self, settings: Settings, journal: Journal, clock: Callable[[], float] = time.time) -> None:
        self.settings = settings
        self.journal = journal
        self.clock = clock
        self.wordings = Wordings(settings.lang)
        self.database = Path()
        self.store: Store
        self.chat: Chat
        self.services: Services
        self.announcer: Announcer
        self.administration: Administration
        self.peers: Peers
        self.listener: TcpListener
        self.login_memory: LoginMemory
        self.renewal: Renewal
        self._passwords: HashingThreads
        self._lock = Lock(settings.data_path)
        self._journals = [journal]
        self._undo = AsyncExitStack()
        self._forced = asyncio.Event()
        self._unclean: int | None = None  # the process that did not end properly
        self.ended = asyncio.Event()  # it is to end
        self.unsafe: StoreUnsafe | None = None  # why without an end

    @journaled
    async def start(self) -> None:
        """Take every step, or none. Raises StartupError or OSError when a step cannot be taken."""
        try:
            for step in STEPS:
                await step(self)
        except BaseException:
            self.journal.proceed()
            self._tell_unclean()
            await self._undo.aclose()
            raise

    @journaled
    async def stop(self) -> None:
        """Undo the steps in reverse: accepted messages are kept and answered first; last, the journal is written."""
        await self._undo.aclose()
        self.journal.record(catalogue.SERVER_STOPPED)
        await asyncio.to_thread(self.journal.release)
        self.let_go()

    def adopt(self, settings: Settings, certificate: Certificate | None = None) -> None:
        """Work with other settings from now on, as far as that is possible without a new start, and say so.

        `certificate` is the one that they name.
        """
        found = compare(self.settings, settings)
        trace = self.settings.trace
        self.settings = now = found.settings
        self.chat.limits = now.limits
        self.chat.login_lifetime = self._login_lifetime
        self.chat.asks_invited = now.invitations == "ask"
        self.chat.plain_passwords = now.plain_passwords
        self.chat.registration, self.chat.public_address = now.registration, now.public_address
        self.peers.adopt(now)
        self.listener.adopt(now)
        self.renewal.take(certificate)
        if now.trace != trace:
            switch(self.journal.name, now.trace)
        level = logging.getLevelNamesMapping()[now.log_level]
        self.journal.level = min(level, self.journal.level)  # what is said next is to be seen in both
        self.journal.record(catalogue.SERVER_RELOADED, ", ".join(found.changed) or "-")
        if found.waiting:
            self.journal.record(catalogue.SERVER_RESTART_NEEDED, ", ".join(found.waiting))
        self.journal.level = level

    def force(self) -> None:
        """Do not wait for slow clients in `stop`, nor for a slow disk to take the journal."""
        self._forced.set()
        for journal in self._journals:
            journal.force()

    def let_go(self) -> None:
        """Let another server have the data. Nothing of this one may be written to its journal afterwards."""
        self._lock.release()

    # The steps.

    async def _lock_data(self) -> None:
        make_directory(self.settings.data_path)
        await asyncio.to_thread(self._lock.acquire, LOCK_WITHIN)
        self._unclean = self._lock.stale

    async def _prepare_store(self) -> None:
        self.database = await asyncio.to_thread(prepare, self.settings.data_path)

    async def _start_password_threads(self) -> None:
        self._passwords = await asyncio.to_thread(HashingThreads, self.settings.hash_threads)
        self._undo.callback(self._passwords.close)
        path = self.settings.data_path / MEMORY_NAME
        self.login_memory = LoginMemory(path, self._passwords.queue, self.journal, self.clock)
        await asyncio.to_thread(self.login_memory.load)
        self.login_memory.start()
        self._undo.push_async_callback(self.login_memory.stop)

    async def _open_store(self) -> None:
        def committed(posts: Sequence[Post], error: Exception | None) -> None:
            self.services.intake.committed(posts, error)

        def changed(events: Sequence[ChangeEvent]) -> None:
            self.services.intake.changed(events)

        def discarded(reason: str) -> None:
            self.journal.record(catalogue.STORE_INDEX_DISCARDED, reason)

        def unsafe(error: Exception) -> None:
            self.unsafe = StoreUnsafe(self.database, str(error))
            self.ended.set()

        self.store = TracedStore(self.database, committed, changed, discarded, unsafe)
        self._undo.push_async_callback(self.store.close)

    async def _complete_journal(self) -> None:
        try:
            await complete_journal(self.journal, self.settings.log_path, self.store)
        except Exception as error:  # noqa: BLE001
            self.journal.record(JOURNAL_FAILED, repr(error), error=error)
        self.journal.proceed()
        await asyncio.to_thread(import_dumps, self.journal, self.settings.log_path)
        self._tell_unclean()

    def _tell_unclean(self) -> None:
        """Say that the last run did not end properly; after what it left out, so that the lines are in order."""
        if self._unclean is not None:
            self.journal.record(catalogue.SERVER_UNCLEAN, self._unclean)
            self._unclean = None

    async def _load_rooms(self) -> None:
        self.chat = Chat(
            storage=self.store,
            passwords=self._passwords,
            limits=self.settings.limits,
            login_lifetime=self._login_lifetime,
            clock=self.clock,
            rooms=await self.store.all_rooms(),
            names=await self.store.initials(),
            epoch=(await self.store.current_epoch()).epoch,
            blocks=await self.store.all_blocks(),
            asks_invited=self.settings.invitations == "ask",
            plain_passwords=self.settings.plain_passwords,
            guests=Guests(self.settings.guests, self.settings.common_room),
            registration=self.settings.registration,
            public_address=self.settings.public_address,
        )

    async def _name_doubtful_accounts(self) -> None:
        """Say which accounts were made before names like theirs were refused."""
        keys = [name_key(word) for word in EVERYBODY_WORDS]
        found = await self.store.doubtful_accounts(keys, MAX_DOUBTFUL + 1)
        if found:
            shown = [*found[:MAX_DOUBTFUL], "..."] if len(found) > MAX_DOUBTFUL else found
            self.journal.record(catalogue.SERVER_DOUBTFUL_NAMES, ", ".join(shown))

    async def _gather_services(self) -> None:
        chat, journal, store, settings = self.chat, self.journal, self.store, self.settings
        kept = KeptMessages(store, journal)
        chat.deliveries_kept = kept.save
        tasks = Tasks(journal)
        fanout = Fanout(chat, journal, kept, settings.buffers)
        order = Order(fanout, chat.rooms, store, tasks, journal)
        refusals = Refusals(journal)
        intake = Intake(chat, journal, self.wordings, store, fanout, order, kept, refusals, settings.write_queue)
        self.services = Services(
            chat,
            journal,
            self.wordings,
            intake,
            fanout,
            kept,
            CatchUp(chat, store, refusals, order, kept),
            tasks,
            refusals,
            Turns(intake.waits),
            settings.send_buffer,
        )
        chat.hand_over = intake.hand_over
        self._undo.callback(intake.hand_over)
        self._undo.callback(refusals.flush)
        self._undo.push_async_callback(kept.close)

    async def _forget_guests(self) -> None:
        """Guests of the last run, if it did not end as it should, are gone."""
        await Departures(self.chat, self.journal, self.services.tasks).forget_all()

    async def _note_checkpoints(self) -> None:
        unrecorded, directory = self.services.intake.unrecorded, self.settings.log_path
        number = await self.store.last_number()
        checkpoints = Checkpoints(self.journal, directory, self.store, self.chat.epoch, unrecorded, number)
        checkpoints.start()
        self._undo.push_async_callback(checkpoints.stop)

    async def _announce_presence(self) -> None:
        self.announcer = Announcer(self.services, self.store)
        self.announcer.start()
        self._undo.push_async_callback(self.announcer.stop)

    async def _apply_retention(self) -> None:
        retention = Retention(self.store, self.journal, self.services.fanout, self.clock)
        retention.start()
        self._undo.push_async_callback(retention.stop)

    async def _look_after_rooms(self) -> None:
        hours = self.settings.empty_room_hours, self.settings.old_name_hours
        vacancies = Vacancies(self.store, self.journal, self.chat, self.services.fanout, *hours)
        vacancies.start()
        self._undo.push_async_callback(vacancies.stop)

    async def _watch_tokens(self) -> None:
        expiry = TokenExpiry(self.chat, self.journal)
        expiry.start()
        self._undo.push_async_callback(expiry.stop)

    async def _open_control(self) -> None:
        journal = open_journal(self.settings)
        self._journals.append(journal)
        await asyncio.to_thread(complete_text, self.journal, self.settings.log_path, journal.name)
        self._undo.push_async_callback(asyncio.to_thread, journal.close)
        self.administration = Administration(self.chat, journal, self.settings.log_path, self.settings.lang)
        self.chat.administer = self.administration.administer
        door = ControlDoor(self.administration, self.settings.data_path / SOCKET_NAME, self.journal)
        await door.open()
        self._undo.push_async_callback(door.close, self.settings.shutdown)

    async def _listen(self) -> None:
        self.peers = Peers(self.services, self.settings)
        self.listener = TcpListener(self.peers, self.settings)
        self.renewal = Renewal(self.journal, lambda: self.settings, self.listener.encrypt, self.clock)
        self.renewal.take(await asyncio.to_thread(load_certificate, self.settings))
        await self.listener.open()
        self.renewal.start()
        self._undo.push_async_callback(self.renewal.stop)
        self.peers.sweep()
        self._undo.push_async_callback(self._stop_listening)
        self.journal.record(catalogue.SERVER_STARTED, self.settings.address, self.listener.port)

    # What they leave running, and how it ends.

    @property
    def _login_lifetime(self) -> float:
        return self.settings.login_days * 86_400

    async def _stop_listening(self) -> None:
        self.peers.stop_sweeping()
        self.listener.close()
        self._passwords.queue.close()
        if self.peers:
            self.journal.record(catalogue.SERVER_CLOSING, len(self.peers))
        finishing = asyncio.create_task(self.peers.finish())
        forced = asyncio.create_task(self._forced.wait())
        await asyncio.wait((finishing, forced), timeout=self.settings.shutdown, return_when=asyncio.FIRST_COMPLETED)
        forced.cancel()
        await self.peers.abort()
        await finishing


STEPS: Final[tuple[Callable[[App], Awaitable[None]], ...]] = tuple(
    journaled(step)
    for step in (
        App._lock_data,
        App._prepare_store,
        App._start_password_threads,
        App._open_store,
        App._complete_journal,
        App._load_rooms,
        App._name_doubtful_accounts,
        App._gather_services,
        App._forget_guests,
        App._note_checkpoints,
        App._announce_presence,
        App._open_control,
        App._listen,
        App._apply_retention,
        App._look_after_rooms,
        App._watch_tokens,
    )
)


async def serve(
    app: App, ready: Callable[[App], None] | None = None, load: Callable[[], Settings] | None = None
) -> None:
    """Run a server until SIGTERM or SIGINT; a second signal does not wait for clients or the disk any more.

    `ready` is called when connections are accepted. At SIGHUP `load` is called in a thread, for the settings that hold
    from then on; without it nothing happens. Raises what `App.start` raises; StoreUnsafe when the disk has failed so
    that the process must end as it is, without closing anything.
    """
    loop = asyncio.get_running_loop()

    def on_signal() -> None:
        if app.ended.is_set():
            app.journal.record(catalogue.SERVER_FORCED)
            app.force()
        app.ended.set()

    def on_hang_up() -> None:
        if load is not None and started.is_set():  # before there is nothing to read anew
            app.services.tasks.spawn(_reload(app, load))

    started = asyncio.Event()
    watch_loop(app.journal)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, on_signal)
    with controlled(app.journal), handled(signal.SIGHUP, on_hang_up):
        await app.start()
        started.set()
        if ready is not None:
            ready(app)
        await app.ended.wait()
        if app.unsafe is not None:
            raise app.unsafe
        await app.stop()


async def _reload(app: App, load: Callable[[], Settings]) -> None:
    """Read the settings anew; what is wrong with them is said."""
    try:
        settings = await asyncio.to_thread(load)
        certificate = await asyncio.to_thread(load_certificate, settings)
    except StartupError as error:
        app.journal.record(catalogue.SERVER_NOT_RELOADED, error.text(app.journal.language))
    else:
        app.adopt(settings, certificate)
