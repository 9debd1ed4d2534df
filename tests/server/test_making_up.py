"""A disk for the journal that is full: the server works on, and nothing that is promised is missing afterwards."""

import errno
import json
import os
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.data import add_accounts
from tests.support.wire import Wire
from vestnik.log.journal import Journal
from vestnik.log.recovering.checkpoint import checkpoint_path, read_checkpoint
from vestnik.server import checkpoints as checkpoints_module
from vestnik.server import recovery
from vestnik.server.app import App
from vestnik.server.checkpoints import Checkpoints
from vestnik.server.settings import make_settings

LIMIT = 400
"""Records that may wait: 200 promised ones, of which messages leave 50."""


@pytest.fixture(autouse=True)
def pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is read from the store at once finds room together."""
    for module in (checkpoints_module, recovery):
        monkeypatch.setattr(module, "PAGE", 50)


class Disk:
    """The journal's, which is full when it is said so."""

    def __init__(self) -> None:
        self.full = False

    def __call__(self, fd: int, data: memoryview) -> int:
        """In the place of `os.write`."""
        if self.full:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return os.write(fd, data)


@asynccontextmanager
async def running(data: Path, disk: Disk) -> AsyncIterator[tuple[App, Checkpoints]]:
    """A server whose journal is on that disk, and what looks after its checkpoints."""
    made = make_settings({"address": "127.0.0.1", "port": 0, "data": str(data)})
    journal = Journal("server", made.log_path, json=True, limit=LIMIT, write=disk)
    app = App(made, journal)
    journal.hold()
    await app.start()
    number = await app.store.last_number()
    try:
        yield (
            app,
            Checkpoints(journal, made.log_path, app.store, app.chat.epoch, app.services.intake.unrecorded, number),
        )
    finally:
        await app.stop()
        journal.close()


def objects(data: Path) -> list[dict[str, Any]]:
    """What is in the journal."""
    return [json.loads(line) for line in (data / "log" / "server.jsonl").read_text("utf-8").splitlines()]


def numbers(data: Path) -> list[int]:
    """The numbers that the journal has, in its order."""
    return [found["number"] for found in objects(data) if "number" in found]


async def talk(port: int, count: int) -> None:
    """Make so many messages, and a change after every tenth; each is acknowledged."""
    async with await Wire.login(port, "anna") as anna:
        assert await anna.code(action="join", room="#tea") == 200
        for number in range(count):
            assert await anna.code(action="msg", to="#tea", message="x") == 200
            if number % 10 == 0:
                assert await anna.code(action="pin", to="#tea", seq=1 + number) == 200
                assert await anna.code(action="unpin", to="#tea", seq=1 + number) == 200


@pytest.mark.parametrize("noted", [True, False], ids=["checkpoint", "no checkpoint"])
async def test_when_there_is_room_again(tmp_path: Path, noted: bool) -> None:
    """What found no room is recorded from the store, once each, when there is room; no checkpoint comes before."""
    add_accounts(tmp_path, ["anna"], "secret")
    disk = Disk()
    async with running(tmp_path, disk) as (app, checkpoints):
        await talk(app.listener.port, 20)
        await checkpoints.look()
        before = read_checkpoint(tmp_path / "log", "server")
        disk.full = True
        await talk(app.listener.port, 400)
        assert app.journal.lost > 100
        await checkpoints.look()
        assert read_checkpoint(tmp_path / "log", "server") == before
        disk.full = False
        if not noted:
            checkpoint_path(tmp_path / "log", "server").unlink()
        while not app.journal.relaxed:
            app.journal.flush(0.1)
        await checkpoints.look()
        last = await app.store.last_number()
        assert Counter(numbers(tmp_path)) == Counter(range(1, last + 1))
        await talk(app.listener.port, 5)
        await checkpoints.look()
        assert read_checkpoint(tmp_path / "log", "server") != before
    assert numbers(tmp_path)[-5:] == list(range(last + 3, last + 8))
    dropped = [found for found in objects(tmp_path) if found["event"] == "journal.dropped"]
    assert dropped
    assert [found["event"] for found in objects(tmp_path)].count("login.accepted") == 1


async def test_when_it_ends_before(tmp_path: Path) -> None:
    """If the server ends before there is room, the next start gives each message and change its record, once."""
    add_accounts(tmp_path, ["anna"], "secret")
    disk = Disk()
    async with running(tmp_path, disk) as (app, checkpoints):
        await talk(app.listener.port, 20)
        await checkpoints.look()
        disk.full = True
        await talk(app.listener.port, 300)
        await checkpoints.look()
    disk.full = False
    async with running(tmp_path, disk) as (app, _):
        last = await app.store.last_number()
        assert app.journal.flush()
    assert Counter(numbers(tmp_path)) == Counter(range(1, last + 1))


async def test_messages_leave_room(tmp_path: Path) -> None:
    """However many messages wait, there is still room for who logs in."""
    add_accounts(tmp_path, ["anna"], "secret")
    disk = Disk()
    async with running(tmp_path, disk) as (app, _):
        disk.full = True
        async with await Wire.login(app.listener.port, "anna") as anna:
            for _number in range(LIMIT):
                assert await anna.code(action="msg", to="anna", message="x") in (200, 202)
        for _number in range(20):
            async with await Wire.login(app.listener.port, "anna"):
                pass
        disk.full = False
    events = Counter(found["event"] for found in objects(tmp_path))
    assert events["login.accepted"] + events["login.resumed"] == 21
    assert events["message.delivered"] < LIMIT / 2
