"""Presence as a team lives with it: a server in its own process, several devices, a crash."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.support.data import add_accounts
from tests.support.process import ServerProcess
from tests.support.waiting import DEADLINE
from tests.support.wire import Wire

LISTENING = ["presence"]


async def heard(wire: Wire, name: str) -> dict[str, Any]:
    """What is announced next of a person."""
    while True:
        for person in (await wire.hear())["people"]:
            if person["name"] == name:
                assert isinstance(person, dict)
                return person


async def say(wire: Wire, name: str, **user: str) -> None:
    """Announce one's status or state; what others have announced meanwhile is put aside."""
    wire.tell(action="presence", user={"account_name": name, **user})
    assert (await wire.answer())["response"] == 200


async def until_saved(wire: Wire, data: Path, name: str, status: str) -> None:
    """Wait until a status text is on disk."""
    with closing(sqlite3.connect(data / "vestnik.db")) as database:
        async with asyncio.timeout(DEADLINE):
            while database.execute("SELECT status FROM account WHERE name = ?", [name]).fetchone() != (status,):
                await wire.silent()


async def test_a_day_of_two_people(tmp_path: Path) -> None:
    """Boris comes, goes to lunch on one device and then on the other, comes back, and leaves; Anna hears it all."""
    add_accounts(tmp_path, ["anna", "boris"], "secret")
    with ServerProcess(tmp_path) as server:
        async with await Wire.login(server.port, "anna", features=LISTENING) as anna:
            assert await heard(anna, "anna") == {"name": "anna", "state": "online"}
            phone = await Wire.login(server.port, "boris")
            assert await heard(anna, "boris") == {"name": "boris", "state": "online"}
            async with await Wire.login(server.port, "boris") as desk:
                await say(desk, "boris", state="away", status="lunch")
                assert await heard(anna, "boris") == {"name": "boris", "state": "online", "status": "lunch"}
                await say(phone, "boris", state="away")
                assert await heard(anna, "boris") == {"name": "boris", "state": "away", "status": "lunch"}
                await phone.close()
                await say(desk, "boris", state="online", status="")
                assert await heard(anna, "boris") == {"name": "boris", "state": "online"}
            gone = await heard(anna, "boris")
            assert gone.pop("seen") > 0
            assert gone == {"name": "boris", "state": "offline"}


async def test_a_status_outlives_a_crash(tmp_path: Path) -> None:
    """The server is killed: afterwards Boris is offline with the status that he had, and was seen; then he is back."""
    add_accounts(tmp_path, ["anna", "boris"], "secret")
    server = ServerProcess(tmp_path)
    async with await Wire.login(server.port, "boris") as boris:
        await say(boris, "boris", status="В отпуске 🏖")
        await until_saved(boris, tmp_path, "boris", "В отпуске 🏖")
        server.kill()
    with ServerProcess(tmp_path) as server:
        async with await Wire.login(server.port, "anna") as anna:
            (person,) = (await anna.ask(action="who", names=["boris"]))["people"]
            assert person.pop("seen") > 0
            assert person == {"name": "boris", "state": "offline", "status": "В отпуске 🏖"}
            async with await Wire.login(server.port, "boris"):
                (person,) = (await anna.ask(action="who", names=["boris"]))["people"]
                assert person == {"name": "boris", "state": "online", "status": "В отпуске 🏖"}
