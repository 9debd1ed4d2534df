"""`vestnik client`: talk to a server, interactive in a terminal, line by line when standard input is something else."""

import asyncio
import logging
import os
import sys
import threading
from collections.abc import Coroutine
from concurrent.futures import CancelledError
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from vestnik.cli import options
from vestnik.cli.client.commands import serve_bytes
from vestnik.cli.client.screen import Screen
from vestnik.cli.client.shell import Shell
from vestnik.cli.options import PASSWORD_VARIABLE
from vestnik.client import Client, catalogue
from vestnik.language import DEFAULT_LANGUAGE
from vestnik.log.control import controlled
from vestnik.log.crash import catch_everything, watch_loop
from vestnik.log.journal import Journal
from vestnik.log.journaled import journaled, switch
from vestnik.log.setup import configure, default_directory
from vestnik.secret import Secret
from vestnik.texts import say


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
    prompt; otherwise standard input is read line by line. A line is a message or a command; /help lists the commands.
    The exit code is 0 only if everything went through.
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
        reconnect=interactive,  # lines of a script are not to wait for a server that may never come
    )
    shell = Shell(client, journal, Screen(lang, user, terminal=interactive))
    try:
        talk = _talk_in_terminal(shell, journal_text) if interactive else _talk_in_lines(shell)
        asyncio.run(_talk(journal, talk))
    except KeyboardInterrupt:
        shell.failed = True
        journal.record(catalogue.CLIENT_INTERRUPTED)
    except Exception as error:  # noqa: BLE001
        shell.failed = True
        journal.record(catalogue.CLIENT_FAILED, type(error).__name__, error=error)
        click.echo(say(lang, "client.failed", reason=type(error).__name__), err=True)
    finally:
        journal.release()  # what fails from here on can still be journaled
    raise SystemExit(1 if shell.failed else 0)


def _password(language: str) -> Secret:
    """The password, from the environment or typed. Raises UsageError when there is nobody to ask."""
    given = os.environ.get(PASSWORD_VARIABLE)
    if given is not None:
        return Secret(given)
    if not sys.stdin.isatty():
        raise click.UsageError(say(language, "cli.password_needed", variable=PASSWORD_VARIABLE))
    return Secret(click.prompt(say(language, "cli.password"), hide_input=True))


async def _talk(journal: Journal, talk: Coroutine[Any, Any, None]) -> None:
    """Talk, and journal what the event loop complains of meanwhile."""
    watch_loop(journal)
    with controlled(journal):
        await talk


async def _talk_in_terminal(shell: Shell, keep_history: bool) -> None:
    # Prompt and terminal handling take a tenth of a second to import.
    from vestnik.cli.client.terminal import talk

    await talk(shell, keep_history)


@journaled(logger="client")
async def _talk_in_lines(shell: Shell) -> None:
    """Serve standard input line by line; what others send goes to standard output."""
    if not await shell.begin(needs_login=False):
        return
    receiving = asyncio.create_task(shell.receive())
    talking = asyncio.create_task(_serve_lines(shell))
    await asyncio.wait((receiving, talking), return_when=asyncio.FIRST_COMPLETED)
    if receiving.done():  # the connection is gone: nobody waits for the next line
        talking.cancel()
    with suppress(asyncio.CancelledError):  # no event: it was asked to
        await talking
    await shell.client.disconnect()
    await receiving


async def _serve_lines(shell: Shell) -> None:
    lines: asyncio.Queue[bytes | None] = asyncio.Queue(maxsize=1)
    loop = asyncio.get_running_loop()
    # A daemon, so that the program can end while it waits for a line.
    threading.Thread(target=_read_lines, args=(lines, loop), daemon=True).start()
    while not shell.ended and (line := await lines.get()) is not None:
        await serve_bytes(shell, line)


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
