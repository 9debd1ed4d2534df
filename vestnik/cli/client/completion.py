"""What Tab makes of what was typed: commands, and the names of rooms and people."""

from collections.abc import Iterator

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from vestnik.cli.client.commands import COMMANDS
from vestnik.cli.client.drawing.visible import printable
from vestnik.cli.client.shell import Shell
from vestnik.protocol.names import ROOM_SIGN, name_key


class NameCompleter(Completer):
    """Completes commands, and behind a command or after `#` or `@` the names that `shell` has seen so far."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def get_completions(self, document: Document, _event: CompleteEvent) -> Iterator[Completion]:
        """What the text before the cursor may become."""
        text = document.text_before_cursor
        if text.startswith("/") and " " not in text:
            for command in COMMANDS:
                if command.startswith(text):
                    yield Completion(f"{command} ", start_position=-len(text), display=command)
            return
        typed = text.rpartition(" ")[2]
        sign = "@" if typed.startswith("@") else ""
        if not text.startswith("/") and not typed.startswith(("#", "@")):
            return
        sought = name_key(typed.removeprefix("@").removeprefix('"'))
        for key, name in sorted(self._shell.names.items()):
            if key.startswith(sought) and not (sign and key.startswith(ROOM_SIGN)):
                quote = '"' if text.startswith("/") and " " in name else ""
                found = f"{quote}{sign}{name}{quote}"
                yield Completion(found, start_position=-len(typed), display=printable(name))
