"""Which passwords may be new ones."""

import pytest

from vestnik.chat.limits import MAX_PASSWORD
from vestnik.chat.strength import check_password, is_common
from vestnik.protocol.errors import BadRequest
from vestnik.secret import Secret

GUESSABLE = (
    "password",
    "PassWord1",
    "qwertyuiop",
    "12345678",
    "87654321",
    "abcdefghij",
    "aaaaaaaaaaaa",
    "abababababab",
    "йцукенгшщз",  # qwertyuiop on the other layout
    "зфыыцщкв",  # password there
    "абвгдежз",
    "Вера Павловна",
    "ВЕРА ПАВЛОВНА1!",
    "анволвап арев",
    "vestnik2026",
    "Вестник!",
)
GOOD = ("seven cold spoons", "семь холодных ложек", "хз7gR2!qW", "        seven", "ложкаложка", "🥄🍵🫖🍰🥄🍵🫖🧁")


@pytest.mark.parametrize("password", GUESSABLE)
def test_guessable(password: str) -> None:
    """What many people have, what goes along the alphabet, and what hardly differs from the name is refused."""
    with pytest.raises(BadRequest) as caught:
        check_password(Secret(password), 8, "Вера Павловна")
    assert caught.value.answer.name == "password.guessable"


@pytest.mark.parametrize("password", GOOD)
def test_good(password: str) -> None:
    """Everything else is taken, of whatever characters it is."""
    check_password(Secret(password), 8, "Вера Павловна")


@pytest.mark.parametrize(
    ("password", "answer", "values"),
    [
        ("", "password.empty", ()),
        ("x7Ki9qw", "password.too_short", (8,)),
        ("x7Ki9qw!" * 129, "password.too_long", (MAX_PASSWORD,)),
    ],
)
def test_length(password: str, answer: str, values: tuple[object, ...]) -> None:
    """A password has the characters that the setting wants, and not too many to be hashed."""
    with pytest.raises(BadRequest) as caught:
        check_password(Secret(password), 8, "anna")
    assert (caught.value.answer.name, caught.value.values) == (answer, values)


def test_list() -> None:
    """The list is looked through line by line: a part of a line is none, nor are two."""
    assert is_common("123456")
    assert is_common("baseball")
    assert not is_common("aseball")
    assert not is_common("123456\npassword")
    assert not is_common("")
