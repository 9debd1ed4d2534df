"""Somebody who is blocked, over real sockets."""

from pathlib import Path

from tests.support.app import running_app
from tests.support.wire import Wire


async def test_it_holds(tmp_path: Path) -> None:
    """At once, and after a restart; for one only."""
    for names in (("anna", "boris", "carl"), ()):
        async with running_app(tmp_path, *names) as app:
            port = app.listener.port
            async with (
                await Wire.login(port, "anna") as anna,
                await Wire.login(port, "boris") as boris,
                await Wire.login(port, "carl") as carl,
            ):
                if names:
                    assert (await anna.send("boris", "Before"))["response"] == 200
                    assert await boris.texts(1) == ["Before"]
                    assert await boris.code(action="block", name="anna") == 200
                assert (await anna.send("boris", "Hello?"))["response"] == 403
                assert (await carl.send("boris", "Hello"))["response"] == 200
                assert await boris.texts(1) == ["Hello"]
                assert (await anna.ask(action="who", names=["boris"]))["people"] == [
                    {"name": "boris", "state": "offline"}
                ]
                assert await boris.silent()
