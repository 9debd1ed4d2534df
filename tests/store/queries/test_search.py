"""Searching messages in the real database: who finds what, in which order, page by page."""

from collections.abc import Callable, Iterator
from itertools import count
from time import thread_time
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, delete, insert

from tests.support.data import make_data, open_searched
from tests.support.store import allow
from vestnik.chat.storage.search import Question, SearchPage, SearchPosition
from vestnik.chat.storage.words import normal, words
from vestnik.protocol.events import Delivery
from vestnik.store import indexing, search_index
from vestnik.store.indexing import catch_up
from vestnik.store.queries import accounts, meanings
from vestnik.store.queries import search as module
from vestnik.store.queries.alterations import delete_message, edit_message
from vestnik.store.queries.search import search, search_within
from vestnik.store.schema import conversation, member, mention, message, pin, reaction, room
from vestnik.store.snippets import BEGIN, END

ANNA, BORIS, VERA = 1, 2, 3
TEA, SECRET, DIRECT, OTHERS = 1, 2, 3, 4
ALL = 1000


@pytest.fixture
def talks(connection: Connection) -> Connection:
    """A transaction with #tea (anna, boris), #secret (vera), and what anna and boris, and boris and vera say alone."""
    furnish(connection)
    return connection


def furnish(connection: Connection) -> None:
    """Make the conversations of `talks`."""
    for number, name, people in ((TEA, "#tea", (ANNA, BORIS)), (SECRET, "#secret", (VERA,))):
        connection.execute(insert(conversation).values(id=number, created=0.0))
        connection.execute(insert(room).values(id=number, name=name, key=name))
        for account_id in people:
            connection.execute(insert(member).values(room_id=number, account_id=account_id, joined=0.0))
    for number, low, high in ((DIRECT, ANNA, BORIS), (OTHERS, BORIS, VERA)):
        connection.execute(insert(conversation).values(id=number, created=0.0, low_id=low, high_id=high))


def keep(connection: Connection, where: int, *texts: str, by: int = BORIS, **fields: Any) -> int:
    """Write messages into a conversation, and into the index; the number of the last one. They are a second apart."""
    for text in texts:
        number = int(connection.exec_driver_sql("SELECT coalesce(max(id), 0) + 1 FROM message").scalar_one())
        values = {"id": number, "conversation_id": where, "seq": number, "sender_id": by, "time": float(number)}
        connection.execute(insert(message).values(values | {"text": text} | fields))
    while catch_up(connection, ALL):
        pass
    return number


def ask(query: str = "", by: int = ANNA, limit: int = ALL, **fields: Any) -> Question:
    """A question of anna."""
    return Question(by, tuple(words(normal(query))), limit, **fields)


def texts(messages: list[Delivery]) -> list[str]:
    """What the messages say."""
    return [each.message for each in messages]


def found(connection: Connection, query: str = "", **fields: Any) -> list[str]:
    """The texts that anna finds."""
    return texts(search(connection, ask(query, **fields)).messages)


def pages(connection: Connection, question: Question, clock: Callable[[], float] = thread_time) -> list[SearchPage]:
    """All pages of a search."""
    made = [search_within(connection, question, clock)]
    while made[-1].next is not None:
        made.append(search_within(connection, question._replace(after=made[-1].next), clock))
    return made


def test_only_what_one_may_read(talks: Connection) -> None:
    """Everybody finds what was said in their rooms and direct conversations, and nothing else."""
    for where in (TEA, SECRET, DIRECT, OTHERS):
        keep(talks, where, f"слово {where}")
    assert found(talks, "слово") == ["слово 3", "слово 1"]
    assert found(talks, "слово", by=BORIS) == ["слово 4", "слово 3", "слово 1"]
    assert found(talks, "слово", by=VERA) == ["слово 4", "слово 2"]
    assert found(talks, "слово", conversation_id=SECRET) == []
    talks.execute(delete(member).where(member.c.room_id == TEA))
    assert found(talks, "слово") == ["слово 3"]


def test_many_rooms(talks: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is in so many rooms that the index is not asked for them finds the same."""
    monkeypatch.setattr(module, "FEW_ROOMS", 0)
    for where in (TEA, SECRET, DIRECT, OTHERS):
        keep(talks, where, f"слово {where}")
    assert found(talks, "слово") == ["слово 3", "слово 1"]
    assert found(talks, since=0.0) == ["слово 3", "слово 1"]


def test_delivery(talks: Connection) -> None:
    """What is found is told as it is kept, with the place that fits."""
    number = keep(talks, TEA, "Где ключи?", client_id="id1")
    (message,) = search(talks, ask("ключами")).messages
    assert message == Delivery(
        float(number), "boris", "#tea", "Где ключи?", number, "id1", snippet=f"Где {BEGIN}ключи{END}?"
    )


def test_ranks(talks: Connection) -> None:
    """First come words and their forms, then what begins so, then parts of words; in each rank the newest first."""
    keep(talks, TEA, "ключ", "переключатель", "ключевой вопрос", "ключи", "включить")
    assert found(talks, "ключ") == ["ключи", "ключ", "ключевой вопрос", "включить", "переключатель"]


def test_all_words(talks: Connection) -> None:
    """All words must occur; a message is as good as the worst of them."""
    keep(talks, TEA, "ключ к вопросу", "ключ", "вопрос", "вопрос и переключатель", "вопросы и ключи")
    assert found(talks, "ключ вопрос") == ["вопросы и ключи", "ключ к вопросу", "вопрос и переключатель"]
    assert found(talks, "ключ к вопрос") == ["ключ к вопросу"]


@pytest.mark.parametrize(
    ("query", "fitting"),
    [
        ("отчеты", "Прислал ОТЧЁТ"),
        ("ОТЧЁТА", "прислал отчеты"),
        ("tests", "it was tested"),
        ("学校", "我在学校学习"),
        ("学", "我在学校学习"),
        ("习", "我在学校学习"),
        ("ール", "メールを送る"),
        ("рограмм", "мы программируем"),
        ("ок", "ок, иду"),
        ("я", "это я"),
        ("cafe", "Café"),
        ("data.base", "data base"),
        ("👍", "да 👍"),
    ],
)
def test_what_fits(talks: Connection, query: str, fitting: str) -> None:
    """Forms of words, parts of words, one and two characters, other scripts, and other ways to write are found."""
    keep(talks, TEA, "что-то другое", fitting)
    assert found(talks, query) == [fitting]


@pytest.mark.parametrize(("query", "text"), [("学校中", "学校的校中"), ("йод", "иод"), ("ключ", "клюв")])
def test_what_does_not_fit(talks: Connection, query: str, text: str) -> None:
    """Characters must stand side by side; letters that only look alike are others."""
    keep(talks, TEA, text)
    assert found(talks, query) == []


def test_filters(talks: Connection) -> None:
    """Author, conversation and time narrow a search down, with words or without."""
    keep(talks, TEA, "слово 1", by=ANNA)
    keep(talks, TEA, "слово 2", "ответ 3")
    keep(talks, DIRECT, "слово 4")
    for query, expected in (("слово", ["слово 4", "слово 2"]), ("", ["слово 4", "ответ 3", "слово 2"])):
        assert found(talks, query, author_id=BORIS) == expected
        assert found(talks, query, author_id=VERA) == []
        assert found(talks, query, author_id=BORIS, conversation_id=DIRECT) == ["слово 4"]
        assert found(talks, query, since=2.0) == expected
        assert found(talks, query, until=2.0) == ["слово 2", "слово 1"]
        assert found(talks, query, since=2.0, until=2.0) == ["слово 2"]
        assert found(talks, query, since=5.0) == found(talks, query, until=0.0) == []


def test_times_far_apart(talks: Connection) -> None:
    """Times are found among messages of many days, even where the clock was set back for a while."""
    day = 86_400.0
    for at in (0.0, 10 * day, 9.5 * day, 20 * day, 30 * day):
        keep(talks, TEA, f"день {at / day}", time=at)
    assert found(talks, since=9.8 * day, until=25 * day) == ["день 20.0", "день 10.0"]
    assert found(talks, "день", since=9.4 * day, until=9.6 * day) == ["день 9.5"]


@pytest.mark.parametrize("few", [0, 100])
def test_has(talks: Connection, monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    """What else a message must have, alone and together with words, whether few messages have it or many."""
    monkeypatch.setattr(module, "FEW_MARKED", few)
    keep(talks, TEA, "ничего")
    keep(talks, TEA, "ссылка https://example.org")
    keep(talks, TEA, "ответ", reply_to=1, thread=1)
    keep(talks, TEA, "переслано", forwarded='{"from":"a","to":"b","seq":1,"time":0.0}')
    for text, table, fields in (
        ("оценено", reaction, {"emoji": "👍", "account_id": ANNA, "time": 0.0}),
        ("закреплено", pin, {"account_id": ANNA, "time": 0.0}),
        ("упомянуто", mention, {"account_id": VERA}),
    ):
        number = keep(talks, TEA, text)
        talks.execute(insert(table).values(conversation_id=TEA, seq=number, **fields))
    for has, text in {
        "link": "ссылка https://example.org",
        "reply": "ответ",
        "forward": "переслано",
        "reaction": "оценено",
        "pin": "закреплено",
        "mention": "упомянуто",
    }.items():
        assert found(talks, has=frozenset([has])) == [text]
        assert found(talks, text.split()[0], has=frozenset([has])) == [text]
        assert found(talks, "ничего", has=frozenset([has])) == []
        assert found(talks, by=VERA, has=frozenset([has])) == []
    assert found(talks, has=frozenset(["pin", "link"])) == []


def test_deleted(talks: Connection) -> None:
    """A deleted message is not found, not even if it were still in the index."""
    number = keep(talks, TEA, "слово", "слово")
    talks.execute(message.update().where(message.c.id == number).values(deleted=1.0))
    assert len(found(talks, "слово")) == len(found(talks, since=0.0)) == 1


def test_pages(talks: Connection) -> None:
    """Pages follow each other from rank to rank without gap or repetition; the last one has no next."""
    keep(talks, TEA, "ключ 1", "ключевой 1", "ключи 2", "ключевой 2", "включить", "ключ 3")
    whole = found(talks, "ключ")
    for limit in range(1, 8):
        made = pages(talks, ask("ключ", limit=limit))
        assert [text for page in made for text in texts(page.messages)] == whole
        assert [len(page.messages) for page in made[:-1]] == [limit] * (len(made) - 1)


def test_pages_and_new_messages(talks: Connection) -> None:
    """What is sent between two pages changes nothing about what was there."""
    keep(talks, TEA, "ключ 1", "ключ 2", "ключевой 1", "ключ 3")
    question = ask("ключ", limit=2)
    first = search(talks, question)
    keep(talks, TEA, "ключ 4", "ключи 5")
    second = search(talks, question._replace(after=first.next))
    assert texts(first.messages + second.messages) == ["ключ 3", "ключ 2", "ключ 1", "ключевой 1"]


def test_long_texts(talks: Connection) -> None:
    """A page of long texts ends earlier, but never before its first message."""
    long = [f"ключ {number} " + "x" * length for number, length in enumerate((70_000, 60_000, 50_000, 150_000))]
    keep(talks, TEA, *long)
    made = pages(talks, ask("ключ"))
    assert [[text[:6] for text in texts(page.messages)] for page in made] == [
        ["ключ 3"],
        ["ключ 2"],
        ["ключ 1"],
        ["ключ 0"],
    ]


def test_time_is_up(talks: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the time is up a page ends, though with less; all pages together have everything once."""
    monkeypatch.setattr(module, "FEW_ROOMS", 0)
    monkeypatch.setattr(module, "LOOK", 1)
    for number in range(10):
        keep(talks, SECRET, f"ключ {number}")
        keep(talks, TEA, f"ключ {number}")
    keep(talks, TEA, "ключевой")
    ticks = count()
    made = pages(talks, ask("ключ"), clock=lambda: float(next(ticks)))
    assert len(made) > 3
    assert [text for page in made for text in texts(page.messages)] == found(talks, "ключ")
    assert len(found(talks, "ключ")) == 11


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One database with the conversations of `talks` for all examples of a property, each in a transaction."""
    engine = open_searched(make_data(tmp_path_factory.mktemp("shared")))
    with engine.begin() as connection:
        for name in ("anna", "boris", "Вера"):
            accounts.add_account(connection, name, name.casefold(), "hash", 100.0, allow)
        furnish(connection)
        keep(connection, TEA, "раз and two 学校")
    yield engine
    engine.dispose()


@settings(max_examples=150, deadline=None)
@given(query=st.text(max_size=40) | st.text(alphabet="\"'*()-+^:{}.= ANDORNEAT学校a", max_size=40))
def test_any_query(shared: Engine, query: str) -> None:
    """No text of a query is anything but words: it never is an error, nor finds what has none of them."""
    with shared.connect() as connection:
        for each in search(connection, ask(query, since=0.0)).messages:
            assert not ask(query).words or BEGIN in str(each.snippet)


some_words = ["ключ", "ключи", "включить", "test", "tests", "学校", "校学"]
some_messages = st.lists(
    st.tuples(
        st.sampled_from([TEA, SECRET, DIRECT, OTHERS]),
        st.sampled_from([ANNA, BORIS, VERA]),
        st.lists(st.sampled_from(some_words), min_size=1, max_size=3),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kept=some_messages,
    query=st.lists(st.sampled_from(["ключ", "test", "学校", "школ"]), max_size=2, unique=True),
    by=st.sampled_from([ANNA, BORIS, VERA]),
    author=st.none() | st.sampled_from([ANNA, BORIS]),
    limit=st.integers(1, 4),
    most=st.sampled_from([0, 1, 128]),
    behind=st.booleans(),
)
def test_same_as_by_hand(
    shared: Engine,
    kept: list[tuple[int, int, list[str]]],
    query: list[str],
    by: int,
    author: int | None,
    limit: int,
    most: int,
    behind: bool,
) -> None:
    """All pages of a search have exactly what looking through all messages finds, in the order of ranks and time."""
    readable = {ANNA: {TEA, DIRECT}, BORIS: {TEA, DIRECT, OTHERS}, VERA: {SECRET, OTHERS}}[by]
    ranks = {"ключ": {"ключ": 0, "ключи": 0, "включить": 2}, "test": {"test": 0, "tests": 0}, "学校": {"学校": 0}}
    with shared.connect() as connection, connection.begin() as transaction:
        expected = []
        for where, who, said in kept:
            number = keep(connection, where, " ".join(said), by=who)
            best = [min((ranks.get(word, {}).get(each, 9) for each in said), default=9) for word in query]
            if where in readable and author in {None, who} and 9 not in best:
                expected.append((max(best, default=0), -number, " ".join(said)))
        if behind:
            connection.exec_driver_sql("UPDATE search_state SET indexed = indexed / 2")
        question = ask(" ".join(query), by=by, author_id=author, limit=limit, since=2.0)
        with patch.multiple(meanings, MOST_WORDS=most, LEAST_WORDS=min(most, 8)):
            made = pages(connection, question)
        transaction.rollback()
    assert [text for page in made for text in texts(page.messages)] == [text for *_, text in sorted(expected)]


def test_a_place_behind_everything(talks: Connection) -> None:
    """A place that no answer has given ends the search, or goes on from there."""
    keep(talks, TEA, "ключ")
    assert search(talks, ask("ключ", after=SearchPosition(2, 10**15))) == SearchPage([], None)
    assert search(talks, ask("ключ", after=SearchPosition(0, 0))) == SearchPage([], None)
    assert len(search(talks, ask("ключ", after=SearchPosition(0, 10**15))).messages) == 1


def test_index_that_is_behind(talks: Connection) -> None:
    """What was edited, deleted or removed since is not found by what it said when it came into the index."""
    for text in ("ключ раз", "ключ два", "ключ три", "ключ четыре"):
        keep(talks, TEA, text)
    edit_message(talks, TEA, 1, BORIS, "замок раз", (), 9.0, allow)
    delete_message(talks, TEA, 2, BORIS, 9.0, allow)
    talks.execute(delete(message).where(message.c.seq == 3))
    assert found(talks, "ключ") == ["ключ четыре"]
    catch_up(talks, ALL)
    assert (found(talks, "ключ"), found(talks, "замок")) == (["ключ четыре"], ["замок раз"])


def test_times_in_no_order(talks: Connection) -> None:
    """Messages are found by their time though the clock was set forward and back by years."""
    year = 31_536_000.0
    for moment in (5 * year, 400 * year, 6 * year, 0.5, 7 * year):
        keep(talks, TEA, "ключ", time=moment)
        for _ in range(2):
            keep(talks, DIRECT, "x", time=moment)
    for query in ("ключ", ""):
        for since, until in ((5 * year, 7 * year), (399 * year, None), (None, 1.0), (6.5 * year, 8 * year)):
            times = [each.time for each in search(talks, ask(query, since=since, until=until)).messages]
            assert times
            assert all((since or 0) <= each <= (until or 1e18) for each in times)
    assert len(search(talks, ask("ключ", since=5 * year, until=7 * year)).messages) == 3


def test_blocks_of_times(talks: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the blocks that have such times are looked at, and what is not in the index yet."""
    monkeypatch.setattr(indexing, "BLOCK", 2)
    monkeypatch.setattr(search_index, "BLOCK", 2)
    for number in range(1, 11):
        keep(talks, TEA, "ключ", time=float(number if number != 4 else 400))
    between = search_index.numbers_between
    assert between(talks, None, None, 11) == (0, 11)
    assert between(talks, 7.0, None, 11) == (4, 11)
    assert between(talks, 500.0, None, 11) == (11, 11)
    assert between(talks, None, 5.0, 11) == (0, 6)
    assert between(talks, 9.0, 9.5, 11) == (4, 10)
    talks.exec_driver_sql("UPDATE search_state SET indexed = 5")
    assert between(talks, None, 5.0, 11) == (0, 11)
