"""Names and texts regardless of case and form."""

import sys
import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from vestnik.chat.names import name_key
from vestnik.log.reading.folding import MARK, byte_classes, fold


@given(st.text())
def test_fold_is_how_names_are_compared(text: str) -> None:
    """Names are the same here if they are for the server."""
    assert fold(text) == name_key(text)


def seen(key: str, text: str) -> bool:
    """Whether a search in bytes would find `text` when looking for `key`."""
    table = byte_classes(key)
    assert table is not None
    folded = text.encode().translate(table)
    return key.encode().translate(table) in folded or MARK in folded


KEYS = ("anna", "анна", "вера павловна", "k", "strasse", "ñandú", "й", "ss", "γάμοσ", "a/b\\")


def test_every_form_of_a_character_is_seen() -> None:
    """Whatever character of Unicode folds to a part of a key, the key is seen in a text that has it in that place."""
    wanted = set("".join(KEYS))
    forms: dict[str, set[str]] = {}
    for number in (*range(0xD800), *range(0xE000, sys.maxunicode + 1)):
        character = chr(number)
        for folded in {fold(character), character.casefold()} & wanted:
            forms.setdefault(folded, set()).add(character)
    assert len(forms["k"]) > 10
    for key in KEYS:
        for at, character in enumerate(key):
            for form in forms[character]:
                assert seen(key, f"x{key[:at]}{form}{key[at + 1 :]}"), form


@given(st.text(st.characters(max_codepoint=0x7FF, exclude_categories=["Cs"]), min_size=1), st.text(), st.text())
@example("й", "й", "")
@example("é", "x", "y")
@example("Ր", "", "")
def test_every_text_with_the_key_is_seen(key: str, before: str, after: str) -> None:
    """A text with the key in it, in whatever form, is seen."""
    key = fold(key)
    for text in (before + key + after, before + key.upper() + after, unicodedata.normalize("NFD", before + key)):
        if byte_classes(key) is not None and text.isprintable() and key in fold(text):
            assert seen(key, text)


def test_other_texts_are_passed_over() -> None:
    """It is worth the trouble: a line in another name is passed over, in Latin and in Cyrillic letters."""
    line = '{"message":"200: Сообщение от bORIS к Карлу доставлено","account":"bORIS"}'
    assert not seen("anna", line)
    assert not seen("анна", line)
    assert seen("boris", line)
    assert seen("карл", line)


def test_three_bytes_are_too_many() -> None:
    """Keys with characters of more than two bytes have no such table."""
    assert byte_classes("花子") is None
