"""What Tab makes of what was typed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from vestnik.cli.client.completion import NameCompleter
from vestnik.cli.client.screen import Screen
from vestnik.cli.client.shell import Shell
from vestnik.client import Client
from vestnik.log.journal import Journal


@pytest.fixture
def completer(tmp_path: Path) -> Iterator[NameCompleter]:
    """Completes what a client may type that has seen some names."""
    journal = Journal("client", tmp_path / "client", language="en")
    shell = Shell(Client("x", name="anna", journal=journal), journal, Screen("en", "anna", terminal=True))
    shell.know("#tea", "#Tearoom", "Boris", "clara b", "bo\x1b")
    yield NameCompleter(shell)
    journal.close()


@pytest.mark.parametrize(
    ("typed", "becomes"),
    [
        ("/th", ["/thread "]),
        ("/un", ["/unread ", "/unreact ", "/unpin ", "/unarchive ", "/unadmit ", "/unban ", "/unmute ", "/unblock "]),
        ("/to b", ["/to bo\x1b", "/to Boris"]),
        ("/to #TE", ["/to #tea", "/to #Tearoom"]),
        ("/mute cl", ['/mute "clara b"']),
        ('/mute "cl', ['/mute "clara b"']),
        ("/invite #tea cla", ['/invite #tea "clara b"']),
        ("see #te", ["see #tea", "see #Tearoom"]),
        ("thanks @bor", ["thanks @Boris"]),
        ("@", ["@bo\x1b", "@Boris", "@clara b"]),
        ("see\n@bor", ["see\n@Boris"]),
        ("/to clara ", ["/to clara b"]),
        ("/who Clara b", ["/who clara b"]),
        ("/part #te", ["/part #tea", "/part #Tearoom"]),
        ("/help hi", ["/help history "]),
        ("/help /mu", ["/help /mute "]),
        ("/role Boris mod", ["/role Boris moderator "]),
        ("/create #x pr", ["/create #x private "]),
        ("/dance b", []),
        ("//to b", []),
        ("bor", []),
        ("", []),
    ],
)
def test_completion(completer: NameCompleter, typed: str, becomes: list[str]) -> None:
    """Commands are completed, and behind them, after # and after @ the names that were seen."""
    found = list(completer.get_completions(Document(typed), CompleteEvent()))
    assert [typed[: len(typed) + each.start_position] + each.text for each in found] == becomes
    assert all(each.display_text.isprintable() for each in found)
