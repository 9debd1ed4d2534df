"""The client in a terminal: a prompt with history, editing and completion; what others send appears above it."""

import asyncio
import signal
import sys
from contextlib import suppress
from functools import partial
from itertools import takewhile
from typing import Final

from platformdirs import user_state_path
from prompt_toolkit import PromptSession
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.patch_stdout import patch_stdout

from vestnik.cli.client.acquaintance import keep_learning
from vestnik.cli.client.address import show_address
from vestnik.cli.client.commands import AT_ONCE, chooses, is_command, serve
from vestnik.cli.client.completion import NameCompleter
from vestnik.cli.client.drawing.visible import printable
from vestnik.cli.client.entering import Ask, enter
from vestnik.cli.client.keys import Keyboard, SteadyInput, password_bindings
from vestnik.cli.client.link import link_sign, tick
from vestnik.cli.client.screen import terminal_width
from vestnik.cli.client.shell import Shell
from vestnik.cli.client.status import status
from vestnik.cli.client.typists import OwnTyping
from vestnik.log.journaled import journaled
from vestnik.secret import Secret

MAX_LINES: Final = 1000
"""Typed lines that may wait to be served; the prompt waits for room."""
LEAVING: Final = 5.0
"""Seconds that lines typed before the user left have to be served."""


@journaled(logger="client")
async def talk(shell: Shell, keep_history: bool, ask: bool) -> None:
    """Serve what is typed until the user leaves, or the connection is gone for good."""
    lines: asyncio.Queue[str] = asyncio.Queue(MAX_LINES)
    keyboard = Keyboard(shell, lines)
    prompt: PromptSession[str] = PromptSession(
        history=_history() if keep_history else InMemoryHistory(),
        completer=NameCompleter(shell),
        complete_while_typing=False,
        erase_when_done=True,
        input=SteadyInput(sys.stdin),
        key_bindings=keyboard.bindings,
        rprompt=keyboard.hint,
        bottom_toolbar=lambda: status(shell, terminal_width()),
        prompt_continuation=lambda width, _line, wrapped: "" if wrapped else " " * width,
    )
    keyboard.watch(prompt)
    shell.redraw = prompt.app.invalidate
    typing = OwnTyping(shell.client)
    prompt.default_buffer.on_text_changed += lambda buffer: _typed(shell, typing, buffer.text)
    log_in = partial(
        enter, shell, _asking(shell, "cli.login_password") if ask else None, _asking(shell, "cli.login_code")
    )
    shell.ask = lambda sentence: _asking(shell, sentence)()
    with patch_stdout(raw=True):
        try:
            if not await shell.begin(needs_login=True, log_in=log_in):
                return
        except (EOFError, KeyboardInterrupt):  # no event: whoever was asked for the password does not want to
            shell.failed = True
            await shell.client.disconnect()
            return
        receiving = asyncio.create_task(shell.receive())
        serving = asyncio.create_task(_serve(shell, lines, prompt, keyboard))
        asking = asyncio.create_task(_ask(shell, lines, prompt))
        # To be ended is to leave: else the terminal would stay without echo.
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, asking.cancel)
        telling = asyncio.create_task(shell.reading.keep_telling())
        ticking = asyncio.create_task(tick(shell, prompt.app.invalidate))
        learning = asyncio.create_task(keep_learning(shell))
        await asyncio.wait((receiving, serving, asking), return_when=asyncio.FIRST_COMPLETED)
        await _cancel(ticking)
        await _cancel(telling)
        await _cancel(learning)
        await typing.stop()
        await _cancel(asking)
        if asking.done() and not serving.done():
            await _finish(shell, lines)
        await _cancel(serving)
        if not shell.ended:
            await shell.tell_last()
        shell.ended = True
        await shell.client.disconnect()
        await receiving


def _asking(shell: Shell, sentence: str) -> Ask:
    """Asks for a password or a code, out of sight."""

    async def ask() -> Secret:
        client = shell.client
        where = {"account": client.name, "server": show_address(client.address, client.port)}
        session: PromptSession[str] = PromptSession(erase_when_done=True, key_bindings=password_bindings())
        text = printable(shell.screen.text(sentence, **where))
        return Secret(await session.prompt_async(f"{text}: ", is_password=True))

    return ask


@journaled(logger="client")
async def _ask(shell: Shell, lines: asyncio.Queue[str], prompt: PromptSession[str]) -> None:
    """Put what is typed into `lines`, until the user leaves. The prompt is replaced by what comes of the line."""
    screen = shell.screen
    with prompt.input.raw_mode():  # also between two lines
        while True:
            try:
                line = await prompt.prompt_async(lambda: f"{_state(shell)}{_sign(shell)}> ")
            except (EOFError, KeyboardInterrupt):  # no event: Ctrl-D, or Ctrl-C twice, the user leaves
                return
            if is_command(line):
                screen.line(f"{_sign(shell)}> {line}")
            if line.split()[:1] and line.split()[0] in AT_ONCE:
                await serve(shell, line)
                continue
            if line.strip() and not shell.connected:
                screen.note(screen.text("cli.client_waits", line=line))
            await lines.put(line)


@journaled(logger="client")
async def _serve(shell: Shell, lines: asyncio.Queue[str], prompt: PromptSession[str], keyboard: Keyboard) -> None:
    """Serve what is typed, one line after the other: while one waits for the connection, others can be typed."""
    await shell.welcome()
    while not shell.ended:
        line = await lines.get()
        if not await serve(shell, line) and chooses(line):
            _give_up(shell, lines)
        lines.task_done()
        keyboard.served(prompt)
        prompt.app.invalidate()  # somebody else may be chosen now


def _give_up(shell: Shell, lines: asyncio.Queue[str]) -> None:
    """Somebody was not chosen: messages that were typed for them already do not go to whoever is."""
    waiting = [lines.get_nowait() for _ in range(lines.qsize())]
    given_up = list(takewhile(lambda line: not is_command(line), waiting))
    for line in given_up:
        shell.failed = True
        shell.screen.note(shell.screen.text("cli.client_given_up", text=line))
        lines.task_done()
    for line in waiting[len(given_up) :]:
        lines.put_nowait(line)
        lines.task_done()


async def _finish(shell: Shell, lines: asyncio.Queue[str]) -> None:
    """Give what was typed before the user left a moment to be served."""
    try:
        async with asyncio.timeout(LEAVING):
            await lines.join()
    except TimeoutError:  # no event: the requests have theirs
        shell.failed = True
        shell.screen.error(shell.screen.text("cli.client_left", count=lines.qsize() + 1))


def _typed(shell: Shell, typing: OwnTyping, text: str) -> None:
    """What is typed has changed: tell those whom it is for, if it is no command."""
    if not text:
        typing.sent()
    elif shell.to and shell.connected and not shell.plain and not is_command(text):
        typing.typed(shell.to)


async def _cancel(task: asyncio.Task[None]) -> None:
    """End a task. Raises what it has failed with."""
    task.cancel()
    with suppress(asyncio.CancelledError, EOFError, KeyboardInterrupt):  # no event: it was asked to
        await task


def _state(shell: Shell) -> str:
    """What there is to say of the connection, in front of the prompt."""
    found = link_sign(shell)
    return f"[{found}] " if found else ""


def _sign(shell: Shell) -> str:
    """Who talks to whom."""
    return printable(f"{shell.client.name} → {shell.to or '?'}")


def _history() -> History:
    """Lines typed in earlier sessions, in a file that nobody else may read."""
    path = user_state_path("vestnik", ensure_exists=True) / "history"
    with suppress(FileExistsError):  # no event: made before, with the same mode
        path.touch(mode=0o600, exist_ok=False)
    return FileHistory(str(path))
