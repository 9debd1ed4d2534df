"""What is acknowledged survives a crash in the middle of a load: every message once, in order, without a gap."""

import asyncio
import json
import random
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.data import add_accounts
from tests.support.process import ServerProcess
from tests.support.proof import Proof
from tests.support.store import Kept, changes, kept
from tests.support.wire import Wire

SENDERS = ("anna", "boris", "clara", "dmitri")
ROOMS = ("#tea", "#coffee", "#water")
WINDOW = 30


class Sent(NamedTuple):
    """A message on its way: its id and where it goes."""

    id: str
    to: str


class Sender:
    """Somebody who sends messages with ids as fast as the server answers; remembers what was acknowledged."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.sent: list[Sent] = []
        self.acknowledged: dict[str, int] = {}
        """seq by id."""
        self.heard: list[dict[str, object]] = []

    async def send_until_the_end(self, wire: Wire, chance: random.Random) -> None:
        """Send until the connection ends."""
        waiting = 0
        try:
            while True:
                while waiting < WINDOW:
                    others = [name for name in SENDERS if name != self.name]
                    message = Sent(f"{self.name}-{len(self.sent)}", chance.choice([*ROOMS, *others]))
                    self.sent.append(message)
                    wire.tell(action="msg", to=message.to, message=f"text of {message.id}", id=message.id)
                    waiting += 1
                answer = await wire.answer()
                assert answer["response"] in {200, 202}, answer
                self.acknowledged[answer["id"]] = answer["seq"]
                waiting -= 1
        except (EOFError, ConnectionError):
            self.heard += wire.aside

    async def resend(self, port: int) -> None:
        """Send everything that was not acknowledged once more, in order."""
        async with await Wire.login(port, self.name, features=["seq"]) as wire:
            for message in self.sent:
                if message.id not in self.acknowledged:
                    wire.tell(action="msg", to=message.to, message=f"text of {message.id}", id=message.id)
            for message in self.sent:
                if message.id not in self.acknowledged:
                    answer = await wire.answer()
                    assert (answer["response"] in {200, 202}, answer["id"]) == (True, message.id)
                    self.acknowledged[message.id] = answer["seq"]


def check(data: Path, senders: list[Sender]) -> None:
    """Every acknowledged message is kept once with its seq; no gap; each sender's order in each conversation."""
    rows = kept(data)
    by_conversation: dict[int, list[Kept]] = defaultdict(list)
    for row in rows:
        by_conversation[row.conversation].append(row)
    for conversation in by_conversation.values():
        assert [row.seq for row in conversation] == list(range(1, len(conversation) + 1))
    by_id = {row.id: row for row in rows}
    assert len(by_id) == len(rows)
    for sender in senders:
        sent = {message.id: number for number, message in enumerate(sender.sent)}
        for id_, seq in sender.acknowledged.items():
            assert by_id[id_].seq == seq
            assert by_id[id_].text == f"text of {id_}"
        for conversation in by_conversation.values():
            order = [sent[row.id] for row in conversation if row.sender == sender.name]
            assert order == sorted(order)
        for delivery in sender.heard:  # nothing is shown before it is kept
            assert by_id[str(delivery["id"])].seq == delivery["seq"]


def check_journal(data: Path) -> None:
    """Every message that is kept is in the journal once, in order, as a line and as an object."""
    log = data / "log"
    objects = [
        json.loads(line) for path in sorted(log.glob("server.jsonl.*")) for line in path.read_text("utf-8").splitlines()
    ]
    numbers = [found["number"] for found in objects if "number" in found]
    assert numbers == list(range(1, len(kept(data)) + changes(data) + 1))
    lines = [line for path in sorted(log.glob("server.log.*")) for line in path.read_text("utf-8").splitlines()]
    assert [line[24:] for line in lines] == [
        f"{found['level']:8} {found['logger']:10} {found['message']}" for found in objects
    ]


@pytest.mark.parametrize("seed", range(2))
async def test_a_crash_loses_nothing_that_was_acknowledged(tmp_path: Path, seed: int, proof: Proof) -> None:
    """The server is killed at random moments of a load: what it acknowledged is there, the rest can be resent."""
    chance = random.Random(seed)
    add_accounts(tmp_path, list(SENDERS), "secret")
    senders = [Sender(name) for name in SENDERS]
    for crash in range(proof.number(3, 1)):
        server = ServerProcess(tmp_path)
        wires = [await Wire.login(server.port, sender.name, features=["seq"]) for sender in senders]
        for wire in wires:
            for room in ROOMS:
                wire.tell(action="join", room=room)
            for _ in ROOMS:
                assert (await wire.answer())["response"] == 200
            wire.aside.clear()
        before = sum(len(sender.acknowledged) for sender in senders)
        load = [
            asyncio.create_task(sender.send_until_the_end(wire, chance))
            for sender, wire in zip(senders, wires, strict=True)
        ]
        enough = before + chance.randrange(1, 600)
        while sum(len(sender.acknowledged) for sender in senders) < enough:
            await asyncio.sleep(0)  # lets the senders go on
            assert not any(task.done() for task in load)
        await asyncio.to_thread(server.kill)
        await asyncio.gather(*load)
        for wire in wires:
            await wire.close()
        with ServerProcess(tmp_path) as server:
            check(tmp_path, senders)
            await asyncio.gather(*(sender.resend(server.port) for sender in senders))
            check(tmp_path, senders)
            assert len(kept(tmp_path)) == sum(len(sender.sent) for sender in senders)
        assert server.journal.count("не был завершён правильно") == crash + 1
        check_journal(tmp_path)


async def test_an_id_sent_twice_is_one_message(tmp_path: Path) -> None:
    """The same id twice in one segment, later, and after a restart: the same answer each time, one row."""
    add_accounts(tmp_path, ["anna"], "secret")
    message = {"action": "msg", "to": "#tea", "message": "once", "id": "m1"}
    expected = {"response": 200, "alert": "Сообщение от anna к #tea доставлено", "id": "m1", "seq": 1}
    with ServerProcess(tmp_path) as server:
        async with await Wire.login(server.port, "anna", features=["seq"]) as anna:
            await anna.code(action="join", room="#tea")
            anna.tell(**message)
            anna.tell(**message)
            assert [await anna.hear(), await anna.hear(), await anna.ask(**message)] == [expected] * 3
    with ServerProcess(tmp_path) as server:
        async with await Wire.login(server.port, "anna", features=["seq"]) as anna:
            assert await anna.ask(**message) == expected
    assert [(row.seq, row.id) for row in kept(tmp_path)] == [(1, "m1")]
