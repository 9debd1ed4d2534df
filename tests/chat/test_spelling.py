"""How new names may be spelled."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestnik.chat.names import check_account_name
from vestnik.chat.spelling import check_spelling
from vestnik.protocol.errors import BadRequest


def refusal(name: str) -> str:
    """What is said against a name; an empty text for a good one."""
    try:
        check_spelling("name", name)
    except BadRequest as error:
        return error.answer.name
    return ""


GOOD = [
    *(
        "anna",
        "Вера Павловна",
        "o'neil",
        "日本語",
        "a#b",
        "@home",
        "J. R.",
        "👋",
        "Jean-Luc",
        "José",
        "Zoë",
        "Ёж",
        "Иван IT",
    ),
    *(
        "Отдел-QA",
        "user_1",
        "ｗｉｄｅ",
        "Ελένη",
        "მარიამ",
        "Արամ",
        "שרה",
        "محمد",
        "प्रिया",
        "สมชาย",
        "田中さん",
        "東京Tower",
    ),
    *("김철수", "Nguyễn", "Łukasz", "Əli", "Kaʻiulani", "«Чай»", "№ 5", "50€", "C++", "★", "Ольга-2", "x́̂"),
]


@pytest.mark.parametrize("name", GOOD)
def test_good_names(name: str) -> None:
    """Names as people in any living script have them are spelled well, words of different scripts beside each other."""
    assert refusal(name) == ""


@pytest.mark.parametrize("name", ["аnna", "annа", "Αnna", "Oльга", "x-аnna", "Вера annа", "pаypal1", "Τom", "аnnа's"])
def test_mixed_scripts(name: str) -> None:
    """A word whose letters are of different scripts is refused, wherever it stands."""
    assert refusal(name) == "name.mixed"


@pytest.mark.parametrize(
    "sign",
    [
        *(
            "\U0001d159",
            "\U00016fe4",
            "\u2800",
            "\u115f",
            "\u034f",
            "\ufe0f",
            "\U000e0100",
            "\u17b4",
            "\u180b",
            "\U0001107f",
        ),
        *("\u1d00", "\ua731", "\u13a0", "\ua4d0", "\U00010400", "\u16a0", "\u0e47", "\u20dd", "\ufffc", "\U00013430"),
    ],
    ids=lambda sign: f"U+{ord(sign):04X}",
)
def test_signs(sign: str) -> None:
    """Nothing invisible, no mark of another script, and no letter of a script that is not in general use is let in."""
    assert refusal(f"anna{sign}") == "name.sign"


def test_marks() -> None:
    """A letter bears two marks and not three, and a mark needs a letter."""
    assert refusal("x\u0301\u0302") == ""
    assert refusal("x\u0301\u0302\u0303") == "name.sign"
    assert refusal("1\u20e3") == "name.sign"


@given(st.text(min_size=1, max_size=25))
def test_what_is_let_in_can_be_seen(name: str) -> None:
    """Whatever is let in has no invisible character in any of its forms."""
    try:
        check_account_name(name, 25)
        check_spelling("name", name)
    except BadRequest:
        return
    assert name.isprintable()
