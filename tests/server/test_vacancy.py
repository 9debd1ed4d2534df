"""Empty rooms and old names, with a server around them."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.support.app import journal_lines, running_app
from tests.support.wire import Wire
from vestnik.chat.storage.rooms import RemovalEvent
from vestnik.server import vacancy as module
from vestnik.server.app import App
from vestnik.server.vacancy import Vacancies


def made(app: App, room_hours: int, name_hours: int) -> Vacancies:
    """What looks after the rooms of a server, with other hours."""
    return Vacancies(app.store, app.journal, app.chat, app.services.fanout, room_hours, name_hours)


async def test_an_empty_room_goes(tmp_path: Path) -> None:
    """With a line; its name is free, its messages are gone, and one that somebody is in stays."""
    async with running_app(tmp_path, "anna", "boris", lang="en") as app:
        removed: list[Any] = []
        app.services.fanout.subscribe(lambda event, _own: removed.append(event))
        async with await Wire.login(app.listener.port, "anna", features=["seq"]) as anna:
            for room in ("#tea", "#cake"):
                await anna.ask(action="join", room=room)
                await anna.send(room, "x")
            await anna.ask(action="leave", room="#tea")
            vacancies, number = made(app, 1, 0), app.chat.rooms.find("#tea")
            await vacancies.apply()
            assert (await anna.ask(action="leave", room="#tea"))["response"] == 403
            await vacancies.apply()
            assert (await anna.ask(action="leave", room="#tea"))["response"] == 400
            assert number is not None
            assert removed[-1] == RemovalEvent(number.id)
            assert (await anna.ask(action="create_room", room="#tea"))["response"] == 201
            assert (await anna.ask(action="history", to="#tea"))["messages"] == []
            assert (await anna.send("#tea", "y"))["seq"] == 1
            assert len((await anna.ask(action="history", to="#cake"))["messages"]) == 1
        lines = journal_lines(app)
        assert lines.count("INFO     server     Room #tea removed, for nobody was in it for long") == 1


async def test_a_room_that_is_gone_in_the_store_only(tmp_path: Path) -> None:
    """What is asked of a room that has just been removed is answered as if there were none."""
    async with (
        running_app(tmp_path, "anna") as app,
        await Wire.login(app.listener.port, "anna", features=["seq"]) as anna,
    ):
        await anna.ask(action="join", room="#tea")
        await anna.ask(action="leave", room="#tea")
        found = app.chat.rooms.find("#tea")
        assert found is not None
        assert await app.store.remove_room(found.id, 100, 5.0)
        assert await anna.code(action="leave", room="#tea") == 400
        assert await anna.code(action="get_room", room="#tea") == 404
        assert await anna.code(action="members", room="#tea") == 404
        assert await anna.code(action="join", room="#tea") == 200
        app.services.fanout.remove(RemovalEvent(found.id))
        assert (await anna.send("#tea", "x"))["seq"] == 1


async def test_old_names_are_freed(tmp_path: Path) -> None:
    """Those that somebody uses stay."""
    async with (
        running_app(tmp_path, "anna", "boris", lang="en") as app,
        await Wire.login(app.listener.port, "anna", features=["seq"]) as anna,
    ):
        await anna.ask(action="join", room="#a")
        for name in ("#b", "#c"):
            await anna.ask(action="set_room", room="#a", name=name)
        vacancies = made(app, 0, 1)
        for _ in range(3):
            await anna.ask(action="get_room", room="#b")
            await vacancies.apply()
        assert [await anna.code(action="get_room", room=name) for name in ("#a", "#b", "#c")] == [404, 200, 200]
        assert await anna.code(action="create_room", room="#a") == 201
        line = "INFO     server     Names that rooms had before and nobody uses are free again (1)"
        assert line in journal_lines(app)


class FullDisk:
    """In the place of a store: every look fails, of which the third sets `enough`."""

    def __init__(self) -> None:
        self.looks = 0
        self.enough = asyncio.Event()

    async def vacated_rooms(self, *_values: object) -> None:
        """Fail."""
        self.looks += 1
        if self.looks == 3:
            self.enough.set()
        raise OSError("no disk")


async def test_it_looks_from_time_to_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error is journaled, and it looks again; with zeros it looks for nothing."""
    async with running_app(tmp_path, "anna") as app:
        await made(app, 0, 0).apply()
        store = FullDisk()
        vacancies = Vacancies(store, app.journal, app.chat, app.services.fanout, 1, 1)  # type: ignore[arg-type]
        monkeypatch.setattr(module, "PERIOD", 0.0)
        vacancies.start()
        await store.enough.wait()
        await vacancies.stop()
        assert store.looks >= 3
        assert any("OSError" in line for line in journal_lines(app))
