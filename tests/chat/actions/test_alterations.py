"""`edit`, `delete`, `edits`, `react`, `unreact`, `pin`, `unpin`, `pins`."""

import asyncio
from collections.abc import Sequence
from typing import Any, NamedTuple

import pytest
from msgspec import UNSET
from sqlalchemy import Update, update

from tests.chat.conftest import House
from tests.support.store import allow, reader
from vestnik.chat.limits import Limits
from vestnik.chat.rooms import Room
from vestnik.chat.session import Session
from vestnik.chat.storage.accounts import AccountRecord
from vestnik.chat.storage.changes import ChangeEvent
from vestnik.protocol.errors import BadRequest, Forbidden, NotFound, VestnikError
from vestnik.protocol.events import Version
from vestnik.protocol.requests import (
    AnyRequest,
    Delete,
    Edit,
    Edits,
    Forward,
    Join,
    Msg,
    Pin,
    Pins,
    React,
    RoleName,
    Unpin,
    Unreact,
)
from vestnik.store import schema
from vestnik.store.schema import member


class Tea(NamedTuple):
    """The room #tea with message 1 of anna, who is an ordinary member there, as are the others."""

    house: House
    anna: Session
    boris: Session
    vera: Session
    room: Room

    async def change(self, session: Session, request: AnyRequest) -> ChangeEvent:
        """Serve a request that changes something, for others too."""
        (change,) = (await self.house.reply(session, request)).changes
        assert self.house.happened[-1] is change
        return change

    async def nothing(self, session: Session, request: AnyRequest) -> None:
        """Serve a request that is answered and changes nothing."""
        reply = await self.house.reply(session, request)
        assert reply.answer.code == 200
        assert reply.changes == ()

    async def refused(self, session: Session, request: AnyRequest) -> tuple[str, Sequence[object]]:
        """The answer to a request that is refused, and its values."""
        with pytest.raises(VestnikError) as caught:
            await self.house.do(session, request)
        assert isinstance(caught.value, (BadRequest, Forbidden, NotFound))
        return caught.value.answer.name, caught.value.values

    async def keep(self, statement: Update) -> None:
        """Change what the store has of the room."""
        await self.house.store._change(lambda connection: connection.execute(statement))

    async def promote(self, session: Session, role: RoleName) -> None:
        """Give somebody a role."""
        await self.keep(update(member).where(member.c.account_id == session.speaker.id).values(role=role))
        self.room.roles[session.speaker.id] = role

    async def shown(self, seq: int = 1) -> Any:
        """A message as it is shown; a pin that it has not got is put for a moment."""
        pinned = {each.seq: each for each in await self.house.store.pinned(reader(1), self.room.id)}
        if seq in pinned:
            return pinned[seq]
        await self.house.store.pin(self.room.id, seq, self.anna.speaker.id, self.house.now, allow)
        (found,) = [each for each in await self.house.store.pinned(reader(1), self.room.id) if each.seq == seq]
        await self.house.store.unpin(self.room.id, seq, self.anna.speaker.id, self.house.now, allow)
        found.pinned = UNSET
        return found


@pytest.fixture
def limits() -> Limits:
    """Small numbers, so that a test reaches them."""
    return Limits(reactions=2, pins=2, page=3)


@pytest.fixture
async def tea(house: House) -> Tea:
    """The room with its message."""
    sessions = [await house.login(name, ("seq",)) for name in ("anna", "boris", "Вера Павловна")]
    for session in sessions:
        await house.do(session, Join(room="#Tea"))
    room = house.chat.rooms.find("#tea")
    assert room is not None
    tea = Tea(house, *sessions, room)
    await tea.keep(update(member).values(role="member"))
    room.roles.clear()
    await house.keep(tea.anna, Msg(to="#tea", message="one"))
    return tea


async def test_edit(tea: Tea) -> None:
    """An edit changes the text, says when, and is a change for the others."""
    tea.house.now += 5
    reply = await tea.house.reply(tea.anna, Edit(to="#TEA", seq=1, message="two"))
    assert (reply.answer.name, reply.values) == ("message.edited", ("anna", "#Tea", 1))
    (change,) = reply.changes
    assert (change.conversation_id, change.to, change.to_id) == (tea.room.id, "", 0)
    assert (change.kind, change.seq, change.account, change.time) == ("edit", 1, "anna", tea.house.now)
    assert change.data == {"message": "two"}
    assert reply.more == {"seq": 1}
    shown = await tea.shown()
    assert (shown.message, shown.edited) == ("two", tea.house.now)


async def test_plain_answer(tea: Tea) -> None:
    """A client without features gets no more than the text."""
    anna = await tea.house.login("anna")
    for _ in range(2):
        assert (await tea.house.reply(anna, Edit(to="#tea", seq=1, message="two"))).more == {}


async def test_same_text(tea: Tea) -> None:
    """An edit to the same text changes nothing, nor does a repeated one."""
    await tea.nothing(tea.anna, Edit(to="#tea", seq=1, message="one"))
    assert (await tea.shown()).edited is UNSET
    await tea.change(tea.anna, Edit(to="#tea", seq=1, message="two"))
    await tea.nothing(tea.anna, Edit(to="#tea", seq=1, message="two"))


async def test_edit_of_anothers(tea: Tea) -> None:
    """Only its author edits a message, whatever role others have; and nobody what was forwarded."""
    await tea.promote(tea.boris, "owner")
    refused = await tea.refused(tea.boris, Edit(to="#tea", seq=1, message="two"))
    assert refused == ("message.not_own", ("boris", "#Tea", 1))
    await tea.house.keep(tea.boris, Forward(to="#tea", source="#tea", seq=1))
    refused = await tea.refused(tea.boris, Edit(to="#tea", seq=2, message="two"))
    assert refused == ("message.not_own", ("boris", "#Tea", 2))


@pytest.mark.parametrize(("text", "answer"), [("", "field.empty"), ("x" * 4001, "field.too_long")])
async def test_edit_to_a_bad_text(tea: Tea, text: str, answer: str) -> None:
    """A new text is checked like a message's."""
    assert (await tea.refused(tea.anna, Edit(to="#tea", seq=1, message=text)))[0] == answer


async def test_mentions_of_an_edit(tea: Tea) -> None:
    """An edited message mentions whom its new text mentions, and nobody else."""
    change = await tea.change(tea.anna, Edit(to="#tea", seq=1, message="@boris @all"))
    assert change.data == {"message": "@boris @all", "mentions": ["all", "boris"]}
    assert (await tea.shown()).mentions == ["all", "boris"]
    await tea.change(tea.anna, Edit(to="#tea", seq=1, message="@вера павловна @boris"))
    assert (await tea.shown()).mentions == ["boris", "Вера Павловна"]
    change = await tea.change(tea.anna, Edit(to="#tea", seq=1, message="nobody"))
    assert "mentions" not in change.data
    assert (await tea.shown()).mentions is UNSET


async def test_delete(tea: Tea) -> None:
    """A deleted message stays in its place without text, reactions, mentions and pin; deleting again is no change."""
    await tea.change(tea.anna, Edit(to="#tea", seq=1, message="@all"))
    await tea.change(tea.boris, React(to="#tea", seq=1, emoji="👍"))
    await tea.change(tea.boris, Pin(to="#tea", seq=1))
    tea.house.now += 5
    change = await tea.change(tea.anna, Delete(to="#tea", seq=1))
    assert (change.kind, change.seq, change.account, change.data) == ("delete", 1, "anna", {})
    assert await tea.house.store.pinned(reader(1), tea.room.id) == []
    await tea.nothing(tea.anna, Delete(to="#tea", seq=1))
    found = await tea.house.store.find_message(reader(1), tea.room.id, 1)
    assert found is not None
    assert (found.text, found.deleted) == ("", tea.house.now)
    with tea.house.store._reading.connect() as connection:
        for table in ("reaction", "pin", "mention"):
            assert connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() == 0


async def test_delete_anothers(tea: Tea) -> None:
    """Moderators and owners delete anybody's messages in their room, others only their own."""
    assert await tea.refused(tea.boris, Delete(to="#tea", seq=1)) == ("message.not_own", ("boris", "#Tea", 1))
    await tea.promote(tea.boris, "moderator")
    assert (await tea.change(tea.boris, Delete(to="#tea", seq=1))).account == "boris"
    await tea.nothing(tea.anna, Delete(to="#tea", seq=1))
    assert (await tea.refused(tea.vera, Delete(to="#tea", seq=1)))[0] == "message.not_own"


async def test_nobody_moderates_a_person(tea: Tea) -> None:
    """In a direct conversation everybody deletes their own messages and no others."""
    await tea.house.keep(tea.anna, Msg(to="boris", message="x"))
    assert (await tea.refused(tea.boris, Delete(to="anna", seq=1)))[0] == "message.not_own"
    change = await tea.change(tea.anna, Delete(to="boris", seq=1))
    assert change.to == "boris"


@pytest.mark.parametrize(
    "request_",
    [
        Edit(to="#tea", seq=1, message="two"),
        React(to="#tea", seq=1, emoji="x"),
        Unreact(to="#tea", seq=1, emoji="x"),
        Pin(to="#tea", seq=1),
        Unpin(to="#tea", seq=1),
    ],
    ids=lambda request: type(request).__name__,
)
async def test_what_is_not_there(tea: Tea, request_: Any) -> None:
    """With a message that was deleted, or never was, nothing can be done."""
    await tea.change(tea.anna, Delete(to="#tea", seq=1))
    assert await tea.refused(tea.anna, request_) == ("message.unknown", ("#Tea", 1))
    request_.seq = 7
    for request in (request_, Delete(to="#tea", seq=7), Edits(to="#tea", seq=7)):
        assert await tea.refused(tea.anna, request) == ("message.unknown", ("#Tea", 7))
    request_.seq = 1


@pytest.mark.parametrize(
    "request_",
    [
        Edit(to="#tea", seq=1, message="two"),
        Delete(to="#tea", seq=1),
        Edits(to="#tea", seq=1),
        React(to="#tea", seq=1, emoji="x"),
        Unreact(to="#tea", seq=1, emoji="x"),
        Pin(to="#tea", seq=1),
        Unpin(to="#tea", seq=1),
        Pins(to="#tea"),
    ],
    ids=lambda request: type(request).__name__,
)
async def test_strangers(tea: Tea, request_: AnyRequest) -> None:
    """Who is not a member does nothing with the messages of a room and sees nothing of them."""
    tea.house.chat.rooms.remove_member(tea.room, tea.anna.speaker.id)
    assert (await tea.refused(tea.anna, request_))[0] == "room.not_member"


@pytest.mark.parametrize("what", ["archived", "muted"])
async def test_who_may_not_write(tea: Tea, what: str) -> None:
    """Whoever may not write does not edit, react or pin either, but takes back what is their own."""
    await tea.change(tea.anna, React(to="#tea", seq=1, emoji="x"))
    if what == "archived":
        await tea.keep(update(schema.room).values(archived=True))
    else:
        anna = AccountRecord(tea.anna.speaker.id, "anna")
        await tea.house.store.mute(tea.room.id, anna.id, anna, tea.house.now + 1, tea.house.now, allow)
    for request in (
        Edit(to="#tea", seq=1, message="two"),
        React(to="#tea", seq=1, emoji="y"),
        Pin(to="#tea", seq=1),
        Unpin(to="#tea", seq=1),
    ):
        assert (await tea.refused(tea.anna, request))[0] == f"room.{what}"
    await tea.change(tea.anna, Unreact(to="#tea", seq=1, emoji="x"))
    await tea.change(tea.anna, Delete(to="#tea", seq=1))


async def test_what_comes_in_between(tea: Tea) -> None:
    """Who is removed, or no moderator any more, before a change is made does not make it, though it was asked for."""
    await tea.promote(tea.boris, "moderator")
    boris = AccountRecord(tea.boris.speaker.id, "boris")
    store, by, now = tea.house.store, tea.anna.speaker.id, tea.house.now
    demoting = asyncio.ensure_future(store.set_role(tea.room.id, by, boris, "member", now, allow))
    await asyncio.sleep(0)
    assert (await tea.refused(tea.boris, Delete(to="#tea", seq=1)))[0] == "message.not_own"
    removing = asyncio.ensure_future(store.remove_member(tea.room.id, by, boris, now, allow))
    await asyncio.sleep(0)
    assert (await tea.refused(tea.boris, Pin(to="#tea", seq=1)))[0] == "room.not_member"
    await asyncio.gather(demoting, removing)


async def test_edits(tea: Tea) -> None:
    """Earlier versions are listed oldest first, with who changed them when; after a deletion only of that."""
    await tea.promote(tea.boris, "owner")
    for number, request in enumerate([Edit(to="#tea", seq=1, message="two"), Edit(to="#tea", seq=1, message="three")]):
        tea.house.now = 100.0 + number
        await tea.change(tea.anna, request)
    reply = await tea.house.reply(tea.vera, Edits(to="#tea", seq=1))
    assert (reply.answer.name, reply.values) == ("edits.listed", ("Вера Павловна", "#Tea", 1, 2))
    assert reply.more == {"edits": [Version(100.0, "anna", "one"), Version(101.0, "anna", "two")]}
    tea.house.now = 102.0
    await tea.change(tea.boris, Delete(to="#tea", seq=1))
    for session in (tea.anna, tea.boris, tea.vera):
        reply = await tea.house.reply(session, Edits(to="#tea", seq=1))
        assert reply.more == {"edits": [Version(102.0, "boris", "", deleted=True)]}


async def test_many_edits(tea: Tea) -> None:
    """More versions than a page holds are cut, and the answer says so."""
    for number in range(4):
        await tea.change(tea.anna, Edit(to="#tea", seq=1, message=str(number)))
    more = (await tea.house.reply(tea.vera, Edits(to="#tea", seq=1))).more
    assert [version.message for version in more["edits"]] == ["one", "0", "1"]
    assert more["more"] is True


@pytest.mark.parametrize(
    ("edits", "role", "seen"),
    [
        ("members", None, True),
        ("moderators", None, False),
        ("moderators", "moderator", True),
        ("moderators", "owner", True),
        ("nobody", "owner", False),
    ],
)
async def test_who_sees_edits(tea: Tea, edits: Any, role: Any, seen: bool) -> None:
    """A room says who may see earlier versions."""
    tea.room.edits = edits
    if role is not None:
        await tea.promote(tea.boris, role)
    if seen:
        assert (await tea.house.reply(tea.boris, Edits(to="#tea", seq=1))).more["edits"] == []
    else:
        assert await tea.refused(tea.boris, Edits(to="#tea", seq=1)) == ("edits.hidden", ("boris", "#Tea"))


async def test_reactions(tea: Tea) -> None:
    """Everybody puts an emoji once and takes it off once; each is a change."""
    change = await tea.change(tea.anna, React(to="#tea", seq=1, emoji="👍"))
    assert (change.kind, change.seq, change.data) == ("react", 1, {"emoji": "👍"})
    await tea.nothing(tea.anna, React(to="#tea", seq=1, emoji="👍"))
    tea.house.now += 1
    await tea.change(tea.boris, React(to="#tea", seq=1, emoji="👍"))
    await tea.change(tea.boris, React(to="#tea", seq=1, emoji="👎"))
    assert (await tea.shown()).reactions == {"👍": ["anna", "boris"], "👎": ["boris"]}
    change = await tea.change(tea.boris, Unreact(to="#tea", seq=1, emoji="👍"))
    assert (change.kind, change.data) == ("unreact", {"emoji": "👍"})
    await tea.nothing(tea.boris, Unreact(to="#tea", seq=1, emoji="👍"))
    assert (await tea.shown()).reactions == {"👍": ["anna"], "👎": ["boris"]}


async def test_reaction_limit(tea: Tea) -> None:
    """A message has so many different reactions and no more; those it has others may put too."""
    for emoji in "ab":
        await tea.change(tea.anna, React(to="#tea", seq=1, emoji=emoji))
    assert await tea.refused(tea.boris, React(to="#tea", seq=1, emoji="c")) == ("reaction.limit", ("#Tea", 1, 2))
    await tea.change(tea.boris, React(to="#tea", seq=1, emoji="b"))
    await tea.change(tea.anna, Unreact(to="#tea", seq=1, emoji="a"))
    await tea.change(tea.boris, React(to="#tea", seq=1, emoji="c"))


FAMILY = "👨\u200d👩\u200d👧\u200d👦"
ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


@pytest.mark.parametrize("emoji", ["👍", "❤\ufe0f", "👍🏽", FAMILY, ENGLAND, "🇷🇺", "1\ufe0f\u20e3", ":tea:", "x" * 32])
async def test_emoji(tea: Tea, emoji: str) -> None:
    """Every emoji may be a reaction, and a short name."""
    await tea.change(tea.anna, React(to="#tea", seq=1, emoji=emoji))
    assert (await tea.shown()).reactions == {emoji: ["anna"]}


@pytest.mark.parametrize(
    ("emoji", "answer"),
    [
        ("", "field.empty"),
        ("x" * 33, "field.too_long"),
        (" ", "reaction.invalid"),
        ("a b", "reaction.invalid"),
        ("a\n", "reaction.invalid"),
        ("a\u00a0b", "reaction.invalid"),
        ("\u200d", "reaction.invalid"),
        ("\ufe0f", "reaction.invalid"),
        ("\u202e👍", "reaction.invalid"),
        ("\ud800", "reaction.invalid"),
    ],
)
async def test_no_emoji(tea: Tea, emoji: str, answer: str) -> None:
    """What is empty, too long, invisible or has blanks is a 400 that says so."""
    for request in (React(to="#tea", seq=1, emoji=emoji), Unreact(to="#tea", seq=1, emoji=emoji)):
        name, values = await tea.refused(tea.anna, request)
        assert name == answer
        assert values[:1] == (() if answer == "reaction.invalid" else ("emoji",))


async def test_pins(tea: Tea) -> None:
    """Any member pins and unpins any message; the last pinned comes first."""
    for text in ("two", "three"):
        await tea.house.keep(tea.anna, Msg(to="#tea", message=text))
    change = await tea.change(tea.boris, Pin(to="#tea", seq=3))
    assert (change.kind, change.seq, change.data) == ("pin", 3, {})
    await tea.nothing(tea.anna, Pin(to="#tea", seq=3))
    tea.house.now += 1
    await tea.change(tea.boris, Pin(to="#tea", seq=1))
    reply = await tea.house.reply(tea.vera, Pins(to="#tea"))
    assert (reply.answer.name, reply.values) == ("pins.listed", ("Вера Павловна", "#Tea", 2))
    assert [(each.seq, each.message, each.pinned) for each in reply.more["messages"]] == [
        (1, "one", True),
        (3, "three", True),
    ]
    assert await tea.refused(tea.boris, Pin(to="#tea", seq=2)) == ("pin.limit", ("#Tea", 2))
    change = await tea.change(tea.vera, Unpin(to="#tea", seq=3))
    assert (change.kind, change.seq) == ("unpin", 3)
    await tea.nothing(tea.vera, Unpin(to="#tea", seq=3))
    await tea.change(tea.boris, Pin(to="#tea", seq=2))


async def test_other_conversations(tea: Tea) -> None:
    """What is done with a message of one conversation changes nothing in another one."""
    await tea.house.keep(tea.anna, Msg(to="boris", message="x"))
    await tea.change(tea.anna, React(to="boris", seq=1, emoji="x"))
    change = await tea.change(tea.boris, Pin(to="anna", seq=1))
    assert (change.to, change.change) == ("anna", 2)
    shown = await tea.shown()
    assert (shown.reactions, shown.pinned) == (UNSET, UNSET)


async def test_the_connection_ends_meanwhile(tea: Tea, monkeypatch: pytest.MonkeyPatch) -> None:
    """Others hear of a change whose author has been cut off before it was on disk."""
    react = tea.house.store.react

    async def cut_off(*values: Any) -> Any:
        change = await react(*values)
        tea.house.chat.sessions.detach(tea.boris)
        return change

    monkeypatch.setattr(tea.house.store, "react", cut_off)
    assert (await tea.change(tea.boris, React(to="#tea", seq=1, emoji="👍"))).kind == "react"
