"""What an account may do with its list of contacts."""

from vestnik.chat.storage.accounts import ContactRule, ContactStanding
from vestnik.protocol import answers
from vestnik.protocol.errors import Forbidden, NotFound


class MayAddContact(ContactRule, frozen=True):
    """One more contact, of at most `limit`. `account` is the name of whose list it is."""

    account: str
    limit: int

    def __call__(self, standing: ContactStanding) -> None:
        """Raises Forbidden."""
        if not standing.known and standing.total >= self.limit:
            raise Forbidden(answers.CONTACT_LIMIT, self.account, self.limit)


class MayBlock(ContactRule, frozen=True):
    """One more whose invitations somebody does not take, of at most `limit`. `account` is the name of who it is."""

    account: str
    limit: int

    def __call__(self, standing: ContactStanding) -> None:
        """Raises Forbidden."""
        if not standing.known and standing.total >= self.limit:
            raise Forbidden(answers.BLOCK_LIMIT, self.account, self.limit)


class MayRemoveContact(ContactRule, frozen=True):
    """Only who is among the contacts is taken off them. `person` is their name as it was asked for."""

    account: str
    person: str

    def __call__(self, standing: ContactStanding) -> None:
        """Raises NotFound."""
        if not standing.known:
            raise NotFound(answers.CONTACT_UNKNOWN, self.account, self.person)
