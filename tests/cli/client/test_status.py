"""The line at the bottom of the terminal."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from prompt_toolkit.formatted_text import fragment_list_to_text, fragment_list_width

from vestnik.cli.client.screen import Screen
from vestnik.cli.client.shell import Shell
from vestnik.cli.client.status import status
from vestnik.client import Client, ConversationState
from vestnik.log.journal import Journal


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """The client's journal."""
    made = Journal("client", tmp_path / "client", language="en")
    yield made
    made.close()


def shell_of(journal: Journal, language: str = "en") -> Shell:
    """A client that is connected."""
    client = Client("10.0.0.1", 7777, name="anna", journal=journal)
    shell = Shell(client, journal, Screen(language, "anna", terminal=True))
    shell.connected = True
    return shell


def text(shell: Shell, width: int = 80) -> str:
    """The line."""
    return fragment_list_to_text(status(shell, width))


def test_nothing_yet(journal: Journal) -> None:
    """At first there is only the server, and that one is connected, in one's own language."""
    assert text(shell_of(journal)) == " 10.0.0.1:7777 │ no conversation │ online"
    assert text(shell_of(journal, "ru")) == " 10.0.0.1:7777 │ беседа не выбрана │ на связи"


def test_everything(journal: Journal) -> None:
    """It says where one is, who is typing there, what is unread elsewhere, and how the connection is."""
    shell = shell_of(journal)
    shell.to = "#tea"
    shell.typists.begin("#tea", "boris")
    shell.typists.begin("#cake", "clara")
    for name, unread, mentions in [("#tea", 5, 0), ("#cake", 7, 0), ("#work", 3, 1), ("dora", 0, 0)]:
        shell.reading.marks.learn(ConversationState(name, 9, 0, unread=unread, mentions=mentions))
    expected = " 10.0.0.1:7777 │ #tea │ boris is typing… │ unread: #work 3@, #cake 7 │ online"
    assert text(shell) == expected
    shell.typists.begin("#tea", "clara")
    shell.client.away = True
    assert "boris, clara are typing… │ unread: #work 3@, #cake 7 │ away" in text(shell, 100)
    shell.connected = False
    assert text(shell, 100).endswith(" │ no connection, connecting")


@pytest.mark.parametrize("width", [5, 20, 40, 60])
def test_narrow(width: int, journal: Journal) -> None:
    """In a narrow terminal the server is left out first, and no line is too long."""
    shell = shell_of(journal, "ru")
    shell.to = "#tea\x1b"
    for number in range(20):
        shell.typists.begin(shell.to, f"somebody{number}")
        shell.reading.marks.learn(ConversationState(f"#room{number}", 9, 0, unread=number))
    found = status(shell, width)
    assert fragment_list_width(found) <= width
    assert "10.0" not in fragment_list_to_text(found)
    assert "\x1b" not in fragment_list_to_text(found)
    assert width < 40 or "#tea" in fragment_list_to_text(found)
