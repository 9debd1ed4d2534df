"""What is unread is shown when one turns to a conversation, and what was shown is read."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.scripted import Script, scripted
from tests.support.waiting import DEADLINE
from vestnik.cli.client.commands import serve
from vestnik.cli.client.reading import MAX_UNREAD
from vestnik.cli.client.screen import Screen
from vestnik.cli.client.shell import Shell
from vestnik.client import Backoff, BegunAnew, Change, Client, Delivery, ReadNotice, TypingNotice
from vestnik.log.journal import Journal

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """The client's journal."""
    made = Journal("client", tmp_path / "client", language="en")
    yield made
    made.close()


class Tea:
    """A server with one room, #tea: `seq` messages of boris, but the last `own` of anna; the first `read` are read."""

    def __init__(self, seq: int, read: int, own: int = 0) -> None:
        self.seq = seq
        self.read = read
        self.own = range(seq - own + 1, seq + 1)
        self.heard: list[tuple[Any, ...]] = []
        self.script: Script | None = None
        self.refuses = False
        """Whether history is refused, after another message has come."""
        self.before_history = 0
        """A number of messages that come before the history is answered."""

    async def __call__(self, script: Script) -> None:
        """Serve a connection."""
        await script.admit(tea={"seq": self.seq, "change": 0})
        self.script = script
        while True:
            asked = await script.hear()
            if asked["action"] == "history" and self.refuses:
                self.deliver()
                script.say(response=403, error="no", id=asked["id"])
                continue
            answer = getattr(self, f"_{asked['action']}", lambda _asked: {})(asked)
            script.say(response=200, alert="fine", id=asked["id"], **answer)

    def deliver(self) -> None:
        """Another message comes."""
        self.seq += 1
        assert self.script is not None
        self.script.deliver(self.seq)

    def _conversations(self, _asked: dict[str, Any]) -> dict[str, Any]:
        state = {"to": "#tea", "seq": self.seq, "change": 0, "read": self.read}
        state["unread"] = len(set(range(self.read + 1, self.seq + 1)) - set(self.own))
        return {"conversations": [state]}

    def _history(self, asked: dict[str, Any]) -> dict[str, Any]:
        for _ in range(self.before_history):
            self.deliver()
        self.before_history = 0
        before, after, limit = asked.get("before") or self.seq + 1, asked.get("after"), asked.get("limit") or 100
        found = list(range(1, self.seq + 1))
        found = (
            [n for n in found if n > after][:limit] if after is not None else [n for n in found if n < before][-limit:]
        )
        self.heard.append(("history", found[0], found[-1]) if found else ("history",))
        message = {"action": "msg", "time": 1, "to": "#tea"}
        names = {n: "anna" if n in self.own else "boris" for n in found}
        return {"messages": [message | {"from": names[n], "seq": n, "message": str(n)} for n in found], "more": False}

    def _read(self, asked: dict[str, Any]) -> dict[str, Any]:
        self.read = max(self.read, asked["seq"])
        self.heard.append(("read", asked["seq"]))
        return {}

    def _msg(self, _asked: dict[str, Any]) -> dict[str, Any]:
        self.seq += 1
        return {"seq": self.seq}


@asynccontextmanager
async def talking(tea: Tea, journal: Journal, *, terminal: bool = True) -> AsyncIterator[Shell]:
    """The client of anna, logged in, which shows what comes."""
    async with scripted(tea) as port:
        client = Client("127.0.0.1", port, name="anna", password="x", journal=journal, backoff=Backoff(base=0))
        shell = Shell(client, journal, Screen("en", "anna", terminal=terminal, width=lambda: 80))
        assert await shell.begin(needs_login=True)
        await shell.welcome()
        receiving = asyncio.create_task(shell.receive())
        yield shell
        shell.ended = True
        await client.disconnect()
        await receiving


def texts(capsys: Capture) -> list[str]:
    """What was shown since the last time: rules, and the texts of messages."""
    lines = capsys.readouterr().out.splitlines()
    return [line.rpartition("│ ")[2] for line in lines if ("│" in line or "──" in line) and "1970" not in line]


async def until(shell: Shell, seq: int) -> None:
    """Wait until a message has come."""
    async with asyncio.timeout(DEADLINE):
        while shell.last_shown("#tea") != seq:
            await asyncio.sleep(0)


async def test_turning_to_a_conversation(journal: Journal, capsys: Capture) -> None:
    """What is unread is shown behind a line, after the last that was read, and is read then; once."""
    tea = Tea(9, 6)
    async with talking(tea, journal) as shell:
        capsys.readouterr()
        await serve(shell, "/to #tea")
        assert texts(capsys) == ["── #tea ──", "3", "4", "5", "6", "── unread: 3 ──", "7", "8", "9"]
        assert tea.heard[-1] == ("read", 9)
        await serve(shell, "/to #tea")
        assert texts(capsys) == []
        assert tea.heard.count(("read", 9)) == 1


async def test_the_last_word_was_ones_own(journal: Journal, capsys: Capture) -> None:
    """One's own messages behind what is read are among the last that are shown, where nothing is unread."""
    async with talking(Tea(7, 4, own=3), journal) as shell:
        capsys.readouterr()
        await serve(shell, "/to #tea")
        assert texts(capsys) == ["── #tea ──", "4", "5", "6", "7"]


async def test_what_was_unread_is_not_shown_again(journal: Journal, capsys: Capture) -> None:
    """Where everything was unread when one came first, it is not shown again when one comes back."""
    async with talking(Tea(2, 0), journal) as shell:
        await serve(shell, "/to #tea")
        capsys.readouterr()
        await serve(shell, "/to #tea")
        assert texts(capsys) == []


async def test_the_hole(journal: Journal, capsys: Capture) -> None:
    """A message that is shown live does not take along those before it that were not."""
    tea = Tea(3, 0)
    async with talking(tea, journal) as shell:
        shell.to = "#tea"
        tea.deliver()
        await until(shell, 4)
        await shell.reading.tell()
        await serve(shell, "hello")
        await shell.reading.tell()
        assert tea.heard == []
        capsys.readouterr()
        await serve(shell, "/to #tea")
        assert texts(capsys) == ["── #tea ──", "── unread: 5 ──", "1", "2", "3", "4", "5"]
        assert tea.heard[-1] == ("read", 5)


async def test_elsewhere(journal: Journal) -> None:
    """What is shown of a conversation that is not chosen stays unread."""
    tea = Tea(1, 1)
    async with talking(tea, journal) as shell:
        shell.to = "boris"
        tea.deliver()
        await until(shell, 2)
        await shell.reading.tell()
        assert tea.heard == []
        assert [(mark.name, mark.unread) for mark in shell.reading.marks.unread()] == [("#tea", 1)]


async def test_live(journal: Journal) -> None:
    """What comes in the chosen conversation is read a moment after it was shown, once for all of it."""
    tea = Tea(0, 0)
    async with talking(tea, journal) as shell:
        await serve(shell, "/to #tea")
        for _ in range(3):
            tea.deliver()
        await until(shell, 3)
        telling = asyncio.create_task(shell.reading.keep_telling())
        async with asyncio.timeout(DEADLINE):
            while not tea.heard:
                await asyncio.sleep(0)
        telling.cancel()
        assert tea.heard == [("read", 3)]


async def test_what_comes_meanwhile(journal: Journal, capsys: Capture) -> None:
    """Messages that come while others are fetched are shown in their order, and none twice."""
    tea = Tea(3, 0)
    async with talking(tea, journal) as shell:
        capsys.readouterr()
        tea.before_history = 2
        await serve(shell, "/to #tea")
        await until(shell, 5)
        tea.deliver()
        await until(shell, 6)
        assert re.findall(r"\d", " ".join(texts(capsys)[2:])) == ["1", "2", "3", "4", "5", "6"]


async def test_many(journal: Journal, capsys: Capture) -> None:
    """Of very many only the first are shown at once, and only these are read; the rest is shown the next time."""
    tea = Tea(MAX_UNREAD + 50, 0)
    async with talking(tea, journal) as shell:
        capsys.readouterr()
        await serve(shell, "/to #tea")
        out = capsys.readouterr().out
        assert "* There are 50 more: /to #tea shows them, /read marks all as read" in out
        assert tea.read == MAX_UNREAD
        await serve(shell, "/to #tea")
        assert tea.read == MAX_UNREAD + 50
        assert "more" not in capsys.readouterr().out


async def test_the_rest_of_many(journal: Journal, capsys: Capture) -> None:
    """Where no other conversation has something unread, the next one is the rest of the chosen one."""
    tea = Tea(MAX_UNREAD + 50, 0)
    async with talking(tea, journal) as shell:
        await serve(shell, "/unread")
        assert tea.read == MAX_UNREAD
        await serve(shell, "/unread")
        assert tea.read == MAX_UNREAD + 50
        capsys.readouterr()
        await serve(shell, "/unread")
        assert capsys.readouterr().out == "* Everything is read in other conversations\n"


async def test_history(journal: Journal) -> None:
    """History that follows what is read is read when it was shown; a later part of it is not."""
    tea = Tea(9, 3)
    async with talking(tea, journal) as shell:
        await serve(shell, "/history #tea 2")
        await shell.reading.tell()
        assert tea.read == 3
        await serve(shell, "/history #tea 7")
        await shell.reading.tell()
        assert tea.read == 9


async def test_a_new_conversation(journal: Journal) -> None:
    """The first answer of somebody one has just turned to is read."""
    tea = Tea(0, 0)
    async with talking(tea, journal) as shell:
        await serve(shell, "/to boris")
        assert tea.script is not None
        tea.script.deliver(1, "anna")
        async with asyncio.timeout(DEADLINE):
            while shell.last_shown("boris") != 1:
                await asyncio.sleep(0)
        await shell.tell_last()
        assert tea.heard == [("read", 1)]


async def test_scripts(journal: Journal) -> None:
    """A script asks for nothing by itself, and nothing of what it gets is read."""
    tea = Tea(3, 0)
    async with talking(tea, journal, terminal=False) as shell:
        await serve(shell, "/to #tea")
        tea.deliver()
        await until(shell, 4)
        await shell.tell_last()
        assert tea.heard == []


async def test_other_devices(journal: Journal) -> None:
    """What another device has read is not unread here, and a room keeps its mark under another name."""
    tea = Tea(5, 2)
    async with talking(tea, journal) as shell:
        assert [mark.unread for mark in shell.reading.marks.unread()] == [3]
        shell.show(ReadNotice(1, "#TEA", 4))
        assert [mark.unread for mark in shell.reading.marks.unread()] == [1]
        shell.show(Change(1, "boris", "#tea", 1, "set_room", name="#chai"))
        assert [mark.name for mark in shell.reading.marks.unread()] == ["#chai"]
        shell.show(BegunAnew(("#chai",)))
        assert shell.reading.marks.get("#chai") is None


async def test_typing_ends_with_the_message(journal: Journal) -> None:
    """Somebody is typing until their message comes."""
    async with talking(Tea(0, 0), journal) as shell:
        shell.show(TypingNotice(1, "boris", "#tea"))
        shell.show(TypingNotice(1, "boris", "anna"))
        assert (shell.typists.names("#tea"), shell.typists.names("boris")) == (["boris"], ["boris"])
        shell.show(Delivery(1, "boris", "#tea", "here", 1))
        assert (shell.typists.names("#tea"), shell.typists.names("boris")) == ([], ["boris"])


async def test_a_refused_conversation(journal: Journal, capsys: Capture) -> None:
    """Where the server does not let one read, one turns to the conversation all the same, and hears what comes."""
    tea = Tea(3, 0)
    async with talking(tea, journal) as shell:
        tea.refuses = True
        await serve(shell, "/to #tea")
        assert shell.to == "#tea"
        assert not shell.failed
        tea.deliver()
        await until(shell, 5)
        assert texts(capsys)[-2:] == ["4", "5"]
