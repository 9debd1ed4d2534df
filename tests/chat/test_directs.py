"""Direct conversations that are remembered."""

from vestnik.chat import directs
from vestnik.chat.directs import Directs
from vestnik.chat.session import Account
from vestnik.chat.storage.accounts import AccountRecord

ANNA = Account(AccountRecord(1, "anna"), "anna")
BORIS = Account(AccountRecord(2, "Boris"), "boris")


def test_remember() -> None:
    """A conversation is found again by either spelling of the addressee, and by nobody else."""
    known = Directs()
    direct = known.remember(ANNA, AccountRecord(2, "Boris"), 5)
    assert (direct.id, direct.to_id, direct.to_name) == (5, 2, "Boris")
    assert known.find(ANNA, "bORIS") is direct
    assert known.find(BORIS, "anna") is None
    assert known.find(ANNA, "anna") is None


def test_bounded() -> None:
    """Past the limit the conversation remembered longest is forgotten."""
    known = Directs()
    for number in range(directs.MAX_DIRECTS + 1):
        known.remember(ANNA, AccountRecord(number, f"n{number}"), number)
    assert known.find(ANNA, "n0") is None
    assert known.find(ANNA, "n1") is not None
    assert known.find(ANNA, f"n{directs.MAX_DIRECTS}") is not None


def test_again_is_not_one_more() -> None:
    """Remembering a conversation again while the memory is full makes no other one forgotten."""
    known = Directs()
    for number in range(directs.MAX_DIRECTS):
        known.remember(ANNA, AccountRecord(number, f"n{number}"), number)
    known.remember(ANNA, AccountRecord(9, "n9"), 9)
    assert known.find(ANNA, "n0") is not None
