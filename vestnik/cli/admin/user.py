"""`vestnik user`: accounts, with or without a running server. What is done is journaled in `admin.log`."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import partial, wraps
from pathlib import Path
from typing import Any, Concatenate, Final, ParamSpec, get_args

import click
from msgspec import UNSET

from vestnik.chat.strength import check_password
from vestnik.cli import options
from vestnik.cli.admin.acts import admin_journal
from vestnik.cli.admin.control import ask
from vestnik.cli.client.drawing.visible import printable
from vestnik.cli.data import need_data
from vestnik.cli.failure import Failure, troubles
from vestnik.cli.groups import AnywhereGroup
from vestnik.cli.language import set_language
from vestnik.cli.options import PASSWORD_VARIABLE
from vestnik.language import DEFAULT_LANGUAGE
from vestnik.log.journal import Journal
from vestnik.log.journaled import journaled
from vestnik.protocol import answers
from vestnik.protocol.administration import (
    AddAccount,
    AddReset,
    AnyAdministration,
    DisableAccount,
    DoubtfulNames,
    EnableAccount,
    GetAccount,
    ListAccounts,
    RemoveTotp,
    SetAccountRole,
    SetPassword,
)
from vestnik.protocol.codes import FIRST_ERROR
from vestnik.protocol.errors import BadRequest
from vestnik.protocol.events import AccountState, Response
from vestnik.protocol.requests import GivenRole, ServerRole
from vestnik.secret import Secret
from vestnik.server import catalogue
from vestnik.server.settings import Settings, load_settings
from vestnik.store.durable import make_directory
from vestnik.texts import say

P = ParamSpec("P")


ROLES: Final[Mapping[ServerRole, str]] = {
    "owner": "cli.user_role_owner",
    "administrator": "cli.user_role_administrator",
    "member": "cli.user_role_member",
    "guest": "cli.user_role_guest",
    "bot": "cli.user_role_bot",
}


class Admin:
    """One use of the command: its settings and the journal."""

    def __init__(self, settings: Settings, journal: Journal) -> None:
        self.settings = settings
        self.journal = journal

    def ask(self, request: AnyAdministration) -> Response:
        """The answer to a request. Raises Failure with its text when it is refused."""
        request.lang = self.settings.lang
        with troubles(self.settings.lang):
            answer = ask(self.settings, self.journal, request)
        if answer.response >= FIRST_ERROR:
            raise Failure(str(answer.error))
        return answer

    def ask_password(self, name: str) -> Secret:
        """A new password for the account `name`, from the environment, or typed twice and no weak one."""
        password = os.environ.get(PASSWORD_VARIABLE)
        if password is None:
            if not sys.stdin.isatty():
                raise click.UsageError(say(self.settings.lang, "cli.password_needed", variable=PASSWORD_VARIABLE))
            password = self._type_password(name)
        return Secret(self.text(password, BadRequest(answers.PASSWORD_INVALID)))

    def _type_password(self, name: str) -> str:
        """What was typed the same twice, and is not weak."""
        while True:
            first, again = (
                str(click.prompt(say(self.settings.lang, key), hide_input=True))
                for key in ("cli.password", "cli.password_again")
            )
            if first != again:
                click.echo(say(self.settings.lang, "cli.password_differs"), err=True)
                continue
            try:
                check_password(Secret(first), self.settings.limits.password, name)
            except BadRequest as error:  # no event: nothing was asked for yet
                click.echo(error.text(self.settings.lang), err=True)
            else:
                return first

    def name(self, name: str) -> str:
        """The name of an account. Raises Failure for what is no text."""
        return self.text(name, BadRequest(answers.NAME_INVALID, ascii(name)))

    def text(self, value: str, refusal: BadRequest) -> str:
        """`value`, unless it holds bytes that are no text, which cannot be asked: then Failure with the refusal."""
        try:
            value.encode()
        except UnicodeEncodeError:
            text = refusal.text(self.settings.lang)
            self.journal.record(catalogue.ADMIN_REFUSED, text)
            raise Failure(text) from None
        return value

    def do(self, request: AnyAdministration) -> None:
        """Ask for something and show what was done."""
        answer = self.ask(request)
        click.echo(answer.alert)
        if answer.weak is True:
            click.echo(say(self.settings.lang, "cli.password_weak"), err=True)


@click.group("user", cls=AnywhereGroup)
@options.data
@options.log_dir
@options.lang
@options.config
@click.pass_context
def command(context: click.Context, /, config: Path | None, **given: Any) -> None:
    """Manage accounts, also beside a running server.

    A new password comes from VESTNIK_PASSWORD or is asked for, never from the command line.
    """
    context.obj = partial(administering, config, given, makes="add")


@contextmanager
def administering(config: Path | None, given: dict[str, Any], name: str | None, *, makes: str = "") -> Iterator[Admin]:
    """One use of the command `name` with the options given; only `makes` makes data where there is none."""
    lang = given["lang"] or DEFAULT_LANGUAGE
    with troubles(lang):
        settings = load_settings(config, given)
        set_language(settings.lang)
        need_data(settings.data_path, settings.lang, new=name == makes)
    with troubles(settings.lang):
        make_directory(settings.data_path)
    with admin_journal(settings) as journal:
        yield Admin(settings, journal)


def with_admin(function: Callable[Concatenate[Admin, P], None]) -> Callable[P, None]:
    """Give a command its `Admin`; whoever only wants help, or makes a mistake in the call, needs none."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        context = click.get_current_context()
        with context.obj(context.info_name) as admin:
            function(admin, *args, **kwargs)

    return run


@command.command("add")
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice(get_args(GivenRole)),
    help="What the account is on the server (default: member; the first one: owner).",
)
@with_admin
@journaled(arguments=("name", "role"), logger="admin")
def add(admin: Admin, name: str, role: GivenRole | None) -> None:
    """Create the account NAME."""
    admin.do(AddAccount(name=admin.name(name), password=admin.ask_password(name), role=role))


@command.command("list")
@with_admin
@journaled(logger="admin")
def list_(admin: Admin) -> None:
    """List all accounts."""
    request = ListAccounts()
    more = True
    while more:
        answer = admin.ask(request)
        found = answer.accounts or []
        for account in found:
            click.echo(_line(account, admin.settings.lang))
        more = bool(found and answer.more)
        request = ListAccounts(after=found[-1].name if found else "")


def _line(account: AccountState, lang: str) -> str:
    created = moment(account.created)
    state = say(lang, "cli.user_disabled" if account.disabled else "cli.user_enabled")
    role = say(lang, ROLES[account.role])
    return f"{account.name}\t{state}\t{created}\t{role}\t{account.invited_by}"


def moment(when: float) -> str:
    """A time (UNIX seconds) as it is here."""
    return datetime.fromtimestamp(when).astimezone().isoformat(sep=" ", timespec="seconds")


@command.command("passwd")
@click.argument("name")
@with_admin
@journaled(arguments=("name",), logger="admin")
def passwd(admin: Admin, name: str) -> None:
    """Give the account NAME a new password, which ends its logins and connections."""
    admin.ask(GetAccount(name=admin.name(name)))
    admin.do(SetPassword(name=name, password=admin.ask_password(name)))


@command.command("reset")
@click.argument("name")
@click.option("--hours", type=click.IntRange(1, 8784), default=24, help="Hours for which the code is good (24).")
@with_admin
@journaled(arguments=("name", "hours"), logger="admin")
def reset(admin: Admin, name: str, hours: int) -> None:
    """Make a code with which somebody gives the account NAME a new password, once.

    They use it with vestnik account reset. The code is shown here and nowhere else.
    """
    answer = admin.ask(AddReset(name=admin.name(name), seconds=hours * 3600))
    click.echo(answer.alert)
    if answer.code is not UNSET:
        click.echo(answer.code.reveal())


@command.command("names")
@with_admin
@journaled(logger="admin")
def names(admin: Admin) -> None:
    """List names of accounts and rooms that could be taken for others, and would be refused today."""
    answer = admin.ask(DoubtfulNames())
    for found in [] if answer.names is UNSET else answer.names:
        fields = answers.ALL[found.answer].fields
        why = say(admin.settings.lang, found.answer, **dict(zip(fields, found.values, strict=True)))
        click.echo(f"{printable(found.name)}\t{printable(why)}")
    if answer.more is True:
        click.echo(say(admin.settings.lang, "cli.names_more", text=answer.alert), err=True)


@command.command("totp-off")
@click.argument("name")
@with_admin
@journaled(arguments=("name",), logger="admin")
def totp_off(admin: Admin, name: str) -> None:
    """Take the second factor off the account NAME, which logs in with its password alone then."""
    admin.do(RemoveTotp(name=admin.name(name)))


@command.command("disable")
@click.argument("name")
@with_admin
@journaled(arguments=("name",), logger="admin")
def disable(admin: Admin, name: str) -> None:
    """Forbid the account NAME to log in and close its connections."""
    admin.do(DisableAccount(name=admin.name(name)))


@command.command("enable")
@click.argument("name")
@with_admin
@journaled(arguments=("name",), logger="admin")
def enable(admin: Admin, name: str) -> None:
    """Let the account NAME log in again."""
    admin.do(EnableAccount(name=admin.name(name)))


@command.command("role")
@click.argument("name")
@click.argument("role", type=click.Choice(get_args(GivenRole)))
@with_admin
@journaled(arguments=("name", "role"), logger="admin")
def role_(admin: Admin, name: str, role: GivenRole) -> None:
    """Make the account NAME owner, administrator, member or guest of the server."""
    admin.do(SetAccountRole(name=admin.name(name), role=role))
