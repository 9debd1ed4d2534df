"""Up to where the journal has everything, noted while the server runs; and changes that nobody answers for."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from tests.log.conftest import Clock
from tests.server.test_recovery import Store
from tests.support.app import running_app
from tests.support.wire import Wire
from vestnik.chat.rules.alterations import MayPin
from vestnik.log.context import CORRELATION
from vestnik.log.journal import Journal
from vestnik.log.recovering.checkpoint import Checkpoint, checkpoint_path, read_checkpoint
from vestnik.server import checkpoints
from vestnik.server.app import App
from vestnik.server.checkpoints import Checkpoints, Journaled, journaled_by, save_checkpoint
from vestnik.server.unrecorded import Unrecorded


def noted(directory: Path) -> Journaled:
    """What the checkpoint says."""
    found = read_checkpoint(directory, "server")
    assert found is not None
    made = journaled_by(found)
    assert made is not None
    return made


def numbers(directory: Path) -> list[tuple[str, int]]:
    """The numbers in the journal, with their events."""
    lines = (directory / "server.jsonl").read_text("utf-8").splitlines()
    found = [json.loads(line) for line in lines]
    return [(each["event"], each["number"]) for each in found if "number" in each]


async def looked(app: App) -> Journaled:
    """What the checkpoint says after a look."""
    unrecorded = app.services.intake.unrecorded
    made = Checkpoints(app.journal, app.settings.log_path, app.store, app.chat.epoch, unrecorded)
    await made.look()
    return noted(app.settings.log_path)


async def test_noted_while_it_runs(tmp_path: Path) -> None:
    """From the start on there is a checkpoint, and each look notes what is new; the sizes are those of whole lines."""
    async with running_app(tmp_path, "anna", "boris", json=True) as app:
        log = app.settings.log_path
        async with await Wire.login(app.listener.port, "anna") as anna:
            await anna.send("boris", "one")
            await anna.ask(action="join", room="#tea")
            assert await looked(app) == Journaled(app.chat.epoch, 2)
            found = read_checkpoint(log, "server")
            assert found is not None
            for name, size in found.sizes.items():
                assert (log / name).read_bytes()[:size].endswith(b"\n")
            assert [name for name in found.sizes if ".log." in name] != []
            await anna.send("boris", "two")
            assert (await looked(app)).number == 3


async def test_a_change_that_nobody_answers_for(tmp_path: Path) -> None:
    """A change whose request was given up has a record of its own after two looks, or at the end; others do not."""
    async with running_app(tmp_path, "anna", json=True) as app, await Wire.login(app.listener.port, "anna") as anna:
        await anna.ask(action="join", room="#tea")
        await anna.send("#tea", "one")
        room = next(iter(await app.store.all_rooms()))
        rule = MayPin("anna", "#tea", time.time(), 100)
        CORRELATION.set(("7", 1))
        await app.store.pin(room.id, 1, 1, time.time(), rule)
        assert (await looked(app)).without == (3,)
        assert await anna.code(action="unpin", to="#tea", seq=1) == 200
        unrecorded = app.services.intake.unrecorded
        made = Checkpoints(app.journal, app.settings.log_path, app.store, app.chat.epoch, unrecorded)
        await made.look()
        assert noted(app.settings.log_path).without == ()
        await app.store.pin(room.id, 1, 1, time.time(), rule)
    found = numbers(tmp_path / "log")
    assert found[:2] == [("room.joined", 1), ("message.delivered", 2)]
    assert sorted(found[2:]) == [("change.recovered", 3), ("change.recovered", 5), ("message.unpinned", 4)]


async def test_several_changes_in_one_record(tmp_path: Path) -> None:
    """An owner who leaves makes somebody else the owner: the record has the numbers of both."""
    async with running_app(tmp_path, "anna", "boris", json=True) as app:
        port = app.listener.port
        async with await Wire.login(port, "anna") as anna, await Wire.login(port, "boris") as boris:
            assert await anna.code(action="create_room", room="#tea") == 201
            assert await boris.code(action="join", room="#tea") == 200
            assert await anna.code(action="leave", room="#tea") == 200
    lines = (tmp_path / "log" / "server.jsonl").read_text("utf-8").splitlines()
    (left,) = [each for each in map(json.loads, lines) if each["event"] == "room.left"]
    assert (left["number"], left["numbers"]) == (4, "3-4")


@pytest.mark.parametrize("facts", [{}, {"epoch": 1, "number": 2}, {"epoch": "a", "number": "2"}])
def test_what_is_not_ours(facts: dict[str, Any]) -> None:
    """A checkpoint that says something else is none."""
    assert journaled_by(Checkpoint(0.0, {}, facts)) is None


async def test_a_journal_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as the journal waits for its disk nothing is noted."""
    journal = Journal("server", tmp_path, json=True, clock=Clock())
    journal.hold()
    point = journal.point
    monkeypatch.setattr(journal, "point", lambda: point(0))
    assert not await save_checkpoint(journal, tmp_path, Store([1], []), "1", Unrecorded())  # type: ignore[arg-type]
    assert not checkpoint_path(tmp_path, "server").exists()
    journal.close()
    assert checkpoints.PERIOD > 1
