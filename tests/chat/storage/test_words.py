"""What is a word, and when two are the same."""

from time import thread_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestnik.chat.storage.words import LONGEST_STACK, MAX_GROWTH, MAX_WORD, _fold, fold, has_link, normal, terms, words

ANY = st.text(max_size=60)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Привет, мир!", ["привет", "мир"]),
        ("Ёлка ЕЛКА елка", ["елка"]),
        ("Мой май, мои", ["мой", "май", "мои"]),
        ("foo_bar-baz v2.3 #room @anna", ["foo", "bar", "baz", "v2", "3", "room", "anna"]),
        ("Café Über naïve", ["cafe", "uber", "naive"]),
        ("ком\u00adпью\u00adтер", ["компьютер"]),
        ("se\u200bcr\u2060e\u200dt\ufe0f", ["secret"]),
        ("c\u034fa\u0301\u0323fe\u20dd", ["cafe"]),
        ("שָׁלוֹם שלום", ["שלום"]),
        ("מְדִינַת־יִשְׂרָאֵל", ["מדינת", "ישראל"]),
        ("مُحَمَّدٌ محمـــد", ["محمد"]),
        ("ＡＢＣ ﬁne ½", ["abc", "fine", "1", "2"]),
        ("Straße STRASSE", ["strasse"]),
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
        ("東\u200b京\u00ad都", ["東京", "京都", "都"]),
        ("学学学学学", ["学学", "学"]),
    ],
)
def test_runs(text: str, found: list[str]) -> None:
    """Scripts without blanks are cut into pairs that overlap, and every character begins a term."""
    assert terms(text) == found


def test_long_words() -> None:
    """Of a very long word its beginning counts."""
    assert terms("x" * 1000) == ["x" * MAX_WORD]


@pytest.mark.parametrize(
    "text",
    ["a" + "\u0316\u0301" * 2000, "a\u0300\u0316" * 1500, "ﷺ" * 4000, "学" * 4000, "ﾃﾞ" + "ﾞ" * 4000, "\u0f73" * 4000],
    ids=["marks", "marks and letters", "ligatures", "one run", "half width", "made of marks"],
)
def test_costs(text: str) -> None:
    """The worst texts cost about as much as any other of their length: a few milliseconds."""
    begun = thread_time()
    for _ in range(10):
        assert len(normal(text)) <= MAX_GROWTH * len(text) + LONGEST_STACK
        assert len(terms(text)) < len(text)
    assert thread_time() - begun < 0.5


def test_what_is_remembered_is_short() -> None:
    """Of a long word what is remembered is not longer than what is compared."""
    before = _fold.cache_info()
    terms("я" + "\u0316\u0301" * 15 + "ю" * 4000)
    after = _fold.cache_info()
    assert after.misses - before.misses == 1
    assert (after.maxsize or 0) * MAX_WORD * 4 * 2 < 6 << 20
    assert len(fold("x" * 4000)) == MAX_WORD


def test_long_stacks() -> None:
    """More marks than anybody writes are left out, and the letters are found."""
    stack = "\u0316\u0301" * LONGEST_STACK
    assert len(normal(f"z{stack}a{stack}l")) == 1 + 2 * LONGEST_STACK  # two of them are now parts of letters
    assert terms(f"z{stack}a{stack}l") == ["zal"]


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
