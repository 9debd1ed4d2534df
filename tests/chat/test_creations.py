"""How many rooms an account may make."""

import pytest

from tests.chat.conftest import House
from vestnik.chat import creations as module
from vestnik.chat.creations import DAY, Creations
from vestnik.chat.limits import Limits
from vestnik.protocol.errors import Conflict, Forbidden
from vestnik.protocol.requests import CreateRoom, Group, Join, Leave

ANNA, BORIS = 1, 2


def test_so_many_at_once_and_so_many_a_day() -> None:
    """What was used comes back with the time, never more than all; accounts do not share."""
    counted = Creations(4)
    assert [counted.take(ANNA, 100.0) for _ in range(5)] == [True] * 4 + [False]
    assert counted.take(BORIS, 100.0)
    assert [counted.take(ANNA, 100.0 + DAY / 4) for _ in range(2)] == [True, False]
    assert [counted.take(ANNA, 100.0 + 90 * DAY) for _ in range(5)] == [True] * 4 + [False]


def test_a_clock_that_goes_back() -> None:
    """It takes nothing away and gives nothing."""
    counted = Creations(2)
    assert [counted.take(ANNA, moment) for moment in (100.0, 50.0, 0.0)] == [True, True, False]


def test_what_was_not_made_does_not_count() -> None:
    """It is given back, if the account is known still."""
    counted = Creations(1)
    counted.give_back(ANNA)
    for _ in range(3):
        assert counted.take(ANNA, 100.0)
        counted.give_back(ANNA)
    assert counted.take(ANNA, 100.0)
    assert not counted.take(ANNA, 100.0)


def test_accounts_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of too many accounts those are that made something longest ago."""
    monkeypatch.setattr(module, "MAX_ACCOUNTS", 2)
    counted = Creations(2)
    for account_id in (1, 2, 1, 3):
        counted.take(account_id, 100.0)
    assert set(counted._left) == {1, 3}


@pytest.fixture
def limits() -> Limits:
    """Three rooms a day."""
    return Limits(creations=3)


async def test_by_any_request(house: House) -> None:
    """Joining what there is not, making rooms and groups count; joining, leaving and what is refused do not."""
    anna, boris = await house.login("anna"), await house.login("boris")
    await house.do(boris, Join(room="#his"))
    for _ in range(5):
        await house.do(anna, Join(room="#his"))
        await house.do(anna, Leave(room="#his"))
        with pytest.raises(Conflict):
            await house.do(anna, CreateRoom(room="#his"))
    group = Group(members=["boris", "Вера Павловна"])
    for request in (Join(room="#one"), CreateRoom(room="#two"), group):
        await house.do(anna, request)
    await house.do(anna, group)
    for request in (Join(room="#four"), CreateRoom(room="#four")):
        with pytest.raises(Forbidden) as caught:
            await house.do(anna, request)
        assert (caught.value.answer.name, caught.value.values) == ("room.creations", ("anna", 3))
    await house.do(anna, Join(room="#his"))
    house.now += DAY / 3
    await house.do(anna, Join(room="#four"))
