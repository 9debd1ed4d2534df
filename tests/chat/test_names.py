"""Names: what is allowed, and when two are the same."""

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vestnik.chat.names import (
    check_account_name,
    check_length,
    check_new_account_name,
    check_new_room_name,
    check_room_name,
    check_text,
    name_key,
)
from vestnik.protocol.errors import BadRequest

LIMIT = 25
ACCOUNTS = (check_account_name, check_new_account_name)
any_text = st.text(max_size=30)


def checked(check: Callable[..., str], name: str) -> str:
    """What a check gives; the name of an account needs no field, for a request is about it alone."""
    return check(name, LIMIT) if check in ACCOUNTS else check("name", name, LIMIT)


def allowed(check: Callable[..., str], name: str) -> bool:
    """Whether a name passes a check."""
    try:
        return checked(check, name) == name
    except BadRequest:
        return False


@given(any_text)
@example("ᾳ\u0345")
@example("ﬁ")
@example("İ")
def test_key_is_idempotent(name: str) -> None:
    """The key of a key is the key."""
    assert name_key(name_key(name)) == name_key(name)


@given(any_text)
def test_key_ignores_case_and_form(name: str) -> None:
    """Names that differ in the way their characters are composed or in case compare as the same."""
    assert name_key(unicodedata.normalize("NFD", name)) == name_key(unicodedata.normalize("NFC", name))
    assert name_key(unicodedata.normalize("NFKC", name)) == name_key(name)
    assert name_key(name.casefold()) == name_key(name)


@pytest.mark.parametrize(
    ("one", "other"), [("Anna", "ANNA"), ("Ёж", "е\u0308ж"), ("straße", "STRASSE"), ("ｗｉｄｅ", "wide")]
)
def test_same_names(one: str, other: str) -> None:
    """Case, composition and width do not make two names."""
    assert name_key(one) == name_key(other)


@given(any_text)
def test_allowed_names_survive(name: str) -> None:
    """A name that is allowed is returned as it is, prints on one line, and has a key."""
    for check in (check_account_name, check_room_name):
        if allowed(check, name):
            assert name.isprintable()
            assert name.strip() == name
            assert name_key(name).strip("#")
            assert len(name) <= LIMIT


@given(any_text)
def test_no_name_is_both(name: str) -> None:
    """No name is allowed both for a room and for an account."""
    assert not (allowed(check_account_name, name) and allowed(check_room_name, name))


@pytest.mark.parametrize(
    "name", ["anna", "Вера Павловна", "a", "x" * 25, "o'neil", "日本語", "a#b", "@home", "J. R.", "👋"]
)
def test_account_names(name: str) -> None:
    """Names in any script, with single blanks and signs inside, are allowed."""
    assert allowed(check_account_name, name)
    assert allowed(check_room_name, "#" + name[:24])


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        " a",
        "a ",
        "a  b",
        "a\tb",
        "a\nb",
        "a\x00",
        "a\x1b[31m",
        "\u200b",
        "a\u200db",
        "\u202eanna",
        "\ufeffa",
        "a\xa0b",
        "\u2028",
        "\udcff",
        "x" * 26,
    ],
    ids=ascii,
)
def test_refused_names(name: str) -> None:
    """Blanks at the ends or two in a row, control, invisible and bidirectional characters are refused."""
    assert not allowed(check_account_name, name)
    assert not allowed(check_room_name, f"#{name}")


@pytest.mark.parametrize("name", ["\u3164", "\u115f", "\uffa0", "\u2800", "\u034f"], ids=ascii)
def test_invisible_names(name: str) -> None:
    """A name of characters that leave no mark on the screen is refused, whatever Python calls printable."""
    assert not allowed(check_account_name, name)


@pytest.mark.parametrize("name", ["an\u034fna", "anna\ufe0f", "anna\u3164"], ids=ascii)
def test_invisible_differences(name: str) -> None:
    """Two names that look the same because a character leaves no mark are not two accounts."""
    assert not allowed(check_account_name, name) or name_key(name) == name_key("anna")


@pytest.mark.parametrize("name", ["#", "tea", " #tea", "# tea", "#tea ", "#" + "x" * 25])
def test_refused_rooms(name: str) -> None:
    """A room's name is `#` and at least one more character, with no blank behind the sign."""
    assert not allowed(check_room_name, name)


@pytest.mark.parametrize("name", ["#tea", "＃tea", "﹟tea"], ids=ascii)
def test_accounts_do_not_look_like_rooms(name: str) -> None:
    """A name that compares as a room's name is no name for an account."""
    assert name_key(name) == "#tea"
    assert not allowed(check_account_name, name)


def test_length() -> None:
    """A length is counted in characters; the error names the field and the limit."""
    assert check_length("to", "я" * 5, 5) == "я" * 5
    with pytest.raises(BadRequest) as caught:
        check_length("to", "я" * 6, 5)
    assert (caught.value.answer.name, caught.value.values) == ("field.too_long", ("to", 5))
    with pytest.raises(BadRequest) as caught:
        check_length("to", "", 5)
    assert (caught.value.answer.name, caught.value.values) == ("field.empty", ("to",))


def test_errors_name_the_field() -> None:
    """The refusal of a room's name says in which field it stood."""
    with pytest.raises(BadRequest) as caught:
        check_room_name("room", "#\x00", LIMIT)
    assert (caught.value.answer.name, caught.value.values) == ("name.sign", ("room", "U+0000"))


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("tea", "name.room"),
        ("#", "name.room"),
        ("# tea", "name.blanks"),
        ("#a  b", "name.blanks"),
        ("#@1", "name.group"),
    ],
)
def test_errors_of_rooms(name: str, answer: str) -> None:
    """The refusal of a room's name says what is wrong with it."""
    with pytest.raises(BadRequest) as caught:
        check_new_room_name("room", name, LIMIT)
    assert (caught.value.answer.name, caught.value.values) == (answer, ("room",))


@pytest.mark.parametrize(
    ("name", "answer"),
    [("", "name.empty"), ("a" * (LIMIT + 1), "name.too_long"), ("#anna", "name.invalid"), (" anna", "name.invalid")],
)
def test_errors_of_accounts(name: str, answer: str) -> None:
    """The refusal of an account's name says what is wrong with it."""
    with pytest.raises(BadRequest) as caught:
        check_account_name(name, LIMIT)
    assert caught.value.answer.name == answer


@pytest.mark.parametrize("name", ["#@", "#@7", "#＠7", "#@чай"])
def test_names_of_groups_are_not_given(name: str) -> None:
    """Nobody calls a room like a group conversation, in whatever form; there may be rooms of that name."""
    assert allowed(check_room_name, name)
    assert not allowed(check_new_room_name, name)


@pytest.mark.parametrize(
    "name",
    [
        *("all", "ALL", "Все", "ВСЕ", "аll", "BCE", "everyone", "Here", "всем", "all hands", "Все вместе"),
        *("all.", "Все!", "@all", "«все»", "all-hands", "все, кто здесь", "here:"),
    ],
)
def test_names_for_everybody(name: str) -> None:
    """Nobody gets a name that addresses everybody or looks so, nor one that begins with what mentions everybody."""
    with pytest.raises(BadRequest) as caught:
        check_new_account_name(name, LIMIT)
    assert caught.value.answer.name in {"name.for_all", "name.mixed"}
    assert allowed(check_account_name, name)


@pytest.mark.parametrize("name", ["Alla", "Всеволод", "Herem", "x all", "channel 5"])
def test_names_like_those_for_everybody(name: str) -> None:
    """A longer word is another one."""
    assert allowed(check_new_account_name, name)


@pytest.mark.parametrize("check", [check_new_account_name, check_new_room_name])
def test_new_names_are_spelled_well(check: Callable[..., str]) -> None:
    """New names of accounts and rooms are spelled well, those that are there need not be."""
    sign = "#" if check is check_new_room_name else ""
    with pytest.raises(BadRequest) as caught:
        checked(check, f"{sign}аnna")
    assert caught.value.answer.name == "name.mixed"
    assert allowed(check_account_name, "аnna")
    assert allowed(check_room_name, "#аnna")


def test_names_of_new_rooms() -> None:
    """Otherwise a new room may be called what any room may be called."""
    assert allowed(check_new_room_name, "#a@7")
    assert not allowed(check_new_room_name, "tea")


@pytest.mark.parametrize("text", ["", "Чай 🫖\u200d", "x" * LIMIT, "tab? no"])
def test_texts(text: str) -> None:
    """A text may be empty and up to the limit."""
    for lines in (True, False):
        assert check_text("topic", text, LIMIT, lines=lines) == text


@pytest.mark.parametrize("sign", ["\n", "\r", "\t", "\u2028", "\u2029"])
def test_lines(sign: str) -> None:
    """Only some texts have several lines."""
    assert check_text("description", f"a{sign}b", LIMIT, lines=True)
    with pytest.raises(BadRequest) as caught:
        check_text("topic", f"a{sign}b", LIMIT, lines=False)
    assert (caught.value.answer.name, caught.value.values) == ("text.sign", ("topic", f"U+{ord(sign):04X}"))


@pytest.mark.parametrize("text", ["a\x00", "\x1b[31m", "\x7f", "\x85", "x" * (LIMIT + 1)], ids=ascii)
def test_bad_texts(text: str) -> None:
    """Control characters and what is too long are refused."""
    for lines in (True, False):
        with pytest.raises(BadRequest):
            check_text("topic", text, LIMIT, lines=lines)
