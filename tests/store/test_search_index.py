"""How the index that messages are searched by is asked."""

import pytest

from vestnik.store.search_index import stem


@pytest.mark.parametrize(
    ("word", "same"), [("ключами", "ключ"), ("отчетов", "отчет"), ("running", "run"), ("学校", "学校"), ("v2", "v2")]
)
def test_stem(word: str, same: str) -> None:
    """Russian and English words have their stem, others stay as they are."""
    assert stem(word) == same
