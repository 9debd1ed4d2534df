"""`search`."""

from typing import Any

import msgspec
import pytest

from tests.chat.conftest import House
from vestnik.chat.actions.search import MAX_PAGE, MAX_WORDS, PAGE
from vestnik.chat.outcome import Reply
from vestnik.chat.session import Session
from vestnik.protocol.errors import BadRequest, Forbidden, NotFound, VestnikError
from vestnik.protocol.events import Delivery
from vestnik.protocol.requests import Join, Msg, Search


async def say(house: House, session: Session, to: str, *texts: str) -> None:
    """Send messages and have them kept."""
    for text in texts:
        house.store.submit([await house.post(session, Msg(to=to, message=text))])
    await house.store.end_login(0, None)  # the writer serves in order


async def find(house: House, session: Session, query: str = "", **fields: Any) -> Reply:
    """Search; the answer."""
    reply = await house.reply(session, msgspec.convert({"query": query} | fields, Search))
    assert (int(reply.answer.code), reply.answer.name) == (200, "search.found")
    assert reply.values == (session.name, len(reply.more["messages"]))
    return reply


def texts(reply: Reply) -> list[str]:
    """What the messages of an answer say."""
    found: list[Delivery] = reply.more["messages"]
    return [each.message for each in found]


@pytest.fixture
async def anna(house: House) -> Session:
    """Anna, in #tea with boris; boris has a room of his own."""
    anna, boris = await house.login("anna"), await house.login("boris")
    for session, name in ((anna, "#tea"), (boris, "#tea"), (boris, "#secret")):
        await house.do(session, Join(room=name))
    return anna


async def test_found_at_once(house: House, anna: Session) -> None:
    """What was just sent is found, with a snippet; the last page says that there is no more."""
    await say(house, anna, "#tea", "Где ключи?")
    reply = await find(house, anna, "ключ")
    (message,) = reply.more["messages"]
    assert (message.message, message.to, message.snippet) == ("Где ключи?", "#tea", "Где \u2068ключи\u2069?")
    assert set(reply.more) == {"messages", "more"}
    assert reply.more["more"] is False


async def test_names(house: House, anna: Session) -> None:
    """Author and conversation are found by their names, as everywhere."""
    boris = await house.login("boris")
    await say(house, anna, "#tea", "раз 1")
    await say(house, boris, "#tea", "раз 2")
    await say(house, boris, "anna", "раз 3")
    assert texts(await find(house, anna, "раз", **{"from": "BORIS"})) == ["раз 3", "раз 2"]
    assert texts(await find(house, anna, "раз", **{"in": "#TEA"})) == ["раз 2", "раз 1"]
    assert texts(await find(house, anna, **{"in": "boris"})) == ["раз 3"]
    assert texts(await find(house, anna, **{"in": "boris", "from": "anna"})) == []


async def test_pages(house: House, anna: Session) -> None:
    """An answer has 20 messages, or as many as asked for, at most 50; its `next` leads to the next page."""
    await say(house, anna, "#tea", *(f"раз {number}" for number in range(60)))
    first = await find(house, anna, "раз")
    assert (len(texts(first)), first.more["more"]) == (PAGE, True)
    second = await find(house, anna, "раз", limit=1000, before=first.more["next"])
    assert (len(texts(second)), second.more["more"]) == (60 - PAGE, False)
    assert texts(first) + texts(second) == [f"раз {number}" for number in reversed(range(60))]
    assert len(texts(await find(house, anna, "раз", limit=1000))) == MAX_PAGE
    assert len(texts(await find(house, anna, "раз", limit=3))) == 3


@pytest.mark.parametrize(
    ("fields", "answer", "values"),
    [
        ({}, "fields.none", ("query, from, in, since, until, has",)),
        ({"query": "  "}, "fields.none", ("query, from, in, since, until, has",)),
        ({"query": "?!"}, "search.empty", ()),
        ({"query": "x" * 201}, "field.too_long", ("query", 200)),
        ({"query": " ".join(f"w{number}" for number in range(MAX_WORDS + 1))}, "search.words", (MAX_WORDS,)),
        ({"query": "раз", "limit": 0}, "field.invalid", ("limit",)),
        ({"query": "раз", "before": ""}, "field.invalid", ("before",)),
        ({"query": "раз", "before": "3-1"}, "field.invalid", ("before",)),
        ({"query": "раз", "before": "0-1 OR 1"}, "field.invalid", ("before",)),
        ({"query": "раз", "before": "0-" + "9" * 16}, "field.invalid", ("before",)),
        ({"from": ""}, "field.empty", ("from",)),
        ({"in": "#" + "x" * 25}, "field.too_long", ("in", 25)),
    ],
)
async def test_bad_requests(
    house: House, anna: Session, fields: dict[str, Any], answer: str, values: tuple[object, ...]
) -> None:
    """What cannot be searched for is a 400 that says why."""
    with pytest.raises(BadRequest) as caught:
        await find(house, anna, **fields)
    assert (caught.value.answer.name, caught.value.values) == (answer, values)


async def test_words_of_a_query(house: House, anna: Session) -> None:
    """As many words as allowed are searched for; one that occurs twice counts once."""
    query = " ".join(f"w{number}" for number in range(MAX_WORDS))
    await say(house, anna, "#tea", query)
    assert texts(await find(house, anna, f"{query} W1")) == [query]


@pytest.mark.parametrize(
    ("fields", "error", "answer"),
    [
        ({"from": "nobody"}, NotFound, "account.unknown"),
        ({"in": "nobody"}, NotFound, "account.unknown"),
        ({"in": "#nowhere"}, NotFound, "room.unknown"),
        ({"in": "#secret"}, Forbidden, "room.not_member"),
    ],
)
async def test_unknown(
    house: House, anna: Session, fields: dict[str, Any], error: type[VestnikError], answer: str
) -> None:
    """Unknown names are a 404, rooms of others a 403."""
    with pytest.raises(error) as caught:
        await find(house, anna, "раз", **fields)
    assert caught.value.answer.name == answer
