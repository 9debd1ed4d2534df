"""What the families of actions need of a client: somebody who sends a request and gives its answer."""

from collections.abc import Iterable
from typing import TypeVar

from msgspec import UNSET, UnsetType

from vestnik.client import catalogue
from vestnik.log.events import EventType
from vestnik.protocol.events import Response
from vestnik.protocol.request import Request

T = TypeVar("T")


class Page(list[T]):
    """A page of a list. `more` says that there is another; `next` is what to ask for it with, where that is needed."""

    def __init__(self, items: Iterable[T], *, more: bool = False, next_page: str | None = None) -> None:
        super().__init__(items)
        self.more = more
        self.next = next_page


class Asking:
    """`name` is the account's, `journal_text` whether texts of messages may be journaled.

    `away` says what the presence was last announced as.
    """

    name: str
    journal_text: bool
    away: bool

    async def _request(
        self,
        request: Request,
        asked: EventType,
        *values: object,
        answered: EventType = catalogue.CLIENT_ANSWERED,
        refused: EventType = catalogue.CLIENT_REFUSED,
    ) -> Response:
        """Journal and send a request, and wait for its answer, which is journaled too. Raises ClientError."""
        raise NotImplementedError

    async def _ask(self, request: Request, about: str = "") -> Response:
        """A request whose journal line is that of all actions without one of their own."""
        action = str(type(request).__struct_config__.tag)
        return await self._request(request, catalogue.CLIENT_ASKING, self.name, action, about)

    def _private(self, text: str) -> str:
        """What the journal gets of a text."""
        return text if self.journal_text else ""


def page(items: list[T] | UnsetType, response: Response) -> Page[T]:
    """What an answer has in one of its lists."""
    found = [] if items is UNSET else items
    return Page(found, more=response.more is True, next_page=None if response.next is UNSET else response.next)
