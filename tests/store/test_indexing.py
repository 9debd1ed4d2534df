"""What is in the index: it follows messages and changes, and never has more in it than the messages have."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, delete, insert, update

from tests.store.conftest import TALK
from tests.support.data import make_data, open_searched
from vestnik.store import search_index
from vestnik.store.indexing import catch_up, fits, take_out
from vestnik.store.queries.changes import last_number
from vestnik.store.queries.removed import forget_removed, removed
from vestnik.store.schema import change, conversation, message


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


def alter(connection: Connection, what: str, number: int, text: str = "") -> None:
    """Edit, delete or remove a message as the queries for that do."""
    row = message.c.id == number
    if what == "remove":
        connection.execute(delete(message).where(row))
        return
    values = {
        "id": last_number(connection) + 1,
        "conversation_id": TALK,
        "change": last_number(connection) + 1,
        "account_id": 1,
        "time": 6.0,
        "kind": what,
        "seq": number,
        "data": "{}",
        "before": "old",
    }
    connection.execute(insert(change).values(values))
    connection.execute(update(message).where(row).values(text=text, **{f"{what}ed".replace("ee", "e"): 6.0}))


def follow(connection: Connection) -> None:
    """Have everything in the index that is kept, and nothing else."""
    while catch_up(connection, 100):
        pass
    gone = removed(connection, 100)
    take_out(connection, gone)
    forget_removed(connection, gone)


@pytest.mark.parametrize("what", ["delete", "remove"])
def test_what_is_gone(talk: Connection, what: str) -> None:
    """A message that leaves the index leaves no word of its own behind, and those that others have too stay."""
    keep(talk, 1, "секрет и ключ")
    keep(talk, 2, "ключ и замок")
    follow(talk)
    alter(talk, what, 1)
    follow(talk)
    assert find(talk, '"ключ"') == [2]
    assert find(talk, '"секрет"') == []
    assert all_words(talk) == {"ключ", "и", "замок"}


def test_edited(talk: Connection) -> None:
    """An edited message is found by its new text and no more by the old one."""
    keep(talk, 1, "старый ключ")
    follow(talk)
    alter(talk, "edit", 1, "новый ключ")
    follow(talk)
    assert (find(talk, '"новый"'), find(talk, '"ключ"'), find(talk, '"старый"')) == ([1], [1], [])
    assert all_words(talk) == {"новый", "ключ"}


def test_not_indexed_yet(talk: Connection) -> None:
    """What is changed before it came into the index comes into it as it is then."""
    keep(talk, 1, "раз")
    keep(talk, 2, "два")
    alter(talk, "edit", 1, "три")
    alter(talk, "remove", 2)
    follow(talk)
    assert (find(talk, '"три"'), find(talk, '"раз"'), find(talk, '"два"')) == ([1], [], [])


def test_of_another_database(talk: Connection) -> None:
    """An index of another epoch, or that knows more than the database has, is made anew."""
    keep(talk, 1, "раз")
    follow(talk)
    for spoil in ("UPDATE search_state SET epoch = 'other'", "UPDATE search_state SET indexed = 99"):
        talk.exec_driver_sql(spoil)
        talk.exec_driver_sql("DELETE FROM search_index")
        assert not fits(talk)
        assert catch_up(talk, 10) == 0
        assert fits(talk)
        assert find(talk, '"раз"') == [1]


def test_many_words_changed(talk: Connection) -> None:
    """The same holds for messages that were edited; what comes again changes nothing."""
    for number in range(1, 11):
        keep(talk, number, f"раз{number}")
    follow(talk)
    for number in range(1, 11):
        alter(talk, "edit", number, " ".join(f"слово{number}и{word}" for word in range(500)))
    keep(talk, 21, "два")
    moments = iter((0.0, 0.5, 2.0))
    assert catch_up(talk, 100, 1.0, lambda: next(moments)) == 7
    follow(talk)
    assert find(talk, '"раз1"') == []
    assert (find(talk, '"слово10и499"'), find(talk, '"два"')) == ([10], [21])


def test_long_messages(talk: Connection) -> None:
    """The clock is looked at after so many words, however few messages have them."""
    for number in range(1, 11):
        keep(talk, number, " ".join(f"слово{number}и{word}" for word in range(500)))
    moments = iter((0.0, 0.5, 2.0))
    assert catch_up(talk, 100, 1.0, lambda: next(moments)) == 6


def test_other_rules(talk: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """An index that was made by other rules is made anew."""
    keep(talk, 1, "раз")
    catch_up(talk, 10)
    talk.execute(update(message).where(message.c.id == 1).values(text="два"))
    monkeypatch.setattr(search_index, "RULES", "other ones")
    catch_up(talk, 10)
    assert (find(talk, '"раз"'), find(talk, '"два"')) == ([], [1])
    assert all_words(talk) == {"два"}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One database for all examples of a property, each in a transaction that is rolled back."""
    engine = open_searched(make_data(tmp_path_factory.mktemp("shared")))
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
        kept: list[int] = []
        for what, which, text in given_steps:
            if what == "add":
                number = last_number(connection) + 1
                kept.append(number)
                keep(connection, number, text)
            elif what == "index":
                catch_up(connection, 2)
            elif kept:
                number = kept[which % len(kept)]
                alter(connection, what, number, text if what == "edit" else "")
                if what != "edit":
                    kept.remove(number)
        follow(connection)
        found = contents(connection)
        connection.exec_driver_sql("UPDATE search_state SET rules = 'others'")
        follow(connection)
        assert found == contents(connection)
        for table in ("search_part", "search_index"):
            connection.exec_driver_sql(f"INSERT INTO {table} ({table}) VALUES ('integrity-check')")
        transaction.rollback()


def contents(connection: Connection) -> tuple[list[tuple[object, ...]], set[str], list[tuple[object, ...]]]:
    """Everything that is in the index: each term with its message and place, all words, and their parts."""
    found = []
    for table in ("search_index", "search_part"):
        connection.exec_driver_sql(f"CREATE VIRTUAL TABLE temp.terms USING fts5vocab(search, {table}, instance)")
        rows = connection.exec_driver_sql("SELECT term, doc, offset FROM temp.terms ORDER BY term, doc, offset")
        found.append([tuple(row) for row in rows])
        connection.exec_driver_sql("DROP TABLE temp.terms")
    words = all_words(connection)
    return found[0], words, sorted({row[0] for row in found[1]})
