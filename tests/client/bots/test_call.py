"""What a command can do with whoever has called it."""

import asyncio
from pathlib import Path

import pytest

from tests.client.bots.serving import in_room, killed, listener, make_bot, said, serving
from tests.support.app import running_app
from tests.support.waiting import DEADLINE
from vestnik.client import Bot, Call


async def test_answers(tmp_path: Path) -> None:
    """An answer can be changed, reactions put and taken off, and something sent elsewhere."""
    async with running_app(tmp_path, "bot", "boris") as app:
        bot = make_bot(app.listener.port)

        @bot.command("work")
        async def work(call: Call) -> None:
            await call.react("👀")
            seq = await call.reply("0 %")
            await call.edit(seq, "100 %")
            await call.unreact("👀")
            await call.react("✅")
            replies = [each.message for each in await call.replies()]
            await call.send("boris", f"{call.in_room} {call.conversation} {call.thread} {replies}")

        async with serving(bot), await listener(app.listener.port) as boris:
            await in_room(boris)
            await boris.send("#tea", "/work")
            assert [await said(boris), await said(boris)] == ["0 %", "True #tea 1 ['/work', '100 %']"]
            page = await boris.ask(action="history", to="#tea", limit=2)
            assert [each.get("reactions") for each in page["messages"]] == [{"✅": ["bot"]}, None]


@pytest.mark.parametrize("to", ["#tea", "bot"])
async def test_ask(tmp_path: Path, to: str) -> None:
    """A command asks back: the answer of the same person counts, in a room in the thread."""
    async with running_app(tmp_path, "bot", "boris", "clara") as app:
        port = app.listener.port
        bot = make_bot(port)

        @bot.command("deploy")
        async def deploy(call: Call, what: str) -> str:
            first = await call.ask("Where?")
            return f"{what} {first} {await call.ask('Really?')}"

        async with serving(bot), await listener(port) as boris, await listener(port, "clara") as clara:
            await in_room(boris)
            thread = (await boris.send(to, "/deploy tea"))["seq"]
            more = {"reply_to": thread} if to == "#tea" else {}
            assert await said(boris) == "Where?"
            await clara.send(to, "hell", **more)
            if to == "#tea":
                boris.tell(action="msg", to=to, message="not in the thread")
            boris.tell(action="msg", to=to, message="there", **more)
            assert await said(boris) == "Really?"
            boris.tell(action="msg", to=to, message="yes", **more)
            assert await said(boris) == "tea there yes"


async def test_no_answer(tmp_path: Path) -> None:
    """Without an answer the command is given up, and says so."""
    async with running_app(tmp_path, "bot", "boris") as app:
        bot = make_bot(app.listener.port)

        @bot.command("deploy")
        async def deploy(call: Call) -> str:
            return await call.ask("Where?", within=0.01)

        async with serving(bot), await listener(app.listener.port) as boris:
            await in_room(boris)
            await boris.send("#tea", "/deploy")
            assert [await said(boris), await said(boris)] == ["Where?", "There was no answer: /deploy is given up"]


async def test_answers_while_the_bot_is_away(tmp_path: Path) -> None:
    """A question is asked once, and an answer that came before or after a kill is found; it is nothing else then."""
    async with running_app(tmp_path, "bot", "boris") as app:
        port, state, other = app.listener.port, tmp_path / "bot.json", list[str]()
        asked = asyncio.Semaphore(0)

        def asking() -> Bot:
            bot = make_bot(port, state)

            @bot.command("deploy")
            async def deploy(call: Call) -> str:
                first = await call.ask("Where?")
                asked.release()
                return f"{first} {await call.ask('Really?')}"

            @bot.message("")
            async def anything(call: Call) -> None:
                other.append(call.text)

            return bot

        async with await listener(port) as boris:
            async with killed(asking()):
                await in_room(boris)
                thread = (await boris.send("#tea", "/deploy"))["seq"]
                assert await said(boris) == "Where?"
            boris.tell(action="msg", to="#tea", message="there", reply_to=thread)
            async with killed(asking()):
                assert await said(boris) == "Really?"
                await asyncio.wait_for(asked.acquire(), DEADLINE)
            boris.tell(action="msg", to="#tea", message="yes", reply_to=thread)
            async with serving(asking()):
                assert await said(boris) == "there yes"
        assert other == []


async def test_an_answer_that_differs_the_second_time(tmp_path: Path) -> None:
    """What a command said before it was cut off stays, and it knows under which number; a key tells answers apart."""
    async with running_app(tmp_path, "bot", "boris") as app:
        port, state, numbers = app.listener.port, tmp_path / "bot.json", list[list[int]]()
        begun = asyncio.Semaphore(0)

        def working(text: str, *keys: str) -> Bot:
            bot = make_bot(port, state)

            @bot.command("work")
            async def work(call: Call) -> None:
                numbers.append([await call.reply(text, key=key) for key in keys])
                begun.release()
                if text == "one":
                    await asyncio.Event().wait()

            return bot

        async with await listener(port) as boris:
            async with killed(working("one", "a", "b")):
                await in_room(boris)
                await boris.send("#tea", "/work")
                await asyncio.wait_for(begun.acquire(), DEADLINE)
            async with serving(working("two", "b", "a")):
                await asyncio.wait_for(begun.acquire(), DEADLINE)
            boris.tell(action="history", to="#tea")
            page = await boris.answer()
        assert [each["message"] for each in page["messages"]] == ["/work", "one", "one"]
        assert numbers[0] == numbers[1][::-1]


async def test_a_room_where_one_writes_seldom(tmp_path: Path) -> None:
    """In a slow room a bot waits until it may write again, and says everything."""
    async with running_app(tmp_path, "bot", "boris") as app:
        bot = make_bot(app.listener.port)

        @bot.command("count")
        async def count(call: Call) -> None:
            for number in range(2):
                await call.reply(str(number))

        async with await listener(app.listener.port) as boris:
            assert await boris.code(action="set_room", room="#tea", slow=1) == 200
            async with serving(bot):
                await in_room(boris)
                await boris.send("#tea", "/count")
                assert [await said(boris), await said(boris)] == ["0", "1"]
