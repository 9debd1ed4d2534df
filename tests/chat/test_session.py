"""A session by itself: who speaks in it."""

import pytest

from tests.chat.conftest import Ear
from vestnik.chat.session import NOTHING_MISSING, Account, Missing, Session
from vestnik.chat.storage.accounts import AccountRecord
from vestnik.protocol.errors import NotAuthorised


def test_nobody_speaks() -> None:
    """Without a login nobody speaks: the error has the name that was claimed."""
    session = Session(Ear())
    session.claimed = "anna"
    assert session.name == "anna"
    with pytest.raises(NotAuthorised) as caught:
        _ = session.speaker
    assert caught.value.values == ("anna",)


def test_somebody_speaks() -> None:
    """With an account it is the account that speaks, under its own name, whatever name was claimed."""
    session = Session(Ear())
    session.claimed = "ANNA"
    session.account = Account(AccountRecord(7, "Anna"), "anna")
    assert (session.speaker, session.name) == (session.account, "Anna")


def test_a_new_session_hears_everything() -> None:
    """A session is live and misses nothing until it says that it resumes; what one misses is no other's."""
    session = Session(Ear())
    assert session.live
    assert session.missing is NOTHING_MISSING
    missing = Missing()
    missing.left.add(1)
    missing.positions[1] = (2, 3)
    assert not Missing().left
    assert not NOTHING_MISSING.positions
