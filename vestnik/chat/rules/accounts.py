"""Who may log in, and what an account may be called."""

from vestnik.chat.server_roles import ADMINISTRATORS, RANK
from vestnik.chat.storage.accounts import (
    AccountRule,
    AccountStanding,
    LoginRule,
    LoginStanding,
    NameRule,
    NameStanding,
    ResetRule,
    ResetStanding,
)
from vestnik.protocol import answers
from vestnik.protocol.errors import BadRequest, Conflict, Forbidden, WrongLogin
from vestnik.protocol.requests import GivenRole, ServerRole


class MayTakeName(NameRule, frozen=True):
    """A name that nobody has, nor one that looks like it. `name` is what was asked for."""

    name: str

    def __call__(self, standing: NameStanding) -> None:
        """Raises Conflict."""
        if standing.taken:
            raise Conflict(answers.ACCOUNT_EXISTS, self.name)
        if standing.similar is not None:
            raise Conflict(answers.ACCOUNT_SIMILAR, self.name, standing.similar)


class MayManage(AccountRule, frozen=True):
    """An administrator may do something to the account of somebody below, an owner to any; the name of theirs is `by`.

    The user that the server runs as may do everything.
    """

    account: str
    by: str

    def __call__(self, standing: AccountStanding) -> None:
        """Raises Forbidden."""
        if standing.by is None:
            return
        if standing.by not in ADMINISTRATORS:
            raise Forbidden(answers.ACCOUNT_ROLE, self.by, "administrator")
        if standing.by != "owner" and RANK[standing.by] <= RANK[standing.role]:
            raise Forbidden(answers.ACCOUNT_OUTRANKS, self.account)


class MayGive(AccountRule, frozen=True):
    """An administrator gives roles below their own, an owner any. `role` is the one that `by` wants to give."""

    by: str
    role: ServerRole

    def __call__(self, standing: AccountStanding) -> None:
        """Raises Forbidden."""
        if standing.by not in {None, "owner"} and RANK[self.role] >= RANK["administrator"]:
            raise Forbidden(answers.ACCOUNT_ROLE, self.by, "owner")


class MayDisable(MayManage, frozen=True):
    """Nobody keeps themselves out: nobody could let them in again."""

    def __call__(self, standing: AccountStanding) -> None:
        """Raises Forbidden."""
        super().__call__(standing)
        if standing.own:
            raise Forbidden(answers.ACCOUNT_OUTRANKS, self.account)


class MayHaveRole(MayManage, frozen=True):
    """An administrator gives roles below their own, an owner any. A server keeps an owner. `role` is the new one."""

    role: GivenRole

    def __call__(self, standing: AccountStanding) -> None:
        """Raises Forbidden, Conflict for the last owner, BadRequest for a bot."""
        super().__call__(standing)
        MayGive(self.by, self.role)(standing)
        if standing.role == "bot":
            raise BadRequest(answers.ACCOUNT_BOT, self.account)
        if standing.role == "owner" != self.role and standing.owners <= 1:
            raise Conflict(answers.ACCOUNT_LAST_OWNER, self.account)


class MayHavePassword(MayManage, frozen=True):
    """Bots log in with tokens only, and a bot stays one."""

    def __call__(self, standing: AccountStanding) -> None:
        """Raises Forbidden, BadRequest for a bot."""
        super().__call__(standing)
        if standing.role == "bot":
            raise BadRequest(answers.BOT_PASSWORD, self.account)


class MayReset(ResetRule, frozen=True):
    """With a code that is good, if the account is not disabled."""

    account: str

    def __call__(self, standing: ResetStanding) -> None:
        """Raises WrongLogin, or Forbidden for an account that is disabled."""
        if not standing.good:
            raise WrongLogin(answers.CODE_REFUSED)
        if standing.disabled:
            raise Forbidden(answers.ACCOUNT_DISABLED, self.account)


class MayLogIn(LoginRule, frozen=True):
    """With a password that was found to be right for `password_hash`, as long as the account has that.

    `name` is what the client calls itself, `account` what the account is called.
    """

    name: str
    account: str
    password_hash: str

    def __call__(self, standing: LoginStanding) -> None:
        """Raises WrongLogin, or Forbidden for an account that is disabled."""
        if standing.password_hash != self.password_hash:
            raise WrongLogin(answers.LOGIN_REFUSED, self.name)
        if standing.disabled:
            raise Forbidden(answers.ACCOUNT_DISABLED, self.account)
