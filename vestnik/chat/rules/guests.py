"""What a guest may be called."""

from vestnik.chat.storage.accounts import NameRule, NameStanding
from vestnik.protocol import answers
from vestnik.protocol.errors import Conflict, NotAuthorised


class MayVisit(NameRule, frozen=True):
    """A guest may take a name that is no account's, and looks like nobody's."""

    name: str

    def __call__(self, standing: NameStanding) -> None:
        """Raises NotAuthorised for an account's name, Conflict for one that is taken otherwise."""
        if standing.visiting:
            raise Conflict(answers.ACCOUNT_EXISTS, self.name)
        if standing.taken:
            raise NotAuthorised(answers.LOGIN_REQUIRED, self.name)
        if standing.similar is not None:
            raise Conflict(answers.ACCOUNT_SIMILAR, self.name, standing.similar)
