"""`vestnik account`: what people do with their own account beside talking. Secrets are asked for, or read from standard
input line by line; none stands on the command line."""

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec

import click

from vestnik.cli import options
from vestnik.cli.client.address import NoAddress, parse_address
from vestnik.cli.client.choice import DEFAULT_PORT, Choice, choose
from vestnik.cli.client.main import trust_of
from vestnik.cli.failure import Failure
from vestnik.cli.groups import AnywhereGroup
from vestnik.client import Client, ClientError, Refused
from vestnik.client.trust import is_this_machine
from vestnik.log.crash import catch_everything
from vestnik.log.journal import Journal
from vestnik.log.journaled import journaled
from vestnik.log.setup import configure, default_directory
from vestnik.protocol.events import Response
from vestnik.secret import Secret
from vestnik.texts import say

P = ParamSpec("P")
LINK: Final = "vestnik://"
"""How the link of an invite begins: the address of the server follows, and the code behind #."""


@click.group("account", cls=AnywhereGroup)
@options.server
@options.log_dir
@options.lang
@click.pass_context
def command(context: click.Context, /, **given: Any) -> None:
    """Register with an invite, or change the password of one's own account, also with a code from an administrator.

    Passwords and codes are asked for, or read from standard input, one on a line; never from the command line.
    """
    addressed = given["address"] is not None or given["port"] is not None
    context.obj = (
        addressed,
        choose(context, {"remember": None, "journal_text": None, "log_level": None, "trace": None, **given}),
    )


class Desk:
    """Where somebody does something with their account: what they have chosen, and what they are asked for.

    `addressed` says that they have said where the server is.
    """

    def __init__(self, choice: Choice, *, addressed: bool) -> None:
        self.choice = choice
        self.addressed = addressed
        self.name = choice.user or self.ask("cli.login_name", hidden=False)

    def ask(self, key: str, *, hidden: bool = True) -> str:
        """What somebody types, or the next line of standard input. Raises UsageError when there is none."""
        if sys.stdin is not None and sys.stdin.isatty():
            return str(click.prompt(say(self.choice.lang, key), hide_input=hidden))
        line = "" if sys.stdin is None else sys.stdin.readline()
        if not line:
            raise click.UsageError(say(self.choice.lang, "cli.line_needed", what=say(self.choice.lang, key)))
        return line.rstrip("\r\n")

    def ask_secret(self, key: str) -> Secret:
        """The same, out of sight."""
        return Secret(self.ask(key))

    def ask_invite(self) -> Secret | None:
        """The code of an invite; one that stands in a link, which also says where the server is if nobody has."""
        text = self.ask("cli.invite").strip()
        if not text.startswith(LINK):
            return Secret(text) if text else None
        where, _, code = text.removeprefix(LINK).partition("#")
        if not self.addressed:
            try:
                host, port = parse_address(where.rstrip("/"))
            except NoAddress:
                raise click.UsageError(say(self.choice.lang, "cli.address_bad", value=where)) from None
            encrypted = self.choice.tls or not is_this_machine(host)
            self.choice = self.choice._replace(host=host, port=port or DEFAULT_PORT, tls=encrypted)
        return Secret(code)

    def ask_new_password(self) -> Secret:
        """A new password, which is typed twice in a terminal."""
        while True:
            first = self.ask_secret("cli.new_password")
            if not sys.stdin.isatty() or first == self.ask_secret("cli.password_again"):
                return first
            click.echo(say(self.choice.lang, "cli.password_differs"), err=True)

    def do(self, act: Callable[[Client], Awaitable[Response]], *, log_in: Secret | None = None) -> None:
        """Connect, log in if there is a password for that, and do something. Raises Failure when it is refused."""
        choice = self.choice
        directory = choice.log_dir or default_directory()
        journal = configure("client", directory=directory, console=None, language=choice.lang)
        catch_everything(journal, directory, console=False)
        journal.level = min(journal.level, logging.INFO)
        try:
            click.echo(asyncio.run(self._do(journal, act, log_in)).alert)
        except ClientError as error:  # no event: it had one when it was made, or the answer had
            raise Failure(error.reason if isinstance(error, Refused) else error.text(choice.lang)) from None
        finally:
            journal.release()

    async def _do(
        self, journal: Journal, act: Callable[[Client], Awaitable[Response]], log_in: Secret | None
    ) -> Response:
        choice = self.choice
        client = Client(
            choice.host,
            choice.port,
            name=self.name,
            password=log_in,
            journal=journal,
            lang=choice.lang,
            tls=trust_of(choice),
            reconnect=False,
        )
        await client.connect()
        if client.pinned is not None:
            click.echo(say(choice.lang, "cli.pinned", fingerprint=client.pinned), err=True)
        try:
            if log_in is not None:
                await client.authenticate()
            return await act(client)
        finally:
            await client.disconnect()


def _at_desk(function: Callable[Concatenate[Desk, P], None]) -> Callable[P, None]:
    """Give a command its desk; whoever only wants help needs none."""

    @wraps(function)
    def at_desk(*args: P.args, **kwargs: P.kwargs) -> None:
        addressed, choice = click.get_current_context().obj
        function(Desk(choice, addressed=addressed), *args, **kwargs)

    return at_desk


@command.command("passwd")
@_at_desk
@journaled(logger="client")
def passwd(desk: Desk) -> None:
    """Change the password. Other logins and connections of the account end."""
    password = desk.ask_secret("cli.password")
    new = desk.ask_new_password()
    desk.do(lambda client: client.change_password(password, new), log_in=password)


@command.command("reset")
@_at_desk
@journaled(logger="client")
def reset(desk: Desk) -> None:
    """Give the account a new password with a code that an administrator has made."""
    code = desk.ask_secret("cli.code")
    new = desk.ask_new_password()
    desk.do(lambda client: client.reset_password(code, new))


@command.command("register")
@_at_desk
@journaled(logger="client")
def register(desk: Desk) -> None:
    """Make an account, with the code or link of an invite. An empty line is none."""
    invite = desk.ask_invite()
    password = desk.ask_new_password()
    desk.do(lambda client: client.register(password, invite))
