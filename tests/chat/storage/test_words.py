"""What is a word, and when two are the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestnik.chat.storage.words import MAX_WORD, has_link, normal, terms, words

ANY = st.text(max_size=60)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Привет, мир!", ["привет", "мир"]),
        ("Ёлка ЕЛКА елка", ["елка", "елка", "елка"]),
        ("Мой май, мои", ["мой", "май", "мои"]),
        ("foo_bar-baz v2.3 #room @anna", ["foo", "bar", "baz", "v2", "3", "room", "anna"]),
        ("Café Über naïve", ["cafe", "uber", "naive"]),
        ("ＡＢＣ ﬁne ½", ["abc", "fine", "1", "2"]),
        ("Straße STRASSE", ["strasse", "strasse"]),
        ("don't stop", ["don", "t", "stop"]),
        ("", []),
        (" .,!?_-\u2068\u200b", []),
        ("👍🎉 ok", ["👍", "🎉", "ok"]),
        ("हिन्दी", ["हिन्दी"]),
        ("Мои\u0306", ["мой"]),
    ],
)
def test_words(text: str, found: list[str]) -> None:
    """Case, accents, width and ё make no difference, й does; everything that is no letter or digit parts words."""
    assert terms(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("学校中", ["学校", "校中", "中"]),
        ("学", ["学"]),
        ("AI学校", ["ai", "学校", "校"]),
        ("データ", ["デー", "ータ", "タ"]),
        ("ﾃﾞｰﾀ", ["デー", "ータ", "タ"]),
        ("학교에서", ["학교", "교에", "에서", "서"]),
        ("中。文", ["中", "文"]),
    ],
)
def test_runs(text: str, found: list[str]) -> None:
    """Scripts without blanks are cut into pairs that overlap, and every character begins a term."""
    assert terms(text) == found


def test_long_words() -> None:
    """Of a very long word its beginning counts."""
    assert terms("x" * 1000) == ["x" * MAX_WORD]


@given(ANY)
def test_terms_are_harmless(text: str) -> None:
    """Whatever the text: no term is empty or has anything in it that parts words or means something to the index."""
    for term in terms(text):
        assert term
        assert not set(term) & set(" \"'*=+-^:(){}_\x00\n")


@given(ANY)
def test_places(text: str) -> None:
    """Words are told from left to right, with their places in the text, in which they read the same."""
    plain, at = normal(text), 0
    for word in words(plain):
        assert at <= word.start < word.end <= len(plain)
        assert [again.text for again in words(plain[word.start : word.end])] == [word.text]
        at = word.end


@given(ANY)
def test_same_in_upper_case(text: str) -> None:
    """A text of Russian and English words has the same terms in capitals."""
    letters = "".join(letter for letter in text if letter.isascii() or "а" <= letter <= "ё")
    assert terms(letters.upper()) == terms(letters)


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("see https://example.org/a", True),
        ("HTTP://LOCALHOST", True),
        ("www.example.org", True),
        ("http:// and www.", False),
        ("example.org", False),
    ],
)
def test_has_link(text: str, there: bool) -> None:
    """A link begins with its scheme or with www."""
    assert has_link(text) is there
