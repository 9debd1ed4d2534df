"""Who may log in, and what an account may be called."""

from tests.chat.rules import refusal
from vestnik.chat.rules.accounts import MayLogIn, MayTakeName
from vestnik.chat.storage.accounts import LoginStanding, NameStanding


def test_name() -> None:
    """A name is nobody else's, and does not look like another's."""
    rule = MayTakeName("Anna")
    assert refusal(rule, NameStanding(taken=False)) is None
    assert refusal(rule, NameStanding(taken=True, similar="anna")) == ("account.exists", ("Anna",))
    assert refusal(rule, NameStanding(taken=False, similar="аnna")) == ("account.similar", ("Anna", "аnna"))


def test_log_in() -> None:
    """With the password that the account has now; a disabled account is told so only to who knows it."""
    rule = MayLogIn("ANNA", "anna", "hash")
    assert refusal(rule, LoginStanding("hash", disabled=False)) is None
    assert refusal(rule, LoginStanding("hash", disabled=True)) == ("account.disabled", ("anna",))
    assert refusal(rule, LoginStanding("other", disabled=False)) == ("login.refused", ("ANNA",))
    assert refusal(rule, LoginStanding("other", disabled=True)) == ("login.refused", ("ANNA",))
