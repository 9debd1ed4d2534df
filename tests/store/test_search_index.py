"""How the index that messages are searched by is asked."""

import pytest
from sqlalchemy import Connection

from tests.store.test_indexing import find, keep
from vestnik.store import search_index
from vestnik.store.indexing import catch_up
from vestnik.store.search_index import look_up, stem


def test_look_up(talk: Connection) -> None:
    """A word means its forms, then words that begin so, then those with it inside; each stands in one place."""
    keep(talk, 1, "ключ ключи ключами ключевой переключатель заключить замок")
    keep(talk, 2, "test tests testing tester latest")
    catch_up(talk, 10)
    found = look_up(talk, "ключами", 10)
    assert (found.forms, found.starts, found.parts) == (
        ["ключами", "ключ", "ключи"],
        ["ключевой"],
        ["переключатель", "заключить"],
    )
    found = look_up(talk, "tested", 10)
    assert (found.forms, found.starts, found.parts) == (["tested", "test", "tests", "testing"], ["tester"], ["latest"])
    assert look_up(talk, "за", 10) == (["за"], ["заключить", "замок"], [])
    assert look_up(talk, "за", 10, alone=False) == look_up(talk, "за", 0) == (["за"], [], [])
    assert look_up(talk, "з", 10) == (["з"], [], [])


def test_look_up_is_bounded(talk: Connection) -> None:
    """No more words than asked for are beginnings or parts, those that came up first."""
    keep(talk, 1, " ".join(f"слово{number}" for number in range(50)) + " предслово")
    catch_up(talk, 10)
    assert look_up(talk, "слово", 5) == (["слово"], [f"слово{number}" for number in range(5)], [])


def test_starting_with(talk: Connection) -> None:
    """A single character of a script without blanks is found wherever it is."""
    keep(talk, 1, "学校")
    keep(talk, 2, "大学")
    catch_up(talk, 10)
    assert find(talk, search_index.any_of(search_index.starting_with(talk, "学", 10))) == [1, 2]


def test_neighbours(talk: Connection) -> None:
    """Characters are found side by side and in order only."""
    for number, text in enumerate(("我在学校中学习", "校中有学校", "学 校中"), 1):
        keep(talk, number, text)
    catch_up(talk, 10)
    assert find(talk, search_index.neighbours("学校中")) == [1]


@pytest.mark.parametrize(
    ("word", "same"), [("ключами", "ключ"), ("отчетов", "отчет"), ("running", "run"), ("学校", "学校"), ("v2", "v2")]
)
def test_stem(word: str, same: str) -> None:
    """Russian and English words have their stem, others stay as they are."""
    assert stem(word) == same
