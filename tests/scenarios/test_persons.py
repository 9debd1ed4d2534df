"""Named people who write to each other, present and absent, over real sockets."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.support.app import journal_lines, running_app
from tests.support.data import add_accounts
from tests.support.process import ServerProcess
from tests.support.waiting import DEADLINE
from tests.support.wire import Wire

ROUNDS = 10


async def stream(sender: Wire, to: str, texts: list[str], window: int = 10, sent: list[str] | None = None) -> None:
    """Send messages with at most `window` unanswered ones; `sent` gets each when it is on its way."""
    waiting = 0
    for text in texts:
        sender.tell(action="msg", time=0, to=to, message=text)
        if sent is not None:
            sent.append(text)
        waiting += 1
        if waiting >= window:
            assert (await sender.answer())["response"] in {200, 202}
            waiting -= 1
    for _ in range(waiting):
        assert (await sender.answer())["response"] in {200, 202}


async def send_all(port: int, name: str, to: str, texts: list[str]) -> None:
    """Log in, send messages and leave."""
    async with await Wire.login(port, name) as sender:
        await stream(sender, to, texts, window=200)


def numbered(count: int) -> list[str]:
    """Texts that can be told apart."""
    return [f"message {number}" for number in range(count)]


async def test_a_message_to_somebody_present_is_delivered(tmp_path: Path) -> None:
    """Anna writes to Boris, who is connected: 200 for her, the message for him, plain fields only."""
    async with running_app(tmp_path, "anna", "boris") as app:
        port = app.listener.port
        async with await Wire.login(port, "anna") as anna, await Wire.login(port, "boris") as boris:
            await boris.silent()
            assert await anna.send("boris", "Привет") == {
                "response": 200,
                "alert": "Сообщение от anna к boris доставлено",
            }
            heard = await boris.hear()
            assert heard.pop("time") > 0
            assert heard == {"action": "msg", "from": "anna", "to": "boris", "message": "Привет"}
            assert await anna.silent()


async def test_a_message_to_somebody_absent_is_kept(tmp_path: Path) -> None:
    """Anna writes to Boris, who is not connected: 202, and the text says that he gets it later."""
    async with running_app(tmp_path, "anna", "boris") as app, await Wire.login(app.listener.port, "anna") as anna:
        assert await anna.send("boris", "Привет") == {
            "response": 202,
            "alert": "Сообщение от anna к boris будет доставлено позже",
        }


async def test_a_message_to_a_stranger_is_refused(tmp_path: Path) -> None:
    """There is no account "nobody": 404, and its name is in the text."""
    async with running_app(tmp_path, "anna") as app, await Wire.login(app.listener.port, "anna") as anna:
        answer = await anna.send("nobody", "Привет")
        assert answer == {"response": 404, "error": "Пользователь nobody не существует"}


async def test_kept_messages_follow_the_login_in_order_and_once(tmp_path: Path) -> None:
    """Boris logs in: first the answer, then everything kept from Anna and Clara in order, and never again."""
    async with running_app(tmp_path, "anna", "boris", "clara") as app:
        port = app.listener.port
        async with await Wire.login(port, "anna") as anna, await Wire.login(port, "clara") as clara:
            for number in range(4):
                assert (await (anna, clara)[number % 2].send("boris", str(number)))["response"] == 202
        async with await Wire.login(port, "boris") as boris:  # which checks that the answer comes first
            heard = [await boris.hear() for _ in range(4)]
            assert [(message["from"], message["message"]) for message in heard] == [
                ("anna", "0"),
                ("clara", "1"),
                ("anna", "2"),
                ("clara", "3"),
            ]
            assert set(heard[0]) == {"action", "time", "from", "to", "message"}
            assert await boris.silent()
        async with await Wire.login(port, "boris") as boris:
            assert await boris.silent()
            assert await boris.silent()
        assert sum("отложенные сообщения (4)" in line for line in journal_lines(app)) == 1


async def test_the_login_that_follows_at_once_gets_nothing_again(tmp_path: Path) -> None:
    """Boris logs in again the moment he has read the last kept message: he does not get any of them twice."""
    async with running_app(tmp_path, "anna", "boris") as app:
        port = app.listener.port
        for _ in range(5):
            await send_all(port, "anna", "boris", ["one", "two"])
            async with await Wire.login(port, "boris") as boris:
                assert await boris.texts(2) == ["one", "two"]
            async with await Wire.login(port, "boris") as boris:
                assert await boris.silent()
                assert await boris.silent()


async def test_kept_messages_survive_a_restart(tmp_path: Path) -> None:
    """The server stops and starts between the message and the login: Boris gets it once all the same."""
    async with running_app(tmp_path, "anna", "boris") as app:
        await send_all(app.listener.port, "anna", "boris", ["one", "two"])
    async with running_app(tmp_path) as app, await Wire.login(app.listener.port, "boris") as boris:
        assert await boris.texts(2) == ["one", "two"]
    async with running_app(tmp_path) as app, await Wire.login(app.listener.port, "boris") as boris:
        assert await boris.silent()
        assert await boris.silent()


async def test_kept_messages_survive_a_crash(tmp_path: Path) -> None:
    """The server is killed between the message and the login: Boris gets it once all the same."""
    add_accounts(tmp_path, ["anna", "boris"], "secret")
    server = ServerProcess(tmp_path)
    await send_all(server.port, "anna", "boris", ["one", "two"])
    server.kill()
    with ServerProcess(tmp_path) as server:
        async with await Wire.login(server.port, "boris") as boris:
            assert await boris.texts(2) == ["one", "two"]
        async with await Wire.login(server.port, "boris") as boris:
            assert await boris.silent()
            assert await boris.silent()


async def test_live_messages_are_not_kept(tmp_path: Path) -> None:
    """What Boris has heard while he was connected does not come again at his next login, nor after a restart."""
    async with running_app(tmp_path, "anna", "boris") as app:
        port = app.listener.port
        async with await Wire.login(port, "anna") as anna, await Wire.login(port, "boris") as boris:
            await boris.silent()
            await anna.send("boris", "now")
            assert await boris.texts(1) == ["now"]
        async with await Wire.login(port, "boris") as boris:
            assert await boris.silent()
            assert await boris.silent()
    async with running_app(tmp_path) as app, await Wire.login(app.listener.port, "boris") as boris:
        assert await boris.silent()
        assert await boris.silent()


async def test_a_thousand_kept_messages_for_a_slow_reader(tmp_path: Path) -> None:
    """A thousand long messages wait for Boris, who reads slowly through small buffers: all come, in order, once."""
    texts = [f"{number} " + "я" * 2000 for number in range(1000)]
    async with running_app(tmp_path, "anna", "boris", send_buffer=131_072) as app:
        port = app.listener.port
        await send_all(port, "anna", "boris", texts)
        async with await Wire.login(port, "boris", receive=8192) as boris:
            assert await boris.texts(len(texts)) == texts
            assert await boris.silent()
        async with await Wire.login(port, "boris") as boris:
            assert await boris.silent()
        assert not any("не успевает" in line for line in journal_lines(app))


async def test_all_devices_of_the_addressee_hear_a_message(tmp_path: Path) -> None:
    """Boris has two connections: both get Anna's message, and her other connection hears it too."""
    async with running_app(tmp_path, "anna", "boris") as app:
        port = app.listener.port
        async with (
            await Wire.login(port, "anna") as anna,
            await Wire.login(port, "anna") as annas_phone,
            await Wire.login(port, "boris") as boris,
            await Wire.login(port, "boris", features=["seq"]) as boriss_phone,
        ):
            await boris.silent()
            await boriss_phone.silent()
            assert (await anna.send("boris", "hello", id="m1"))["response"] == 200
            assert set(await boris.hear()) == {"action", "time", "from", "to", "message"}
            rich = await boriss_phone.hear()
            assert (rich["message"], rich["seq"], rich["id"]) == ("hello", 1, "m1")
            assert (await annas_phone.hear())["message"] == "hello"
            for wire in (anna, annas_phone, boris, boriss_phone):
                assert await wire.silent()


async def test_kept_messages_go_to_the_first_device_only(tmp_path: Path) -> None:
    """One of Boris's devices has got what was kept: his second device, which logs in later, does not get it again."""
    async with running_app(tmp_path, "anna", "boris") as app:
        port = app.listener.port
        await send_all(port, "anna", "boris", ["kept"])
        async with await Wire.login(port, "boris") as first:
            assert await first.texts(1) == ["kept"]
            async with await Wire.login(port, "boris") as second:
                assert await second.silent()
                assert await second.silent()


async def test_a_note_to_oneself(tmp_path: Path) -> None:
    """Anna writes to herself: 200, her other device hears it once and she gets no copy, now or later."""
    async with running_app(tmp_path, "anna") as app:
        port = app.listener.port
        async with await Wire.login(port, "anna") as anna, await Wire.login(port, "anna") as phone:
            await phone.silent()
            assert (await anna.send("anna", "milk"))["response"] == 200
            assert await phone.texts(1) == ["milk"]
            assert await anna.silent()
            assert await phone.silent()
        async with await Wire.login(port, "anna") as anna:
            assert await anna.silent()
            assert await anna.silent()


async def test_a_note_that_nobody_gets(tmp_path: Path) -> None:
    """Anna writes to herself with one connection: that is kept, says the answer; her next one hears nothing."""
    async with running_app(tmp_path, "anna", lang="en") as app:
        port = app.listener.port
        async with await Wire.login(port, "anna", features=["seq"]) as anna:
            kept = {"response": 202, "alert": "Message from anna to anna is kept", "seq": 1, "id": "m1"}
            assert await anna.send("anna", "milk", id="m1") == kept
            assert await anna.send("anna", "milk", id="m1") == kept
            found = await anna.ask(action="history", time=0, to="anna")
            assert [each["message"] for each in found["messages"]] == ["milk"]
            async with await Wire.login(port, "anna") as phone:
                assert await phone.silent()
                assert await phone.silent()
                assert (await anna.send("anna", "bread"))["response"] == 200
                assert await phone.texts(1) == ["bread"]
        assert any(line.endswith("202: Message from anna to anna is kept") for line in journal_lines(app))


async def test_the_answer_to_a_repeated_id_says_where_the_message_is(tmp_path: Path) -> None:
    """Anna repeats an id: 202 while Boris is away, 200 when he has it, and he gets it once."""
    async with running_app(tmp_path, "anna", "boris") as app:
        port = app.listener.port
        async with await Wire.login(port, "anna", features=["seq"]) as anna:
            first = await anna.send("boris", "hello", id="m1")
            assert (first["response"], first["seq"], first["id"]) == (202, 1, "m1")
            again = await anna.send("boris", "hello", id="m1")
            assert again == first
            async with await Wire.login(port, "boris") as boris:
                assert await boris.texts(1) == ["hello"]
                assert await boris.silent()
                assert (await anna.send("boris", "hello", id="m1"))["response"] == 200
                assert await boris.silent()
            assert (await anna.send("boris", "hello", id="m1"))["response"] == 200
            assert (await anna.send("boris", "next", id="m2"))["seq"] == 2


@pytest.mark.parametrize("seed", range(4))
async def test_no_gap_and_no_double_when_a_login_meets_a_stream(tmp_path: Path, seed: int) -> None:
    """Boris logs in somewhere in the middle of a stream of messages: he gets every one of them, once and in order."""
    chance = random.Random(seed)
    async with running_app(tmp_path, "anna", "boris") as app:
        port = app.listener.port
        sent: list[str] = []
        async with await Wire.login(port, "anna") as anna:
            for round_ in range(4):
                texts = [f"{round_}-{number}" for number in range(400)]
                head = chance.randrange(200)
                await stream(anna, "boris", texts[:head], window=50)
                sending = asyncio.create_task(stream(anna, "boris", texts[head:], window=chance.choice((1, 5, 50))))
                async with await Wire.login(port, "boris") as boris:
                    assert await boris.texts(len(texts)) == texts
                    await sending
                    assert await boris.silent()
                sent += texts


@asynccontextmanager
async def others_logging_in(port: int, name: str) -> AsyncIterator[None]:
    """Somebody logs in with a token again and again, which is cheap and makes the server note what was delivered."""
    first = await Wire.connect(port)
    token = (await first.authenticate(name, remember=True))["token"]
    await first.close()
    ended = asyncio.Event()

    async def log_in() -> None:
        async with await Wire.connect(port) as wire:
            while not ended.is_set():
                user = {"account_name": name, "token": token}
                assert await wire.code(action="authenticate", time=0, user=user) == 200

    work = asyncio.create_task(log_in())
    try:
        yield
    finally:
        ended.set()
        await asyncio.wait_for(work, DEADLINE)


async def test_a_second_device_misses_nothing_from_its_login_on(tmp_path: Path) -> None:
    """Boris's second device logs in while his first hears a stream: it hears all that is sent after its answer."""
    async with running_app(tmp_path, "anna", "boris", "clara") as app:
        port = app.listener.port
        async with (
            await Wire.login(port, "anna") as anna,
            await Wire.login(port, "boris") as first,
            others_logging_in(port, "clara"),
        ):
            await first.silent()
            phone = await Wire.connect(port)
            token = (await phone.authenticate("boris", remember=True))["token"]
            await phone.close()
            login = {"action": "authenticate", "user": {"account_name": "boris", "token": token}}
            for round_ in range(ROUNDS):
                texts = [f"{round_}-{number}" for number in range(40)]
                sent: list[str] = []
                sending = asyncio.create_task(stream(anna, "boris", texts, window=5, sent=sent))
                assert (await first.texts(10))[-1] == texts[9]
                async with await Wire.connect(port) as second:
                    assert await second.code(**login) == 200
                    missed = len(sent)
                    heard: list[str] = []
                    while len(sent) < len(texts) or not heard or heard[-1] != texts[-1]:
                        heard += await second.texts(1)
                    assert heard == texts[-len(heard) :]
                    assert len(heard) >= len(texts) - missed
                await sending
                await first.texts(len(texts) - 10)


async def choke(writer: Wire, room: str, size: int) -> None:
    """Fill the buffers towards the members of `room` who do not read."""
    for _ in range(size // 4000):
        writer.tell(action="msg", time=0, to=room, message="x" * 4000)
    for _ in range(size // 4000):
        assert (await writer.answer())["response"] == 200


async def test_kept_messages_that_were_not_sent_are_sent_at_the_next_login(tmp_path: Path) -> None:
    """Boris ends his side in the middle of many kept messages: what did not reach him comes at his next login."""
    texts = [f"{number} " + "x" * 3900 for number in range(2000)]
    async with running_app(tmp_path, "anna", "boris") as app:
        port = app.listener.port
        await send_all(port, "anna", "boris", texts)
        heard: list[str] = []
        async with await Wire.login(port, "boris", receive=8192) as boris:
            heard += await boris.texts(1)
            boris.end()
            try:
                while True:
                    heard += await boris.texts(1)
            except EOFError:
                pass
        async with await Wire.login(port, "boris") as boris:
            heard += await boris.texts(len(texts) - len(heard))
            assert heard == texts


async def test_a_message_to_a_connection_that_is_being_closed_is_kept(tmp_path: Path) -> None:
    """Boris has said that he ends but still reads what was sent before: a message to him now is kept, not dropped."""
    async with running_app(tmp_path, "anna", "boris", send_buffer=64_000_000) as app:
        port = app.listener.port
        async with await Wire.login(port, "anna") as anna, await Wire.login(port, "boris", receive=8192) as boris:
            for wire in (anna, boris):
                assert await wire.code(action="join", time=0, room="#r") == 200
            await boris.silent()
            await choke(anna, "#r", 12_000_000)
            boris.end()
            assert await anna.silent()
            await anna.send("boris", "are you there?")
            heard = [line for line in (await boris.rest()).splitlines() if b"are you there?" in line]
            async with await Wire.login(port, "boris") as boris_again:
                await anna.send("boris", "last")
                expected = ["last"] if heard else ["are you there?", "last"]
                assert await boris_again.texts_to("last") == expected


async def test_kept_messages_are_not_written_to_a_connection_that_is_being_closed(tmp_path: Path) -> None:
    """Boris logs in and ends his side before he reads: what was not written to him comes at his next login."""
    async with running_app(tmp_path, "anna", "boris") as app:
        port = app.listener.port
        await send_all(port, "anna", "boris", ["one", "two"])
        async with await Wire.connect(port, receive=8192) as boris:
            token = (await boris.authenticate("boris", remember=True))["token"]
            assert await boris.texts(2) == ["one", "two"]
        await send_all(port, "anna", "boris", ["three", "four"])
        async with await Wire.connect(port, receive=8192) as boris:
            assert (await boris.authenticate("anna"))["response"] in {200, 202}
            (connection,) = (each for each in app.peers._peers if not each.closing)
            while not connection._door.waiting():
                assert not connection.closing
                boris.write(b'{"action":"presence"}\n' * 100)  # he does not read the answers
                await asyncio.sleep(0)
            boris.tell(action="authenticate", user={"account_name": "boris", "token": token})
            boris.end()
            heard = (await boris.rest()).decode().splitlines()
        wanted = [text for text in ("three", "four") if not any(text in line for line in heard)]
        async with await Wire.login(port, "boris") as boris, await Wire.login(port, "anna") as anna:
            await anna.send("boris", "last")
            assert await boris.texts_to("last") == [*wanted, "last"]


async def test_a_second_login_on_the_connection_doubles_nothing(tmp_path: Path) -> None:
    """Boris logs in twice on one connection while kept messages are on their way: he gets each once."""
    texts = [f"{number} " + "x" * 3900 for number in range(300)]
    async with running_app(tmp_path, "anna", "boris") as app:
        port = app.listener.port
        await send_all(port, "anna", "boris", texts)
        async with await Wire.connect(port, receive=8192) as boris:
            token = (await boris.authenticate("boris", remember=True))["token"]
            boris.tell(action="authenticate", user={"account_name": "boris", "token": token})
            boris.tell(action="presence")
            heard = [await boris.hear() for _ in range(len(texts) + 2)]
            assert [message["message"] for message in heard if "message" in message] == texts
