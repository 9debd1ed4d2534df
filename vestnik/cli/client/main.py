"""`vestnik client`: talk to a server, interactive in a terminal, line by line when standard input is something else."""

import asyncio
import errno
import logging
import os
import platform
import sys
import threading
from collections.abc import Coroutine
from concurrent.futures import CancelledError
from contextlib import suppress
from functools import partial
from typing import Any, TextIO

import click

from vestnik.chat.limits import MAX_DEVICE
from vestnik.cli import options
from vestnik.cli.client.choice import Choice, choose
from vestnik.cli.client.commands import serve_bytes
from vestnik.cli.client.entering import enter
from vestnik.cli.client.logins import RememberedLogin, logins_directory, servers_directory
from vestnik.cli.client.screen import OutputLost, Screen
from vestnik.cli.client.settings import settings_path
from vestnik.cli.client.shell import Shell
from vestnik.cli.options import PASSWORD_VARIABLE
from vestnik.client import Client, Trust, catalogue
from vestnik.log.control import controlled
from vestnik.log.crash import catch_everything, watch_loop
from vestnik.log.journal import Journal
from vestnik.log.journaled import journaled, switch
from vestnik.log.setup import configure, default_directory
from vestnik.secret import Secret
from vestnik.texts import say
from vestnik.texts.system import system_reason


@click.command("client")
@options.server
@click.option(
    "--remember/--no-remember",
    envvar="VESTNIK_REMEMBER",
    show_envvar=True,
    default=None,
    help="Whether the login is remembered in a terminal, so that no password is asked for again (default: yes).",
)
@click.option(
    "--journal-text/--no-journal-text",
    envvar="VESTNIK_JOURNAL_TEXT",
    show_envvar=True,
    default=None,
    help="Whether texts of messages are journaled and the prompt's history is kept (default: yes).",
)
@options.log_dir
@options.log_level
@options.trace
@options.lang
@click.pass_context
def command(context: click.Context, /, **given: Any) -> None:
    """Talk to a server as the account NAME.

    The password comes from VESTNIK_PASSWORD or is asked for, never from the command line. In a terminal there is a
    prompt; otherwise standard input is read line by line. A line is a message or a command; /help lists the commands.
    What is not said by options and variables stands in client.toml in the user's directory of settings.
    The exit code is 0 only if everything went through.
    """
    choice = choose(context, given)
    interactive = _is_terminal(sys.stdin) and _is_terminal(sys.stdout)
    password = _given_password(choice.lang)
    user = choice.user or _ask_name(choice.lang, interactive)
    directory = choice.log_dir or default_directory()
    journal = configure(
        "client",
        directory=directory,
        level=None if choice.log_level is None else logging.getLevelNamesMapping()[choice.log_level.upper()],
        console=None if interactive else sys.stderr,
        language=choice.lang,
    )
    switch("client", choice.trace)
    catch_everything(journal, directory, console=not interactive)
    client = Client(
        choice.host,
        choice.port,
        name=user,
        password=password,
        journal=journal,
        journal_text=choice.journal_text,
        lang=choice.lang,
        device=f"vestnik, {platform.node()}"[:MAX_DEVICE],
        tls=trust_of(choice),
        reconnect=interactive,  # lines of a script are not to wait for a server that may never come
    )
    shell = Shell(client, journal, Screen(choice.lang, user, terminal=interactive))
    if interactive and choice.remember and password is None:
        shell.login = RememberedLogin(logins_directory(), choice.host, choice.port, user)
    try:
        ask = password is None
        talk = _talk_in_terminal(shell, choice.journal_text, ask) if interactive else _talk_in_lines(shell, ask)
        asyncio.run(_talk(journal, talk))
    except KeyboardInterrupt:
        shell.failed = True
        journal.record(catalogue.CLIENT_INTERRUPTED)
    except OutputLost as lost:
        shell.failed = True
        journal.record(catalogue.CLIENT_OUTPUT_LOST, system_reason(lost.error, choice.lang))
        _discard_output()
    except Exception as error:  # noqa: BLE001
        shell.failed = True
        journal.record(catalogue.CLIENT_FAILED, type(error).__name__, error=error)
        click.echo(say(choice.lang, "client.failed", reason=type(error).__name__), err=True)
    finally:
        journal.release()  # what fails from here on can still be journaled
    raise SystemExit(1 if shell.failed else 0)


def trust_of(choice: Choice) -> Trust | bool:
    """Whose certificate is believed; False: there is to be no TLS. Raises UsageError."""
    if not choice.tls:
        return False
    try:
        return Trust(choice.ca, servers_directory(), choice.pin)
    except OSError as error:
        reason = system_reason(error, choice.lang) if error.errno in errno.errorcode else "PEM"
        raise click.UsageError(say(choice.lang, "cli.ca_bad", path=choice.ca, reason=reason)) from None
    except ValueError:
        raise click.UsageError(say(choice.lang, "cli.pin_bad", value=choice.pin)) from None


def _is_terminal(stream: TextIO | None) -> bool:
    """Whether somebody sits at a standard stream, which is None if the program was started without it."""
    return stream is not None and stream.isatty()


def _discard_output() -> None:
    """Let go what is still to be written to standard output, or the interpreter complains of it at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _given_password(language: str) -> Secret | None:
    """The password of the environment; None if it has to be typed. Raises UsageError when there is nobody to ask."""
    given = os.environ.get(PASSWORD_VARIABLE)
    if given is not None:
        return Secret(given)
    if not _is_terminal(sys.stdin):
        raise click.UsageError(say(language, "cli.password_needed", variable=PASSWORD_VARIABLE))
    return None


def _ask_name(language: str, interactive: bool) -> str:
    """Who sits there. Raises UsageError when there is nobody to ask."""
    if not interactive:
        raise click.UsageError(say(language, "cli.name_needed", path=settings_path()))
    return str(click.prompt(say(language, "cli.login_name")))


async def _talk(journal: Journal, talk: Coroutine[Any, Any, None]) -> None:
    """Talk, and journal what the event loop complains of meanwhile."""
    watch_loop(journal)
    with controlled(journal):
        await talk


async def _talk_in_terminal(shell: Shell, keep_history: bool, ask: bool) -> None:
    # Prompt and terminal handling take a tenth of a second to import.
    from vestnik.cli.client.terminal import talk

    await talk(shell, keep_history, ask)


@journaled(logger="client")
async def _talk_in_lines(shell: Shell, ask: bool) -> None:
    """Serve standard input line by line; what others send goes to standard output."""

    async def type_secret(sentence: str) -> Secret:
        return Secret(str(click.prompt(shell.screen.text(sentence), hide_input=True, err=True)))

    log_in = partial(
        enter,
        shell,
        partial(type_secret, "cli.password") if ask else None,
        partial(type_secret, "cli.login_code") if _is_terminal(sys.stdin) else None,
    )
    if not await shell.begin(needs_login=False, log_in=log_in):
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
    if sys.stdin is None:  # the program was started without it: there are no lines
        return
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
