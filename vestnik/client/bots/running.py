"""A bot at work: what comes from the server becomes jobs, each done once."""

import asyncio
from collections.abc import Coroutine, Iterable
from contextlib import suppress
from typing import Final

from msgspec import UNSET

from vestnik.client import catalogue
from vestnik.client.bots.call import Call
from vestnik.client.bots.errors import BadCall, CommandError
from vestnik.client.bots.handlers import HELP, Called, Handlers, Serve
from vestnik.client.bots.questions import Questions
from vestnik.client.bots.state import BotState, Happening, Job
from vestnik.client.client import Client
from vestnik.client.errors import ConnectionFailed, Refused
from vestnik.client.event_queue import BegunAnew, Event
from vestnik.log.journal import Journal
from vestnik.log.journaled import journaled
from vestnik.protocol.bots import RegisteredCommand
from vestnik.protocol.events import Change, Delivery, InvitationNotice
from vestnik.protocol.names import ROOM_SIGN, conversation_of, name_key
from vestnik.texts import say

SIDE_BY_SIDE: Final = 16
"""Jobs that are done at a time; as long as there are so many the bot takes nothing more from the server."""
GRACE: Final = 10.0
"""Seconds that jobs have to come to their end when a bot stops."""
SHOWN: Final = 200
"""Characters that are registered of what a command takes, and of what it is for."""
SAVE_EVERY: Final = 1.0
"""Seconds after which it is kept how far a bot is, when it has nothing to do for what comes."""


class Running:
    """One run of a bot, from its login to its end."""

    def __init__(self, handlers: Handlers, client: Client, state: BotState, journal: Journal, language: str) -> None:
        self._handlers = handlers
        self._client = client
        self._state = state
        self._journal = journal
        self._language = language
        self._own = name_key(client.name)
        self._slots = asyncio.Semaphore(SIDE_BY_SIDE)
        self._questions = Questions(self._slots, language)
        self._working: set[asyncio.Task[None]] = set()
        self._stopping = asyncio.Event()
        self._failure: OSError | None = None

    def stop(self) -> None:
        """Take nothing more from the server, and come to the end."""
        self._stopping.set()

    @journaled(logger="client")
    async def serve(self, rooms: Iterable[str]) -> None:
        """Serve what comes until `stop`. Raises ClientError, and OSError when the state cannot be kept."""
        await self._state.save(self._client)  # from here on nothing is missed
        left = list(self._state.jobs)
        await self._register()
        for room in (*rooms, *await self._invitations()):
            await self._join(room)
        if left:
            self._journal.record(catalogue.CLIENT_BOT_AGAIN, self._client.name, len(left))
        for job in left:
            await self._slots.acquire()
            self._spawn(self._work(job))
        reading = asyncio.create_task(self._read())
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait((reading, stopping), return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            if not reading.done():
                reading.cancel()
            await asyncio.wait((reading,))
            await self._finish()
        if self._failure is not None:
            raise self._failure
        if not reading.cancelled():
            reading.result()

    async def _finish(self) -> None:
        """Let jobs come to their end; those that have not are in the file."""
        if self._working:
            _, late = await asyncio.wait(self._working, timeout=GRACE)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late)
        await self._save()

    async def _register(self) -> None:
        """Let people find the commands, where server and account are such that they can. Raises ConnectionFailed."""
        commands = [
            RegisteredCommand(each.name, each.signature.usage[:SHOWN], each.about[:SHOWN])
            for each in self._handlers.commands.values()
            if each.name != HELP
        ]
        with suppress(Refused):  # no event: the answer had one
            await self._client.set_commands(commands)

    async def _join(self, room: str) -> None:
        """Join a room, if the bot may; why it may not is in the journal. Raises ConnectionFailed."""
        with suppress(Refused):  # no event: the answer had one
            await self._client.join(room)

    async def _invitations(self) -> list[str]:
        """The rooms to which the bot was invited; a server of plain JIM has none. Raises ConnectionFailed."""
        try:
            return [each.room for each in await self._client.invitations()]
        except Refused:  # no event: the answer had one
            return []

    async def _save(self) -> None:
        try:
            await self._state.save(self._client)
        except OSError as error:
            self._journal.record(catalogue.CLIENT_BOT_UNSAVED, self._client.name, type(error).__name__, error=error)
            self._failure = self._failure or error
            self.stop()

    # What comes.

    async def _read(self) -> None:
        """Take what comes, and begin what is to be done for it."""
        loop = asyncio.get_running_loop()
        saved = loop.time()
        async for event in self._client.events():
            job = self._take(event)
            if job is not None:
                self._state.begin(job)  # with the cursors that say that it was given out
                await self._slots.acquire()
                self._spawn(self._work(job))
            elif loop.time() > saved + SAVE_EVERY:
                await self._save()
                saved = loop.time()

    def _take(self, event: Event) -> Job | None:
        """What is to be done for an event."""
        if isinstance(event, BegunAnew):
            for name in event.conversations:
                self._state.begun_anew(name_key(name))
        elif isinstance(event, InvitationNotice):
            self._spawn(self._join(event.room))
        elif isinstance(event, Delivery | Change) and name_key(event.from_) != self._own:
            conversation = conversation_of(event.from_, event.to, self._client.name)
            if self._state.seen(name_key(conversation), event.time):
                return None
            if isinstance(event, Change):
                return Job(event) if self._reactions(event) else None
            if event.message and not event.message.startswith("/") and self._questions.take(event, conversation):
                return None
            called = self._called(event)
            if called is not None or self._messages(event):
                return Job(event, once=called is not None and called.command.once)
        return None

    def _called(self, message: Delivery) -> Called | None:
        """The command that a message calls."""
        return self._handlers.find(message.message, self._own, in_room=message.to.startswith(ROOM_SIGN))

    def _messages(self, message: Delivery) -> list[tuple[Serve, tuple[str, ...]]]:
        """Who serves a message that is no command, each with what it is given."""
        if not message.message:
            return []
        found = [(pattern.search(message.message), serve) for pattern, serve in self._handlers.messages]
        return [(serve, match.groups(default="")) for match, serve in found if match is not None]

    def _reactions(self, change: Change) -> list[Serve]:
        """Who serves a change."""
        if change.kind != "react":
            return []
        return [serve for emoji, serve in self._handlers.reactions if emoji in (None, change.emoji)]

    # What is done.

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._working.add(task)
        task.add_done_callback(self._working.discard)

    async def _work(self, job: Job) -> None:
        """Do a job, for which there is a slot; it is over when that is on disk."""
        try:
            cut_off = job.once and job.begun
            if job.once and not cut_off:
                job.begun = True
                await self._save()  # before anything is done, so that it is not done twice
            await self._do(job.event, cut_off=cut_off)
        except ConnectionFailed:  # no event: it had one; the job is done when the bot is started again
            return
        finally:
            self._slots.release()
        self._state.end(job)
        await self._save()

    async def _do(self, event: Happening, *, cut_off: bool) -> None:
        """Do what is to be done for an event. Raises ConnectionFailed."""
        if isinstance(event, Change):
            for serve in self._reactions(event):
                call = Call(self._client, event, self._questions)
                await self._call(call, serve, ["" if event.emoji is UNSET else event.emoji])
            return
        called = self._called(event)
        if called is None:
            for serve, groups in self._messages(event):
                call = Call(self._client, event, self._questions, text=event.message)
                await self._call(call, serve, groups)
            return
        command = called.command
        call = Call(self._client, event, self._questions, command.name, called.text)
        self._journal.record(catalogue.CLIENT_BOT_CALLED, f"/{command.name}", call.author, call.conversation, call.seq)
        if cut_off:
            await self._tell(call, say(self._language, "bots.cut_off", command=f"/{command.name}"))
            return
        try:
            words, options = command.signature.read(called.text, self._language)
        except BadCall as bad:  # no event: whoever has called is told
            await self._tell(call, say(self._language, bad.name, usage=command.usage, **bad.values))
            return
        await self._call(call, command.serve, words, options)

    async def _call(
        self, call: Call, serve: Serve, words: Iterable[object], options: dict[str, object] | None = None
    ) -> None:
        """Let a function serve a call, and tell what comes of it. Raises ConnectionFailed."""
        try:
            said = await serve(call, *words, **options or {})
        except CommandError as error:  # no event: whoever has called is told
            said = str(error)
        except ConnectionFailed:
            raise
        except Exception as error:  # noqa: BLE001
            name = f"/{call.command}" if call.command else serve.__name__
            self._journal.record(catalogue.CLIENT_BOT_FAILED, name, type(error).__name__, error=error)
            said = say(self._language, "bots.failed", command=name) if call.command else None
        if said:
            await self._tell(call, said)

    async def _tell(self, call: Call, text: str) -> None:
        """Answer a call at its end, if the bot may. Raises ConnectionFailed."""
        with suppress(Refused):  # no event: the answer had one
            await call.reply(text, key="end")
