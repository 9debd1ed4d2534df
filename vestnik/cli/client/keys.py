"""What keys do at the prompt, beside those that every prompt has."""

import asyncio
import os
import signal
from contextlib import AbstractContextManager, nullcontext
from typing import Final

from prompt_toolkit import PromptSession
from prompt_toolkit.application import run_in_terminal
from prompt_toolkit.document import Document
from prompt_toolkit.enums import DEFAULT_BUFFER
from prompt_toolkit.filters import has_focus
from prompt_toolkit.input.vt100 import Vt100Input, cooked_mode
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys

from vestnik.cli.client.shell import Shell
from vestnik.protocol.names import name_key

NEXT: Final = "/unread"
"""The line that Alt-A stands for."""
MAX_DRAFTS: Final = 100
"""Conversations in which something begun is kept; of more the oldest is forgotten."""
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
    pasted stays in the line, however many lines it has, until Enter sends it as one message. Alt-A puts a line into
    `lines` that goes to the next unread conversation; what was begun is there again when one comes back.
    """

    def __init__(self, shell: Shell, lines: asyncio.Queue[str]) -> None:
        self._shell = shell
        self._lines = lines
        self._going = False  # on to the next unread conversation
        self._drafts: dict[str, str] = {}  # by conversation what was begun
        self._leaving = False  # Ctrl-C was typed last
        self._asked_again = False  # and this is the key after it
        self.bindings = KeyBindings()
        typing = has_focus(DEFAULT_BUFFER)  # not in the search through earlier lines
        self.bindings.add("c-c", filter=typing)(self._clear)
        self.bindings.add("<sigint>", filter=typing)(self._clear)
        self.bindings.add("c-z")(_suspend)
        self.bindings.add("escape", "enter", filter=typing)(_new_line)
        self.bindings.add(Keys.BracketedPaste)(self._paste)
        self.bindings.add("escape", "a", filter=typing)(self._go_on)
        self.bindings.add("escape", "ф", filter=typing)(self._go_on)  # the same key of a Russian keyboard

    def watch(self, prompt: PromptSession[str]) -> None:
        """Notice every key that is typed."""
        prompt.app.key_processor.before_key_press += self._note_key

    def served(self, prompt: PromptSession[str]) -> None:
        """A line was served: what was begun in the conversation that is chosen now goes on, if nothing else has."""
        self._going = False
        key, buffer = name_key(self._shell.to), prompt.default_buffer
        if key in self._drafts and not buffer.text:
            text = self._drafts.pop(key)
            buffer.document = Document(text, len(text))

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

    def _go_on(self, event: KeyPressEvent) -> None:
        if self._going or self._lines.full() or not self._shell.connected:
            return
        self._going = True
        text = event.current_buffer.text
        if text and self._shell.to:  # what was begun for nobody is for whoever comes
            while len(self._drafts) >= MAX_DRAFTS:
                del self._drafts[next(iter(self._drafts))]
            self._drafts[name_key(self._shell.to)] = text
            event.current_buffer.reset()
        self._lines.put_nowait(NEXT)

    def _paste(self, event: KeyPressEvent) -> None:
        """Insert what was pasted, without the end of its last line."""
        text = event.data.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")
        if len(text) > MAX_PASTE:
            self._shell.screen.note(self._shell.screen.text("cli.paste_long", count=len(text), limit=MAX_PASTE))
        else:
            event.current_buffer.insert_text(text)


def password_bindings() -> KeyBindings:
    """The keys of a prompt for a password: Ctrl-Z suspends, and the end of a line that is pasted is no part of it."""
    bindings = KeyBindings()
    bindings.add("c-z")(_suspend)
    bindings.add(Keys.BracketedPaste)(_paste_password)
    return bindings


def _paste_password(event: KeyPressEvent) -> None:
    event.current_buffer.insert_text(event.data.rstrip("\r\n"))


def _new_line(event: KeyPressEvent) -> None:
    event.current_buffer.insert_text("\n")


def _suspend(event: KeyPressEvent) -> None:
    """Stop the program and whoever was started with it, until the shell lets it go on."""

    def stop() -> None:
        with cooked_mode(event.app.input.fileno()):
            os.kill(0, signal.SIGTSTP)

    run_in_terminal(stop)
