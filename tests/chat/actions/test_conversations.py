"""`history`, `conversations`, `read` and `resume`."""

from time import thread_time
from typing import Any

import pytest

from tests.chat.conftest import House
from vestnik.chat.actions.conversations import MAX_CURSORS
from vestnik.chat.session import Session
from vestnik.protocol.errors import BadRequest, Conflict, Forbidden, NotFound
from vestnik.protocol.events import ConversationState, Delivery
from vestnik.protocol.requests import (
    AnyRequest,
    Conversations,
    History,
    Join,
    Leave,
    Msg,
    Pins,
    Position,
    Read,
    Resume,
    Search,
)
from vestnik.store.queries.history import PAGE_CHARACTERS


async def say(house: House, session: Session, to: str, *texts: str) -> None:
    """Send messages and wait until they are on disk."""
    for text in texts:
        post = await house.post(session, Msg(to=to, message=text))
        house.store.submit([post])
    await house.store.end_login(0, None)  # the writer serves in order
    room = house.chat.rooms.find(to)
    if room is not None:
        room.seq += len(texts)


async def page(house: House, session: Session, to: str = "#tea", **fields: Any) -> tuple[list[int], bool]:
    """The seqs of a page, and whether there are more."""
    reply = await house.reply(session, History(to=to, **fields))
    return [each.seq for each in reply.more["messages"]], reply.more["more"]


@pytest.fixture
async def anna(house: House) -> Session:
    """Anna, a member of #tea, in which there are ten messages."""
    session = await house.login("anna")
    await house.do(session, Join(room="#tea"))
    await say(house, session, "#tea", *map(str, range(1, 11)))
    return session


@pytest.mark.parametrize(
    ("fields", "seqs", "more"),
    [
        ({}, range(1, 11), False),
        ({"limit": 3}, [8, 9, 10], True),
        ({"before": 8, "limit": 3}, [5, 6, 7], True),
        ({"before": 4, "limit": 3}, [1, 2, 3], False),
        ({"before": 1}, [], False),
        ({"after": 4, "limit": 3}, [5, 6, 7], True),
        ({"after": 7, "limit": 3}, [8, 9, 10], False),
        ({"after": 10}, [], False),
        ({"around": 5, "limit": 4}, [3, 4, 5, 6], True),
        ({"around": 1, "limit": 4}, [1, 2, 3, 4], True),
        ({"around": 10, "limit": 20}, range(1, 11), False),
        ({"before": 2**53 - 1, "limit": 1}, [10], True),
    ],
)
async def test_history(house: House, anna: Session, fields: dict[str, int], seqs: list[int], more: bool) -> None:
    """A page is before, after or around a seq, or else the newest messages, always in order."""
    assert await page(house, anna, **fields) == (list(seqs), more)


async def test_what_history_shows(house: House, anna: Session) -> None:
    """A message has author, addressee, text, time and seq, in direct conversations from both sides."""
    boris = await house.login("boris")
    await say(house, anna, "boris", "Hello")
    await say(house, boris, "anna", "Good day")
    for session, to in ((anna, "boris"), (boris, "Anna")):
        reply = await house.reply(session, History(to=to))
        assert [(each.from_, each.to, each.message, each.seq) for each in reply.more["messages"]] == [
            ("anna", "boris", "Hello", 1),
            ("boris", "anna", "Good day", 2),
        ]


async def test_long_pages_end_early(house: House, anna: Session) -> None:
    """A page has a bounded number of characters, and the next one goes on where it ends."""
    await say(house, anna, "#tea", *["x" * 4000] * (PAGE_CHARACTERS // 4000 + 5))
    seen: list[int] = []
    after, more = 10, True
    while more:
        seqs, more = await page(house, anna, after=after)
        assert seqs
        seen += seqs
        after = seqs[-1]
    assert seen == list(range(11, 11 + PAGE_CHARACTERS // 4000 + 5))


@pytest.mark.parametrize(
    "fields", [{"before": 1, "after": 2}, {"around": 1, "after": 2}, {"limit": 0}], ids=lambda fields: "-".join(fields)
)
async def test_history_of_nothing(house: House, anna: Session, fields: dict[str, int]) -> None:
    """Two places at once, or a page of no messages, are bad requests."""
    with pytest.raises(BadRequest):
        await house.do(anna, History(to="#tea", **fields))


async def test_history_is_for_members(house: House, anna: Session) -> None:
    """Nobody reads a room of which they are no member, or of which they are none any more."""
    boris = await house.login("boris")
    for request in (History(to="#tea"), Read(to="#tea", seq=1)):
        with pytest.raises(Forbidden):
            await house.do(boris, request)
        with pytest.raises(NotFound):
            await house.do(boris, type(request)(**{"to": "#none"} | ({"seq": 1} if type(request) is Read else {})))
    await house.do(anna, Leave(room="#tea"))
    with pytest.raises(Forbidden):
        await house.do(anna, History(to="#tea"))


async def states(house: House, session: Session) -> dict[str, ConversationState]:
    """The list of conversations, by name."""
    reply = await house.reply(session, Conversations())
    return {state.to: state for state in reply.more["conversations"]}


async def test_unread(house: House, anna: Session) -> None:
    """Others' messages are unread until they are read, on all devices; one's own never are."""
    boris = await house.login("boris")
    await house.do(boris, Join(room="#tea"))
    await say(house, boris, "#tea", "11", "12")
    await say(house, boris, "anna", "x")
    found = await states(house, anna)
    assert {name: (each.seq, each.read, each.unread) for name, each in found.items()} == {
        "#tea": (12, 0, 2),
        "boris": (1, 0, 1),
    }
    reply = await house.reply(anna, Read(to="#tea", seq=11))
    (told,) = reply.told
    assert (told.feature, told.to, told.event.seq) == ("read", frozenset({anna.speaker.id}), 11)  # type: ignore[attr-defined]
    assert (await states(house, anna))["#tea"].unread == 1


@pytest.mark.parametrize(("seq", "reached"), [(5, 7), (7, 7), (9, 9), (10, 10), (99, 10)])
async def test_reading(house: House, anna: Session, seq: int, reached: int) -> None:
    """A read cursor goes forward only, and no further than to the end; what changes nothing is told to nobody."""
    await house.do(anna, Read(to="#tea", seq=7))
    reply = await house.reply(anna, Read(to="#tea", seq=seq))
    assert bool(reply.told) == (reached > 7)
    assert (await states(house, anna))["#tea"].read == reached


async def test_resume_finds_what_is_missing(house: House, anna: Session) -> None:
    """Positions are those of the cursors; conversations that go further are noted, under whatever spelling."""
    room = house.chat.rooms.find("#tea")
    assert room is not None
    session = await house.login("anna", ("resume",))
    assert session in room.absent
    reply = await house.reply(session, Resume(cursors={"#TEA": Position(4, room.change), "#gone": 7, "nobody": 1}))
    assert reply.resuming
    assert session.missing.positions[room.id] == (4, room.change)
    assert session.missing.conversations == {room.id}
    with pytest.raises(Conflict):
        await house.do(session, Resume(cursors={}))


async def test_resume_of_too_many(house: House) -> None:
    """Cursors are counted over all parts."""
    session = await house.login("anna", ("resume",))
    await house.do(session, Resume(cursors={f"#{n}": 1 for n in range(MAX_CURSORS)}, more=True))
    with pytest.raises(Forbidden):
        await house.do(session, Resume(cursors={"#one more": 1}))


READING = (
    History(to="boris"),
    History(to="boris", thread=1),
    Pins(to="boris"),
    Read(to="boris", seq=3),
    Conversations(),
    Search(query="tea"),
    Search(in_="boris"),
)


@pytest.mark.parametrize("request_", READING)
async def test_reading_waits_for_no_writer(house: House, request_: AnyRequest) -> None:
    """What only reads is answered while the writer is busy, and begins no conversation with the person it names."""
    anna = await house.login("anna")
    async with house.busy_writer():
        await house.reply(anna, request_)
    ids = await house.account_id("anna"), await house.account_id("boris")
    assert await house.store.find_direct_conversation(*ids) is None


@pytest.mark.parametrize("name", ["a" + "\u0316\u0301" * 16_000, "\ufdfa" * 20_000])
async def test_resume_with_what_is_no_name(house: House, anna: Session, name: str) -> None:
    """A cursor under something longer than any name costs nothing, and changes nothing for the others."""
    session = await house.login("anna", ("resume",))
    begun = thread_time()
    for number in range(10):
        await house.do(session, Resume(cursors={f"{number}{name}": 1}, more=True))
    assert thread_time() - begun < 0.5  # a look at one of them takes longer
    await house.reply(session, Resume(cursors={"#tea": 4}))
    room = house.chat.rooms.find("#tea")
    assert room is not None
    assert session.missing.positions[room.id] == (4, 0)
    assert session.missing.cursors is not None
    assert len(session.missing.cursors) == 1


async def test_messages_of_a_page_are_deliveries(house: House, anna: Session) -> None:
    """What history gives is what is delivered."""
    reply = await house.reply(anna, History(to="#tea", limit=1))
    (message,) = reply.more["messages"]
    assert isinstance(message, Delivery)
    assert message.time > 0
