"""How long somebody pauses who is refused again and again."""

import pytest

from vestnik.server.patience import LONGEST_PAUSE, MEMBER, STRANGER, Patience


@pytest.mark.parametrize("patience", [STRANGER, MEMBER])
def test_pauses_grow(patience: Patience) -> None:
    """Twenty refusals in a row and more cost nothing; then each pause is at least as long as the one before."""
    pauses = [patience.pause(refusals) for refusals in range(patience.end)]
    assert not any(pauses[:21])
    assert pauses == sorted(pauses)
    assert 0 < pauses[-1] <= LONGEST_PAUSE


def test_more_patience_with_members() -> None:
    """An account is slowed down later than a stranger, and ends later."""
    assert MEMBER.free > STRANGER.free
    assert MEMBER.end > STRANGER.end
