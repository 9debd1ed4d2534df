"""Whom a text mentions."""

import re
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.chat.conftest import House
from vestnik.chat.conversations import find_conversation
from vestnik.chat.limits import Limits
from vestnik.chat.mentions import choose, find_candidates, find_mentions
from vestnik.chat.names import name_key
from vestnik.chat.storage.accounts import AccountRecord
from vestnik.protocol.requests import Join, Leave

LONGEST = 25
NAMES = ("anna", "anna b", "Anna Maria", "Вера Павловна", "Вера", "Dr.", "Андрей", "o_o", "b-b", "x1", "@at")
PEOPLE = {name_key(name): AccountRecord(number, name) for number, name in enumerate(NAMES, 1)}


def mentioned(text: str, limit: int = 50) -> list[str]:
    """The names of those among `PEOPLE` whom a text mentions, in the order of their numbers."""
    return [account.name for account in sorted(choose(find_candidates(text, LONGEST, limit), PEOPLE))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@anna", ["anna"]),
        ("hi @ANNA!", ["anna"]),
        ("(@anna) and,@x1", ["anna", "x1"]),
        ("@anna bring it", ["anna"]),
        ("@anna b", ["anna b"]),
        ("@anna maria, hello", ["Anna Maria"]),
        ("@anna  maria", ["anna"]),
        ("@anna\nmaria", ["anna"]),
        ("@вера павловна и @вера", ["Вера Павловна", "Вера"]),
        ("Позови @Вера Павловну", ["Вера"]),
        ("@Dr. Who", ["Dr."]),
        ("@Андреи\u0306", ["Андрей"]),
        ("@b-b", ["b-b"]),
        ("@b-bar", []),
        ("@annabel", []),
        ("@anna_", []),
        ("@anna1", []),
        ("anna@anna.example", []),
        ("вера@anna", []),
        ("_@anna", []),
        ("@", []),
        ("@ anna", []),
        ("a @ b", []),
        ("@@anna", ["anna"]),
        ("@@at", ["@at"]),
        ("@nobody", []),
        ("anna", []),
        ("@anna @anna @x1", ["anna", "x1"]),
        ("@anna@x1", ["anna"]),
        ("https://site/@anna/post", []),
        ("(https://site/@anna)", []),
        ("see https://site.example/?to=@anna and @x1", ["x1"]),
        ("site.example/@anna", []),
        ("site/@anna/post", []),
        ("/home/@anna", []),
        ("./@anna", ["anna"]),
        ("ask @anna/@x1", ["anna", "x1"]),
        ("Boris/@anna", ["anna"]),
        ("@anna/x1", ["anna"]),
        ("boris.@anna.example", []),
        ("boris+@anna.example", []),
        ("Ask boris.@anna knows", ["anna"]),
        ("boris@site.example,@anna", ["anna"]),
        ("Well...@anna", ["anna"]),
    ],
)
def test_names(text: str, expected: list[str]) -> None:
    """The longest known name behind a free-standing `@` that ends with a word is mentioned, once."""
    assert mentioned(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "@" * 5000,
        "@a" * 2500,
        "@ " * 2500,
        "@anna " + "x" * 4994,
        "@x" + "a-a." * 1200,
        "a.@a.a" * 800,
        "@1" + "a://" * 1200,
    ],
    ids=lambda text: text[:8],
)
def test_cost(text: str) -> None:
    """Whatever a text is made of, looking for mentions in it costs no more than a few milliseconds."""
    find_candidates(text, LONGEST, 50)
    begun = time.thread_time()
    find_candidates(text, LONGEST, 50)
    assert time.thread_time() - begun < 0.05


def test_limit() -> None:
    """Only so many places are looked at; those where no name can be do not count."""
    assert mentioned("@ a@b @anna @x1", limit=1) == ["anna"]


def test_bounded_work() -> None:
    """A text of nothing but signs has no more places than the limit, and none has more names than the longest has."""
    places = find_candidates("@" * 5000, LONGEST, 50)
    assert len(places) <= 50
    assert all(len(place.names) <= LONGEST for place in places)


def word(character: str) -> bool:
    """Whether a character of the alphabet below belongs to a word."""
    return character.isalnum() or character == "_"


EMAIL = re.compile(r"\w\.@[\w-]+\.\w")
"""An address whose first part ends with the only sign of the alphabet below."""


def expected(text: str) -> set[str]:
    """Who is mentioned, found by trying every name at every place."""
    found, at = set(), 0
    while at < len(text):
        fits = [
            name
            for name in NAMES
            if text[at] == "@"
            and not (at and word(text[at - 1]))
            and not EMAIL.match(text, max(0, at - 2))
            and text[at + 1 : at + 1 + len(name)].casefold() == name.casefold()
            and not (word(name[-1]) and word(text[at + 1 + len(name) : at + 2 + len(name)] or " "))
        ]
        longest = max(fits, key=len, default="")
        found |= {longest} - {""}
        at += 1 + len(longest)
    return found


pieces = st.sampled_from([*NAMES, *(name.upper() for name in NAMES), "@", "@", "@", "@", " ", "\n", "a", "b", "_", "."])


@given(st.lists(pieces, max_size=30).map("".join))
def test_every_text(text: str) -> None:
    """In every text exactly those are mentioned whom a search with every name finds."""
    assert set(mentioned(text, limit=1000)) == expected(text)


@given(st.text())
def test_no_text_is_too_strange(text: str) -> None:
    """Whatever the text: nothing is raised, and every place is an `@` with names that the text has behind it."""
    for place in find_candidates(text, LONGEST, 50):
        assert text[place.at] == "@"
        for end, key in place.names:
            assert name_key(text[place.at + 1 : end]) == key
            assert 0 < end - place.at - 1 <= LONGEST


@pytest.fixture
async def ask(house: House) -> Callable[..., object]:
    """Asks whom anna mentions in a conversation: #tea, where anna and boris are, or a direct one."""
    anna, boris = await house.login("anna"), await house.login("boris")
    for session in (anna, boris):
        await house.do(session, Join(room="#tea"))

    async def names(to: str, text: str) -> list[str]:
        conversation = await find_conversation(house.chat, anna.speaker, to)
        return [who.name for who in await find_mentions(house.chat, anna.speaker.id, conversation, text)]

    return names


@pytest.mark.parametrize(
    ("to", "text", "names"),
    [
        ("#tea", "@boris @Вера Павловна", ["boris"]),
        ("#tea", "@anna", []),
        ("#tea", "@all", ["all"]),
        ("#tea", "@Все, @boris", ["all", "boris"]),
        ("#tea", "@allan", []),
        ("boris", "@boris @anna @Вера Павловна @all", ["boris"]),
        ("вера павловна", "Так, @вера павловна!", ["Вера Павловна"]),
        ("#tea", "nobody", []),
    ],
)
async def test_people(ask: Callable[..., object], to: str, text: str, names: list[str]) -> None:
    """Only the people of the conversation count, and in a room all at once; the author never does."""
    assert await ask(to, text) == names  # type: ignore[misc]


async def test_no_member_any_more(house: House) -> None:
    """Whoever has left a room is not mentioned there."""
    anna, boris = await house.login("anna"), await house.login("boris")
    for session in (anna, boris):
        await house.do(session, Join(room="#tea"))
    await house.do(boris, Leave(room="#tea"))
    room = await find_conversation(house.chat, anna.speaker, "#tea")
    assert await find_mentions(house.chat, anna.speaker.id, room, "@boris") == ()


async def test_places_are_those_of_the_settings(house: House) -> None:
    """A message mentions no more than the setting allows."""
    anna = await house.login("anna")
    await house.do(anna, Join(room="#tea"))
    room = await find_conversation(house.chat, anna.speaker, "#tea")
    text = "@nobody " * Limits().mentions + "@all"
    assert await find_mentions(house.chat, anna.speaker.id, room, text) == ()
    assert [who.name for who in await find_mentions(house.chat, anna.speaker.id, room, text[8:])] == ["all"]
