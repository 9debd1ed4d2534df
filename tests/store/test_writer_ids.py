"""Ids of messages: each is kept once, and looked up only after one came again."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, insert

from tests.store.test_writer import UNWRITABLE, Desk, New, hold, rows_after
from vestnik.store import writer as module
from vestnik.store.queries import ids as ids_module
from vestnik.store.schema import cursor


@pytest.fixture
async def desk(engine: Engine) -> Any:
    """A writer on an empty database."""
    made = Desk(engine)
    yield made
    await made.close()


async def test_repeated_id(desk: Desk, engine: Engine) -> None:
    """The same id of the same sender is kept once: in one batch, in one transaction, and later."""
    first = [New(1, 7, "a"), New(1, 7, "b"), New(1, 7, "a", "other")]
    second = [New(1, 7, "a"), New(1, 8, "a")]
    await desk.keep(first, second)
    third = [New(1, 7, "b"), New(1, 7)]
    await desk.keep(third)
    assert [(new.seq, new.again) for new in first] == [(1, False), (2, False), (1, True)]
    assert [(new.seq, new.again) for new in second] == [(1, True), (3, False)]
    assert [(new.seq, new.again) for new in third] == [(2, True), (4, False)]
    assert [new.number for new in (*first, *second, *third)] == [1, 2, 0, 0, 3, 0, 4]
    assert [row[4] for row in rows_after(desk, engine)] == ["x"] * 4


async def test_new_ids_are_not_looked_up(desk: Desk) -> None:
    """The index says whether an id was used; only after one was are others looked up, for a number of transactions."""
    statements: list[str] = []

    def listen(connection: Connection) -> None:
        raw: Any = connection.connection.driver_connection
        raw.set_trace_callback(statements.append)

    async def looked_up(*messages: New) -> bool:
        statements.clear()
        await desk.keep(messages)
        return any("client_id IN" in statement for statement in statements)

    await desk.writer.change(listen)
    assert not await looked_up(New(1, 7, "a"), New(1, 8, "a"))
    assert not await looked_up(New(1, 7, "b"), New(1, 7, "b"))
    assert await looked_up(New(1, 7, "c"), New(1, 7, "a"))
    found = [await looked_up(New(1, 7, f"d{number}")) for number in range(module.CAREFUL + 1)]
    assert found == [True] * (module.CAREFUL - 1) + [False] * 2


async def test_what_is_done_beside_a_known_id(desk: Desk, engine: Engine) -> None:
    """What shares a transaction with a message whose id is known is done once, and its numbers have no gap."""
    await desk.keep([New(1, 7, "a")])
    let_go = await hold(desk)
    first, second = [New(1, 7), New(1, 7, "a")], [New(1, 7, "b")]
    desk.writer.submit(first)
    insert = "INSERT INTO account (id, name, key, password_hash, disabled, created) VALUES (7, 'a', 'a', '', 0, 0)"
    changed = asyncio.create_task(desk.writer.change(lambda connection: connection.exec_driver_sql(insert).rowcount))
    await asyncio.sleep(0)
    desk.writer.submit(second)
    await let_go()
    await desk.reported(3)
    assert await changed == 1
    assert [(new.seq, new.again) for new in (*first, *second)] == [(2, False), (1, True), (3, False)]
    assert [row[1] for row in rows_after(desk, engine)] == [1, 2, 3]


async def test_many_ids(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """More ids than one query looks up are all found again."""
    monkeypatch.setattr(ids_module, "MAX_IDS", 10)
    first = [New(1, 7, str(number)) for number in range(35)]
    await desk.keep(first)
    second = [New(1, 7, str(number)) for number in range(40)]
    await desk.keep(second)
    assert [new.again for new in second] == [True] * 35 + [False] * 5
    assert [new.seq for new in second] == list(range(1, 41))


async def test_conflict(desk: Desk, engine: Engine) -> None:
    """An id that was used in another conversation is a conflict there, with the first one's seq, and is not kept."""
    await desk.keep([New(1, 7), New(1, 7, "a")])
    again = [New(2, 7, "a")]
    await desk.keep(again)
    assert (again[0].again, again[0].conflict, again[0].seq) == (True, True, 2)
    assert len(rows_after(desk, engine)) == 2


async def test_another_text(desk: Desk, engine: Engine) -> None:
    """An id under which another text was sent is told from a repetition: in one batch, in one transaction, later."""
    first = [New(1, 7, "a", "раз"), New(1, 7, "a", "два"), New(1, 7, "a", "раз"), New(2, 7, "a", "два")]
    second = [New(1, 7, "a", "два"), New(1, 7, "a", "раз")]
    await desk.keep(first, second)
    third = [New(1, 7, "a", "два"), New(1, 7, "a", "раз"), New(2, 7, "a", "раз")]
    await desk.keep(third)
    assert [new.again for new in (*first, *second, *third)] == [False] + [True] * 8
    assert [new.differs for new in (*first, *second, *third)] == [
        *(False, True, False, False),
        *(True, False),
        *(True, False, False),
    ]
    assert {new.seq for new in (*first, *second, *third)} == {1}
    assert len(rows_after(desk, engine)) == 1


async def test_deleted(desk: Desk, engine: Engine) -> None:
    """An id whose message was deleted says that, whatever is sent under it: nothing is kept."""
    await desk.keep([New(1, 7, "a", "раз")])
    await desk.writer.change(lambda connection: connection.exec_driver_sql("UPDATE message SET text = '', deleted = 1"))
    again = [New(1, 7, "a", "раз"), New(1, 7, "a", "два"), New(2, 7, "a", "раз")]
    await desk.keep(again)
    assert [(new.again, new.withdrawn, new.differs, new.conflict) for new in again] == [
        (True, True, False, False),
        (True, True, False, False),
        (True, False, False, True),
    ]
    assert len(rows_after(desk, engine)) == 1


@pytest.mark.parametrize(("account_id", "seq", "expected"), [(8, 1, True), (8, 5, True), (8, 0, False), (7, 5, False)])
async def test_delivered(desk: Desk, account_id: int, seq: int, expected: bool) -> None:
    """A repeated message says whether somebody else than its sender has got it."""

    def people(connection: Connection) -> None:
        connection.exec_driver_sql(
            "INSERT INTO account (id, name, key, password_hash, disabled, created)"
            " VALUES (7, 'a', 'a', '', 0, 0), (8, 'b', 'b', '', 0, 0)"
        )
        connection.exec_driver_sql("INSERT INTO conversation (id, created, low_id, high_id) VALUES (1, 0, 7, 8)")
        connection.execute(insert(cursor).values(conversation_id=1, account_id=account_id, delivered=seq))

    await desk.keep([New(1, 7, "a")])
    await desk.writer.change(people)
    again = [New(1, 7, "a")]
    await desk.keep(again)
    assert bool(again[0].delivered) is expected


async def test_conflict_with_what_failed(desk: Desk, engine: Engine) -> None:
    """A message whose id was used only by one that failed is new: neither a repetition nor a conflict."""
    let_go = await hold(desk)
    bad, good = [New(1, 7, "a"), New(1, 7, None, UNWRITABLE)], [New(2, 7, "a")]
    last = [New(3, 7)]
    for batch in (bad, good, last):
        desk.writer.submit(batch)
    await let_go()
    await desk.reported(3)
    assert [error is None for _, error in desk.reports] == [False, True, True]
    assert (good[0].seq, good[0].again, good[0].conflict) == (1, False, False)
