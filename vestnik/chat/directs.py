"""Direct conversations of two accounts, remembered so that a message to a person needs no look-up."""

from typing import Final

from vestnik.chat.names import name_key
from vestnik.chat.session import Account
from vestnik.chat.storage.accounts import AccountRecord

MAX_DIRECTS: Final = 20_000
"""How many conversations are remembered; past it the one remembered longest is forgotten and looked up anew."""
NOT_BEGUN: Final = 0
"""The number of a conversation that nobody has begun: there is no message in it."""


class Direct:
    """One direction of direct conversation `id`: from account `from_id` to the person `to_id`, who is `to_name`.

    `visitor` is that of the person (`vestnik.chat.storage.accounts.AccountRecord`).
    """

    __slots__ = ("from_id", "id", "to_id", "to_name", "visitor")

    def __init__(self, conversation_id: int, from_id: int, to: AccountRecord) -> None:
        self.id = conversation_id
        self.from_id = from_id
        self.to_id = to.id
        self.to_name = to.name
        self.visitor = to.visitor


class Directs:
    """The direct conversations that were used lately, by account and addressee."""

    def __init__(self) -> None:
        self._found: dict[tuple[int, str], Direct] = {}

    def find(self, account: Account, to: str) -> Direct | None:
        """The conversation of `account` with the person named `to`, if it is remembered."""
        return self._found.get((account.id, name_key(to)))

    def remember(self, account: Account, to: AccountRecord, conversation_id: int) -> Direct:
        """Remember a conversation that was looked up, unless one of the two is there only for now."""
        if to.visitor or account.visitor:
            return Direct(conversation_id, account.id, to)
        key = account.id, name_key(to.name)
        if len(self._found) >= MAX_DIRECTS and key not in self._found:
            del self._found[next(iter(self._found))]
        direct = self._found[key] = Direct(conversation_id, account.id, to)
        return direct
