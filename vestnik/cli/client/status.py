"""The line at the bottom of the terminal: where one is, who is typing, what is unread elsewhere, the connection."""

from collections.abc import Iterator
from typing import Final

from prompt_toolkit.formatted_text import StyleAndTextTuples
from wcwidth import width as cells

from vestnik.cli.client.address import show_address
from vestnik.cli.client.drawing.layout import cut
from vestnik.cli.client.drawing.visible import printable
from vestnik.cli.client.link import link_sign
from vestnik.cli.client.shell import Shell

Fragment = tuple[str, str]

GAP: Final = " │ "
MAX_NAMED: Final = 3
"""Conversations and people that are named; the others are a number."""
MENTION: Final = "@"
"""What stands behind the number of unread messages where one is mentioned."""


def status(shell: Shell, width: int) -> StyleAndTextTuples:
    """The line, as styles and texts, `width` cells wide at most; what matters least is left out first."""
    server = ("", show_address(shell.client.address, shell.client.port))
    parts = [part for part in (*_here(shell), *_elsewhere(shell), _link(shell)) if part[1]]
    if _wide([server, *parts]) <= width:
        parts.insert(0, server)
    found: StyleAndTextTuples = []
    left = width
    for style, text in parts:
        if left <= cells(GAP):
            break
        shown = cut(printable(text), left - cells(GAP))
        found += [(style, shown), ("", GAP)]
        left -= cells(shown) + cells(GAP)
    return [("", " "), *found[:-1]]


def _wide(parts: list[Fragment]) -> int:
    return sum(cells(printable(text)) + cells(GAP) for _, text in parts)


def _here(shell: Shell) -> Iterator[Fragment]:
    """The chosen conversation, and who is typing in it."""
    yield "bold", shell.to or shell.screen.text("cli.status_nowhere")
    if names := shell.typists.names(shell.to) if shell.to else []:
        key = "cli.status_types" if len(names) == 1 else "cli.status_type"
        yield "", shell.screen.text(key, who=_some(names))


def _elsewhere(shell: Shell) -> Iterator[Fragment]:
    """Conversations with something unread: those that mention one first, the fullest first."""
    marks = [mark for mark in shell.reading.marks.unread() if not shell.is_chosen(mark.name)]
    marks.sort(key=lambda mark: (-mark.mentions, -mark.unread, mark.name))
    if marks:
        found = [f"{mark.name} {mark.unread}{MENTION if mark.mentions else ''}" for mark in marks]
        style = "bold" if marks[0].mentions else ""
        yield style, shell.screen.text("cli.status_unread", where=_some(found))


def _link(shell: Shell) -> Fragment:
    found = link_sign(shell)
    if found:
        return "bold", found
    return "", shell.screen.text("cli.status_away" if shell.client.away else "cli.status_online")


def _some(names: list[str]) -> str:
    more = len(names) - MAX_NAMED
    return ", ".join(names[:MAX_NAMED]) + (f" +{more}" if more > 0 else "")
