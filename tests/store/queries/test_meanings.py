"""What the words of a query mean."""

from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from tests.store.test_indexing import find, keep
from vestnik.chat.storage.words import normal, words
from vestnik.store.indexing import catch_up
from vestnik.store.queries import meanings
from vestnik.store.queries.meanings import Meaning, RunMeaning, WordMeaning, alike, find_meaning, lowered, read
from vestnik.store.search_index import any_of, stem


def mean(connection: Connection, query: str, among: int = 1, *, hurry: bool = False) -> Meaning:
    """What a word means that is one of some."""
    (word,) = words(normal(query))
    return find_meaning(connection, word, among, lambda: hurry)


def conditions(*ranks: list[str] | None) -> tuple[str | None, ...]:
    """What the index is asked for."""
    return tuple(None if each is None else any_of(each) for each in ranks)


def test_words(talk: Connection) -> None:
    """A word means its forms, then words that begin so, then those with it inside."""
    keep(talk, 1, "ключ ключи ключами ключевой переключатель заключить замок")
    keep(talk, 2, "test tests testing tester latest")
    catch_up(talk, 10)
    forms, starts, parts = ["ключами", "ключ", "ключи"], ["ключевой"], ["переключатель", "заключить"]
    found = mean(talk, "ключами")
    assert found.conditions == conditions(forms, forms + starts, forms + starts + parts)
    assert isinstance(found, WordMeaning)
    assert found.words == forms + starts + parts
    assert [found.rank_of(word) for word in (*forms, *starts, *parts, "замок")] == [0, 0, 0, 1, 2, 2, None]
    forms = ["tested", "test", "tests", "testing"]
    assert mean(talk, "tested").conditions == conditions(forms, [*forms, "tester"], [*forms, "tester", "latest"])
    one, two = ["за"], ["за", "заключить", "замок"]
    assert mean(talk, "за").conditions == conditions(one, two, two)
    assert mean(talk, "за", 2).conditions == conditions(one, one, one)
    assert mean(talk, "з").conditions == conditions(["з"], ["з"], ["з"])


def test_too_many_words(talk: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where more words fit than the index is asked for, or there is no time to look for them, it is not asked."""
    keep(talk, 1, " ".join(f"слово{number} а{number}слово" for number in range(9)))
    catch_up(talk, 10)
    found = mean(talk, "слово1")
    assert found.conditions == conditions(["слово1"], ["слово1"], ["слово1"])
    monkeypatch.setattr(meanings, "MOST_WORDS", 8)
    assert mean(talk, "слово").conditions == conditions(["слово"], None, None)
    monkeypatch.setattr(meanings, "MOST_WORDS", 9)
    begin = ["слово", *(f"слово{number}" for number in range(9))]
    assert mean(talk, "слово").conditions[:2] == conditions(["слово"], begin)
    monkeypatch.setattr(meanings, "FIRST_WORDS", 1)
    assert mean(talk, "слово", hurry=True).conditions == conditions(["слово"], begin, None)
    monkeypatch.setattr(meanings, "MOST_WORDS", 8)
    assert [mean(talk, "слово").looks(rank) for rank in range(3)] == [False, True, True]


def test_how_well_a_text_fits(talk: Connection) -> None:
    """A text is looked at in the same way: what it has fits as well as the word of it that fits best."""
    found = mean(talk, "ключ")
    for text, rank in (
        ("где ключи и ключевой вопрос", 0),
        ("КЛЮ\u00adЧЕ\u0301ВОЙ вопрос", 1),
        ("включить", 2),
        ("клюв", None),
        ("", None),
    ):
        assert found.rank(read(text)) == rank


russian = st.text(alphabet="абвгеийклмноптуыьюя", min_size=1, max_size=6)
ENDINGS = st.lists(
    st.sampled_from(["s", "es", "ed", "ing", "ly", "y", "ies", "ness", "ful", "able", "ability", "ation", "izer", "e"]),
    max_size=3,
).map("".join)


@given(st.tuples(st.text(alphabet="abcdeghilnoprstuy", min_size=1, max_size=5), ENDINGS).map("".join) | russian)
def test_forms_begin_alike(word: str) -> None:
    """A word begins with what all words with its stem begin with."""
    assert word.startswith(alike(stem(word)))


@pytest.mark.parametrize(
    "word", ["dying", "lying", "tying", "skies", "skis", "ugly", "happiness", "capability", "hoping"]
)
def test_irregular_forms_begin_alike(word: str) -> None:
    """So do those that change."""
    assert word.startswith(alike(stem(word)))


@given(
    st.text(alphabet="aYё Ключи-«ок»№…tesing", max_size=30), st.sampled_from(["ключ", "test", "ок", "ё", "yes", "1"])
)
def test_what_may_fit(text: str, query: str) -> None:
    """What fits is never passed over by the quick look."""
    (word,) = words(query)
    root = stem(word.text)
    part = word.text if len(word.text) > 2 else ""
    found = WordMeaning(word.text, part, part, [None, None, None])
    plain = lowered(text)
    assert root
    assert plain is not None
    assert found.may_fit(plain) or found.rank(read(text)) is None


@pytest.mark.parametrize("text", ["naïve", "е\u0301", "學", "й\u0306", "ﬁ", "ＡＢＣ", "ї", "a\u00adb"])
def test_texts_that_are_not_plain(text: str) -> None:
    """A text with anything that is compared as something else has to be looked at word by word."""
    assert lowered(text) is None


@pytest.mark.parametrize(("query", "fitting"), [("学", ["学校", "大学"]), ("学校", ["学校"]), ("学校中", [])])
def test_runs(talk: Connection, query: str, fitting: list[str]) -> None:
    """A run is found by its pairs, wherever they stand; only a look at the text tells whether it is there whole."""
    texts = ["学校", "大学", "校中", "学生"]
    for number, text in enumerate(texts, 1):
        keep(talk, number, text)
    catch_up(talk, 10)
    found = mean(talk, query)
    condition = found.conditions[0]
    assert isinstance(found, RunMeaning)
    assert condition is not None
    hits = [texts[number - 1] for number in find(talk, condition)]
    assert [text for text in hits if found.rank(read(text)) == 0] == (fitting if query != "学" else [*fitting, "学生"])
    assert found.looks(0) is (query == "学校中")


def test_a_run_of_too_many(talk: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """A character with which too many pairs begin is looked for in the texts."""
    keep(talk, 1, " ".join("学" + chr(0x4E00 + number) for number in range(9)))
    catch_up(talk, 10)
    monkeypatch.setattr(meanings, "MOST_WORDS", 8)
    assert mean(talk, "学").conditions == (None, None, None)
    assert mean(talk, "学").looks(0)


def test_long_queries(talk: Connection) -> None:
    """Of a long run the index is asked for some pairs, each once; of a long word for some characters of a part."""
    run = "".join(chr(0x4E00 + number) for number in range(200))
    assert str(mean(talk, run).conditions[0]).count("AND") == meanings.MOST_PAIRS - 1
    assert str(mean(talk, "一" * 200).conditions[0]).count("AND") == 0
    keep(talk, 1, "a" * 20 + "b" + "a" * 20)
    catch_up(talk, 10)
    assert mean(talk, "a" * 10 + "b").conditions[2] == any_of(["a" * 10 + "b", "a" * 20 + "b" + "a" * 20])
    assert mean(talk, "a" * 10 + "c").conditions[2] == any_of(["a" * 10 + "c"])


def test_looking_for_parts_ends(talk: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """Among however many words the clock is looked at now and then."""
    keep(talk, 1, " ".join(f"аб{chr(0x430 + number)}" for number in range(32)))
    catch_up(talk, 10)
    monkeypatch.setattr(meanings, "FIRST_WORDS", 1)
    looks = count()
    (word,) = words("ббб")
    found = find_meaning(talk, word, 1, lambda: next(looks) >= 3)
    assert found.conditions == conditions(["ббб"], ["ббб"], None)
    assert next(looks) == 4
