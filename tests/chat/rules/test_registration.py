"""Who may register, and who may invite others to."""

from tests.chat.rules import refusal
from vestnik.chat.rules.registration import MayInvitePeople, MayRegister
from vestnik.chat.storage.accounts import NameStanding
from vestnik.chat.storage.invites import InvitersStanding, RegistrationStanding

FREE = NameStanding(taken=False)


def test_register() -> None:
    """With a code that is good, or without where everybody may; a wrong code is refused also there."""
    for mode, with_code, invited, found in (
        ("invite", True, True, None),
        ("invite", True, False, "code.refused"),
        ("invite", False, False, "registration.invite"),
        ("open", False, False, None),
        ("open", True, True, None),
        ("open", True, False, "code.refused"),
        ("closed", True, True, "registration.closed"),
        ("closed", False, False, "registration.closed"),
    ):
        rule = MayRegister("dora", mode, with_code)  # type: ignore[arg-type]
        refused = refusal(rule, RegistrationStanding(FREE, invited))
        assert (None if refused is None else refused[0]) == found


def test_name() -> None:
    """A name that is taken is told to those only who may register."""
    taken = RegistrationStanding(NameStanding(taken=True), invited=True)
    assert refusal(MayRegister("anna", "invite", True), taken) == ("account.exists", ("anna",))
    assert refusal(MayRegister("anna", "invite", False), taken) == ("registration.invite", ())


def test_invite() -> None:
    """An administrator invites to roles below their own, an owner and the server's user to any, others nobody."""
    for by, role, found in (
        (None, "administrator", None),
        ("owner", "administrator", None),
        ("administrator", "administrator", ("account.role", ("anna", "owner"))),
        ("administrator", "member", None),
        ("member", "guest", ("account.role", ("anna", "administrator"))),
        ("guest", "guest", ("account.role", ("anna", "administrator"))),
    ):
        assert refusal(MayInvitePeople("anna", role, 9), InvitersStanding(by, 8)) == found  # type: ignore[arg-type]
    full = refusal(MayInvitePeople("anna", "member", 9), InvitersStanding("owner", 9))
    assert full == ("invite.limit", (9,))
