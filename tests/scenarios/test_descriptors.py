"""A server that the system allows few files."""

import resource
from contextlib import AsyncExitStack
from pathlib import Path

from tests.support.data import add_accounts
from tests.support.process import ServerProcess
from tests.support.wire import Wire


def allow(server: ServerProcess, count: int) -> None:
    """Let the process have so many descriptors."""
    _, hard = resource.prlimit(server.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (count, hard))


async def test_connections_too_many(tmp_path: Path) -> None:
    """Past what its descriptors are enough for a server tells connections so, in lines; those that are there go on."""
    add_accounts(tmp_path, ["anna"], "secret")
    with ServerProcess(tmp_path, "--lang", "en") as server:
        async with AsyncExitStack() as opened:
            anna = await opened.enter_async_context(await Wire.login(server.port, "anna", features=["seq"]))
            allow(server, 64)
            answers = []
            while not answers:
                wire = await opened.enter_async_context(await Wire.connect(server.port))
                if (answer := await wire.ask(action="presence", time=0))["response"] != 401:
                    answers.append(answer["error"])
            assert "connections are open, which is the limit" in answers[0]
            assert (await anna.ask(action="join", time=0, room="#tea"))["response"] == 200
        server.wait_for("Connection refused: 64 descriptors are allowed, and none is left for connections")


async def test_none_at_all(tmp_path: Path) -> None:
    """That there is no descriptor left is said once, and those who are connected are served."""
    add_accounts(tmp_path, ["anna"], "secret")
    with ServerProcess(tmp_path, "--lang", "en", toml="unfinished = 0.2") as server:
        async with await Wire.login(server.port, "anna", features=["seq"]) as anna:
            allow(server, 10)
            server.wait_for("ERROR    server     Descriptors are used up (10 are allowed)")
            assert (await anna.ask(action="join", time=0, room="#tea"))["response"] == 200
            assert (await anna.ask(action="msg", time=0, to="#tea", message="x"))["seq"] == 1
            allow(server, 100)
            async with await Wire.connect(server.port) as stranger:
                assert (await stranger.ask(action="presence", time=0))["response"] == 401
        assert server.stop() == 0
    assert server.journal.count("Descriptors are used up") == 1
