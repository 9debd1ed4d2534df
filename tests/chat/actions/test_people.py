"""`who` and `typing`, and what `presence` changes of the presence."""

from collections.abc import Iterable

import pytest
from msgspec import UNSET

from tests.chat.conftest import House
from vestnik.chat.actions.people import TYPING_CONVERSATIONS, TYPING_PAUSE
from vestnik.chat.limits import Limits
from vestnik.chat.outcome import Reply
from vestnik.chat.presence import GRACE
from vestnik.chat.session import Session
from vestnik.chat.storage.people import Seen
from vestnik.protocol.errors import BadRequest, Forbidden, NotFound
from vestnik.protocol.events import Person, TypingNotice
from vestnik.protocol.names import name_key
from vestnik.protocol.requests import Join, Presence, Typing, User, Who


@pytest.fixture
def limits() -> Limits:
    """No more than three people in an answer."""
    return Limits(page=3)


async def who(house: House, session: Session, *names: str) -> list[Person]:
    """What is answered to a question for people."""
    reply = await house.reply(session, Who(names=list(names)))
    assert (int(reply.answer.code), reply.values[1], reply.more["more"]) == (200, len(reply.more["people"]), False)
    people: list[Person] = reply.more["people"]
    return people


async def be(house: House, session: Session, **user: str) -> Reply:
    """Announce a status or a state."""
    return await house.reply(session, Presence(user=User(session.name, **user)))  # type: ignore[arg-type]


async def test_who_is_named(house: House) -> None:
    """People are found by their names as they are compared, in the order of the question, each once."""
    anna = await house.login("anna")
    assert await who(house, anna, "BORIS", "Anna", "boris") == [Person("boris", "offline"), Person("anna", "online")]
    assert await who(house, anna) == []


async def test_who_is_unknown(house: House) -> None:
    """A name of nobody is a 404 that names it; one that cannot be a name, or too many of them, a 400."""
    anna = await house.login("anna")
    with pytest.raises(NotFound) as caught:
        await house.do(anna, Who(names=["anna", "nobody"]))
    assert caught.value.values == ("nobody",)
    for names, values in ((["x" * 26], ("names", 25)), ([""], ("names",)), (["anna"] * 4, ("names", 3))):
        with pytest.raises(BadRequest) as refused:
            await house.do(anna, Who(names=names))
        assert refused.value.values == values


async def test_who_is_there(house: House) -> None:
    """Without names, those who are not offline are listed; an account in several sessions is one of them."""
    anna = await house.login("anna")
    await house.login("anna")
    boris = await house.login("boris")
    await be(house, boris, state="away", status="tea")
    reply = await house.reply(anna, Who())
    assert reply.values == ("anna", 2)
    assert reply.more == {"people": [Person("anna", "online"), Person("boris", "away", "tea")], "more": False}


async def test_everybody(house: House) -> None:
    """Everybody is listed by name and page by page, connected or not, but for those who cannot be."""
    anna = await house.login("anna")
    names: list[str] = []
    after = None
    while True:
        reply = await house.reply(anna, Who(all=True, after=after, limit=2))
        people = reply.more["people"]
        names += [person.name for person in people]
        if not reply.more["more"]:
            break
        assert len(people) == 2
        after = names[-1]
    assert names == sorted(set(names), key=name_key)
    assert {"anna", "boris"} <= set(names)
    for wrong in (Who(all=True, names=["anna"]), Who(all=True, limit=0), Who(all=True, after="")):
        with pytest.raises(BadRequest):
            await house.do(anna, wrong)


async def test_state_of_all_sessions(house: House) -> None:
    """Somebody is away while all their sessions are; the next word of one of them changes it."""
    one, other = await house.login("anna"), await house.login("anna")
    for session, state, expected in (
        (one, "away", "online"),
        (other, "away", "away"),
        (one, "online", "online"),
        (other, "online", "online"),
    ):
        await be(house, session, state=state)
        assert [person.state for person in await who(house, one, "anna")] == [expected]


async def test_an_empty_status_clears_it(house: House) -> None:
    """An empty text takes the status away, no text leaves it; both are answered as any other."""
    anna = await house.login("anna")
    for status, expected in (("tea", "tea"), (None, "tea"), ("", ""), (None, "")):
        reply = await house.reply(anna, Presence(user=User("anna", status=status)))
        assert (int(reply.answer.code), reply.values) == (200, ("anna", expected))
        assert [person.status for person in await who(house, anna, "anna")] == [expected]


async def test_offline_people_are_known_from_the_store(house: House) -> None:
    """Whom the store knows is shown with what was saved, also after their next login."""
    anna = await house.login("anna")
    boris = await house.account_id("boris")
    await house.store.save_people([Seen(boris, "back on Monday", 500.0)])
    assert await who(house, anna, "boris") == [Person("boris", "offline", "back on Monday", 500.0)]
    await house.login("boris")
    assert await who(house, anna, "boris") == [Person("boris", "online", "back on Monday", UNSET)]


async def test_who_has_just_left(house: House) -> None:
    """Who left is shown as announced: there for the grace, then offline with what is not saved yet."""
    anna, boris = await house.login("anna"), await house.login("boris")
    await be(house, boris, status="bye")
    house.chat.sessions.detach(boris)
    left, house.now = house.now, house.now + 60
    assert await who(house, anna, "boris") == [Person("boris", "online", "bye")]
    for _ in range(GRACE + 1):
        house.chat.presence.next_round()
    assert await who(house, anna, "boris") == [Person("boris", "offline", "bye", left)]


async def tell(house: House, session: Session, *conversations: str) -> list[str]:
    """Which of the conversations are told that the session is typing in them, one after the other."""
    replies = [await house.reply(session, Typing(to=to)) for to in conversations]
    assert {int(reply.answer.code) for reply in replies} == {200}
    return [to for to, reply in zip(conversations, replies, strict=True) if reply.told]


async def test_typing(house: House) -> None:
    """Those who hear the room, or the other person, are told, under the conversation's own name; but not the author."""
    anna = await house.login("anna")
    await house.do(anna, Join(room="#Tea"))
    in_room = await house.reply(anna, Typing(to="#tea"))
    to_boris = await house.reply(anna, Typing(to="BORIS"))
    assert (in_room.values, to_boris.values) == (("anna", "#Tea"), ("anna", "boris"))
    (room,), (person,) = in_room.told, to_boris.told
    assert room == (TypingNotice(house.now, "anna", "#Tea"), "typing", 1, anna.speaker.id)
    boris = frozenset({await house.account_id("boris")})
    assert person == (TypingNotice(house.now, "anna", "boris"), "typing", boris, anna.speaker.id)


@pytest.mark.parametrize("to", ["boris", "#tea"])
async def test_typing_is_told_now_and_then(house: House, to: str) -> None:
    """A conversation hears of one session's typing once in three seconds, of another session's all the same."""
    anna, phone = await house.login("anna"), await house.login("anna")
    await house.do(anna, Join(room="#tea"))
    assert await tell(house, anna, to, to) == [to]
    assert await tell(house, phone, to) == [to]
    house.now += TYPING_PAUSE - 0.1
    assert await tell(house, anna, to) == []
    house.now += 0.1
    assert await tell(house, anna, to, to) == [to]
    house.now -= 3600  # a clock that is set back holds nobody up
    assert await tell(house, anna, to, to) == [to]


async def test_typing_here_and_there(house: House) -> None:
    """Going back and forth does not tell anybody more often, and only a few conversations hear of it."""
    anna = await house.login("anna")
    rooms = [f"#{number}" for number in range(TYPING_CONVERSATIONS + 1)]
    for room in rooms:
        await house.do(anna, Join(room=room))
    assert await tell(house, anna, *rooms, *rooms) == rooms[:-1]
    assert len(anna.typed) == TYPING_CONVERSATIONS
    house.now += TYPING_PAUSE
    assert await tell(house, anna, rooms[-1], rooms[0]) == [rooms[-1], rooms[0]]


async def test_typing_keeps_nothing(house: House) -> None:
    """Typing to a person begins no conversation with them."""
    anna = await house.login("anna")
    await house.do(anna, Typing(to="boris"))
    ids = await house.account_id("anna"), await house.account_id("boris")
    assert await house.store.direct_conversation(*ids, house.now) == 1


async def test_typing_where_one_may_not_write(house: House) -> None:
    """Who is muted, and who is in an archived room, is refused and tells nobody."""
    anna, boris = await house.login("anna"), await house.login("boris")
    for session in (anna, boris):
        await house.do(session, Join(room="#tea"))
    room = house.chat.rooms.find("#tea")
    assert room is not None
    room.muted[boris.speaker.id] = house.now + 60
    assert await tell(house, anna, "#tea") == ["#tea"]
    with pytest.raises(Forbidden):
        await house.do(boris, Typing(to="#tea"))
    house.now += 61
    assert await tell(house, boris, "#tea") == ["#tea"]
    room.archived = True
    with pytest.raises(Forbidden):
        await house.do(anna, Typing(to="#tea"))


def refusals() -> Iterable[tuple[str, type[Exception]]]:
    """Where one cannot type."""
    return [("nobody", NotFound), ("#nowhere", NotFound), ("#tea", Forbidden), ("", BadRequest), ("x" * 26, BadRequest)]


@pytest.mark.parametrize(("to", "error"), refusals())
async def test_typing_where_one_is_not(house: House, to: str, error: type[Exception]) -> None:
    """Typing to nobody, or in a room that one is not a member of, is refused as a message would be."""
    anna, boris = await house.login("anna"), await house.login("boris")
    await house.do(boris, Join(room="#tea"))
    with pytest.raises(error):
        await house.do(anna, Typing(to=to))
