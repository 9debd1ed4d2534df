"""Acts of administration: one after the other through the dispatcher, each with its record in the journal `admin`.

A running server takes them from its control door; without one `vestnik user` does the same in its own process.
"""

import asyncio
import logging
import os
from collections.abc import Coroutine
from contextlib import suppress
from os import fsync
from pathlib import Path
from typing import Final, NamedTuple, Self, cast

from vestnik.chat.chat import Chat
from vestnik.chat.dispatcher import dispatch
from vestnik.chat.outcome import Reply
from vestnik.chat.session import NO_FEATURES, Recipient, Session
from vestnik.log.journal import Journal
from vestnik.protocol import answers
from vestnik.protocol.administration import AnyAdministration
from vestnik.protocol.answers import Answer
from vestnik.protocol.errors import BadRequest, ServerError, VestnikError
from vestnik.protocol.events import Response
from vestnik.protocol.formats import jim_formats
from vestnik.server import catalogue
from vestnik.server.answering import respond
from vestnik.server.settings import Settings
from vestnik.server.traced import TRACED_ACTIONS
from vestnik.texts import Wording

RECORD_WITHIN: Final = 5.0
"""Seconds for which an act waits until its record is in the files."""


class ProcessIdentity(NamedTuple):
    """A process that administers: the user it runs as, and its number."""

    uid: int
    pid: int

    @classmethod
    def ourselves(cls) -> Self:
        """This process."""
        return cls(os.geteuid(), os.getpid())


class _Nobody:
    """In the place of a recipient: nobody logs in here, so nothing is ever written to it."""

    formats = staticmethod(jim_formats)


def open_journal(settings: Settings) -> Journal:
    """The journal `admin`, whose old days the server looks after anyway. No level leaves an act without its record."""
    return Journal(
        "admin",
        settings.log_path,
        level=min(logging.INFO, logging.getLevelNamesMapping()[settings.log_level]),
        language=settings.lang,
        json=True,  # who did it is in the objects only
        seals=True,
    )


class Administration:
    """Serves what administrators ask for, one request at a time, so that records stand in the order of the acts.

    `journal` is that of administration, its files are in `directory`. Answers are in the language `lang`, unless a
    request names another.
    """

    def __init__(self, chat: Chat, journal: Journal, directory: Path, lang: str) -> None:
        self._chat = chat
        self._journal = journal
        self._directory = directory
        self._lang = lang
        self._turn = asyncio.Lock()

    async def serve(self, who: ProcessIdentity, request: AnyAdministration | BadRequest) -> Response:
        """The answer to a request of the process `who`, or to what was none."""
        if isinstance(request, BadRequest):
            self._journal.record(catalogue.ADMIN_REFUSED, request.text(self._journal.language), more=who._asdict())
            return self.answer(Reply(request.answer, request.values))
        async with self._turn:
            reply = await self._do(_Act(self._journal, self._directory, who), request)
        return self.answer(reply, request.lang, request.id)

    async def _do(self, act: "_Act", request: AnyAdministration) -> Reply:
        session = Session(cast(Recipient, _Nobody()))
        session.administrator = act
        try:
            work = dispatch(self._chat, session, request, TRACED_ACTIONS)
            return await cast("Coroutine[None, None, Reply]", work)
        except VestnikError as error:
            act.fail(error)
            return Reply(error.answer, error.values)
        except asyncio.CancelledError:
            act.cut_off()
            raise
        except Exception as error:  # noqa: BLE001
            act.fail(ServerError(answers.SERVER_ERROR), error)
            return Reply(answers.SERVER_ERROR)

    def answer(self, reply: Reply, lang: str | None = None, request_id: str | None = None) -> Response:
        """An answer for administrators."""
        return respond(Wording(lang or self._lang), reply, NO_FEATURES, request_id)


def _sync(path: Path) -> None:
    """Have a file on the disk as it is. Raises OSError."""
    with suppress(FileNotFoundError):  # no event: where links cannot be made, the system does it when it likes
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fsync(file)
        finally:
            os.close(file)


class _Act:
    """Implements `vestnik.chat.administration.Administrator` for one request."""

    def __init__(self, journal: Journal, directory: Path, who: ProcessIdentity) -> None:
        self._journal = journal
        self._directory = directory
        self._who = who._asdict()
        self._recorded = False

    async def record(self, answer: Answer, *values: object) -> None:
        """Write the record, and return when it is on disk. Raises ServerError when it is not."""
        journal, event = self._journal, catalogue.of_answer(answer)
        if event.level < journal.level:
            return  # nothing is done that is worth one
        dropped = journal.statistics.dropped
        journal.record(event, *values, more=self._who)
        self._recorded = True
        kept = await asyncio.to_thread(self._keep)
        if not kept or journal.statistics.dropped != dropped:
            raise ServerError(answers.ADMIN_UNRECORDED)

    def _keep(self) -> bool:
        """Have what was recorded in the files, and those on the disk; whether that was possible."""
        if not self._journal.flush(RECORD_WITHIN):
            return False
        try:
            for kind in ("log", "jsonl"):
                _sync(self._directory / f"{self._journal.name}.{kind}")
        except OSError:  # no event: the act is refused
            return False
        return True

    def cut_off(self) -> None:
        """Record that nobody waits any more for what may still be done; without a record it is not."""
        if self._recorded:
            self._journal.record(catalogue.ADMIN_CUT_OFF, more=self._who)

    def fail(self, error: VestnikError, cause: Exception | None = None) -> None:
        """Record that nothing was done, also if a record says that it was."""
        event = catalogue.ADMIN_UNDONE if self._recorded else catalogue.ADMIN_REFUSED
        self._journal.record(event, error.text(self._journal.language), error=cause, more=self._who)
