"""Searching finds all there is, in a bounded time, whatever the texts and the query are."""

from time import thread_time

import pytest
from sqlalchemy import Connection, insert

from tests.store.queries.test_search import ALL, BORIS, TEA, ask, found, furnish, keep, pages, texts
from tests.support.store import allow
from vestnik.chat.storage.search import Question
from vestnik.store.indexing import catch_up
from vestnik.store.queries import meanings
from vestnik.store.queries import search as module
from vestnik.store.queries.alterations import edit_message
from vestnik.store.queries.search import search
from vestnik.store.schema import message
from vestnik.store.snippets import BEGIN, END


@pytest.fixture
def talks(connection: Connection) -> Connection:
    """The conversations of `tests.store.queries.test_search`."""
    furnish(connection)
    return connection


def everything(connection: Connection, question: Question) -> list[str]:
    """The texts of all pages."""
    return [text for page in pages(connection, question) for text in texts(page.messages)]


def test_many_words_that_begin_so(talks: Connection) -> None:
    """However many words begin with what is looked for, or have it inside, all are found, the newest first."""
    orders = [f"order {20260000 + number}" for number in range(300)]
    keep(talks, TEA, *orders)
    for query in ("2026", "02600", "order 2026"):
        made = pages(talks, ask(query, limit=50))
        fitting = orders[:100] if query == "02600" else orders
        assert [text for page in made for text in texts(page.messages)] == fitting[::-1]
        assert [len(page.messages) for page in made if page.next is not None] == [50] * (len(made) - 1)
    (first, *_) = search(talks, ask("2026")).messages
    assert first.snippet == f"order {BEGIN}20260299{END}"


def test_many_forms(talks: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the words of the index that would be too many, the same is found as with all of them, in the same order."""
    keep(
        talks, TEA, "ключ 1", "ключевой 1", "ключи 2", "ключевой 学校 2", "включить", "ключ 3", "выключить 学校", "клюв"
    )
    whole = {query: found(talks, query) for query in ("ключ", "клю", "ключ 学校", "学", "ключ 2")}
    assert whole["ключ"] == [
        "ключ 3",
        "ключи 2",
        "ключ 1",
        "ключевой 学校 2",
        "ключевой 1",
        "выключить 学校",
        "включить",
    ]
    for most in range(3):
        monkeypatch.setattr(meanings, "MOST_WORDS", most)
        monkeypatch.setattr(meanings, "LEAST_WORDS", most)
        for query, expected in whole.items():
            assert everything(talks, ask(query, limit=2)) == expected


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("компьютер", "новый ком\u00adпью\u00adтер"),
        ("ком\u00adпьютер", "новый компьютер"),
        ("secret", "a se\u200bcr\u2060et"),
        ("שלום", "שָׁלוֹם"),
        ("שָׁלוֹם", "שלום"),
        ("محمد", "مُحَمَّدٌ"),
        ("東京", "東\u200b京"),
        ("東京都民", "東京\u00ad都民"),
        ("naive", "nai\u0308ve"),
    ],
)
def test_what_shows_nothing(talks: Connection, query: str, text: str) -> None:
    """Format characters, marks and points hide no word, neither in a text nor in a query."""
    keep(talks, TEA, "что-то другое", text)
    (message,) = search(talks, ask(query)).messages
    assert message.message == text
    assert BEGIN in str(message.snippet)


def test_not_in_the_index_yet(talks: Connection) -> None:
    """What is not in the index yet, or was edited since, is found by what it says now, in its place among all."""
    keep(talks, TEA, "ключ 1", "замок 2", "ключ 3", "замок 4", "замок https://a.b 5")
    edit_message(talks, TEA, 2, BORIS, "ключи 2 http://a.b", (), 9.0, allow)
    edit_message(talks, TEA, 3, BORIS, "включить 3", (), 9.0, allow)
    edit_message(talks, TEA, 5, BORIS, "замок 5", (), 9.0, allow)
    for number, text in ((20, "ключевой 20"), (21, "ключ 21"), (22, "学校"), (23, "ключ http://a.b")):
        values = {"id": number, "conversation_id": TEA, "seq": number, "sender_id": BORIS, "time": 20.0, "text": text}
        talks.execute(insert(message).values(**values))
    expected = {
        "ключ": ["ключ http://a.b", "ключ 21", "ключи 2 http://a.b", "ключ 1", "ключевой 20", "включить 3"],
        "замок": ["замок 5", "замок 4"],
        "学校": ["学校"],
    }
    link = frozenset(["link"])
    for again in range(2):
        for query, fitting in expected.items():
            assert found(talks, query) == everything(talks, ask(query, limit=1)) == fitting
        assert found(talks, "ключ", has=link) == ["ключ http://a.b", "ключи 2 http://a.b"]
        assert found(talks, has=link) == ["ключ http://a.b", "ключи 2 http://a.b"]
        assert (catch_up(talks, ALL), again) in {(0, 0), (0, 1)}


def test_too_many_edits(talks: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """With more edits than are looked at one by one, the index is not asked, and the same is found."""
    monkeypatch.setattr(module, "MAX_STALE", 1)
    keep(talks, TEA, "ключ 1", "замок 2", "ключ 3")
    for seq in (1, 2):
        edit_message(talks, TEA, seq, BORIS, f"ключи {seq}", (), 9.0, allow)
    assert found(talks, "ключ") == ["ключ 3", "ключи 2", "ключи 1"]
    assert found(talks, "замок") == []


@pytest.mark.parametrize(
    ("query", "text"),
    [
        (" ".join(["一" * 11] * 16), "一" * 4000),
        ("一" * 199, "一" * 4000),
        ("一" * 100 + "丁", "一" * 4000),
        ("a" * 60 + "b", " ".join(["a" * 64] * 60)),
        ("секрет", "слово" + "\u0316\u0301" * 2000),
        ("слово", "ﷺ" * 3990 + " слово"),
    ],
    ids=["runs", "run", "no run", "part", "marks", "ligatures"],
)
def test_costs(talks: Connection, query: str, text: str) -> None:
    """No query takes a reader much longer than any other, whatever the texts: pages end in time."""
    keep(talks, TEA, *(f"{number} {text}" for number in range(60)))
    question = ask(query, limit=50)
    taken = []
    for _ in range(5):
        begun = thread_time()
        question = question._replace(after=search(talks, question).next)
        taken.append(thread_time() - begun)
    assert min(taken) < 0.1
