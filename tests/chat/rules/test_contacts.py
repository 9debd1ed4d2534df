"""What an account may do with its list of contacts."""

from tests.chat.rules import refusal
from vestnik.chat.rules.contacts import MayAddContact, MayBlock, MayRemoveContact
from vestnik.chat.storage.accounts import ContactStanding


def test_add() -> None:
    """The list has an end; who is on it already may be added again."""
    rule = MayAddContact("anna", 2)
    assert refusal(rule, ContactStanding(known=False, total=1)) is None
    assert refusal(rule, ContactStanding(known=False, total=2)) == ("contact.limit", ("anna", 2))
    assert refusal(rule, ContactStanding(known=True, total=2)) is None


def test_remove() -> None:
    """Only who is on the list is taken off it."""
    rule = MayRemoveContact("anna", "boris")
    assert refusal(rule, ContactStanding(known=True, total=1)) is None
    assert refusal(rule, ContactStanding(known=False, total=1)) == ("contact.unknown", ("anna", "boris"))


def test_block() -> None:
    """One more than there may be is refused, but not again one that there is."""
    rule = MayBlock("anna", 2)
    assert refusal(rule, ContactStanding(known=False, total=1)) is None
    assert refusal(rule, ContactStanding(known=True, total=2)) is None
    assert refusal(rule, ContactStanding(known=False, total=2)) == ("block.limit", ("anna", 2))
