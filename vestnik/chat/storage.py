"""What the rules need to have kept: the interface that a store implements, and the records it gives back."""

from typing import NamedTuple, Protocol


class AccountRecord(NamedTuple):
    """An account: its number and its name as it was created."""

    id: int
    name: str


class Credentials(NamedTuple):
    """What a login is checked against. `login_used` is when a living login was last used (UNIX seconds), or None."""

    account: AccountRecord
    password_hash: str
    disabled: bool
    login_used: float | None


class TokenLogin(NamedTuple):
    """A login that was made with a token."""

    id: int
    account: AccountRecord
    disabled: bool
    used: float


class RoomRecord(NamedTuple):
    """A room: its number, its name as it was created, its members' account numbers."""

    id: int
    name: str
    members: set[int]


class KeptMessage(NamedTuple):
    """A direct message that waits for its recipient. `number` grows with every message kept."""

    number: int
    conversation_id: int
    seq: int
    sender: str
    id: str | None
    text: str
    time: float


class StoredMessage(NamedTuple):
    """A message without its text: who sent it where. `to` is `#room` or the name of a person."""

    number: int
    seq: int
    sender: str
    to: str
    id: str | None
    time: float


class Delivered(NamedTuple):
    """The last `seq` of a conversation that was written to a connection of an account."""

    conversation_id: int
    account_id: int
    seq: int


class Storage(Protocol):
    """Every method returns after the change is on disk. Times are UNIX seconds."""

    async def find_account(self, key: str) -> AccountRecord | None:
        """The account whose name has this key."""

    async def credentials(self, key: str, since: float) -> Credentials | None:
        """The account and its logins that were used after `since`."""

    async def token_login(self, token_hash: str, since: float) -> TokenLogin | None:
        """The login with this token, if it was used after `since`."""

    async def begin_login(self, account_id: int, token_hash: str | None, now: float) -> int:
        """Keep a new login; its number."""

    async def touch_login(self, account_id: int, login_id: int | None, now: float) -> None:
        """Note that a login (without a number: the account's logins without a token) was used now."""

    async def end_login(self, account_id: int, login_id: int | None) -> None:
        """Forget a login (without a number: the account's logins without a token)."""

    async def join_room(self, key: str, name: str, account_id: int, now: float) -> RoomRecord:
        """Make the account a member, and the room if there is none; the room with all its members."""

    async def leave_room(self, room_id: int, account_id: int) -> None:
        """End a membership."""

    async def direct_conversation(self, one: int, other: int, now: float) -> int:
        """The number of the conversation of two accounts, which is begun if there is none."""

    async def contacts(self, account_id: int) -> list[str]:
        """Names of an account's contacts, sorted."""

    async def add_contact(self, account_id: int, contact_id: int) -> None:
        """Keep a contact; no change when it is one already."""

    async def remove_contact(self, account_id: int, contact_id: int) -> bool:
        """Forget a contact; whether there was one."""
