"""Classes of characters."""

import re
import unicodedata

import pytest

from vestnik.chat.storage.characters import FOLDED, MARKS, RUN, STACKED

EVERY = [chr(code) for code in range(0x110000)]


def test_all_marks_are_known() -> None:
    """No mark or format character of Python's Unicode is missing, and no letter below U+10000 is taken for one."""
    marks = re.compile(f"[{MARKS}]")
    for each in EVERY:
        is_mark = unicodedata.category(each)[0] == "M" or unicodedata.category(each) == "Cf"
        assert bool(marks.match(each)) is is_mark or (each >= "\U00010000" and not is_mark), hex(ord(each))


def test_all_that_is_stacked_is_known() -> None:
    """Whatever is sorted among its neighbours in a normal form is known as such."""
    stacked = re.compile(f"[{STACKED}]")
    for each in EVERY:
        if unicodedata.combining(unicodedata.normalize("NFKD", each)[0]):
            assert stacked.match(each), hex(ord(each))


@pytest.mark.parametrize(
    "folded", ["\u00ad", "\u200b", "\u200d", "\u2069", "\ufeff", "\ufe0f", "\u0301", "\u05b0", "\u064e"]
)
def test_folded(folded: str) -> None:
    """Soft hyphens, joiners, selectors, accents, points and vowels of Hebrew and Arabic make no difference."""
    assert folded in FOLDED


@pytest.mark.parametrize("kept", ["a", "й", "\u093f", "\u094d", "\u093c", "\u3099", "が", "\u0e31", "한", "-", " "])
def test_kept(kept: str) -> None:
    """Letters do, and the vowel signs of India, and what makes another letter of one in Japan."""
    assert kept not in FOLDED


def test_runs_have_letters() -> None:
    """Letters of Thai, Korean, Japanese and Chinese stand in runs, those of others do not."""
    run = re.compile(f"[{RUN}]")
    assert all(run.match(each) for each in "กမ한ខあア学")
    assert not any(run.match(each) for each in "aяאمक1")
