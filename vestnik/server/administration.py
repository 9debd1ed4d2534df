"""Acts of administration: one after the other through the dispatcher, each with its record in the journal `admin`.

A running server takes them from its control door; without one `vestnik user` does the same in its own process.
"""

import asyncio
import logging
import os
from collections.abc import Coroutine, Mapping
from os import fsync
from pathlib import Path
from typing import NamedTuple, Self, cast

from vestnik.chat.chat import Chat
from vestnik.chat.dispatcher import dispatch
from vestnik.chat.outcome import Reply
from vestnik.chat.session import NO_FEATURES, Account, Recipient, Session
from vestnik.log.durable import RECORD_WITHIN, NotRecorded, make_durable
from vestnik.log.events import EventType
from vestnik.log.journal import Journal
from vestnik.protocol import answers
from vestnik.protocol.administration import AnyAdministration
from vestnik.protocol.answers import Answer
from vestnik.protocol.errors import BadRequest, ServerError, VestnikError
from vestnik.protocol.events import Response
from vestnik.protocol.formats import jim_formats
from vestnik.protocol.request import Request
from vestnik.server import catalogue
from vestnik.server.answering import respond
from vestnik.server.settings import Settings
from vestnik.server.traced import TRACED_ACTIONS
from vestnik.texts import Wording
from vestnik.texts.system import system_reason_of_file


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
        """The answer to a request of the process `who`, or to what was none. Refusals have their record, too."""
        lang = None if isinstance(request, BadRequest) else request.lang
        act = _Act(self._journal, self._directory, who._asdict(), lang or self._lang)
        if isinstance(request, BadRequest):
            async with self._turn:
                return self.answer(await act.fail(request))
        async with self._turn:
            reply = await self._do(act, request)
        return self.answer(reply, lang, request.id)

    async def _do(self, act: "_Act", request: AnyAdministration) -> Reply:
        try:
            return await self._dispatch(act, request)
        except VestnikError as error:
            return await act.fail(error)
        except asyncio.CancelledError:
            act.cut_off()
            raise
        except Exception as error:  # noqa: BLE001
            return await act.fail(ServerError(answers.SERVER_ERROR), error)

    async def _dispatch(self, act: "_Act", request: Request) -> Reply:
        session = Session(cast(Recipient, _Nobody()))
        session.administrator = act
        work = dispatch(self._chat, session, cast(AnyAdministration, request), TRACED_ACTIONS)
        return await cast("Coroutine[None, None, Reply]", work)

    async def administer(self, session: Session, request: Request) -> Reply:
        """Do an act for somebody who is logged in; refusals have their record, too. Raises what it is refused with.

        What they may do is asked again here: acts before this one may have changed it.
        """
        async with self._turn:
            account = session.speaker
            who = {"administrator": account.name}
            act = _Act(self._journal, self._directory, who, session.lang or self._lang, account, session.recipient.name)
            try:
                return await self._dispatch(act, request)
            except VestnikError as error:
                reply = await act.fail(error)
                if reply.answer is not error.answer:
                    raise ServerError(reply.answer, *reply.values) from None
                raise
            except asyncio.CancelledError:
                act.cut_off()
                raise
            except Exception as error:
                await act.fail(ServerError(answers.SERVER_ERROR), error)
                raise

    def answer(self, reply: Reply, lang: str | None = None, request_id: str | None = None) -> Response:
        """An answer for administrators."""
        return respond(Wording(lang or self._lang), reply, NO_FEATURES, request_id)


class _Act:
    """Implements `vestnik.chat.administration.Administrator` for one request. `who` asked is in all its records."""

    def __init__(
        self,
        journal: Journal,
        directory: Path,
        who: Mapping[str, object],
        lang: str,
        account: Account | None = None,
        connection: str | None = None,
    ) -> None:
        self.account_id = None if account is None else account.id
        self.name = "" if account is None else account.name
        self._connection = connection
        self._lang = lang
        self._journal = journal
        self._directory = directory
        self._who = dict(who)
        self._recorded = False

    async def record(self, answer: Answer, *values: object) -> None:
        """Write the record, and return when it is on disk. Raises ServerError when it is not."""
        event = catalogue.of_answer(answer)
        if event.level < self._journal.level:
            return  # nothing is done that is worth one
        try:
            await self._keep(event, *values)
        except NotRecorded as error:
            raise ServerError(answers.ADMIN_UNRECORDED, system_reason_of_file(error.cause, self._lang)) from None

    async def _keep(self, event: EventType, *values: object, error: BaseException | None = None) -> None:
        """Record something, and return when it is on disk. Raises NotRecorded."""
        journal = self._journal
        dropped = journal.statistics.dropped
        journal.record(event, *values, error=error, more=self._who, connection=self._connection)
        self._recorded = True
        await asyncio.to_thread(make_durable, journal, self._directory, dropped, RECORD_WITHIN, fsync)

    def cut_off(self) -> None:
        """Record that nobody waits any more for what may still be done; without a record it is not."""
        if self._recorded:
            self._journal.record(catalogue.ADMIN_CUT_OFF, more=self._who, connection=self._connection)

    async def fail(self, error: VestnikError, cause: Exception | None = None) -> Reply:
        """Record that nothing was done, also if a record says that it was; the answer."""
        event = catalogue.ADMIN_UNDONE if self._recorded else catalogue.ADMIN_REFUSED
        reason = error.text(self._journal.language)
        if error.answer is answers.ADMIN_UNRECORDED:
            self._journal.record(
                event, reason, more=self._who, connection=self._connection
            )  # it was waited for already
            return Reply(error.answer, error.values)
        try:
            await self._keep(event, reason, error=cause)
        except NotRecorded as trouble:  # no event: it could not be journaled, so the answer says it
            return Reply(answers.ADMIN_UNRECORDED, (system_reason_of_file(trouble.cause, self._lang),))
        return Reply(error.answer, error.values)
