"""When names look alike."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestnik.chat.names import name_key
from vestnik.chat.storage.likeness import skeleton


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("anna", "аnna"),
        ("anna", "ANNA"),
        ("anna", "ａｎｎａ"),
        ("cope", "соре"),
        ("Tom", "Том"),
        ("MAKC", "МАКС"),
        ("MAKC", "макс"),
        ("IVAN", "lVAN"),
        ("alice", "aIice"),
        ("ΑΝΝΑ", "ANNA"),
        ("bob0", "bobO"),
        ("modem", "modern"),
        ("o'neil", "o’neil"),
        ("o'neil", "o`neil"),
        ("jean-luc", "jean–luc"),
        ("jean-luc", "jean‐luc"),
        ("Nguyễn", "Nguye\u0302\u0303n"),
        ("anna", "@anna"),
        ("anna", "anna,"),
        ("anna", "«anna»"),
        ("anna", "anna\u01c3"),
        ("anna", "_anna_"),
        ("anna", "- anna ."),
    ],
)
def test_alike(one: str, other: str) -> None:
    """Names that readers take for each other have one skeleton."""
    assert skeleton(one) == skeleton(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("anna", "анна"),
        ("Ёж", "Еж"),
        ("Пётр", "Петр"),
        ("anna", "anna2"),
        ("José", "Jose"),
        ("boris", "вера"),
        ("й", "и"),
        ("anna", "an.na"),
        ("C", "C++"),
        ("anna", "anna 🌷"),
        (".", "-"),
        ("\u0661", "\u0661\u0660"),
    ],
)
def test_different(one: str, other: str) -> None:
    """Names that are told apart have different skeletons."""
    assert skeleton(one) != skeleton(other)


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyzабвгдежзийклмнопрстуфхцчшщъыьэюя0123456789 .-", max_size=25))
def test_the_form_makes_no_difference(name: str) -> None:
    """A name of small letters and its key have the same skeleton, composed or not."""
    assert skeleton(name_key(name)) == skeleton(unicodedata.normalize("NFD", name)) == skeleton(name)
