"""What Tab makes of what was typed: commands, what stands behind them, and the names of rooms and people."""

from collections.abc import Iterable, Iterator
from typing import Final

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from vestnik.cli.client.commands import COMMANDS, MANUAL
from vestnik.cli.client.drawing.visible import printable
from vestnik.cli.client.drawing.words import in_words
from vestnik.cli.client.help import Command
from vestnik.cli.client.shell import Shell
from vestnik.protocol.names import ROOM_SIGN, name_key

WORDS: Final = {
    "{role}": ("owner", "moderator", "member"),
    "private": ("private",),
    "off": ("off",),
    "before": ("before",),
    "dismissed": ("dismissed",),
}
"""Words that may stand behind commands whose arguments have this in them."""


class NameCompleter(Completer):
    """Completes commands, and behind a command or after `#` or `@` the names that `shell` knows.

    Where it finds none it lets the shell know that there may be others.
    """

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def get_completions(self, document: Document, _event: CompleteEvent) -> Iterator[Completion]:
        """What the text before the cursor may become."""
        found: list[Completion]
        text = document.text_before_cursor
        if text.startswith("/") and not text.startswith("//"):
            name, blank, rest = text.partition(" ")
            if not blank:
                words = [*COMMANDS, *self._shell.offers.words(self._shell.to, COMMANDS)]
                found = list(_begun(text, words))
                if not found:
                    self._shell.strange.set()
                yield from found
                return
            command = MANUAL.find(name)
            found = list(self._arguments(command, rest)) if command is not None else []
        else:
            typed = text.split(" ")[-1].split("\n")[-1]
            if not typed.startswith(("#", "@")):
                return
            found = list(self._names(typed, quotes=False))
        if not found:
            self._shell.strange.set()
        yield from found

    def _arguments(self, command: Command, rest: str) -> Iterator[Completion]:
        """What the arguments of a command may become."""
        typed = rest[rest.rindex('"') :] if rest.count('"') % 2 else rest.rpartition(" ")[2]
        if "{command}" in command.arguments:
            known = COMMANDS if rest.startswith("/") else [name.removeprefix("/") for name in COMMANDS]
            yield from _begun(rest, known)
            return
        for mark, words in WORDS.items():
            if mark in command.arguments:
                named = (in_words(self._shell.screen.language, word) for word in words)
                yield from _begun(typed, dict.fromkeys([*words, *named]))
        for mark in ("what", "who"):
            if f"{{{mark}}}" in command.arguments:
                yield from _begun(typed, self._shell.screen.text(f"cli.allow_{mark}").split("|"))
        whole = list(self._names(rest, quotes=False)) if " " in rest else []
        yield from whole or self._names(typed, quotes=True)  # a name with blanks may be all of the rest

    def _names(self, typed: str, *, quotes: bool) -> Iterator[Completion]:
        """The names that begin as what was typed; those with blanks in `quotes`, where more may follow."""
        sign = "@" if typed.startswith("@") else ""
        sought = name_key(typed.removeprefix("@").removeprefix('"'))
        for key, name in sorted(self._shell.names.items()):
            if key.startswith(sought) and not (sign and key.startswith(ROOM_SIGN)):
                quote = '"' if quotes and " " in name else ""
                found = f"{quote}{sign}{name}{quote}"
                yield Completion(found, start_position=-len(typed), display=printable(name))


def _begun(typed: str, words: Iterable[str]) -> Iterator[Completion]:
    """The words that begin as what was typed, with a blank behind."""
    for word in words:
        if word.startswith(typed.lower()):
            yield Completion(f"{word} ", start_position=-len(typed), display=word)
