"""Who may have tokens."""

from typing import Final

from vestnik.chat.storage.bots import TokenRule, TokenStanding
from vestnik.protocol import answers
from vestnik.protocol.errors import BadRequest, Forbidden

MAX_TOKENS: Final = 100
"""Tokens that a bot may have."""


class MayHaveToken(TokenRule, frozen=True):
    """A bot, of which there are not too many already. `account` is its name."""

    account: str

    def __call__(self, standing: TokenStanding) -> None:
        """Raises BadRequest for an account that is no bot's, Forbidden for one that has too many."""
        if not standing.bot:
            raise BadRequest(answers.BOT_NONE, self.account)
        if standing.total >= MAX_TOKENS:
            raise Forbidden(answers.BOT_TOKEN_LIMIT, self.account, MAX_TOKENS)
