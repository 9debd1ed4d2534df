"""Who may have tokens."""

import pytest

from vestnik.chat.rules.bots import MAX_TOKENS, MayHaveToken
from vestnik.chat.storage.bots import TokenStanding
from vestnik.protocol.errors import BadRequest, Forbidden


def test_tokens() -> None:
    """Bots have tokens, up to a limit; nobody else has."""
    may_have = MayHaveToken("bot")
    may_have(TokenStanding(True, MAX_TOKENS - 1))
    with pytest.raises(Forbidden):
        may_have(TokenStanding(True, MAX_TOKENS))
    with pytest.raises(BadRequest):
        may_have(TokenStanding(False, 0))
