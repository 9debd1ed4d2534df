"""A database that is put back to an older copy, and clients that had more."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.client.listening import connected, texts
from tests.support.app import running_app
from tests.support.data import add_accounts, writing
from tests.support.ports import reserved_port
from tests.support.process import ServerProcess, vestnik
from tests.support.store import kept
from tests.support.wire import Wire
from vestnik.client import Backoff, BegunAnew, Client, Delivery, Event, Reconnected
from vestnik.log.journal import Journal
from vestnik.store.queries.epochs import current_epoch
from vestnik.store.store import DATABASE


def client(port: int, name: str, journal: Journal, **more: Any) -> Client:
    """A client that reconnects at once."""
    backoff = Backoff(base=0.01)
    return Client("127.0.0.1", port, name=name, password="secret", journal=journal, backoff=backoff, **more)


async def until_back(events: AsyncIterator[Event]) -> list[str]:
    """The texts that come while a client connects again, the names of what begins anew first."""
    found: list[str] = []
    async for event in events:
        if isinstance(event, BegunAnew):
            assert not found
            found += event.conversations
        elif isinstance(event, Delivery):
            found.append(event.message)
        elif isinstance(event, Reconnected):
            break
    return found


async def test_clients_after_a_restore(tmp_path: Path) -> None:
    """Who was connected, and who comes later with what it has saved, get all that is there now, and what comes then."""
    data, copy = tmp_path / "data", tmp_path / "copy.db"
    with reserved_port() as port, closing(Journal("client", tmp_path / "client")) as journal:
        async with running_app(data, "anna", "boris", json=True, port=port):
            anna, boris = client(port, "anna", journal), client(port, "boris", journal, cursors={})
            async with connected(anna), connected(boris):
                await anna.join("#tea")
                await boris.join("#tea")
                await anna.send("#tea", "kept")
                await anna.send("boris", "kept, too")
        shutil.copy(data / DATABASE, copy)
        anna, boris = client(port, "anna", journal), client(port, "boris", journal, cursors={})
        server = running_app(data, json=True, port=port)
        await server.__aenter__()
        async with connected(anna), connected(boris) as events:
            await anna.send("#tea", "lost")
            await anna.send("boris", "lost, too")
            assert sorted(await texts(events, 4)) == ["kept", "kept, too", "lost", "lost, too"]
            saved = json.loads(json.dumps(boris.cursors))
            await server.__aexit__(None, None, None)
            shutil.copy(copy, data / DATABASE)
            async with running_app(data, json=True, port=port):
                assert sorted(await until_back(events)) == ["#tea", "anna", "kept", "kept, too"]
                assert (await anna.send("#tea", "new")).seq == 2
                assert await texts(events, 1) == ["new"]
                async with connected(client(port, "boris", journal, cursors=saved)) as later:
                    assert await anext(later) == BegunAnew(("#tea", "anna"))
                    assert sorted(await texts(later, 3)) == ["kept", "kept, too", "new"]
                async with connected(client(port, "boris", journal, cursors=boris.cursors)) as again:
                    await anna.send("#tea", "newer")
                    assert await texts(again, 1) == ["newer"]


async def test_a_backup_under_load(tmp_path: Path) -> None:
    """What was acknowledged before a backup is in it, and nothing with a gap, while somebody writes without a pause;
    who had more begins anew where it is restored, gets each message once, and the journal lacks none.
    """
    data, there, file = tmp_path / "data", tmp_path / "there", tmp_path / "backup.tar"
    add_accounts(data, ["anna", "boris"], "secret")
    sent = 0

    async def write(wire: Wire) -> None:
        nonlocal sent
        while True:
            assert (await wire.send("#tea", str(sent + 1)))["response"] == 200
            sent += 1

    with ServerProcess(data) as server:
        async with await Wire.login(server.port, "anna") as anna, await Wire.login(server.port, "boris") as boris:
            for wire in (anna, boris):
                assert await wire.code(action="join", room="#tea") == 200
            typing = asyncio.create_task(write(anna))
            while not sent:
                await asyncio.sleep(0)
            before = sent
            done = await asyncio.to_thread(vestnik, "backup", str(file), "--data", str(data))
            assert done.returncode == 0, done.stderr
            after = sent
            typing.cancel()
    with writing(data) as connection:
        first = current_epoch(connection).epoch
    assert vestnik("restore", str(file), "--data", str(there)).returncode == 0
    texts = [message.text for message in kept(there)]
    assert texts == [str(number) for number in range(1, len(texts) + 1)]
    assert before <= len(texts) <= after + 1
    with ServerProcess(there, "--lang", "en") as server:
        assert "message.recovered" not in (there / "log" / "server.jsonl").read_text("utf-8")
        async with await Wire.login(server.port, "boris", features=["seq", "changes", "resume"]) as boris:
            answer = await boris.ask(action="resume", cursors={"#tea": len(texts) + 1}, epoch=first)
            assert answer["epoch"] != first
            (state,) = answer["conversations"]
            assert (state["anew"], state["seq"]) == (True, len(texts))
    assert vestnik("journal", "verify", "--data", str(there)).returncode == 0
