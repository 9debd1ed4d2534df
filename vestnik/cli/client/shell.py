"""The client at work: what is talked about, what comes from others, and whether everything went through."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, Final

from msgspec import UNSET

from vestnik.cli.client.flood import Flood
from vestnik.cli.client.logins import RememberedLogin
from vestnik.cli.client.near import near
from vestnik.cli.client.offers import BotOffers
from vestnik.cli.client.reading import ReadMarks
from vestnik.cli.client.screen import Screen
from vestnik.cli.client.typists import Typists
from vestnik.client import (
    BegunAnew,
    Change,
    Client,
    ClientError,
    ConnectionFailed,
    Delivery,
    Disconnected,
    Event,
    InvitationNotice,
    Page,
    PresenceNotice,
    ReadNotice,
    Reconnected,
    Refused,
    ReportNotice,
    Response,
    TypingNotice,
    catalogue,
)
from vestnik.log.journal import Journal
from vestnik.log.journaled import journaled
from vestnik.protocol.codes import Code
from vestnik.protocol.names import conversation_of, name_key
from vestnik.secret import Secret
from vestnik.texts.system import system_reason

TELLING: Final = 5.0
"""Seconds that the server has at the end to hear what was read."""
MAX_NAMES: Final = 10_000
"""Names that are remembered for completion."""
MAX_NAMED: Final = 20
"""Conversations that are named in one line."""


_REPORTED: Final[Mapping[object, str]] = {
    UNSET: "cli.reported",
    "settled": "cli.report_settled",
    "dismissed": "cli.report_dismissed",
}
"""What is said of a report, by its outcome."""


class Shell:
    """One use of the client.

    `to` is the chosen room or person; `failed` says that something did not go through, `plain` that the server has
    nothing but plain JIM.
    """

    def __init__(self, client: Client, journal: Journal, screen: Screen) -> None:
        self.client = client
        self.screen = screen
        self.to = ""
        self.failed = False
        self.ended = False
        self.connected = False
        self.login: RememberedLogin | None = None
        """Where the login is remembered, if it is."""
        self.ask: Callable[[str], Awaitable[Secret]] | None = None
        """Asks whoever sits there for what the sentence says, out of sight; None where nobody does."""
        self.plain = False
        self.names: dict[str, str] = {}
        """Rooms and people seen so far, by the form in which names are compared."""
        self.strange = asyncio.Event()
        """Set when a name was sought among these that is not there."""
        self.own: set[str] = set()
        """Conversations that one is known to have, by the form in which names are compared."""
        self.reading = ReadMarks(client, screen)
        """How far conversations are shown and read."""
        self.offers = BotOffers(client)
        """What bots can do in the chosen conversation."""
        self.typists = Typists()
        self.redraw: Callable[[], None] = lambda: None
        """Called when something has come that is shown in the status line."""
        self._journal = journal
        self._flood = Flood(self._say_left_out)

    @journaled(logger="client")
    async def begin(self, *, needs_login: bool, log_in: Callable[[], Awaitable[object]] | None = None) -> bool:
        """Connect and log in; whether to go on, which without `needs_login` is so after a refused login too.

        `log_in` is how; without it as the client does it by itself.
        """
        try:
            await self.client.connect()
            self._say_pinned()
            try:
                await (log_in or self.client.authenticate)()
            except Refused as error:  # no event: the answer had one
                self.refused(error)
                if needs_login:
                    await self.client.disconnect()
                    return False
            self.connected = True
            try:
                await self.client.presence()
            except Refused as error:  # no event: the answer had one
                self.refused(error)
        except ConnectionFailed as error:  # no event: it had one when it was made
            self.ended = True
            self.refused(error)
        return not self.ended

    def _say_pinned(self) -> None:
        """Say that a certificate is believed from now on for which nobody vouches."""
        if self.client.pinned is not None:
            self.screen.note(self.screen.text("cli.pinned", fingerprint=self.client.pinned))

    @journaled(logger="client")
    async def welcome(self) -> None:
        """Say that the user is logged in, and what they have not read yet."""
        self.screen.line(self.screen.text("cli.client_welcome", account=self.client.name))
        try:
            found = await self.client.conversations()
        except ClientError as error:  # no event: the answer had one; a server of plain JIM has no such list
            self.plain = isinstance(error, Refused)
            return
        self.know(*(each.to for each in found))
        self.has(*(each.to for each in found))
        for state in found:
            self.reading.marks.learn(state)
        if unread := [each for each in found if each.unread]:
            self.screen.conversations(unread)

    def remember(self) -> None:
        """Remember the login, if that is wanted and it is a new one."""
        if self.login is None:
            return
        if self.login.keep(self.client.token):
            self.screen.note(self.screen.text("cli.login_remembered"))
        elif self.login.failure is not None:
            reason = system_reason(self.login.failure, self.screen.language)
            self.screen.note(self.screen.text("cli.login_not_remembered", reason=reason))
            self.login.failure = None

    @journaled(logger="client")
    async def receive(self) -> None:
        """Show what others send until there is no connection any more and will be none."""
        try:
            async for event in self.client.events():
                self.show(event)
                self.redraw()
        except ClientError as error:  # no event: it had one when it was made
            if not self.ended:
                self.ended = True
                self.refused(error)
                if self.login is not None and isinstance(error, Refused) and error.status == Code.WRONG_LOGIN:
                    self.login.forget()
                    self.screen.note(self.screen.text("cli.login_ended"))

    def show(self, event: Event) -> None:
        """Show something that has come, and follow what it says."""
        if isinstance(event, Delivery):
            self.know(event.from_, event.to)
            conversation = conversation_of(event.from_, event.to, self.client.name)
            self.has(conversation)
            self.typists.end(conversation, event.from_)
            if not self._draw(event.message, partial(self._show_message, event, conversation)):
                self.reading.come(event, chosen=False)  # it is there, and was not shown
        elif isinstance(event, Change):
            self.know(event.from_, *(name for name in (event.to, event.name) if isinstance(name, str)))
            self._take_over(event)
            conversation = conversation_of(event.from_, event.to, self.client.name)
            text = event.message if isinstance(event.message, str) else ""
            self._draw(text, lambda: self.screen.change(event, here=self.is_chosen(conversation)))
        elif isinstance(event, TypingNotice):
            self.typists.begin(conversation_of(event.from_, event.to, self.client.name), event.from_)
        elif isinstance(event, ReadNotice):
            if (mark := self.reading.marks.get(event.to)) is not None:
                mark.take(event.seq)
        elif isinstance(event, PresenceNotice):
            self.know(*(person.name for person in event.people))
        elif isinstance(event, InvitationNotice):
            self.know(event.from_, event.room)
            said = self.screen.text("cli.client_invited", who=event.from_, room=event.room)
            self._draw(said, partial(self.screen.happened, said))
        elif isinstance(event, ReportNotice):
            said = self.screen.text(_REPORTED.get(event.outcome, "cli.reported"), to=event.to, seq=event.seq)
            self._draw(said, partial(self.screen.happened, said))
        elif isinstance(event, Disconnected | Reconnected | BegunAnew):
            self._show_link(event)

    def _show_link(self, event: Disconnected | Reconnected | BegunAnew) -> None:
        """Show what has become of the connection."""
        if isinstance(event, Disconnected):
            self.connected = False
            self.screen.happened(event.error.text(self.screen.language))
        elif isinstance(event, Reconnected):
            self.connected = True
            self.remember()
            self.screen.happened(self.screen.text("cli.client_back"))
        else:
            for name in event.conversations:
                self.reading.marks.forget(name)
            names = [*event.conversations[:MAX_NAMED], *(["…"] if event.conversations[MAX_NAMED:] else [])]
            self.screen.happened(self.screen.text("cli.client_anew", conversations=", ".join(names)))

    def _draw(self, text: str, draw: Callable[[], None]) -> bool:
        """Draw what has come: for people no more than they can read, for scripts everything. Whether it was drawn."""
        if self.screen.terminal:
            return self._flood.draw(text, draw)
        draw()
        return True

    def _show_message(self, message: Delivery, conversation: str) -> None:
        chosen = self.is_chosen(conversation)
        if self.reading.come(message, chosen=chosen):
            self.screen.message(message, here=chosen)

    def _say_left_out(self, count: int) -> None:
        self.screen.note(self.screen.text("cli.left_out", count=count))

    def _take_over(self, change: Change) -> None:
        """Follow a change of a room's name, and of one's own membership."""
        if change.kind == "set_room" and isinstance(change.name, str):
            if self.is_chosen(change.to):
                self.to = change.name
            self.has(change.name)
            self.reading.marks.rename(change.to, change.name)
        gone = {"leave": change.from_, "remove": change.name, "ban": change.name}.get(change.kind)
        if isinstance(gone, str) and name_key(gone) == name_key(self.client.name):
            self.left(change.to)

    @journaled(arguments=("self.to", "reply_to"), logger="client")
    async def send(self, text: str, reply_to: int | None = None, to: str = "") -> None:
        """Send a message to the chosen conversation, or another; people see it with its number. Raises ClientError."""
        to = to or self.to
        try:
            response = await self.client.send(to, text, reply_to=reply_to)
        except ClientError:
            self.screen.note(self.screen.text("cli.client_not_sent", to=to, text=text))
            raise
        if not self.screen.terminal:
            return
        more = UNSET if reply_to is None else reply_to
        own = Delivery(time.time(), self.client.name, to, text, response.seq, reply_to=more)
        self.reading.see([own])
        self.screen.message(own, here=self.is_chosen(to))
        if response.response == Code.ACCEPTED:
            self.done(response)

    async def choose(self, name: str) -> None:
        """Talk to a room or person from now on; people see what is unread there. Raises ClientError."""
        self.to = name
        self.know(name)
        self.has(name)
        if self.connected and not self.plain:
            await self.reading.turn_to(name)
            if self.screen.terminal:
                await self.offers.learn(name)

    async def tell_last(self) -> None:
        """Before the end: tell the server what was shown last, if it listens; else that is shown again next time."""
        with suppress(ClientError, TimeoutError):  # no event: the request has one
            if self.connected:
                async with asyncio.timeout(TELLING):
                    await self.reading.tell()

    def has(self, *names: str) -> None:
        """One has these conversations."""
        for name in names:
            if len(self.own) < MAX_NAMES:
                self.own.add(name_key(name))

    def left(self, name: str) -> None:
        """One is not in a room any more."""
        self.own.discard(name_key(name))
        self.reading.marks.forget(name)
        if self.is_chosen(name):
            self.to = ""

    def is_chosen(self, name: str) -> bool:
        """Whether a conversation is the chosen one."""
        return name_key(name) == name_key(self.to)

    def done(self, response: Response) -> None:
        """Tell people what the server says about a request that was served."""
        if isinstance(response.alert, str):
            self.screen.note(response.alert)

    def did(self, response: Response, to: str, kind: str, **fields: Any) -> None:
        """Show people what they have changed in a conversation as all others see it, or that it was so already."""
        self.know(to)
        if not self.screen.terminal:
            return
        to = self.spelling(to)
        if response.change is UNSET and not self.plain:
            self.screen.note(self.screen.text("cli.unchanged"))
            return
        number = 0 if response.change is UNSET else response.change
        change = Change(time.time(), self.client.name, to, number, kind, **fields)
        self.screen.change(change, here=self.is_chosen(to))

    def cut_short(self, page: Page[Any]) -> None:
        """Say of a list if it is not all of it."""
        if page.more:
            self.failed = True
            self.screen.error(self.screen.text("cli.list_cut", count=len(page)))

    # Messages that there are, and names.

    def last_shown(self, conversation: str) -> int | None:
        """The last message of a conversation, if any has come."""
        mark = self.reading.marks.get(conversation)
        return mark.last if mark is not None and mark.last else None

    def spelling(self, name: str) -> str:
        """A name as it was seen, if it was."""
        return self.names.get(name_key(name), name)

    def suggest(self, sentence: str, names: Iterable[str]) -> None:
        """Tell people which rooms and people may have been meant by these names."""
        known = [found for name in names for found in near(name, self.names.values())]
        if known:
            self.screen.note(self.screen.text(sentence, names=", ".join(dict.fromkeys(known))))

    def know(self, *names: str) -> None:
        """Remember names for completion."""
        for name in names:
            if len(self.names) < MAX_NAMES:
                self.names.setdefault(name_key(name), name)

    # What goes wrong.

    def refused(self, error: ClientError) -> None:
        """Something did not go through, which is in the journal already."""
        self.failed = True
        self.screen.error(error.text(self.screen.language))

    def complain(self, reason: str) -> None:
        """A line was none that can be served."""
        self.failed = True
        self._journal.record(catalogue.CLIENT_INPUT_BAD, reason)
        self.screen.error(reason)
