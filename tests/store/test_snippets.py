"""The place of a text that a search has found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestnik.chat.storage.words import normal
from vestnik.store.snippets import BEGIN, CUT, END, LENGTH, Fits, snippet


def shown(text: str, *found: str, runs: tuple[str, ...] = ()) -> str:
    """The snippet, with brackets for its signs."""
    return snippet(text, Fits(set(found), set(runs))).replace(BEGIN, "[").replace(END, "]")


def test_short_text() -> None:
    """A short text is shown whole, with signs around all that fits, as it was written."""
    assert shown("Где КЛЮЧИ? Вот ключи.", "ключи") == "Где [КЛЮЧИ]? Вот [ключи]."


def test_nothing_fits() -> None:
    """Without a fit the beginning is shown."""
    assert shown("Привет", "мир") == "Привет"
    long = "слово " * 100
    assert shown(long) == "слово " * 19 + "слово" + CUT


def test_long_text() -> None:
    """Of a long text the place of the first fit is shown, cut between words."""
    text = "до этого " * 50 + "ключ " + "после этого " * 50
    found = shown(text, "ключ")
    assert found.startswith((f"{CUT}до этого ", f"{CUT}этого "))
    assert "[ключ] после" in found
    assert found.endswith((f"этого{CUT}", f"после{CUT}"))
    assert 80 < len(found) <= LENGTH + 4


def test_fit_at_the_end() -> None:
    """A fit at the end is shown with what is before it."""
    found = shown("раз два " * 50 + "ключ", "ключ")
    assert found.endswith("два [ключ]")
    assert len(found) > 80


def test_runs() -> None:
    """In a script without blanks the characters themselves are marked, together where they overlap."""
    assert shown("我在学校中学习", runs=("学校",)) == "我在[学校]中学习"
    assert shown("我在学校中", runs=("学校", "校中")) == "我在[学校中]"
    assert shown("学学", runs=("学",)) == "[学学]"


def test_lines() -> None:
    """A snippet is one line."""
    assert shown("раз\n\n  ключ\tдва", "ключ") == "раз [ключ] два"


def test_signs_of_the_text() -> None:
    """Signs that the text has itself are left out, so that they mark nothing."""
    assert shown(f"{BEGIN}раз{END} ключ", "ключ") == "раз [ключ]"


@pytest.mark.parametrize("long", ["x" * 500, "学" * 500])
def test_without_blanks(long: str) -> None:
    """A text without any place to cut is cut anyway."""
    assert shown(long) == long[:LENGTH] + CUT


@given(
    st.text(alphabet="аб 学校\n.", max_size=400), st.sampled_from(["а", "аб", "ба"]), st.sampled_from(["学", "校学"])
)
def test_is_part_of_the_text(text: str, word: str, run: str) -> None:
    """Without its signs a snippet is a part of the text, blanks apart; the signs come in pairs around what fits."""
    found = snippet(text, Fits({word}, {run}))
    plain = found.replace(BEGIN, "").replace(END, "")
    assert plain.strip(CUT).split() == [] or " ".join(plain.strip(CUT).split()) in " ".join(normal(text).split())
    for part in found.split(BEGIN)[1:]:
        fit, end, _ = part.partition(END)
        assert end
        assert fit == word or run[0] in fit
