"""Names and texts regardless of case and form."""

import sys
import unicodedata

import pytest
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


@pytest.mark.parametrize("key", ["anna", "анна", "вера павловна", "k", "straße", "ñandú", "й", "ss", "γάμος", "a/b\\"])
def test_every_form_of_a_character_is_seen(key: str) -> None:
    """Whatever character of Unicode folds to a part of a key, the key is seen in a text that has it in that place."""
    forms: dict[str, list[str]] = {}
    wanted = set(key)
    for number in range(sys.maxunicode + 1):
        if not 0xD800 <= number < 0xE000:
            character = chr(number)
            if not character.isascii() or character.isalpha():
                for folded in {fold(character), character.casefold()} & wanted:
                    forms.setdefault(folded, []).append(character)
    for at, character in enumerate(key):
        for form in forms.get(character, []):
            assert seen(key, f"x{key[:at]}{form}{key[at + 1 :]}"), form


@given(st.text(st.characters(max_codepoint=0x7FF, exclude_categories=["Cs"]), min_size=1), st.text(), st.text())
@example("й", "й", "")
@example("é", "x", "y")
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
