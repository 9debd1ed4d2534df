"""Shared by the tests of the client: journals of its own."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.client.listening import Make
from vestnik.client import Backoff, Client
from vestnik.log.journal import Journal


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """The client's journal, in English and with everything in it."""
    made = Journal("client", tmp_path / "client", level=10, language="en")
    yield made
    made.close()


@pytest.fixture
def journaled(journal: Journal, tmp_path: Path) -> object:
    """Gives what was journaled so far, without the time stamps."""

    def lines() -> list[str]:
        assert journal.flush()
        return [line[24:] for line in (tmp_path / "client" / "client.log").read_text("utf-8").splitlines()]

    return lines


@pytest.fixture
def make(journal: Journal) -> Make:
    """Makes clients that reconnect at once."""

    def client(port: int, name: str = "anna", **more: Any) -> Client:
        given = {"password": "secret", "journal": journal, "backoff": Backoff(base=0)} | more
        return Client("127.0.0.1", port, name=name, **given)

    return client
