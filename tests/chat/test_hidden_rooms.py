"""A private room is like none for who is not in it, under its name as under those that it had before."""

from typing import Any

import msgspec
import pytest

from tests.chat.conftest import House
from tests.chat.test_reading import ASKED
from vestnik.chat.actions import ACTIONS, action_name
from vestnik.protocol import requests as r
from vestnik.protocol.errors import VestnikError

PLACES = {"room", "to", "source", "in_"}
"""Fields that name a room."""
TAKEN = {r.Join, r.CreateRoom}
"""What would make the room if there were none: it is refused, so that one is not told more than that."""

ABOUT = [kind for kind, action in ACTIONS.items() if not action.administrative and PLACES & set(kind.__struct_fields__)]


def ask(kind: type[r.Request], room: str) -> Any:
    """A request about a room."""
    return r.Search(in_=room, query="said") if kind is r.Search else ASKED[kind](room)


async def told(house: House, request: Any, name: str) -> tuple[int, str]:
    """What boris is answered, with the name that he used left out."""
    boris = await house.login("boris")
    try:
        outcome = await house.do(boris, request)
    except VestnikError as error:
        answer = int(error.code), error.text("en")
    else:
        answer = 200, msgspec.json.encode(dict(getattr(outcome, "more", {}))).decode()
    assert "ecret" not in answer[1]
    return answer[0], answer[1].replace(name, "#?")


@pytest.fixture
async def names(house: House) -> tuple[str, str]:
    """A private room of anna's: the name that it had when boris was in it, and its name now."""
    anna, boris = await house.login("anna"), await house.login("boris")
    await house.do(anna, r.Join(room="#tea"))
    await house.do(boris, r.Join(room="#tea"))
    await house.keep(anna, r.Msg(to="#tea", message="said"))
    await house.keep(boris, r.Msg(to="#tea", message="said"))
    await house.do(anna, r.SetRoom(room="#tea", private=True, name="#Secret"))
    await house.do(anna, r.Ban(room="#tea", name="boris"))
    return "#TEA", "#SECRET"


@pytest.mark.parametrize("kind", ABOUT, ids=action_name)
async def test_like_none(house: House, names: tuple[str, str], kind: type[r.Request]) -> None:
    """Whatever is asked about it, the answer is that for a room that there is not; or one for all names taken."""
    old, new = [await told(house, ask(kind, name), name) for name in names]
    assert old == new
    if kind not in TAKEN:
        assert old == await told(house, ask(kind, "#none"), "#none")


async def test_a_name_that_is_taken(house: House, names: tuple[str, str]) -> None:
    """Whoever gives a room a name that is a private one's hears that it is taken, and nothing else."""
    boris = await house.login("boris")
    await house.do(boris, r.Join(room="#own"))
    answers = [await told(house, r.SetRoom(room="#own", name=name), name) for name in names]
    assert answers == [(409, "Room #? already exists")] * 2


async def test_a_name_of_a_public_room(house: House) -> None:
    """What a public room is called now is told to everybody who asks for it by a name of before."""
    anna = await house.login("anna")
    await house.do(anna, r.Join(room="#tea"))
    await house.do(anna, r.SetRoom(room="#tea", name="#Coffee"))
    assert (await told(house, r.CreateRoom(room="#tea"), "#tea")) == (409, "Room #Coffee already exists")


async def test_removed_from_a_public_room_that_is_private_now(house: House, names: tuple[str, str]) -> None:
    """Also a list has nothing of it."""
    boris = await house.login("boris")
    for request in (r.Rooms(), r.Conversations(), r.Search(query="said"), r.Resume(cursors={names[0]: 0})):
        assert "ecret" not in (await told(house, request, names[0]))[1]
    assert boris.account is not None
