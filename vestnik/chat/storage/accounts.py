"""Accounts, logins and contacts, as the rules need them kept."""

from collections.abc import Collection, Mapping
from typing import Final, NamedTuple, Protocol, TypeAlias

from vestnik.chat.storage.rules import Rule
from vestnik.protocol.events import AccountState
from vestnik.protocol.requests import GivenRole, ServerRole

VISITING: Final = 1
GONE: Final = 2
"""A guest without an account who is connected, and one who was."""


class AccountRecord(NamedTuple):
    """An account: its number and its name as it was created.

    `visitor` is 0, or `VISITING` or `GONE` for a guest who has none.
    """

    id: int
    name: str
    visitor: int = 0


class LoginOrigin(NamedTuple):
    """Where a login comes from: what the client calls its device, and its address."""

    device: str = ""
    address: str = ""


NOWHERE: Final = LoginOrigin()


class Credentials(NamedTuple):
    """What a login is checked against. `login_used` is when a living login was last used (UNIX seconds), or None.

    `status` is the account's last status text, `role` what it is on the server. `plain_used` is the same as
    `login_used` of the login without a token, `plain_origin` where that was used from. `second_factor`
    says that it takes a code, too.
    """

    account: AccountRecord
    password_hash: str
    disabled: bool
    login_used: float | None
    status: str = ""
    role: ServerRole = "member"
    plain_used: float | None = None
    plain_origin: LoginOrigin = NOWHERE
    second_factor: bool = False


class TokenLogin(NamedTuple):
    """A login that was made with a token; `status` and `role` as in `Credentials`."""

    id: int
    account: AccountRecord
    disabled: bool
    used: float
    status: str = ""
    role: ServerRole = "member"
    origin: LoginOrigin = NOWHERE


class LoginRecord(NamedTuple):
    """A living login of an account, with or without a token. Times are UNIX seconds."""

    id: int
    with_token: bool
    created: float
    used: float
    origin: LoginOrigin


MAX_LOGINS: Final = 1000
"""Logins of one account; past it the one that was not used for longest ends."""


class ContactStanding(NamedTuple):
    """What the rules ask of an account's contacts: whether somebody is `known` as one, and how many are."""

    known: bool
    total: int


class LoginStanding(NamedTuple):
    """What the rules ask of an account when somebody logs in."""

    password_hash: str
    disabled: bool


class NameStanding(NamedTuple):
    """What the rules ask of a name for an account: whether it is `taken`, and who has one that looks like it.

    `visiting` says that a guest has it who is connected.
    """

    taken: bool
    similar: str | None = None
    visiting: bool = False


class AccountStanding(NamedTuple):
    """What the rules ask of an account that an administrator does something to.

    `role` is what it is, `owners` how many there are that are not disabled, itself among them if it is one. `by` is
    what the administrator is now, a guest if that account is disabled; None for the user that the server runs as. `own`
    says that it is their own account.
    """

    role: ServerRole
    owners: int
    by: ServerRole | None = None
    own: bool = False


class ResetStanding(NamedTuple):
    """What the rules ask of an account and a code for its new password: whether that is `good`, and it `disabled`."""

    good: bool
    disabled: bool


AccountRule: TypeAlias = Rule[AccountStanding]
ContactRule: TypeAlias = Rule[ContactStanding]
ResetRule: TypeAlias = Rule[ResetStanding]
LoginRule: TypeAlias = Rule[LoginStanding]
NameRule: TypeAlias = Rule[NameStanding]


class AccountStorage(Protocol):
    """Every method returns after the change is on disk. Times are UNIX seconds."""

    async def find_account(self, key: str) -> AccountRecord | None:
        """The account whose name has this key."""

    async def find_accounts(self, keys: Collection[str]) -> Mapping[str, AccountRecord]:
        """Those accounts whose names have one of these keys, by key."""

    async def name_standing(self, name: str, key: str) -> NameStanding:
        """How a name with this key stands, which somebody may want."""

    async def account_names(self, after: int, limit: int) -> list[tuple[int, str]]:
        """Numbers and names of accounts behind the number `after`, the oldest first."""

    async def doubtful_accounts(self, keys: Collection[str], limit: int) -> list[str]:
        """Accounts whose names look like others', or have one of these keys; at most `limit`, by name."""

    async def initials(self) -> list[str]:
        """The first characters of all accounts' names, each once."""

    async def list_accounts(self, after: str, limit: int) -> list[AccountState]:
        """Accounts by name, those behind the key `after`."""

    async def account_state(self, account_id: int) -> AccountState:
        """What an account is like."""

    async def account_standing(self, account_id: int, by_id: int | None) -> AccountStanding:
        """How an account stands that the account `by_id` does something to, or the user that the server runs as."""

    async def add_account(
        self, name: str, key: str, password_hash: str, now: float, rule: NameRule, role: ServerRole | None = None
    ) -> None:
        """Keep a new account; without a `role` it is a member, or the owner if it is the first.

        Raises what `rule` raises.
        """

    async def set_account_role(
        self, account_id: int, role: GivenRole, rule: AccountRule, by_id: int | None = None
    ) -> None:
        """Say what an account is on the server. Raises what `rule` raises. `by_id` is the administrator's account."""

    async def add_reset(
        self, account_id: int, code_hash: str, now: float, expires: float, rule: AccountRule, by_id: int | None = None
    ) -> None:
        """Keep a code for a new password, in the place of any other. Raises what `rule` raises."""

    async def reset_standing(self, key: str, code_hash: str, now: float) -> tuple[AccountRecord, ResetStanding] | None:
        """The account, and how it stands with this code; None for an unknown name."""

    async def reset_password(
        self, account_id: int, password_hash: str, code_hash: str, now: float, rule: ResetRule
    ) -> None:
        """Change the password, end all logins, and use up the code. Raises what `rule` raises."""

    async def change_password(self, account_id: int, password_hash: str, login_id: int | None, rule: LoginRule) -> None:
        """Change the password and end all logins but one (without a number: the account's logins without a token).

        Raises what `rule` raises.
        """

    async def set_password(self, account_id: int, password_hash: str) -> None:
        """Change the password and end all logins."""

    async def set_disabled(
        self, account_id: int, disabled: bool, now: float, rule: AccountRule | None = None, by_id: int | None = None
    ) -> None:
        """Disable an account, which ends its logins, or enable it again. Rooms that have no owner then get one.

        Raises what `rule` raises.
        """

    async def credentials(self, key: str, since: float) -> Credentials | None:
        """The account and its logins that were used after `since`."""

    async def token_login(self, token_hash: str, since: float) -> TokenLogin | None:
        """The login with this token, if it was used after `since`."""

    async def begin_login(
        self,
        account_id: int,
        token_hash: str | None,
        now: float,
        since: float,
        rule: LoginRule,
        origin: LoginOrigin = NOWHERE,
    ) -> int:
        """Keep a new login and forget those of the account that were last used before `since`; its number.

        Raises what `rule` raises.
        """

    async def touch_login(
        self, account_id: int, login_id: int | None, now: float, origin: LoginOrigin = NOWHERE
    ) -> None:
        """Note that a login (without a number: the account's logins without a token) was used now, and from where."""

    async def logins(self, account_id: int, since: float) -> list[LoginRecord]:
        """The logins of an account that were used after `since`, the last used first."""

    async def end_logins(self, account_id: int, login_id: int | None) -> int:
        """Forget all logins of the account but this one (without a number: those without a token); how many."""

    async def end_login(self, account_id: int, login_id: int | None) -> None:
        """Forget a login (without a number: the account's logins without a token)."""

    async def blocked(self, account_id: int) -> list[str]:
        """Names of those whose invitations an account does not take, sorted."""

    async def all_blocks(self) -> list[tuple[int, int]]:
        """Who has blocked whom, by the numbers of accounts."""

    async def block(self, account_id: int, person_id: int, rule: ContactRule) -> None:
        """Take no more invitations from a person; no change when that is so already."""

    async def unblock(self, account_id: int, person_id: int) -> None:
        """Take invitations from a person again; no change when that is so already."""

    async def contacts(self, account_id: int) -> list[str]:
        """Names of an account's contacts, sorted."""

    async def add_contact(self, account_id: int, contact_id: int, rule: ContactRule) -> None:
        """Keep a contact; no change when it is one already. Raises what `rule` raises."""

    async def remove_contact(self, account_id: int, contact_id: int, rule: ContactRule) -> None:
        """Forget a contact. Raises what `rule` raises."""
