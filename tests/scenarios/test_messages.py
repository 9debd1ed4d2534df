"""What people do with messages, over real sockets."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.app import journal_lines, running_app
from tests.support.wire import Wire

RICH = ["seq", "changes"]


async def into(room: str, *wires: Wire) -> None:
    """Let people join a room; what they hear of each other is put aside."""
    for wire in wires:
        wire.tell(action="join", room=room)
        assert (await wire.answer())["response"] == 200
    for wire in wires:
        await quiet(wire)


async def quiet(wire: Wire) -> None:
    """Take everything that was on its way to a connection: a sign of life is answered behind it."""
    wire.tell(action="presence")
    await wire.answer()
    wire.aside.clear()


async def change(wire: Wire) -> dict[str, Any]:
    """The next thing a connection hears, which is a change, without its time and number."""
    found = await wire.hear()
    assert found.pop("time") > 0
    assert found.pop("change") > 0
    assert found.pop("action") == "change"
    return found


async def test_edit_and_delete(tmp_path: Path) -> None:
    """Who understands changes hears of each edit and deletion once; a plain client hears nothing of it. The earlier
    versions can be asked for.
    """
    async with running_app(tmp_path, "anna", "boris", "carl", lang="en") as app:
        port = app.listener.port
        async with (
            await Wire.login(port, "anna", features=RICH) as anna,
            await Wire.login(port, "boris", features=RICH) as boris,
            await Wire.login(port, "carl") as carl,
        ):
            await into("#tea", anna, boris, carl)
            await anna.send("#tea", "Tee", id="m1")
            assert [(await wire.hear())["message"] for wire in (boris, carl)] == ["Tee", "Tee"]
            answer = await anna.ask(action="edit", to="#tea", seq=1, message="Tea", id="e1")
            number = answer.pop("change")
            assert answer == {"response": 200, "alert": "User anna edited message 1 in #tea", "id": "e1", "seq": 1}
            heard = await boris.hear()
            assert heard["change"] == number
            assert heard.pop("time") > 0
            base = {"action": "change", "from": "anna", "to": "#tea", "seq": 1}
            assert heard == base | {"change": number, "kind": "edit", "message": "Tea"}
            assert await anna.code(action="delete", to="#tea", seq=1) == 200
            heard = await boris.hear()
            assert heard.pop("time") > 0
            assert heard == base | {"change": number + 1, "kind": "delete"}
            assert await anna.code(action="delete", to="#tea", seq=1) == 200
            answer = await boris.ask(action="edits", to="#tea", seq=1)
            assert [edit.pop("time") > 0 for edit in answer["edits"]] == [True]
            assert answer["edits"] == [{"from": "anna", "message": "", "deleted": True}]
            for wire in (anna, boris, carl):
                assert await wire.silent()
        lines = journal_lines(app)
        assert lines.count("INFO     server     200: User anna edited message 1 in #tea") == 1
        assert lines.count("INFO     server     200: User anna deleted message 1 in #tea") == 2


async def test_reactions_and_pins(tmp_path: Path) -> None:
    """Reactions and pins are heard of once each, from plain clients too, and shown with the pinned messages."""
    async with running_app(tmp_path, "anna", "boris", "carl", lang="en") as app:
        port = app.listener.port
        async with (
            await Wire.login(port, "anna", features=RICH) as anna,
            await Wire.login(port, "boris", features=RICH) as boris,
            await Wire.login(port, "carl") as carl,
        ):
            await into("#tea", anna, boris, carl)
            await anna.send("#tea", "Tea", id="m1")
            assert [(await wire.hear())["message"] for wire in (boris, carl)] == ["Tea", "Tea"]
            base = {"to": "#tea", "seq": 1}
            answer = await boris.ask(action="react", **base, emoji="☕")
            assert answer.pop("change") > 0
            assert answer == {"response": 200, "alert": "User boris reacted to message 1 in #tea: ☕", "seq": 1}
            assert await change(anna) == base | {"from": "boris", "kind": "react", "emoji": "☕"}
            assert await boris.code(action="pin", **base) == 200
            assert await change(anna) == base | {"from": "boris", "kind": "pin"}

            answer = await carl.ask(action="react", **base, emoji="☕")
            assert answer == {"response": 200, "alert": "User carl reacted to message 1 in #tea: ☕"}
            for wire in (anna, boris):
                assert await change(wire) == base | {"from": "carl", "kind": "react", "emoji": "☕"}
            answer = await carl.ask(action="pins", to="#tea")
            (shown,) = answer.pop("messages")
            assert answer == {"response": 200, "alert": "User carl got the pinned messages of #tea (1)"}
            assert shown.pop("time") > 0
            pinned = {"pinned": True, "reactions": {"☕": ["boris", "carl"]}}
            assert shown == base | {"action": "msg", "from": "anna", "message": "Tea", "id": "m1"} | pinned

            assert await anna.code(action="unpin", **base) == 200
            assert await change(boris) == base | {"from": "anna", "kind": "unpin"}
            assert await boris.code(action="unreact", **base, emoji="☕") == 200
            assert await change(anna) == base | {"from": "boris", "kind": "unreact", "emoji": "☕"}
            for wire in (anna, boris, carl):
                assert await wire.silent()


async def test_what_was_done_before_it_was_delivered(tmp_path: Path) -> None:
    """Kept messages are delivered as they are by now: edited with the new text, and deleted ones not at all to plain
    clients.
    """
    for features in ([], ["seq"]):
        data = tmp_path / str(len(features))
        async with running_app(data, "anna", "boris") as app:
            port = app.listener.port
            async with await Wire.login(port, "anna") as anna:
                for text in ("one", "two", "@boris"):
                    assert (await anna.send("boris", text))["response"] == 202
                assert await anna.code(action="edit", to="boris", seq=1, message="1") == 200
                assert await anna.code(action="delete", to="boris", seq=2) == 200
            async with await Wire.login(port, "boris", features=features) as boris:
                heard = [await boris.hear() for _ in range(3 if features else 2)]
                assert [each["message"] for each in heard] == (["1", "", "@boris"] if features else ["1", "@boris"])
                if features:
                    assert heard[0]["edited"] > 0
                    assert heard[1]["deleted"] > 0
                    assert heard[2]["mentions"] == ["boris"]
                assert await boris.silent()
            async with await Wire.login(port, "boris", features=features) as boris:
                assert await boris.silent()


async def test_changes_of_a_direct_conversation(tmp_path: Path) -> None:
    """Both sides hear of a change, on all their connections that understand it but the one that made it."""
    async with running_app(tmp_path, "anna", "boris", "carl") as app:
        port = app.listener.port
        async with (
            await Wire.login(port, "anna", features=RICH) as anna,
            await Wire.login(port, "anna", features=RICH) as phone,
            await Wire.login(port, "anna", features=["seq"]) as other,
            await Wire.login(port, "boris", features=RICH) as boris,
            await Wire.login(port, "carl", features=RICH) as carl,
        ):
            await anna.send("boris", "x")
            for wire in (phone, other, boris):
                assert (await wire.hear())["seq"] == 1
            answer = await boris.ask(action="react", to="anna", seq=1, emoji="👍")
            assert (answer["response"], answer["seq"], answer["change"]) == (200, 1, 1)
            for wire in (anna, phone):
                assert await change(wire) == {
                    "from": "boris",
                    "to": "anna",
                    "kind": "react",
                    "seq": 1,
                    "emoji": "👍",
                }
            for wire in (anna, phone, other, boris, carl):
                assert await wire.silent()


async def test_replies_and_mentions(tmp_path: Path) -> None:
    """Rich clients get what a message answers and whom it mentions, plain ones the text; ids count once."""
    async with running_app(tmp_path, "anna", "Вера Павловна") as app:
        port = app.listener.port
        async with (
            await Wire.login(port, "anna", features=RICH) as anna,
            await Wire.login(port, "Вера Павловна", features=RICH) as vera,
            await Wire.login(port, "Вера Павловна") as phone,
        ):
            await into("#tea", anna, vera, phone)
            await anna.send("#tea", "x")
            for wire in (vera, phone):
                assert set(await wire.hear()) <= {"action", "time", "from", "to", "message", "seq"}
            for _ in range(2):
                answer = await anna.send("#tea", "@Вера Павловна, @all", reply_to=1, id="r")
                assert (answer["response"], answer["seq"], answer["id"]) == (200, 2, "r")
            heard = await vera.hear()
            assert heard.pop("time") > 0
            assert heard == {
                "action": "msg",
                "from": "anna",
                "to": "#tea",
                "message": "@Вера Павловна, @all",
                "seq": 2,
                "id": "r",
                "reply_to": 1,
                "thread": 1,
                "mentions": ["all", "Вера Павловна"],
            }
            assert set(await phone.hear()) == {"action", "time", "from", "to", "message"}
            answer = await anna.send("#tea", "y", reply_to=9)
            assert answer["response"] == 404
            for wire in (anna, vera, phone):
                assert await wire.silent()


async def test_order_with_look_ups(tmp_path: Path) -> None:
    """Messages with and without mentions, sent in one go, are kept, answered and heard in their order."""
    async with running_app(tmp_path, "anna", "boris") as app:
        port = app.listener.port
        async with (
            await Wire.login(port, "anna", features=["seq"]) as anna,
            await Wire.login(port, "boris", features=["seq"]) as boris,
        ):
            await into("#tea", anna, boris)
            texts = [f"{number} @boris" if number % 3 else str(number) for number in range(60)]
            for text in texts:
                anna.tell(action="msg", to="#tea", message=text)
            assert [(await anna.answer())["seq"] for _ in texts] == list(range(1, 61))
            heard = [await boris.hear() for _ in texts]
            assert [each["message"] for each in heard] == texts
            assert [each.get("mentions") for each in heard] == [["boris"] if "@" in text else None for text in texts]


async def test_forward(tmp_path: Path) -> None:
    """A forwarded message is answered and delivered like any other, with its origin for rich clients."""
    async with running_app(tmp_path, "anna", "boris", "carl") as app:
        port = app.listener.port
        async with (
            await Wire.login(port, "anna", features=RICH) as anna,
            await Wire.login(port, "boris", features=RICH) as boris,
        ):
            await into("#tea", anna, boris)
            await anna.send("#tea", "recipe")
            first = await boris.hear()
            for _ in range(2):
                answer = await boris.ask(action="forward", source="#tea", seq=1, to="carl", id="f")
                assert answer.pop("alert")
                assert answer == {"response": 202, "id": "f", "seq": 1}
            answer = await boris.ask(action="forward", source="#tea", seq=1, to="#tea")
            assert (answer["response"], answer["seq"]) == (200, 2)
            heard = await anna.hear()
            assert (heard["from"], heard["message"]) == ("boris", "recipe")
            assert heard["forwarded"] == {"from": "anna", "to": "#tea", "seq": 1, "time": first["time"]}
            assert await boris.code(action="forward", source="#tea", seq=9, to="carl") == 404
            async with await Wire.login(port, "carl") as carl:
                heard = await carl.hear()
                assert heard.pop("time") > 0
                assert heard == {"action": "msg", "from": "boris", "to": "carl", "message": "recipe"}
                assert await carl.silent()


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ({"action": "edit", "to": "#tea", "seq": 1}, 400),
        ({"action": "edit", "to": "#tea", "seq": -1, "message": "x"}, 400),
        ({"action": "edit", "to": "#tea", "seq": "1", "message": "x"}, 400),
        ({"action": "edit", "to": "#tea", "seq": 2**53, "message": "x"}, 400),
        ({"action": "edit", "to": "#tea", "seq": 2**53 - 1, "message": "x"}, 404),
        ({"action": "edit", "to": "#none", "seq": 1, "message": "x"}, 404),
        ({"action": "edit", "to": "#tea", "seq": 1, "message": "x"}, 403),
        ({"action": "delete", "to": "#tea", "seq": 1}, 403),
        ({"action": "react", "to": "#tea", "seq": 1, "emoji": "a b"}, 400),
        ({"action": "react", "to": "#tea", "seq": 0, "emoji": "x"}, 404),
        ({"action": "pin", "to": "nobody", "seq": 1}, 404),
        ({"action": "pins", "to": "#none"}, 404),
        ({"action": "edits", "to": "#tea", "seq": 7}, 404),
        ({"action": "forward", "source": "#tea", "to": "nobody", "seq": 1}, 404),
        ({"action": "msg", "to": "#tea", "message": "x", "reply_to": -1}, 400),
    ],
)
async def test_refused(tmp_path: Path, request_: dict[str, Any], code: int) -> None:
    """What cannot be done is answered with its code, and the connection goes on."""
    async with running_app(tmp_path, "anna", "boris") as app:
        port = app.listener.port
        async with await Wire.login(port, "anna") as anna, await Wire.login(port, "boris") as boris:
            await into("#tea", anna, boris)
            await anna.send("#tea", "x")
            await boris.hear()
            answer = await boris.ask(**request_)
            assert (answer["response"], "error" in answer) == (code, True)
            assert await boris.silent()
            assert await anna.silent()
