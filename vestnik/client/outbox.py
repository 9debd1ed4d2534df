"""Requests on their way: those that are not answered yet, in their order."""

import asyncio
from collections.abc import Iterator
from typing import Final

from msgspec import UNSET

from vestnik.client.errors import OutboxFull
from vestnik.protocol.codes import FIRST_ERROR
from vestnik.protocol.events import Change, Delivery, Response
from vestnik.protocol.names import name_key
from vestnik.protocol.request import Request
from vestnik.protocol.requests import DelContact, Forward, Leave, Msg

MAX_OUTBOX: Final = 10_000
"""Requests that may wait for their answers, or for a connection; one more raises OutboxFull."""
ATTEMPTS: Final = 2
"""Connections on which a request may find the server silent, before it is given up."""

DONE: Final[dict[type[Request], frozenset[int]]] = {Leave: frozenset({403, 404}), DelContact: frozenset({404})}
"""Refusals that mean of a request sent once more: it was served the first time."""


class Pending:
    """A request and its answer to be. `stays`: it is sent again on the next connection if this one ends before.

    `connection` and `number` say where it was written last: its connection's name and its number on it; `sent` how
    often it was written, `silences` how often the server had been silent then. `change` is the number of what it has
    changed, if that came before its answer.
    """

    __slots__ = ("answer", "change", "connection", "number", "request", "sent", "silences", "stays")

    def __init__(self, request: Request, *, stays: bool) -> None:
        self.request = request
        self.stays = stays
        self.answer: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
        self.answer.add_done_callback(_seen)
        self.connection = ""
        self.number = 0
        self.sent = 0
        self.silences = 0
        self.change: int | None = None

    def settle(self, response: Response) -> None:
        """Give the answer to whoever still waits for it."""
        if not self.answer.done():
            self.answer.set_result(response)

    def fail(self, error: Exception) -> None:
        """Tell whoever still waits that there will be no answer."""
        if not self.answer.done():
            self.answer.set_exception(error)


class Outbox:
    """All requests that have not been answered yet, oldest first."""

    def __init__(self) -> None:
        self._waiting: dict[Pending, None] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def __iter__(self) -> Iterator[Pending]:
        return iter(tuple(self._waiting))

    def add(self, pending: Pending) -> None:
        """Take a request. Raises OutboxFull."""
        if len(self._waiting) >= MAX_OUTBOX:
            raise OutboxFull("client.outbox_full", limit=MAX_OUTBOX)
        self._waiting[pending] = None

    def remove(self, pending: Pending) -> None:
        """Forget a request, whether it is there or not."""
        self._waiting.pop(pending, None)

    def message(self, delivery: Delivery) -> Pending | None:
        """The request that has sent a message of the client's own."""
        if delivery.id is UNSET:
            return None
        found = (p for p in self._waiting if isinstance(p.request, Msg | Forward) and p.request.id == delivery.id)
        return next(found, None)

    def change(self, change: Change) -> Pending | None:
        """The request that may have made a change of the client's own."""
        return next((each for each in self._waiting if each.sent and _made(each.request, change)), None)


def repeated(pending: Pending, response: Response) -> Response:
    """The answer to a request, with what is known of it when it was sent again, having been served before.

    Then its change has a number, though it changes nothing any more, and a refusal may mean that it is done.
    """
    if response.change is UNSET and pending.change is not None and response.response < FIRST_ERROR:
        response.change = pending.change
    if pending.sent > 1 and response.response in DONE.get(type(pending.request), ()):
        return Response(200, alert=response.error, id=response.id)
    if pending.sent > 1 and response.deleted is True:
        return Response(200, alert=response.error, id=response.id, seq=response.seq)  # it was kept, and seen
    return response


def _made(request: Request, change: Change) -> bool:
    if type(request).__struct_config__.tag != change.kind:
        return False
    to = str(getattr(request, "to", None) or getattr(request, "room", ""))
    same = name_key(to) == name_key(change.to)
    return same and all(
        getattr(change, field) in (UNSET, getattr(request, field, UNSET)) for field in ("seq", "emoji", "name", "role")
    )


def _seen(answer: asyncio.Future[Response]) -> None:
    """Let an answer that nobody waits for any longer go without a complaint of the event loop."""
    if not answer.cancelled():
        answer.exception()
