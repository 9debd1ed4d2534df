"""Who may log in, and what an account may be called."""

from vestnik.chat.storage.accounts import AccountRule, AccountStanding, LoginRule, LoginStanding, NameRule, NameStanding
from vestnik.protocol import answers
from vestnik.protocol.errors import BadRequest, Conflict, Forbidden, WrongLogin
from vestnik.protocol.requests import GivenRole


class MayTakeName(NameRule, frozen=True):
    """A name that nobody has, nor one that looks like it. `name` is what was asked for."""

    name: str

    def __call__(self, standing: NameStanding) -> None:
        """Raises Conflict."""
        if standing.taken:
            raise Conflict(answers.ACCOUNT_EXISTS, self.name)
        if standing.similar is not None:
            raise Conflict(answers.ACCOUNT_SIMILAR, self.name, standing.similar)


class MayHaveRole(AccountRule, frozen=True):
    """A server keeps an owner. `account` is to become `role`."""

    account: str
    role: GivenRole

    def __call__(self, standing: AccountStanding) -> None:
        """Raises Conflict for the last owner, BadRequest for a bot."""
        if standing.role == "bot":
            raise BadRequest(answers.ACCOUNT_BOT, self.account)
        if standing.role == "owner" != self.role and standing.owners <= 1:
            raise Conflict(answers.ACCOUNT_LAST_OWNER, self.account)


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
