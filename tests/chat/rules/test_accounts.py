"""Who may log in, and what an account may be called."""

from tests.chat.rules import refusal
from vestnik.chat.rules.accounts import MayDisable, MayHaveRole, MayLogIn, MayManage, MayReset, MayTakeName
from vestnik.chat.storage.accounts import AccountStanding, LoginStanding, NameStanding, ResetStanding


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


def test_manage() -> None:
    """The server's user may do everything, an owner too, an administrator to those below, others nothing."""
    rule = MayManage("dora", "anna")
    for role in ("owner", "administrator", "member", "guest", "bot"):
        for by in (None, "owner", "administrator", "member", "guest", "bot"):
            found = refusal(rule, AccountStanding(role, 2, by))  # type: ignore[arg-type]
            if by in {None, "owner"} or (by == "administrator" and role in {"member", "guest", "bot"}):
                assert found is None
            elif by == "administrator":
                assert found == ("account.outranks", ("dora",))
            else:
                assert found == ("account.role", ("anna", "administrator"))


def test_disable() -> None:
    """Nobody disables themselves."""
    rule = MayDisable("anna", "anna")
    assert refusal(rule, AccountStanding("owner", 2, "owner", own=True)) == ("account.outranks", ("anna",))
    assert refusal(rule, AccountStanding("owner", 2, "owner")) is None


def test_role() -> None:
    """An administrator gives roles below their own, owners any; the last owner and bots stay what they are."""
    up, down = MayHaveRole("dora", "anna", "administrator"), MayHaveRole("dora", "anna", "guest")
    assert refusal(up, AccountStanding("member", 1, "administrator")) == ("account.role", ("anna", "owner"))
    assert refusal(down, AccountStanding("member", 1, "administrator")) is None
    assert refusal(up, AccountStanding("member", 1, "owner")) is None
    assert refusal(down, AccountStanding("owner", 1, "owner")) == ("account.last_owner", ("dora",))
    assert refusal(down, AccountStanding("owner", 2, "owner")) is None
    assert refusal(down, AccountStanding("bot", 1)) == ("account.bot", ("dora",))


def test_reset() -> None:
    """With a good code, if the account is not disabled; that is told only to who has one."""
    rule = MayReset("dora")
    assert refusal(rule, ResetStanding(good=True, disabled=False)) is None
    assert refusal(rule, ResetStanding(good=True, disabled=True)) == ("account.disabled", ("dora",))
    assert refusal(rule, ResetStanding(good=False, disabled=True)) == ("code.refused", ())
