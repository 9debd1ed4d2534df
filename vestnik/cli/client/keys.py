"""What keys do at the prompt, beside those that every prompt has."""

import os
import signal
from contextlib import AbstractContextManager, nullcontext
from typing import Final

from prompt_toolkit.application import Application, run_in_terminal
from prompt_toolkit.enums import DEFAULT_BUFFER
from prompt_toolkit.filters import has_focus
from prompt_toolkit.input.vt100 import Vt100Input, cooked_mode
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys

from vestnik.cli.client.shell import Shell

MAX_PASTE: Final = 65_536
"""Characters that are pasted at once; what has more is not taken: no server takes a message of that size."""


class SteadyInput(Vt100Input):
    """A terminal's input that stays raw while a line is shown above the prompt.

    So no key is lost, echoed or understood otherwise (Ctrl-C, Ctrl-D) because it was typed in that moment.
    """

    def cooked_mode(self) -> AbstractContextManager[None]:
        """Change nothing."""
        return nullcontext()


class Keyboard:
    """The `bindings` of a prompt.

    Ctrl-C clears the line, and quits if it is typed again. Ctrl-Z suspends. Alt-Enter begins a new line. What is
    pasted stays in the line, however many lines it has, until Enter sends it as one message.
    """

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._leaving = False  # Ctrl-C was typed last
        self._asked_again = False  # and this is the key after it
        self.bindings = KeyBindings()
        typing = has_focus(DEFAULT_BUFFER)  # not in the search through earlier lines
        self.bindings.add("c-c", filter=typing)(self._clear)
        self.bindings.add("<sigint>", filter=typing)(self._clear)
        self.bindings.add("c-z")(_suspend)
        self.bindings.add("escape", "enter", filter=typing)(_new_line)
        self.bindings.add(Keys.BracketedPaste)(self._paste)

    def watch(self, app: Application[str]) -> None:
        """Notice every key that is typed."""
        app.key_processor.before_key_press += self._note_key

    def hint(self) -> str:
        """What the next key would do, if that needs to be said, else nothing."""
        return self._shell.screen.text("cli.key_again") if self._leaving else ""

    def _note_key(self, _sender: object) -> None:
        self._leaving, self._asked_again = False, self._leaving

    def _clear(self, event: KeyPressEvent) -> None:
        """Clear the line, which Ctrl-Y brings back; quit if that was the last thing asked for, too."""
        if self._asked_again:
            event.app.exit(exception=KeyboardInterrupt)
            return
        self._leaving = True
        buffer = event.current_buffer
        if buffer.text:
            event.app.clipboard.set_text(buffer.text)
        buffer.reset()

    def _paste(self, event: KeyPressEvent) -> None:
        """Insert what was pasted, without the end of its last line."""
        text = event.data.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")
        if len(text) > MAX_PASTE:
            self._shell.screen.note(self._shell.screen.text("cli.paste_long", count=len(text), limit=MAX_PASTE))
        else:
            event.current_buffer.insert_text(text)


def _new_line(event: KeyPressEvent) -> None:
    event.current_buffer.insert_text("\n")


def _suspend(event: KeyPressEvent) -> None:
    """Stop the program and whoever was started with it, until the shell lets it go on."""

    def stop() -> None:
        with cooked_mode(event.app.input.fileno()):
            os.kill(0, signal.SIGTSTP)

    run_in_terminal(stop)
