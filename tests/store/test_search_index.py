"""The index that messages are searched by: filled later, and never more in it than the messages have."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, delete, insert, update

from tests.support.data import make_data
from vestnik.store import search_index
from vestnik.store.engine import open_engine
from vestnik.store.schema import conversation, message
from vestnik.store.search_index import catch_up, look_up, reindex, stem, unindex

TALK = 1


@pytest.fixture
def talk(connection: Connection) -> Connection:
    """A transaction with a direct conversation of anna (1) and boris (2), which has the number TALK."""
    connection.execute(insert(conversation).values(id=TALK, created=0.0, low_id=1, high_id=2))
    return connection


def keep(connection: Connection, number: int, text: str, **fields: object) -> None:
    """Write message `number` as the writer would."""
    values = {"id": number, "conversation_id": TALK, "seq": number, "sender_id": 1, "time": 5.0, "text": text}
    connection.execute(insert(message).values(values | fields))


def find(connection: Connection, condition: str) -> list[int]:
    """The messages that the index has for a condition."""
    query = "SELECT rowid FROM search_index WHERE search_index MATCH ? ORDER BY rowid"
    return list(connection.exec_driver_sql(query, (condition,)).scalars())


def all_words(connection: Connection) -> set[str]:
    """All words that the index knows."""
    return set(connection.exec_driver_sql("SELECT word FROM search_word").scalars())


def test_catch_up(talk: Connection) -> None:
    """Messages come into the index slice by slice, the oldest first; it tells how many are left."""
    for number in range(1, 8):
        keep(talk, number, f"слово{number}")
    assert [catch_up(talk, 3) for _ in range(4)] == [4, 1, 0, 0]
    assert find(talk, '"слово7"') == [7]
    keep(talk, 9, "позже")
    assert catch_up(talk, 3) == 0
    assert find(talk, '"позже"') == [9]


def test_marks(talk: Connection) -> None:
    """A message is found by its conversation, author, people, link, and by being an answer or forwarded."""
    keep(talk, 1, "https://example.org", sender_id=2)
    keep(talk, 2, "b", reply_to=1)
    keep(talk, 3, "c", forwarded="{}")
    catch_up(talk, 10)
    assert find(talk, search_index.any_of([search_index.in_conversation(TALK)])) == [1, 2, 3]
    assert find(talk, search_index.any_of([search_index.by_author(2)])) == [1]
    assert find(talk, search_index.any_of([search_index.in_directs(2)])) == [1, 2, 3]
    assert find(talk, search_index.any_of([search_index.in_directs(3), search_index.in_conversation(2)])) == []
    marks = (search_index.LINK, search_index.REPLY, search_index.FORWARD)
    assert [find(talk, search_index.any_of([mark])) for mark in marks] == [[1], [2], [3]]


def test_no_text_is_a_mark(talk: Connection) -> None:
    """A text that looks like a mark is none."""
    keep(talk, 1, "=c2 =a2 =d3 =l =r =f")
    catch_up(talk, 10)
    for mark in ("=c2", "=a2", "=d3", "=l", "=r", "=f"):
        assert find(talk, search_index.any_of([mark])) == []


def test_deleted_messages(talk: Connection) -> None:
    """A message that was deleted before it came into the index does not come into it."""
    keep(talk, 1, "слово", deleted=6.0)
    keep(talk, 2, "слово")
    assert catch_up(talk, 10) == 0
    assert find(talk, '"слово"') == [2]


def test_unindex(talk: Connection) -> None:
    """A message that leaves the index leaves no word of its own behind, and those that others have too stay."""
    keep(talk, 1, "секрет и ключ")
    keep(talk, 2, "ключ и замок")
    catch_up(talk, 10)
    unindex(talk, 1, "секрет и ключ")
    assert find(talk, '"ключ"') == [2]
    assert find(talk, '"секрет"') == []
    assert all_words(talk) == {"ключ", "и", "замок"}
    assert look_up(talk, "екре", 10) == (["екре"], [], [])


def test_reindex(talk: Connection) -> None:
    """An edited message is found by its new text and no more by the old one."""
    keep(talk, 1, "старый ключ")
    catch_up(talk, 10)
    reindex(talk, 1, "старый ключ", "новый ключ")
    assert (find(talk, '"новый"'), find(talk, '"ключ"'), find(talk, '"старый"')) == ([1], [1], [])
    assert all_words(talk) == {"новый", "ключ"}


def test_not_indexed_yet(talk: Connection) -> None:
    """What is changed before it came into the index comes into it as it is then."""
    keep(talk, 1, "раз")
    keep(talk, 2, "два")
    reindex(talk, 1, "раз", "три")
    talk.execute(update(message).where(message.c.id == 1).values(text="три"))
    unindex(talk, 2, "два")
    talk.execute(delete(message).where(message.c.id == 2))
    catch_up(talk, 10)
    assert (find(talk, '"три"'), find(talk, '"раз"'), find(talk, '"два"')) == ([1], [], [])


def test_other_rules(talk: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """An index that was made by other rules is made anew."""
    keep(talk, 1, "раз")
    catch_up(talk, 10)
    talk.execute(update(message).where(message.c.id == 1).values(text="два"))
    monkeypatch.setattr(search_index, "RULES", "other ones")
    catch_up(talk, 10)
    assert (find(talk, '"раз"'), find(talk, '"два"')) == ([], [1])
    assert all_words(talk) == {"два"}


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


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One database for all examples of a property, each in a transaction that is rolled back."""
    engine = open_engine(make_data(tmp_path_factory.mktemp("shared")), connections=1, writing=True)
    yield engine
    engine.dispose()


texts = st.lists(st.sampled_from(["раз", "два", "Три", "学校", "学", "https://a.b", "!"]), max_size=4).map(" ".join)
steps = st.lists(
    st.tuples(st.sampled_from(["add", "add", "edit", "delete", "remove", "index"]), st.integers(0, 9), texts),
    max_size=25,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(given_steps=steps)
def test_same_as_made_anew(shared: Engine, given_steps: list[tuple[str, int, str]]) -> None:
    """Whatever was written, edited and deleted, before or after it came into the index: it is as if made anew."""
    with shared.connect() as connection, connection.begin() as transaction:
        connection.execute(insert(conversation).values(id=TALK, created=0.0))
        kept: dict[int, str] = {}
        last = 0
        for what, which, text in given_steps:
            if what == "add":
                last += 1
                kept[last] = text
                keep(connection, last, text)
            elif what == "index":
                catch_up(connection, 2)
            elif kept:
                number = list(kept)[which % len(kept)]
                change(connection, what, number, kept.pop(number), text)
                if what == "edit":
                    kept[number] = text
        while catch_up(connection, 100):
            pass
        found = contents(connection)
        connection.exec_driver_sql("UPDATE search_state SET rules = 'others'")
        while catch_up(connection, 100):
            pass
        assert found == contents(connection)
        connection.exec_driver_sql("INSERT INTO search_part (search_part) VALUES ('integrity-check')")
        transaction.rollback()


def change(connection: Connection, what: str, number: int, before: str, after: str) -> None:
    """Edit, delete or remove a message as the queries for that do."""
    row = message.c.id == number
    if what == "edit":
        reindex(connection, number, before, after)
        connection.execute(update(message).where(row).values(text=after))
        return
    unindex(connection, number, before)
    if what == "delete":
        connection.execute(update(message).where(row).values(text="", deleted=1.0))
    else:
        connection.execute(delete(message).where(row))


def contents(connection: Connection) -> tuple[list[tuple[object, ...]], set[str], list[tuple[object, ...]]]:
    """Everything that is in the index: each term with its message and place, all words, and their parts."""
    found = []
    for table in ("search_index", "search_part"):
        connection.exec_driver_sql(f"CREATE VIRTUAL TABLE temp.terms USING fts5vocab(main, {table}, instance)")
        rows = connection.exec_driver_sql("SELECT term, doc, offset FROM temp.terms ORDER BY term, doc, offset")
        found.append([tuple(row) for row in rows])
        connection.exec_driver_sql("DROP TABLE temp.terms")
    words = all_words(connection)
    return found[0], words, sorted({row[0] for row in found[1]})
