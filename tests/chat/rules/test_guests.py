"""What a guest may be called."""

import pytest

from vestnik.chat.rules.guests import MayVisit
from vestnik.chat.storage.accounts import NameStanding
from vestnik.protocol.errors import VestnikError

REFUSED = [
    (NameStanding(taken=True), 401, "login.required"),
    (NameStanding(taken=True, visiting=True), 409, "account.exists"),
    (NameStanding(taken=False, similar="anna"), 409, "account.similar"),
]


@pytest.mark.parametrize(("standing", "code", "name"), REFUSED, ids=["account", "guest", "likeness"])
def test_refused(standing: NameStanding, code: int, name: str) -> None:
    """An account's name needs a login; another guest's is taken, and so is one that looks like somebody's."""
    with pytest.raises(VestnikError) as caught:
        MayVisit("gleb")(standing)
    assert (caught.value.answer.code, caught.value.answer.name) == (code, name)


def test_free() -> None:
    """Any other is theirs."""
    MayVisit("gleb")(NameStanding(taken=False))
