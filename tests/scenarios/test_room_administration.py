"""Rooms and who may do what in them, over real sockets."""

from pathlib import Path
from typing import Any

from tests.support.app import running_app
from tests.support.wire import Wire

RICH = ["seq", "changes"]


async def change(wire: Wire, **expected: Any) -> dict[str, Any]:
    """The next thing that is heard, which must be a change with at least these fields."""
    heard = await wire.hear()
    assert heard["action"] == "change", heard
    assert heard.pop("time") > 0
    assert {field: heard.get(field) for field in expected} == expected
    return heard


async def code(wire: Wire, **fields: Any) -> int:
    """Ask something of no matter what is heard meanwhile; the code of the answer."""
    wire.tell(**fields)
    return int((await wire.answer())["response"])


async def test_the_life_of_a_room(tmp_path: Path) -> None:
    """A room is made, set, renamed and archived; members with `changes` hear each change once, in order."""
    async with running_app(tmp_path, "anna", "boris", lang="en") as app:
        port = app.listener.port
        async with (
            await Wire.login(port, "anna", features=RICH) as anna,
            await Wire.login(port, "boris", features=RICH) as boris,
        ):
            made = await anna.ask(action="create_room", room="#Tea", topic="Leaves", id="1")
            alert = "User anna created room #Tea"
            assert made.items() >= {"response": 201, "alert": alert, "room": "#Tea", "id": "1"}.items()
            assert await boris.code(action="create_room", room="#tea") == 409
            assert await boris.code(action="join", room="#tea") == 200
            await change(anna, **{"from": "boris", "to": "#Tea", "change": 2, "kind": "join"})
            answer = await anna.ask(action="set_room", room="#tea", name="#Coffee", topic="Beans", private=True)
            assert answer["alert"] == "User anna changed room #Tea: name, topic, private"
            heard = await change(boris, to="#Tea", change=3, kind="set_room")
            assert heard.items() >= {"name": "#Coffee", "topic": "Beans", "private": True}.items()
            assert "archived" not in heard
            assert await boris.code(action="msg", to="#tea", message="old name") == 200
            assert (await anna.hear())["to"] == "#Coffee"
            await anna.code(action="set_room", room="#coffee", archived=True)
            await change(boris, to="#Coffee", change=4, archived=True)
            assert await boris.code(action="msg", to="#coffee", message="x") == 403
            room = (await boris.ask(action="get_room", room="#coffee"))["rooms"]
            state = {"room": "#Coffee", "members": 2, "private": True, "archived": True, "topic": "Beans"}
            assert room == [state | {"role": "member"}]
            assert await anna.silent()
            assert await boris.silent()


async def test_power(tmp_path: Path) -> None:
    """Carl is invited, muted, removed and banned by a moderator; he hears it, and the room only while a member."""
    async with running_app(tmp_path, "anna", "boris", "carl") as app:
        port = app.listener.port
        async with (
            await Wire.login(port, "anna", features=RICH) as anna,
            await Wire.login(port, "boris", features=RICH) as boris,
            await Wire.login(port, "carl", features=RICH) as carl,
        ):
            await code(anna, action="create_room", room="#tea", private=True)
            assert await code(boris, action="join", room="#tea") == 403
            assert await code(anna, action="invite", room="#tea", name="boris") == 200
            assert await code(boris, action="invite", room="#tea", name="carl") == 403
            assert await code(anna, action="set_role", room="#tea", name="boris", role="moderator") == 200
            assert await code(boris, action="invite", room="#tea", name="carl") == 200
            await change(carl, kind="invite", name="carl", change=4)
            assert await code(anna, action="msg", to="#tea", message="welcome") == 200
            assert await carl.texts(1) == ["welcome"]
            assert await code(boris, action="mute", room="#tea", name="carl", seconds=3600) == 200
            muted = await change(carl, kind="mute", name="carl", change=5)
            assert muted["until"] > 1_000_000_000
            assert await carl.code(action="msg", to="#tea", message="x") == 403
            listed = await carl.ask(action="members", room="#tea")
            assert [(each["name"], each.get("role", "member")) for each in listed["members"]] == [
                ("anna", "owner"),
                ("boris", "moderator"),
                ("carl", "member"),
            ]
            assert listed["members"][2]["muted"] == muted["until"]
            assert await carl.code(action="remove", room="#tea", name="boris") == 403
            assert await code(boris, action="remove", room="#tea", name="anna") == 403
            assert await code(boris, action="remove", room="#tea", name="carl") == 200
            await change(carl, kind="remove", name="carl", change=6)
            assert await code(anna, action="msg", to="#tea", message="without him") == 200
            assert await carl.silent()
            assert await code(boris, action="ban", room="#tea", name="carl") == 200
            assert await code(anna, action="invite", room="#tea", name="carl") == 403
            assert await carl.silent()


async def test_plain_clients_hear_only_messages(tmp_path: Path) -> None:
    """A plain client that is invited hears messages at once, and nothing else; after its removal nothing."""
    async with running_app(tmp_path, "anna", "boris") as app:
        port = app.listener.port
        async with await Wire.login(port, "anna") as anna, await Wire.login(port, "boris") as boris:
            await anna.code(action="join", room="#tea")
            assert set(await anna.ask(action="invite", room="#tea", name="boris")) == {"response", "alert"}
            await anna.send("#tea", "hello")
            heard = await boris.hear()
            assert (set(heard), heard["message"]) == ({"action", "time", "from", "to", "message"}, "hello")
            await anna.code(action="set_room", room="#tea", topic="new")
            await anna.code(action="remove", room="#tea", name="boris")
            await anna.send("#tea", "alone")
            assert await boris.silent()


async def test_the_owner_leaves(tmp_path: Path) -> None:
    """The next in rank owns the room, after a restart too; the other devices of who has left hear the leave alone."""
    async with running_app(tmp_path, "anna", "boris", "carl") as app:
        port = app.listener.port
        async with (
            await Wire.login(port, "anna") as anna,
            await Wire.login(port, "anna", features=RICH) as phone,
            await Wire.login(port, "boris") as boris,
            await Wire.login(port, "carl", features=RICH) as carl,
        ):
            for wire in (anna, boris, carl):
                await wire.code(action="join", room="#tea")
            for kind in ("create_room", "join", "join"):
                await change(phone, kind=kind)
            await anna.code(action="set_role", room="#tea", name="carl", role="moderator")
            for wire in (phone, carl):
                await change(wire, kind="set_role", name="carl", role="moderator")
            assert await anna.ask(action="leave", room="#tea") == {
                "response": 200,
                "alert": "Пользователь anna покинул чат #tea",
            }
            for wire in (phone, carl):
                await change(wire, **{"kind": "leave", "from": "anna"})
            await change(carl, **{"kind": "set_role", "from": "anna", "name": "carl", "role": "owner"})
            assert await phone.silent()
    async with running_app(tmp_path) as app, await Wire.login(app.listener.port, "carl") as carl:
        assert (await carl.ask(action="get_room", room="#tea"))["rooms"][0]["role"] == "owner"


async def test_settings_outlive_a_restart(tmp_path: Path) -> None:
    """Earlier names, mutes, bans, the archive and privacy hold in the next run as they did."""
    names = ("anna", "boris", "carl")
    async with running_app(tmp_path, *names) as app, await Wire.login(app.listener.port, "anna") as anna:
        await anna.code(action="join", room="#tea")
        await anna.code(action="set_room", room="#tea", name="#coffee")
        await anna.code(action="invite", room="#tea", name="boris")
        await anna.code(action="mute", room="#tea", name="boris")
        await anna.code(action="ban", room="#tea", name="carl")
        await anna.code(action="create_room", room="#old")
        await anna.code(action="set_room", room="#old", archived=True, private=True)
    async with running_app(tmp_path) as app:
        port = app.listener.port
        async with await Wire.login(port, "boris") as boris, await Wire.login(port, "carl") as carl:
            assert await boris.code(action="msg", to="#tea", message="x") == 403
            assert await boris.code(action="create_room", room="#tea") == 409
            assert await carl.code(action="join", room="#tea") == 403
            assert await boris.code(action="join", room="#old") == 403
            assert [room["room"] for room in (await carl.ask(action="rooms"))["rooms"]] == ["#coffee"]
        async with await Wire.login(port, "anna") as anna:
            assert await anna.code(action="msg", to="#old", message="x") == 403


async def test_groups(tmp_path: Path) -> None:
    """Three people have a conversation of their own; all hear it, and it is in nobody else's list."""
    async with running_app(tmp_path, "anna", "boris", "carl", "dora") as app:
        port = app.listener.port
        async with (
            await Wire.login(port, "anna", features=RICH) as anna,
            await Wire.login(port, "boris", features=RICH) as boris,
            await Wire.login(port, "carl") as carl,
            await Wire.login(port, "dora") as dora,
        ):
            begun = await anna.ask(action="group", members=["boris", "carl"])
            name = begun["room"]
            assert (begun["response"], name[:2]) == (201, "#@")
            await change(boris, kind="create_room", to=name, change=1)
            assert (await boris.ask(action="group", members=["carl", "anna"]))["response"] == 200
            await boris.send(name, "just us")
            assert await anna.texts(1) == await carl.texts(1) == ["just us"]
            assert await carl.code(action="leave", room=name) == 200
            assert (await carl.ask(action="rooms"))["rooms"] == []
            for wire in (anna, boris):
                await change(wire, kind="leave", change=2)
            assert (await carl.ask(action="group", members=["anna", "boris"]))["response"] == 200
            for wire in (anna, boris):
                await change(wire, kind="join", change=3)
            assert await dora.code(action="join", room=name) == 403
            assert await dora.code(action="get_room", room=name) == 404
            assert "rooms" in await dora.ask(action="rooms")
            assert (await carl.ask(action="rooms"))["rooms"] == [
                {"room": name, "members": 3, "private": True, "group": True, "role": "member"}
            ]
            assert await dora.silent()


async def test_who_is_invited_is_asked(tmp_path: Path) -> None:
    """With that setting they hear of it once, whoever invites again, and are in the room when they have joined."""
    async with running_app(tmp_path, "anna", "boris", lang="en", invitations="ask") as app:
        port = app.listener.port
        async with (
            await Wire.login(port, "anna", features=RICH) as anna,
            await Wire.login(port, "boris", features=RICH) as boris,
            await Wire.login(port, "boris") as plain,
        ):
            await code(anna, action="create_room", room="#tea", private=True)
            for _ in range(2):
                answer = await anna.ask(action="invite", room="#tea", name="boris")
                assert answer == {"response": 202, "alert": "User anna has asked boris to join room #tea"}
            heard = await boris.hear()
            assert heard.pop("time") > 0
            assert heard == {"action": "invitation", "from": "anna", "room": "#tea"}
            (state,) = (await boris.ask(action="invitations"))["invitations"]
            assert (state["room"], state["from"]) == ("#tea", "anna")
            assert await code(boris, action="history", to="#tea") == 404
            assert await code(boris, action="join", room="#tea") == 200
            await change(anna, kind="join", change=2)
            assert await code(boris, action="history", to="#tea") == 200
            assert await plain.silent()
