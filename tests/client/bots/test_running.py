"""A bot at work: each thing is done once, whatever comes between."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from tests.client.bots.serving import in_room, killed, listener, make_bot, said, serving
from tests.support.app import running_app
from tests.support.waiting import DEADLINE
from tests.support.wire import Wire
from vestnik.client import Bot, Call, CommandError
from vestnik.client.bots import running as running_module
from vestnik.client.bots import state as state_module
from vestnik.log.journal import Journal


def adding(bot: Bot, done: list[int]) -> Bot:
    """Let a bot have a command that is counted."""

    @bot.command("add")
    async def add(call: Call, number: int) -> str:
        done.append(number)
        return f"{number} is in"

    return bot


async def test_commands(tmp_path: Path) -> None:
    """A command is served with its words, the answer is in its thread; a wrong call is told how it is written."""
    async with running_app(tmp_path, "bot", "boris") as app:
        done: list[int] = []
        async with serving(adding(make_bot(app.listener.port), done)), await listener(app.listener.port) as boris:
            await in_room(boris)
            sent = await boris.send("#tea", "/add 7")
            answer = await boris.hear()
            assert (answer["message"], answer["reply_to"], answer["thread"]) == ("7 is in", sent["seq"], sent["seq"])
            await boris.send("#tea", "/ADD@Bot 8")
            assert await said(boris) == "8 is in"
            await boris.send("#tea", "/add@boris 9")
            await boris.send("#tea", "/other 9")
            await boris.send("#tea", "/add seven")
            assert (
                await said(boris) == "“seven” does not fit NUMBER, which is a whole number. It is written /add NUMBER"
            )
            await boris.send("bot", "/add 10")
            assert await said(boris) == "10 is in"
        assert done == [7, 8, 10]


async def test_messages_and_reactions(tmp_path: Path) -> None:
    """Functions for messages get what their pattern has found, those for reactions the emoji and its message."""
    async with running_app(tmp_path, "bot", "boris") as app:
        bot = make_bot(app.listener.port)

        @bot.message(r"(?i)issue (\d+)")
        async def issue(call: Call, number: str) -> str:
            return f"{call.author} means {number}: {call.text}"

        @bot.reaction("👍")
        async def thumb(call: Call, emoji: str) -> str:
            message = await call.message()
            assert message is not None
            return f"{emoji} to {message.message}"

        async with serving(bot), await listener(app.listener.port) as boris:
            await in_room(boris)
            sent = await boris.send("#tea", "See Issue 12")
            assert await said(boris) == "boris means 12: See Issue 12"
            for emoji in ("👎", "👍"):
                assert await boris.code(action="react", to="#tea", seq=sent["seq"], emoji=emoji) == 200
            assert await said(boris) == "👍 to See Issue 12"


async def test_failures(tmp_path: Path) -> None:
    """What a command raises is told; an error of the program is in the journal, and the bot goes on."""
    async with running_app(tmp_path, "bot", "boris") as app:
        journal = Journal("client", tmp_path / "bot", language="en")
        bot = make_bot(app.listener.port, journal=journal)

        @bot.command("fail")
        async def fail(call: Call, how: str) -> None:
            if how == "well":
                raise CommandError("The service is not there")
            raise RuntimeError("a secret of the program")

        async with serving(bot), await listener(app.listener.port) as boris:
            await in_room(boris)
            await boris.send("#tea", "/fail well")
            assert await said(boris) == "The service is not there"
            await boris.send("#tea", "/fail badly")
            assert await said(boris) == "/fail has failed: an error in the program, which is in the bot's journal"
            await boris.send("#tea", "/fail well")
            assert await said(boris) == "The service is not there"
        journal.close()
        text = (tmp_path / "bot" / "client.log").read_text("utf-8")
        assert "Error in the bot's program, /fail: RuntimeError" in text
        assert "boris calls /fail in #tea: message 1" in text


async def test_restart(tmp_path: Path) -> None:
    """What was said while a bot was away is served when it is back, once, also after a kill."""
    async with running_app(tmp_path, "bot", "boris") as app:
        port, state, done = app.listener.port, tmp_path / "bot.json", list[int]()
        async with await listener(port) as boris:
            async with serving(adding(make_bot(port, state), done)):
                await in_room(boris)
                await boris.send("#tea", "/add 1")
                assert await said(boris) == "1 is in"
            await boris.send("#tea", "/add 2")
            async with killed(adding(make_bot(port, state), done)):
                assert await said(boris) == "2 is in"
                await boris.send("#tea", "/add 3")
                assert await said(boris) == "3 is in"
            await boris.send("#tea", "/add 4")
            async with serving(adding(make_bot(port, state), done)):
                assert await said(boris) == "4 is in"
            page = await boris.ask(action="history", to="#tea")
            answers = [each["message"] for each in page["messages"] if each["from"] == "bot"]
        assert answers == [f"{number} is in" for number in range(1, 5)]
        assert sorted(set(done)) == [1, 2, 3, 4]


@pytest.mark.parametrize("once", [False, True])
async def test_cut_off(tmp_path: Path, once: bool) -> None:
    """A command that was cut off is begun again and doubles nothing that it has said; one that is `once` is not."""
    async with running_app(tmp_path, "bot", "boris") as app:
        port, state, begun = app.listener.port, tmp_path / "bot.json", asyncio.Semaphore(0)

        def working(*, ends: bool) -> Bot:
            bot = make_bot(port, state)

            @bot.command("work", once=once)
            async def work(call: Call) -> str:
                await call.reply(f"begun, {ends}")
                begun.release()
                if not ends:
                    await asyncio.Event().wait()
                return "done"

            return bot

        async with await listener(port) as boris:
            async with killed(working(ends=False)):
                await in_room(boris)
                await boris.send("#tea", "/work")
                assert await said(boris) == "begun, False"
                await asyncio.wait_for(begun.acquire(), DEADLINE)
            async with serving(working(ends=True)):
                cut = "/work was cut off when the bot stopped, and is not run again by itself"
                assert await said(boris) == (cut if once else "done")
        assert json.loads(state.read_bytes())["jobs"] == []


async def test_a_long_job_is_cut_off_at_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bot that stops waits for what it does, and no longer than it may; the rest is done next time."""
    monkeypatch.setattr(running_module, "GRACE", 0.01)
    async with running_app(tmp_path, "bot", "boris") as app:
        bot = make_bot(app.listener.port, tmp_path / "bot.json")
        begun = asyncio.Event()

        @bot.command("work")
        async def work(call: Call) -> None:
            begun.set()
            await asyncio.Event().wait()

        async with await listener(app.listener.port) as boris, serving(bot):
            await in_room(boris)
            await boris.send("#tea", "/work")
            await asyncio.wait_for(begun.wait(), DEADLINE)
        assert len(json.loads((tmp_path / "bot.json").read_bytes())["jobs"]) == 1


async def test_jobs_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bot does so many things at a time and no more; whoever waits for an answer does nothing."""
    monkeypatch.setattr(running_module, "SIDE_BY_SIDE", 2)
    async with running_app(tmp_path, "bot", "boris") as app:
        bot = make_bot(app.listener.port)
        going, go_on = asyncio.Semaphore(0), asyncio.Event()
        most = running = 0

        @bot.command("work")
        async def work(call: Call) -> None:
            nonlocal most, running
            running += 1
            most = max(most, running)
            going.release()
            await go_on.wait()
            running -= 1

        @bot.command("ask")
        async def ask(call: Call) -> str:
            return f"It is {await call.ask('What?')}"

        async with serving(bot), await listener(app.listener.port) as boris:
            await in_room(boris)
            for _ in range(3):
                await boris.send("#tea", "/ask")
                assert await said(boris) == "What?"
            for _ in range(4):
                await boris.send("#tea", "/work")
            for _ in range(2):
                await asyncio.wait_for(going.acquire(), DEADLINE)
            assert (most, running) == (2, 2)
            go_on.set()
            for _ in range(2):
                await asyncio.wait_for(going.acquire(), DEADLINE)
        assert most == 2


async def test_a_state_that_cannot_be_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bot that cannot keep what it does stops: it could not tell what it has done."""
    async with running_app(tmp_path, "bot", "boris") as app:
        done: list[int] = []
        bot = adding(make_bot(app.listener.port, tmp_path / "bot.json"), done)
        async with await listener(app.listener.port) as boris:
            task = asyncio.create_task(bot.serve())
            await in_room(boris)

            def fail(*_: Any) -> None:
                raise OSError(28, "No space left on device")

            monkeypatch.setattr(state_module, "_write", fail)
            await boris.send("#tea", "/add 1")
            with pytest.raises(OSError, match="No space"):
                await asyncio.wait_for(task, DEADLINE)


async def test_a_server_that_is_restarted(tmp_path: Path, port: int) -> None:
    """A bot goes on when the server is back, with what was said meanwhile."""
    done: list[int] = []
    bot = adding(make_bot(port, tmp_path / "bot.json"), done)
    async with running_app(tmp_path, "bot", "boris", port=port):
        task = asyncio.create_task(bot.serve())
        async with await listener(port) as boris:
            await in_room(boris)
            await boris.send("#tea", "/add 1")
            assert await said(boris) == "1 is in"
    async with running_app(tmp_path, port=port), await Wire.login(port, "boris", features=["seq"]) as boris:
        await boris.send("#tea", "/add 2")
        assert await said(boris) == "2 is in"
        bot.stop()
        await asyncio.wait_for(task, DEADLINE)
    assert done == [1, 2]
