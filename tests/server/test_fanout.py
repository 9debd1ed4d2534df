"""The fan-out: who hears what, in which format, and who else has subscribed; over real sockets in this process."""

import json
from pathlib import Path
from typing import Any

from tests.support.app import journal_lines, running_app
from tests.support.wire import Wire
from vestnik.chat.storage.changes import ChangeEvent
from vestnik.chat.storage.messages import MessageEvent
from vestnik.chat.storage.rooms import ExpiryEvent
from vestnik.protocol.events import Resumed
from vestnik.protocol.formats import JimRich
from vestnik.server.fanout import ConversationEvent
from vestnik.server.order import Foreign

COUNTING = ["changes"]


async def next_change(wire: Wire) -> tuple[str, str | None]:
    """The next change that somebody hears: its kind, and whom it was done to."""
    found = await wire.hear()
    assert found["action"] == "change"
    return found["kind"], found.get("name")


async def test_who_goes_hears_it(tmp_path: Path) -> None:
    """Who is removed or banned hears it, and of who leaves their other devices do; afterwards they hear nothing."""
    async with running_app(tmp_path, "anna", "boris") as app:
        port = app.listener.port
        anna, boris, phone = [await Wire.login(port, name, features=COUNTING) for name in ("anna", "boris", "boris")]
        async with anna, boris, phone:
            await anna.ask(action="join", room="#tea")
            for request, kind in (
                ({"action": "remove", "name": "boris"}, "remove"),
                ({"action": "ban", "name": "boris"}, "ban"),
            ):
                await anna.ask(action="invite", room="#tea", name="boris")
                for wire in (boris, phone):
                    assert await next_change(wire) == ("invite", "boris")
                await anna.ask(room="#tea", **request)
                for wire in (boris, phone):
                    assert await next_change(wire) == (kind, "boris")
            await anna.ask(action="unban", room="#tea", name="boris")
            await boris.ask(action="join", room="#tea")
            assert await next_change(anna) == ("join", None)
            assert await next_change(phone) == ("join", None)
            await boris.ask(action="leave", room="#tea")
            assert await next_change(anna) == ("leave", None)
            assert await next_change(phone) == ("leave", None)
            await anna.send("#tea", "x")
            for wire in (boris, phone):
                assert await wire.silent()


async def test_a_stranger_that_is_banned_hears_nothing(tmp_path: Path) -> None:
    """A ban is told to the members, not to who was none."""
    async with running_app(tmp_path, "anna", "boris", "clara") as app:
        port = app.listener.port
        anna, boris, clara = [await Wire.login(port, name, features=COUNTING) for name in ("anna", "boris", "clara")]
        async with anna, boris, clara:
            await anna.ask(action="join", room="#tea")
            await clara.ask(action="join", room="#tea")
            assert await next_change(anna) == ("join", None)
            await anna.ask(action="ban", room="#tea", name="boris")
            assert await next_change(clara) == ("ban", "boris")
            assert await boris.silent()


async def test_changes_of_two_people(tmp_path: Path) -> None:
    """A change of a direct conversation reaches all devices of both but the one it comes from."""
    async with running_app(tmp_path, "anna", "boris") as app:
        port = app.listener.port
        anna, phone, boris = [await Wire.login(port, name, features=COUNTING) for name in ("anna", "anna", "boris")]
        async with anna, phone, boris:
            await anna.send("boris", "x")
            for wire in (phone, boris):
                assert (await wire.hear())["message"] == "x"
            await anna.ask(action="react", to="boris", seq=1, emoji="x")
            for wire in (phone, boris):
                heard = await wire.hear()
                assert (heard["to"], heard["kind"], heard["change"]) == ("boris", "react", 1)
            assert await anna.silent()


class Counting(JimRich):
    """A format that counts what it encodes."""

    def __init__(self) -> None:
        self.count = 0

    def message(self, message: Any) -> bytes:
        """Encode and count."""
        self.count += 1
        return super().message(message)

    def event(self, event: Any) -> bytes:
        """Encode and count."""
        self.count += 1
        return super().event(event)


async def test_a_format_encodes_once(tmp_path: Path) -> None:
    """A message or event is encoded once for all who share a format, and not for a format that nobody hears."""
    async with running_app(tmp_path, "anna", "boris") as app:
        port = app.listener.port
        boris = [await Wire.login(port, "boris", features=["seq"]) for _ in range(3)]
        counting, unheard = Counting(), Counting()
        async with await Wire.login(port, "anna") as anna:
            await anna.ask(action="join", room="#tea")
            account = app.chat.sessions.find(2)
            assert account is not None
            for session in account.sessions:
                session.format = counting
            await boris[0].ask(action="join", room="#tea")
            for to in ("#tea", "boris"):
                before = counting.count
                await anna.send(to, "x")
                for wire in boris:
                    assert (await wire.hear())["message"] == "x"
                assert counting.count == before + 1
            app.services.fanout.send(Resumed(1.0), account.sessions)
            for wire in boris:
                assert (await wire.hear())["action"] == "resumed"
        assert (counting.count, unheard.count) == (3, 0)
        for wire in boris:
            await wire.close()


async def test_subscribers(tmp_path: Path) -> None:
    """Subscribers hear everything that happens, in order; an error of one is journaled and the others hear on."""
    heard: list[tuple[ConversationEvent, bool]] = []

    def fail(_event: ConversationEvent, _own: bool) -> None:
        raise RuntimeError("a subscriber's own")

    def hear(event: ConversationEvent, own: bool) -> None:
        heard.append((event, own))

    async with running_app(tmp_path, "anna", lang="en") as app, await Wire.login(app.listener.port, "anna") as anna:
        for subscriber in (fail, hear):
            app.services.fanout.subscribe(subscriber)
        await anna.ask(action="join", room="#tea")
        await anna.send("#tea", "one")
        await anna.ask(action="edit", to="#tea", seq=1, message="two")
        app.services.fanout.expire(ExpiryEvent(1, 1, 1))
        own = [ChangeEvent, MessageEvent, ChangeEvent, ExpiryEvent]
        assert [(type(event), mine) for event, mine in heard] == [(kind, True) for kind in own]
        message, change = heard[1][0], heard[2][0]
        assert isinstance(message, MessageEvent)
        assert isinstance(change, ChangeEvent)
        message.seq += 1
        app.services.fanout.deliver([Foreign(message)])
        app.services.fanout.publish(change._replace(change=change.change + 1), None)
        assert [mine for _, mine in heard[-2:]] == [False, False]
        assert any("RuntimeError" in line for line in journal_lines(app))


async def test_rooms_together(tmp_path: Path) -> None:
    """Messages of several rooms go to a connection with one write, and a change goes behind those before it."""
    async with running_app(tmp_path, "anna", "boris") as app:
        port = app.listener.port
        async with await Wire.login(port, "anna") as anna, await Wire.login(port, "boris", features=COUNTING) as boris:
            rooms = []
            for name in ("#tea", "#milk"):
                for wire in (boris, anna):
                    await wire.ask(action="join", room=name)
                assert await next_change(boris) == ("join", None)
                room = app.chat.rooms.find(name)
                assert room is not None
                rooms.append(room)
            written: list[bytes] = []
            (hearers,) = [found for form, found in rooms[0].hearers.items() if form.rich]
            (recipient,) = hearers
            recipient.send = written.append
            fanout = app.services.fanout
            with fanout.together():
                for room in rooms:
                    for seq in (1, 2):
                        event = MessageEvent(room.id, 1, "anna", 0, room.name, f"{room.name} {seq}", None, seq=seq)
                        fanout.deliver([Foreign(event)])
                assert written == []
                fanout.send(Resumed(0.0), [recipient.session])
                assert len(written) == 2
            said = [json.loads(line)["message"] for line in written[0].splitlines()]
            assert said == ["#tea 1", "#tea 2", "#milk 1", "#milk 2"]
            assert json.loads(written[1])["action"] == "resumed"


async def test_an_event_names_nobody_alive(tmp_path: Path) -> None:
    """Events hold numbers, names and values, so that they may come from another process."""
    heard: list[Any] = []
    async with running_app(tmp_path, "anna") as app, await Wire.login(app.listener.port, "anna") as anna:
        app.services.fanout.subscribe(lambda event, _own: heard.append(event))
        await anna.ask(action="create_room", room="#tea", topic="Tea")
        await anna.send("#tea", "@all", id="a")
        for event in heard:
            names = event._fields if isinstance(event, tuple) else event.__struct_fields__
            for name in names:
                value = getattr(event, name)
                assert type(value).__module__ in {
                    "builtins",
                    "vestnik.chat.storage.changes",
                    "vestnik.chat.storage.messages",
                }, name
    assert len(heard) == 2


async def test_a_forwarded_message_for_each_who_hears_it(tmp_path: Path) -> None:
    """Where it comes from is told to those who may know it, to each of several messages' hearers in the same order."""
    async with running_app(tmp_path, "anna", "boris", "clara") as app:
        port = app.listener.port
        anna, boris, clara = [await Wire.login(port, name, features=["seq"]) for name in ("anna", "boris", "clara")]
        async with anna, boris, clara:
            await anna.ask(action="create_room", room="#board", private=True)
            await anna.ask(action="invite", room="#board", name="boris")
            await anna.send("#board", "x")
            assert (await boris.hear())["message"] == "x"
            for wire in (anna, boris, clara):
                await wire.ask(action="join", room="#tea")
            anna.write(
                b'{"action":"msg","to":"#tea","message":"one"}{"action":"forward","to":"#tea","source":"#board","seq":1}'
                b'{"action":"msg","to":"#tea","message":"three"}{"action":"forward","to":"boris","source":"#board","seq":1}'
                b'{"action":"forward","to":"clara","source":"#board","seq":1}'
            )
            for wire, place in ((boris, "#board"), (clara, "")):
                heard = [await wire.hear() for _ in range(4)]
                assert [each["message"] for each in heard] == ["one", "x", "three", "x"]
                assert [each["forwarded"]["to"] for each in heard if "forwarded" in each] == [place, place]
