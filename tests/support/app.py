"""A server inside the test's own process, for tests that look at its insides or start it often."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.support.data import add_accounts
from vestnik.log.journal import Journal
from vestnik.server.app import App
from vestnik.server.settings import make_settings


@asynccontextmanager
async def running_app(data: Path, *names: str, json: bool = False, **settings: Any) -> AsyncIterator[App]:
    """A server on a free port with accounts `names` (password "secret"), stopped at the end.

    With `json` its journal has the JSON objects, too.
    """
    add_accounts(data, names, "secret")
    made = make_settings({"address": "127.0.0.1", "port": 0, "data": str(data)} | settings)
    journal = Journal("server", made.log_path, language=made.lang, json=json)
    app = App(made, journal)
    await app.start()
    try:
        yield app
    finally:
        await app.stop()
        journal.close()


def journal_lines(app: App) -> list[str]:
    """What the server has journaled so far, without the time stamps."""
    assert app.journal.flush()
    return [line[24:] for line in (app.settings.log_path / "server.log").read_text("utf-8").splitlines()]
