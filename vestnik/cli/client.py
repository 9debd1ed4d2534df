"""`vestnik client`: talk to a server, interactive in a terminal, line by line when standard input is something else.

A line is a message to the current room or person; a line that begins with `/` is a command.
"""

import asyncio
import logging
import os
import sys
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import click
from platformdirs import user_state_path

from vestnik.cli import options
from vestnik.cli.options import PASSWORD_VARIABLE
from vestnik.client import Client, ClientError, ConnectionFailed, Delivery, Refused
from vestnik.log import events
from vestnik.log.control import controlled
from vestnik.log.crash import catch_everything, watch_loop
from vestnik.log.escape import escape
from vestnik.log.journal import Journal
from vestnik.log.journaled import journaled, switch
from vestnik.log.setup import configure, default_directory
from vestnik.protocol.secret import Secret
from vestnik.protocol.texts import DEFAULT_LANGUAGE, say


@click.command("client")
@click.option(
    "-a",
    "--address",
    envvar="VESTNIK_SERVER",
    show_envvar=True,
    default="127.0.0.1",
    metavar="ADDR",
    help="Address of the server (default: 127.0.0.1).",
)
@options.port("Port of the server (default: 7777).")
@click.option("-u", "--user", envvar="VESTNIK_USER", show_envvar=True, required=True, metavar="NAME", help="Account.")
@click.option(
    "--journal-text/--no-journal-text",
    envvar="VESTNIK_JOURNAL_TEXT",
    show_envvar=True,
    default=True,
    help="Whether texts of messages are journaled and the prompt's history is kept (default: yes).",
)
@options.log_dir
@options.log_level
@options.trace
@options.lang
def command(
    address: str,
    port: int | None,
    user: str,
    journal_text: bool,
    log_dir: str | None,
    log_level: str | None,
    trace: bool | None,
    lang: str | None,
) -> None:
    """Talk to a server as the account NAME.

    The password comes from VESTNIK_PASSWORD or is asked for, never from the command line. In a terminal there is a
    prompt; otherwise standard input is read line by line. The exit code is 0 only if everything went through.
    """
    lang = lang or DEFAULT_LANGUAGE
    interactive = sys.stdin.isatty() and sys.stdout.isatty()
    password = _password(lang)
    directory = Path(log_dir) if log_dir else default_directory()
    journal = configure(
        "client",
        directory=directory,
        level=None if log_level is None else logging.getLevelNamesMapping()[log_level.upper()],
        console=None if interactive else sys.stderr,
        language=lang,
    )
    switch("client", bool(trace))
    catch_everything(journal, directory, console=not interactive)
    client = Client(
        address,
        7777 if port is None else port,
        name=user,
        password=password,
        journal=journal,
        journal_text=journal_text,
        reconnect=False,
    )
    # Without a prompt the journal is on the screen, so refusals need not be said again.
    conversation = Conversation(client, journal, lang, _to_error_output if interactive else None)
    try:
        talk = _talk_in_terminal(conversation, journal_text) if interactive else _talk_in_lines(conversation)
        asyncio.run(_talk(journal, talk))
    except KeyboardInterrupt:
        conversation.failed = True
        journal.record(events.CLIENT_INTERRUPTED)
    except Exception as error:  # noqa: BLE001
        conversation.failed = True
        journal.record(events.CLIENT_FAILED, type(error).__name__, error=error)
        _to_error_output(say(lang, "client.failed", reason=type(error).__name__))
    finally:
        journal.release()  # what fails from here on can still be journaled
    raise SystemExit(1 if conversation.failed else 0)


def _password(language: str) -> Secret:
    """The password, from the environment or typed. Raises UsageError when there is nobody to ask."""
    given = os.environ.get(PASSWORD_VARIABLE)
    if given is not None:
        return Secret(given)
    if not sys.stdin.isatty():
        raise click.UsageError(say(language, "cli.password_needed", variable=PASSWORD_VARIABLE))
    return Secret(click.prompt(say(language, "cli.password"), hide_input=True))


class Conversation:
    """A session with a server: what the user's lines do, and whether all of them went through."""

    def __init__(
        self, client: Client, journal: Journal, language: str, show_error: Callable[[str], None] | None
    ) -> None:
        self.client = client
        self._journal = journal
        self.language = language
        self._show_error = show_error
        self.to = ""
        self.failed = False
        self.ended = False

    def say(self, name: str, **values: object) -> None:
        """Show a sentence."""
        click.echo(say(self.language, name, **values))

    @journaled(logger="client")
    async def begin(self, *, needs_login: bool) -> bool:
        """Connect and log in; whether to go on, which without `needs_login` is so after a refused login too."""
        try:
            await self.client.connect()
            await self._attempt(self.client.authenticate())
            if self.failed and needs_login:
                await self.client.disconnect()
                return False
            await self._attempt(self.client.presence())
        except ConnectionFailed as error:  # no event: it had one when it was made
            self._lost(error)
        return not self.ended

    @journaled(logger="client")
    async def do(self, line: str) -> None:
        """Serve one line of the user."""
        line = line.rstrip("\r\n")
        if not line.strip():
            return
        name, _, argument = line.partition(" ")
        try:
            if not line.startswith("/"):
                await self._send(line)
            elif name in COMMANDS:
                await COMMANDS[name](self, argument.strip())
            else:
                self._complain("cli.unknown_command", command=name)
        except ConnectionFailed as error:  # no event: it had one when it was made
            self._lost(error)

    async def do_bytes(self, line: bytes) -> None:
        """Serve one line of the user, as it came."""
        try:
            text = line.decode()
        except UnicodeDecodeError:
            self._complain("cli.not_text")
        else:
            await self.do(text)

    @journaled(logger="client")
    async def receive(self) -> None:
        """Show what others send until the connection ends."""
        try:
            async for event in self.client.events():
                if isinstance(event, Delivery):
                    click.echo(printable(f"{event.from_} → {event.to}: {event.message}"))
        except ConnectionFailed as error:  # no event: it had one when it was made
            if not self.ended:
                self._lost(error)

    @journaled(arguments=("self.to",), logger="client")
    async def _send(self, text: str) -> None:
        if self.to:
            await self._attempt(self.client.send(self.to, text))
        else:
            self._complain("cli.no_addressee")

    @journaled(arguments=("room",), logger="client")
    async def _join(self, room: str) -> None:
        if room:
            self.to = room
            await self._attempt(self.client.join(room))
        else:
            self._complain("cli.argument_needed", command="/join")

    @journaled(arguments=("room",), logger="client")
    async def _leave(self, room: str) -> None:
        room = room or self.to
        if not room:
            self._complain("cli.argument_needed", command="/leave")
            return
        if room == self.to:
            self.to = ""
        await self._attempt(self.client.leave(room))

    @journaled(arguments=("name",), logger="client")
    async def _to(self, name: str) -> None:
        if name:
            self.to = name
        else:
            self._complain("cli.argument_needed", command="/to")

    @journaled(logger="client")
    async def _quit(self, _argument: str) -> None:
        self.ended = True
        await self.client.quit()

    async def _help(self, _argument: str) -> None:
        self.say("cli.client_help")

    async def _attempt(self, request: Any) -> None:
        try:
            await request
        except Refused as error:  # no event: the answer had one
            self.failed = True
            self._tell(error)

    def _complain(self, name: str, **values: object) -> None:
        self.failed = True
        reason = say(self.language, name, **values)
        self._journal.record(events.CLIENT_INPUT_BAD, reason)
        if self._show_error is not None:
            self._show_error(printable(reason))

    def _lost(self, error: ClientError) -> None:
        self.ended = self.failed = True
        self._tell(error)

    def _tell(self, error: ClientError) -> None:
        if self._show_error is not None:
            self._show_error(printable(error.text(self.language)))


COMMANDS: Final = {
    "/join": Conversation._join,
    "/leave": Conversation._leave,
    "/to": Conversation._to,
    "/quit": Conversation._quit,
    "/help": Conversation._help,
}


def _to_error_output(text: str) -> None:
    click.echo(text, err=True)


def printable(text: str) -> str:
    """`text` made safe for a terminal: what another person sent cannot move the cursor or change colours."""
    return text if text.isprintable() else "".join(c if c.isprintable() else escape(c) for c in text)


async def _talk(journal: Journal, talk: Coroutine[Any, Any, None]) -> None:
    """Talk, and journal what the event loop complains of meanwhile."""
    watch_loop(journal)
    with controlled(journal):
        await talk


@journaled(logger="client")
async def _talk_in_lines(conversation: Conversation) -> None:
    """Serve standard input line by line; what others send goes to standard output."""
    if not await conversation.begin(needs_login=False):
        return
    receiving = asyncio.create_task(conversation.receive())
    talking = asyncio.create_task(_serve_lines(conversation))
    await asyncio.wait((receiving, talking), return_when=asyncio.FIRST_COMPLETED)
    if receiving.done():  # the connection is gone: nobody waits for the next line
        talking.cancel()
    with suppress(asyncio.CancelledError):  # no event: it was asked to
        await talking
    await conversation.client.disconnect()
    await receiving


async def _serve_lines(conversation: Conversation) -> None:
    lines: asyncio.Queue[bytes | None] = asyncio.Queue(maxsize=1)
    loop = asyncio.get_running_loop()
    # A daemon, so that the program can end while it waits for a line.
    threading.Thread(target=_read_lines, args=(lines, loop), daemon=True).start()
    while not conversation.ended and (line := await lines.get()) is not None:
        await conversation.do_bytes(line)


def _read_lines(lines: asyncio.Queue[bytes | None], loop: asyncio.AbstractEventLoop) -> None:
    """Put each line of standard input into `lines`, then None; reads no further than the reader has got."""
    # Not sys.stdin: its lock would keep the interpreter from ending.
    with (
        open(0, "rb", buffering=0, closefd=False) as stdin,
        suppress(RuntimeError, CancelledError),  # no event: the loop has ended
    ):
        for line in stdin:
            _put(lines, line, loop)
        _put(lines, None, loop)


def _put(lines: asyncio.Queue[bytes | None], line: bytes | None, loop: asyncio.AbstractEventLoop) -> None:
    """Put one line into `lines`, from another thread. Raises RuntimeError or CancelledError when the loop has ended."""
    putting = lines.put(line)
    try:
        asyncio.run_coroutine_threadsafe(putting, loop).result()
    except BaseException:
        putting.close()
        raise


@journaled(logger="client")
async def _talk_in_terminal(conversation: Conversation, keep_history: bool) -> None:
    """A prompt with history and editing; what others send appears above it."""
    # Prompt and terminal handling take a tenth of a second to import.
    from prompt_toolkit import PromptSession
    from prompt_toolkit.completion import WordCompleter
    from prompt_toolkit.history import FileHistory, History, InMemoryHistory
    from prompt_toolkit.patch_stdout import patch_stdout

    history: History = InMemoryHistory()
    if keep_history:
        path = user_state_path("vestnik", ensure_exists=True) / "history"
        with suppress(FileExistsError):  # no event: made before, with the same mode
            path.touch(mode=0o600, exist_ok=False)
        history = FileHistory(str(path))
    prompt: PromptSession[str] = PromptSession(
        history=history, completer=WordCompleter(sorted(COMMANDS), sentence=True), complete_while_typing=False
    )
    with patch_stdout():
        if not await conversation.begin(needs_login=True):
            return
        conversation.say("cli.client_welcome", account=conversation.client.name)
        receiving = asyncio.create_task(conversation.receive())
        while not conversation.ended:
            asking = asyncio.create_task(
                prompt.prompt_async(lambda: f"{conversation.client.name} → {conversation.to or '?'}> ")
            )
            await asyncio.wait((asking, receiving), return_when=asyncio.FIRST_COMPLETED)
            if not asking.done():  # the connection is gone
                asking.cancel()
                with suppress(asyncio.CancelledError, EOFError, KeyboardInterrupt):  # no event: it was asked to
                    await asking
                break
            try:
                line = asking.result()
            except (EOFError, KeyboardInterrupt):  # no event: Ctrl-D or Ctrl-C, the user leaves
                break
            await conversation.do(line)
        conversation.ended = True
        await conversation.client.disconnect()
        await receiving
