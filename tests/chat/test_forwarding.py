"""Where a forwarded message comes from, for each who sees it."""

import pytest

from tests.chat.conftest import House
from tests.support.store import reader
from vestnik.chat.forwarding import seen_by
from vestnik.protocol.requests import Forward, Invite, Join, Leave, Msg, SetRoom
from vestnik.store.queries.history import history


async def places(house: House, conversation_id: int, name: str) -> list[str | None]:
    """The places of the forwarded messages of a conversation as somebody reads them in the store."""
    page = await house.store._read(history, reader(await house.account_id(name)), conversation_id, 10)
    return [each.forwarded.to for each in page.messages]  # type: ignore[union-attr]


@pytest.mark.parametrize("private", [False, True])
async def test_by_who_asks(house: House, private: bool) -> None:
    """A private room is told to its members only, whoever forwarded the message, whenever they joined; by its name of
    now.
    """
    anna, boris = await house.login("anna"), await house.login("boris")
    vera = await house.login("Вера Павловна")
    await house.do(anna, Join(room="#board"))
    await house.do(anna, SetRoom(room="#board", private=private))
    await house.do(anna, Join(room="#tea"))
    await house.keep(anna, Msg(to="#board", message="x"))
    first = await house.keep(anna, Forward(to="#tea", source="#board", seq=1))
    again = await house.keep(anna, Forward(to="#tea", source="#tea", seq=1))
    await house.do(boris, Join(room="#tea"))
    await house.do(anna, Invite(room="#board", name="Вера Павловна"))
    await house.do(vera, Join(room="#tea"))
    await house.do(anna, SetRoom(room="#board", name="#plans"))
    hidden = "" if private else "#plans"
    tea = first.message.conversation_id
    expected = {"anna": "#plans", "boris": hidden, "Вера Павловна": "#plans"}
    for name, place in expected.items():
        assert await places(house, tea, name) == [place, place]
        for post in (first, again):
            seen = seen_by(house.chat.rooms, post.message, await house.account_id(name))
            assert seen.extras is not None
            assert seen.extras.forwarded is not None
            assert seen.extras.forwarded.to == place
    await house.do(vera, Leave(room="#plans"))
    assert await places(house, tea, "Вера Павловна") == [hidden, hidden]


async def test_what_two_talk_about(house: House) -> None:
    """With whom somebody talks is known to the two who do."""
    anna = await house.login("anna")
    await house.keep(anna, Msg(to="boris", message="x"))
    await house.do(anna, Join(room="#tea"))
    post = await house.keep(anna, Forward(to="#tea", source="boris", seq=1))
    found = {
        name: await places(house, post.message.conversation_id, name) for name in ("anna", "boris", "Вера Павловна")
    }
    assert found == {"anna": ["boris"], "boris": ["boris"], "Вера Павловна": [""]}


async def test_others_are_as_they_are(house: House) -> None:
    """A message that was not forwarded is the same for everybody."""
    anna = await house.login("anna")
    post = await house.keep(anna, Msg(to="boris", message="x"))
    assert seen_by(house.chat.rooms, post.message, 1) is post.message
