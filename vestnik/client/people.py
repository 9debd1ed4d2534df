"""What a client does with people: their presence, the contacts, and whom one has blocked."""

from typing import Literal

from vestnik.client import catalogue
from vestnik.client.asking import Asking, Page, page
from vestnik.log.journaled import journaled
from vestnik.protocol.events import Person, Response
from vestnik.protocol.requests import (
    AddContact,
    AdmitGuests,
    Block,
    Blocked,
    DelContact,
    GetContacts,
    Presence,
    Unblock,
    User,
    Who,
)


class PeopleActions(Asking):
    """People, by the names of their accounts."""

    @journaled(arguments=("state",), logger="client")
    async def presence(self, status: str | None = None, state: Literal["online", "away"] | None = None) -> Response:
        """Announce the presence, with a status text, as online or away."""
        response = await self._request(
            Presence(user=User(self.name, status=status, state=state)),
            catalogue.CLIENT_PRESENCE,
            answered=catalogue.CLIENT_PRESENCE_ANSWERED,
            refused=catalogue.CLIENT_PRESENCE_ANSWERED,
        )
        if state is not None:
            self.away = state == "away"
        return response

    @journaled(logger="client")
    async def who(self, names: list[str] | None = None) -> Page[Person]:
        """The presence of people: of those named, or of everybody who is not offline."""
        response = await self._ask(Who(names=names), ", ".join(names or ()))
        return page(response.people, response)

    @journaled(arguments=("after", "limit"), logger="client")
    async def everybody(self, *, after: str | None = None, limit: int | None = None) -> Page[Person]:
        """The presence of everybody who has an account, by name. `after` is the last name of the page before."""
        response = await self._ask(Who(all=True, after=after, limit=limit))
        return page(response.people, response)

    @journaled(logger="client")
    async def contacts(self) -> list[str]:
        """The names of one's contacts."""
        response = await self._request(GetContacts(user_login=self.name), catalogue.CLIENT_CONTACTS, self.name)
        return response.alert if isinstance(response.alert, list) else []

    @journaled(arguments=("name",), logger="client")
    async def add_contact(self, name: str) -> Response:
        """Put an account among one's contacts."""
        request = AddContact(user_id=name, user_login=self.name)
        return await self._request(request, catalogue.CLIENT_CONTACT_ADDING, self.name, name)

    @journaled(logger="client")
    async def blocked(self) -> list[str]:
        """The names of those whom one has blocked."""
        response = await self._ask(Blocked(), self.name)
        return response.alert if isinstance(response.alert, list) else []

    @journaled(arguments=("name",), logger="client")
    async def block(self, name: str) -> Response:
        """Take no messages, mentions, invitations from an account, and be seen by it no more."""
        return await self._ask(Block(name=name), name)

    @journaled(arguments=("name",), logger="client")
    async def unblock(self, name: str) -> Response:
        """Hear of an account again, and be seen by it."""
        return await self._ask(Unblock(name=name), name)

    @journaled(arguments=("admit",), logger="client")
    async def admit_guests(self, admit: bool) -> Response:
        """Let guests write to oneself, or not."""
        return await self._ask(AdmitGuests(admit=admit), self.name)

    @journaled(arguments=("name",), logger="client")
    async def remove_contact(self, name: str) -> Response:
        """Take an account off one's contacts."""
        request = DelContact(user_id=name, user_login=self.name)
        return await self._request(request, catalogue.CLIENT_CONTACT_REMOVING, self.name, name)
