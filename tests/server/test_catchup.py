"""Resuming: exactly what is missing, then everything that is new, over real sockets in this process."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.support.app import journal_lines, running_app
from tests.support.wire import Wire
from vestnik.store.store import DATABASE

RESUMING = ["seq", "resume", "changes"]


async def resume(wire: Wire, cursors: dict[str, Any] | None, **fields: Any) -> dict[str, Any]:
    """Ask for what is missing; the answer."""
    return await wire.ask(action="resume", time=0, **({} if cursors is None else {"cursors": cursors}), **fields)


async def until_resumed(wire: Wire) -> list[dict[str, Any]]:
    """Everything the server sends before it says that all was sent."""
    heard = []
    while (found := await wire.hear())["action"] != "resumed":
        heard.append(found)
    return heard


def places(heard: list[dict[str, Any]]) -> list[tuple[str, int]]:
    """Conversation and seq of messages."""
    return [(found["to"], found["seq"]) for found in heard if found["action"] == "msg"]


async def test_nothing_before_resume(tmp_path: Path) -> None:
    """Who names the feature hears nothing until `resume`, and then what came meanwhile, once."""
    async with running_app(tmp_path, "anna", "boris", lang="en") as app:
        port = app.listener.port
        async with await Wire.login(port, "anna") as anna, await Wire.login(port, "boris", features=RESUMING) as boris:
            for wire in (anna, boris):
                await wire.ask(action="join", time=0, room="#tea")
            await anna.send("#tea", "one")
            await anna.send("boris", "two")
            assert await boris.silent()
            answer = await resume(boris, {})
            assert (answer["response"], answer["alert"]) == (200, "User boris resumes, conversations: 2")
            assert {(each["to"], each["seq"]) for each in answer["conversations"]} == {("#tea", 1), ("anna", 1)}
            assert places(await until_resumed(boris)) == [("#tea", 1), ("boris", 1)]
            await anna.send("#tea", "three")
            assert (await boris.hear())["seq"] == 2
            assert "INFO     server     User boris has got what was missed (2)" in journal_lines(app)


async def test_exactly_what_is_missing(tmp_path: Path) -> None:
    """With cursors a client gets the messages behind them, of conversations it does not know all."""
    async with running_app(tmp_path, "anna", "boris") as app:
        port = app.listener.port
        async with await Wire.login(port, "anna") as anna:
            async with await Wire.login(port, "boris") as boris:
                for room in ("#tea", "#cake", "#jam"):
                    for wire in (anna, boris):
                        await wire.ask(action="join", time=0, room=room)
            for number in range(5):
                for to in ("#tea", "#cake", "#jam", "boris"):
                    await anna.send(to, str(number))
            async with await Wire.login(port, "boris", features=RESUMING) as boris:
                assert (await resume(boris, {"#tea": 3, "#CAKE": {"seq": 5, "change": 2}}))["response"] == 200
                heard = await until_resumed(boris)
        assert sorted(places(heard)) == sorted(
            [("#tea", 4), ("#tea", 5)] + [(to, seq) for to in ("#jam", "boris") for seq in range(1, 6)]
        )


async def talk(port: int) -> dict[str, dict[str, int]]:
    """Three messages to each conversation of boris; where these are then."""
    async with await Wire.login(port, "anna") as anna:
        async with await Wire.login(port, "boris") as boris:
            for room in ("#tea", "#cake"):
                for wire in (anna, boris):
                    await wire.ask(action="join", time=0, room=room)
        for number in range(3):
            for to in ("#tea", "#cake", "boris"):
                await anna.send(to, str(number))
    return {"#tea": {"seq": 3, "change": 2}, "#cake": {"seq": 3, "change": 2}, "anna": {"seq": 3, "change": 0}}


@pytest.mark.parametrize(
    ("beyond", "anew"),
    [
        ({"#tea": {"seq": 4, "change": 2}}, {"#tea"}),
        ({"#tea": {"seq": 3, "change": 3}}, {"#tea"}),
        ({"#tea": 99}, {"#tea"}),
        ({"anna": {"seq": 4, "change": 0}}, {"anna"}),
        ({"anna": {"seq": 1, "change": 1}, "#cake": 4}, {"anna", "#cake"}),
    ],
)
async def test_a_cursor_beyond_the_end(tmp_path: Path, beyond: dict[str, Any], anew: set[str]) -> None:
    """A cursor beyond the end of its conversation means nothing: that is sent from its beginning, and only that."""
    async with running_app(tmp_path, "anna", "boris", lang="en") as app:
        cursors = await talk(app.listener.port)
        async with await Wire.login(app.listener.port, "boris", features=RESUMING) as boris:
            answer = await resume(boris, cursors | beyond, epoch=app.chat.epoch)
            assert answer["epoch"] == app.chat.epoch
            assert {each["to"] for each in answer["conversations"] if "anew" in each} == anew
            heard = await until_resumed(boris)
            assert len(heard) == len(places(heard)), "older changes are in the messages already"
            names = {"boris" if name == "anna" else name for name in anew}
            assert sorted(places(heard)) == sorted((to, seq) for to in names for seq in (1, 2, 3))
            await boris.ask(action="edit", time=0, to="#tea", seq=1, message="x")
            async with await Wire.login(app.listener.port, "anna") as anna:
                await anna.send("#tea", "new")
            assert (await boris.hear())["seq"] == 4
        more = f"of another epoch: {len(anew)} conversations begin anew"
        assert f"WARNING  server     User boris has more than the database, or {more}" in journal_lines(app)


async def test_cursors_of_another_epoch(tmp_path: Path) -> None:
    """Cursors of another epoch mean nothing, wherever they are; those of this one, or of none, mean what they say."""
    async with running_app(tmp_path, "anna", "boris") as app:
        cursors = await talk(app.listener.port)
        for epoch, anew in ((app.chat.epoch, set()), (None, set()), ("other", set(cursors))):
            async with await Wire.login(app.listener.port, "boris", features=RESUMING) as boris:
                some = {"#tea": cursors["#tea"]}
                assert (await resume(boris, some, more=True, epoch=app.chat.epoch))["response"] == 200
                answer = await resume(boris, cursors, **({} if epoch is None else {"epoch": epoch}))
                assert {each["to"] for each in answer["conversations"] if "anew" in each} == anew
                assert len(places(await until_resumed(boris))) == 3 * len(anew)
        async with await Wire.login(app.listener.port, "boris", features=RESUMING) as boris:
            await resume(boris, {"#cake": 3}, more=True, epoch="other")
            answer = await resume(boris, {"#tea": 2, "anna": 3}, epoch=app.chat.epoch)
            assert {each["to"] for each in answer["conversations"] if "anew" in each} == {"#cake"}
            expected = [("#tea", 3), ("#cake", 1), ("#cake", 2), ("#cake", 3)]
            assert sorted(places(await until_resumed(boris))) == sorted(expected)


async def test_a_room_begins_anew_with_the_membership(tmp_path: Path) -> None:
    """Of a room that begins anew, what was said before the membership is not sent."""
    async with running_app(tmp_path, "anna", "boris") as app:
        await talk(app.listener.port)
        async with await Wire.login(app.listener.port, "boris") as boris:
            await boris.ask(action="leave", time=0, room="#tea")
            async with await Wire.login(app.listener.port, "anna") as anna:
                await anna.send("#tea", "between")
                await boris.ask(action="join", time=0, room="#tea")
                await anna.send("#tea", "after")
        async with await Wire.login(app.listener.port, "boris", features=RESUMING) as boris:
            await resume(boris, {"#tea": 9, "#cake": {"seq": 3, "change": 2}, "anna": 3})
            assert places(await until_resumed(boris)) == [("#tea", 5)]


async def test_a_store_that_is_ahead(tmp_path: Path) -> None:
    """A client may have what is in the store and has not gone on here yet: nothing begins anew, nothing is missing."""
    async with running_app(tmp_path, "anna", "boris") as app:
        cursors = await talk(app.listener.port)
        room = app.chat.rooms.find("#tea")
        assert room is not None
        app.services.intake._order.begin(room.id, 2, 1)  # as if the rest had come from another process
        room.seq, room.change = 2, 1
        async with await Wire.login(app.listener.port, "boris", features=RESUMING) as boris:
            answer = await resume(boris, cursors)
            assert {each["to"]: (each["seq"], each["change"]) for each in answer["conversations"]} == {
                name: (at["seq"], at["change"]) for name, at in cursors.items()
            }
            assert not any("anew" in each for each in answer["conversations"])
            assert await until_resumed(boris) == []
            assert (room.seq, room.change) == (3, 2)
            async with await Wire.login(app.listener.port, "anna") as anna:
                await anna.send("#tea", "new")
            assert (await boris.hear())["seq"] == 4


async def test_an_older_copy_of_the_database(tmp_path: Path) -> None:
    """After a restore who has old cursors gets everything that is there now, and new messages with small numbers."""
    data = tmp_path / "data"
    async with running_app(data, "anna", "boris", json=True) as app:
        cursors, epoch = await talk(app.listener.port), app.chat.epoch
    copy = (data / DATABASE).read_bytes()
    async with running_app(data, json=True) as app, await Wire.login(app.listener.port, "anna") as anna:
        assert app.chat.epoch == epoch
        for to in ("#tea", "boris"):
            assert (await anna.send(to, "lost"))["response"] in {200, 202}
    for name in ("#tea", "anna"):
        cursors[name]["seq"] += 1
    (data / DATABASE).write_bytes(copy)
    async with running_app(data, lang="en", json=True) as app:
        assert app.chat.epoch != epoch
        (line,) = [each for each in journal_lines(app) if "new epoch" in each]
        assert line == (
            "WARNING  server     The database is not that of the last run (newest number 13, in the journal 15):"
            f" new epoch {app.chat.epoch}, clients begin anew"
        )
        async with await Wire.login(app.listener.port, "anna") as anna:
            for to in ("#tea", "boris"):
                await anna.send(to, "new")
        async with await Wire.login(app.listener.port, "boris", features=RESUMING) as boris:
            answer = await resume(boris, cursors, epoch=epoch)
            assert {each["to"] for each in answer["conversations"] if "anew" in each} == set(cursors)
            heard = await until_resumed(boris)
            told = {(each["to"], each["seq"]): each["message"] for each in heard}
            assert len(told) == len(heard) == 3 + 4 + 4
            assert told["#tea", 4] == told["boris", 4] == "new"
            cursors = {each["to"]: {"seq": each["seq"], "change": each["change"]} for each in answer["conversations"]}
            epoch = answer["epoch"]
    async with (
        running_app(data, json=True) as app,
        await Wire.login(app.listener.port, "boris", features=RESUMING) as boris,
    ):
        answer = await resume(boris, cursors, epoch=epoch)
        assert not any("anew" in each for each in answer["conversations"])
        assert await until_resumed(boris) == []
        assert app.chat.epoch == epoch


async def test_new_client(tmp_path: Path) -> None:
    """Without cursors a client gets what was kept for the account, and of rooms only what comes."""
    async with running_app(tmp_path, "anna", "boris") as app:
        port = app.listener.port
        async with await Wire.login(port, "anna") as anna:
            async with await Wire.login(port, "boris") as boris:
                for wire in (anna, boris):
                    await wire.ask(action="join", time=0, room="#tea")
            await anna.send("#tea", "old")
            await anna.send("boris", "kept")
            async with await Wire.login(port, "boris", features=RESUMING) as boris:
                assert {each["to"]: each["seq"] for each in (await resume(boris, None))["conversations"]} == {
                    "#tea": 1,
                    "anna": 1,
                }
                assert places(await until_resumed(boris)) == [("boris", 1)]
            async with await Wire.login(port, "boris", features=RESUMING) as boris:
                await app.services.kept.save()
                await resume(boris, None)
                assert await until_resumed(boris) == []


async def test_cursors_in_parts(tmp_path: Path) -> None:
    """Cursors may come in several requests; a live client may resume again from wherever it likes."""
    async with (
        running_app(tmp_path, "anna") as app,
        await Wire.login(app.listener.port, "anna", features=RESUMING) as anna,
    ):
        for room in ("#a", "#b"):
            await anna.ask(action="join", time=0, room=room)
            await anna.send(room, "x")
        assert (await resume(anna, {"#a": 1}, more=True))["response"] == 200
        assert await anna.silent()
        assert (await resume(anna, {"#b": 1}))["response"] == 200
        assert places(await until_resumed(anna)) == []
        assert (await resume(anna, {"#a": 0, "#b": 1}))["response"] == 200
        assert places(await until_resumed(anna)) == [("#a", 1)]


async def test_resume_under_fire(tmp_path: Path) -> None:
    """While others write as fast as they can, many resume again and again: no gap, no overlap, in order."""
    rounds, writers = 30, 3
    async with running_app(tmp_path, "anna", "boris", "carl", "dora") as app:
        port = app.listener.port
        wires = [await Wire.login(port, name, features=["seq"]) for name in ("anna", "boris", "carl")]
        for wire in wires:
            await wire.ask(action="join", time=0, room="#tea")
        async with await Wire.login(port, "dora") as dora:
            await dora.ask(action="join", time=0, room="#tea")
        done = asyncio.Event()

        async def write(wire: Wire) -> None:
            while not done.is_set():
                wire.tell(action="msg", time=0, to="#tea", message="x")
                wire.tell(action="msg", time=0, to="dora", message="y")
                for _ in range(2):
                    await wire.answer()

        tasks = [asyncio.create_task(write(wire)) for wire in wires]
        seen: dict[str, list[int]] = {}
        for _ in range(rounds):
            async with await Wire.login(port, "dora", features=RESUMING) as dora:
                await resume(dora, {name: seqs[-1] for name, seqs in seen.items()})
                heard = await until_resumed(dora) + [await dora.hear() for _ in range(20)]
            for found in heard:
                if found["action"] == "change":
                    continue
                seen.setdefault(found["to"] if found["to"] == "#tea" else found["from"], []).append(found["seq"])
        done.set()
        await asyncio.gather(*tasks)
        for wire in wires:
            await wire.close()
    assert len(seen) == 1 + writers
    for seqs in seen.values():
        assert seqs == list(range(1, len(seqs) + 1))


async def test_renamed_rooms(tmp_path: Path) -> None:
    """Each change of a name is told of a room that the client knows: by the present name, then by each one it had."""
    async with (
        running_app(tmp_path, "anna") as app,
        await Wire.login(app.listener.port, "anna", features=["seq"]) as anna,
    ):
        await anna.ask(action="join", room="#a")
        await anna.ask(action="set_room", room="#a", name="#b")
        await anna.ask(action="set_room", room="#b", name="#c")
        async with await Wire.login(app.listener.port, "anna", features=RESUMING) as other:
            (state,) = (await resume(other, {"#a": {"seq": 0, "change": 1}}))["conversations"]
            assert (state["to"], state["as"]) == ("#c", "#a")
            heard = await until_resumed(other)
    assert [(found["to"], found["name"]) for found in heard] == [("#c", "#b"), ("#b", "#c")]


async def test_a_room_is_renamed_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is sent while a room is renamed has the name that the answer had, until the change is sent."""
    async with (
        running_app(tmp_path, "anna") as app,
        await Wire.login(app.listener.port, "anna", features=["seq"]) as anna,
        await Wire.login(app.listener.port, "anna", features=RESUMING) as other,
    ):
        await anna.ask(action="join", room="#a")
        await anna.send("#a", "one")
        renamed, missed_messages = asyncio.Event(), app.store.missed_messages

        async def later(*values: Any) -> Any:
            await renamed.wait()
            return await missed_messages(*values)

        monkeypatch.setattr(app.store, "missed_messages", later)
        assert [each["to"] for each in (await resume(other, {}))["conversations"]] == ["#a"]
        await anna.ask(action="set_room", room="#a", name="#b")
        await anna.send("#b", "two")
        renamed.set()
        heard = await until_resumed(other)
        await anna.send("#b", "three")
        heard.append(await other.hear())
    assert [(found["to"], found.get("message", found.get("name"))) for found in heard] == [
        ("#a", "one"),
        ("#a", "two"),
        ("#a", "#b"),
        ("#b", "three"),
    ]


async def test_a_room_is_left_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of a room is sent after the answer to `leave`, though it was read from the store before."""
    async with (
        running_app(tmp_path, "anna", "boris") as app,
        await Wire.login(app.listener.port, "boris", features=["seq"]) as boris,
        await Wire.login(app.listener.port, "anna", features=RESUMING) as anna,
    ):
        for wire in (boris, anna):
            await wire.ask(action="join", room="#a")
        await boris.send("#a", "one")
        read, left, missed_messages = asyncio.Event(), asyncio.Event(), app.store.missed_messages

        async def later(*values: Any) -> Any:
            found = await missed_messages(*values)
            read.set()
            await left.wait()
            return found

        monkeypatch.setattr(app.store, "missed_messages", later)
        await resume(anna, {"#a": 0})
        await read.wait()
        assert (await anna.ask(action="leave", room="#a"))["response"] == 200
        left.set()
        assert await until_resumed(anna) == []


@pytest.mark.parametrize("again", [False, True], ids=["new", "again"])
@pytest.mark.parametrize("held", ["before", "behind"])
async def test_a_room_is_joined_while_the_store_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, held: str, again: bool
) -> None:
    """Whoever resumes while another device joins a room gets nothing of it from before the membership or the answer."""
    async with (
        running_app(tmp_path, "anna", "boris") as app,
        await Wire.login(app.listener.port, "boris", features=["seq"]) as boris,
        await Wire.login(app.listener.port, "anna", features=["seq"]) as anna,
        await Wire.login(app.listener.port, "anna", features=RESUMING) as other,
    ):
        await boris.ask(action="join", room="#a")
        await boris.send("#a", "one")
        if again:
            await anna.ask(action="join", room="#a")
        asked, ready, conversations = asyncio.Event(), asyncio.Event(), app.store.conversations

        async def later(*values: Any) -> Any:
            found = await conversations(*values) if held == "before" else None
            asked.set()
            await ready.wait()
            return found or await conversations(*values)

        monkeypatch.setattr(app.store, "conversations", later)
        other.tell(action="resume", cursors={"boris": 0})
        await asked.wait()
        if again:
            await anna.ask(action="leave", room="#a")
        await boris.send("#a", "two")
        await anna.ask(action="join", room="#a")
        await boris.send("#a", "three")
        ready.set()
        (state,) = (await other.hear())["conversations"]
        heard = await until_resumed(other)
    assert [(found["action"], found["seq"]) for found in heard] == [("msg", 3)]
    assert (state["to"], state["read"]) == ("#a", 2)


async def test_the_store_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a failure of the store a client asks again, and gets everything."""
    async with (
        running_app(tmp_path, "anna") as app,
        await Wire.login(app.listener.port, "anna", features=["seq"]) as anna,
        await Wire.login(app.listener.port, "anna", features=RESUMING) as other,
    ):
        await anna.ask(action="join", room="#a")
        await anna.send("#a", "one")
        with monkeypatch.context() as patch:

            async def fail(*_values: object) -> None:
                raise OSError("no disk")

            patch.setattr(app.store, "conversations", fail)
            assert (await resume(other, {"#a": 0}))["response"] == 500
        assert (await resume(other, {"#a": 0}))["response"] == 200
        assert places(await until_resumed(other)) == [("#a", 1)]


async def test_another_device_reads_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """How far another device has read is told at the end, if the answer was before it."""
    async with (
        running_app(tmp_path, "anna") as app,
        await Wire.login(app.listener.port, "anna", features=["seq"]) as anna,
        await Wire.login(app.listener.port, "anna", features=[*RESUMING, "read"]) as other,
    ):
        await anna.ask(action="join", room="#a")
        await anna.send("#a", "one")
        read, missed_messages = asyncio.Event(), app.store.missed_messages

        async def later(*values: Any) -> Any:
            await read.wait()
            return await missed_messages(*values)

        monkeypatch.setattr(app.store, "missed_messages", later)
        await resume(other, {"#a": {"seq": 0, "change": 1}})
        await anna.ask(action="read", to="#a", seq=1)
        read.set()
        heard = await until_resumed(other)
    assert [(found["action"], found["to"], found["seq"]) for found in heard] == [("msg", "#a", 1), ("read", "#a", 1)]


async def test_a_room_is_left_and_joined_again_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another device of the account does to its membership is heard in order, and nothing is left out."""
    async with (
        running_app(tmp_path, "anna", "boris") as app,
        await Wire.login(app.listener.port, "boris", features=["seq"]) as boris,
        await Wire.login(app.listener.port, "anna", features=["seq"]) as anna,
        await Wire.login(app.listener.port, "anna", features=RESUMING) as other,
    ):
        for wire in (boris, anna):
            await wire.ask(action="join", room="#a")
        await boris.send("#a", "one")
        ready, missed_messages = asyncio.Event(), app.store.missed_messages

        async def later(*values: Any) -> Any:
            found = await missed_messages(*values)
            await ready.wait()
            return found

        monkeypatch.setattr(app.store, "missed_messages", later)
        await resume(other, {"#a": {"seq": 0, "change": 2}})
        anna.tell(action="leave", room="#a")
        assert (await anna.answer())["response"] == 200
        await boris.send("#a", "two")
        anna.tell(action="join", room="#a")
        assert (await anna.answer())["response"] == 200
        ready.set()
        heard = await until_resumed(other)
    assert [found["seq"] for found in heard if found["action"] == "msg"] == [1, 2]
    assert [(found["change"], found["kind"]) for found in heard if found["action"] == "change"] == [
        (3, "leave"),
        (4, "join"),
    ]


async def test_what_a_client_has_was_delivered(tmp_path: Path) -> None:
    """What a client names in its cursors counts as delivered, though nothing else says so; what it lacks does not."""
    async with running_app(tmp_path, "anna", "boris", "carl") as app:
        port = app.listener.port
        async with await Wire.login(port, "anna") as anna:
            for text in ("one", "two", "three"):
                await anna.send("boris", text)
            await anna.send("carl", "one")
            assert await app.store.undelivered(2) == {1: 1}
            epoch = {"epoch": app.chat.epoch}
            async with await Wire.login(port, "boris", features=RESUMING) as boris:
                await resume(boris, {"anna": {"seq": 3, "change": 0}}, **epoch)
                assert await until_resumed(boris) == []
            await app.services.kept.save()
            assert await app.store.undelivered(2) == {}
            async with await Wire.login(port, "carl", features=RESUMING) as carl:
                carl.writer.close()
            assert await app.store.undelivered(3) == {2: 1}
