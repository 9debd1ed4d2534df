"""`vestnik user`: accounts, also beside a running server. What is done is journaled in `admin.log`."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from vestnik.chat.limits import MAX_PASSWORD
from vestnik.chat.names import check_account_name, check_length, name_key
from vestnik.chat.passwords import hash_password
from vestnik.chat.storage.accounts import AccountRecord
from vestnik.cli import options
from vestnik.cli.failure import Failure
from vestnik.cli.options import PASSWORD_VARIABLE
from vestnik.language import DEFAULT_LANGUAGE
from vestnik.log.crash import catch_everything
from vestnik.log.journal import Journal
from vestnik.log.journaled import journaled, switch
from vestnik.log.setup import configure
from vestnik.protocol import answers
from vestnik.protocol.errors import Conflict, NotFound, StartupError, VestnikError
from vestnik.secret import Secret
from vestnik.server import catalogue
from vestnik.server.settings import Settings, load_settings
from vestnik.store.queries import accounts
from vestnik.store.store import administer
from vestnik.texts import say


class Admin:
    """One use of the command: its settings, the database and the journal."""

    def __init__(self, settings: Settings, engine: Engine, journal: Journal) -> None:
        self.settings = settings
        self.engine = engine
        self.journal = journal

    def say(self, name: str, **values: object) -> None:
        """Print a sentence."""
        click.echo(say(self.settings.lang, name, **values))

    def find(self, connection: Connection, name: str) -> AccountRecord:
        """The account called `name`. Raises NotFound, BadRequest for what cannot be a name."""
        limit = self.settings.limits.name
        account = accounts.find_account(connection, name_key(check_account_name("name", name, limit)))
        if account is None:
            raise NotFound(answers.ACCOUNT_UNKNOWN, name)
        return account

    def ask_password(self) -> Secret:
        """A new password, from the environment or typed twice. Raises BadRequest for an empty or over-long one."""
        password = os.environ.get(PASSWORD_VARIABLE)
        if password is None:
            if not sys.stdin.isatty():
                raise click.UsageError(say(self.settings.lang, "cli.password_needed", variable=PASSWORD_VARIABLE))
            password = click.prompt(
                say(self.settings.lang, "cli.password"),
                hide_input=True,
                confirmation_prompt=say(self.settings.lang, "cli.password_again"),
            )
        return Secret(check_length("password", str(password), MAX_PASSWORD))


@click.group("user")
@options.data
@options.log_dir
@options.lang
@options.config
@click.pass_context
def command(context: click.Context, /, config: Path | None, **given: Any) -> None:
    """Manage accounts, also beside a running server.

    A new password comes from VESTNIK_PASSWORD or is asked for, never from the command line.
    """
    lang = given["lang"] or DEFAULT_LANGUAGE
    try:
        settings = load_settings(config, given)
        context.obj = context.with_resource(_admin(settings))
    except StartupError as error:
        raise Failure(error.text(lang)) from None
    except OSError as error:
        reason = {"path": str(error.filename), "reason": error.strerror or str(error)}
        raise Failure(say(lang, "server.directory_bad", **reason)) from None


@contextmanager
def _admin(settings: Settings) -> Iterator[Admin]:
    with administer(settings.data_path) as engine:
        journal = configure("admin", directory=settings.log_path, console=None, language=settings.lang)
        switch("admin", settings.trace)
        catch_everything(journal, settings.log_path, console=False)
        try:
            yield Admin(settings, engine, journal)
        finally:
            journal.release()  # what fails from here on can still be journaled


@command.command("add")
@click.argument("name")
@click.pass_obj
@journaled(arguments=("name",), logger="admin")
def add(admin: Admin, name: str) -> None:
    """Create the account NAME."""
    with _refusals(admin):
        check_account_name("name", name, admin.settings.limits.name)
        password_hash = hash_password(admin.ask_password())
        with admin.engine.begin() as connection:
            if not accounts.add_account(connection, name, name_key(name), password_hash, time.time()):
                raise Conflict(answers.ACCOUNT_EXISTS, name)
        admin.journal.record(catalogue.ADMIN_ADDED, name)
        admin.say("admin.added", account=name)


@command.command("list")
@click.pass_obj
@journaled(logger="admin")
def list_(admin: Admin) -> None:
    """List all accounts."""
    with admin.engine.begin() as connection:
        found = accounts.list_accounts(connection)
    for account in found:
        created = datetime.fromtimestamp(account.created).astimezone().isoformat(sep=" ", timespec="seconds")
        state = say(admin.settings.lang, "cli.user_disabled" if account.disabled else "cli.user_enabled")
        click.echo(f"{account.name}\t{state}\t{created}")
    admin.journal.record(catalogue.ADMIN_LISTED, len(found))


@command.command("passwd")
@click.argument("name")
@click.pass_obj
@journaled(arguments=("name",), logger="admin")
def passwd(admin: Admin, name: str) -> None:
    """Give the account NAME a new password, which ends its logins and connections."""
    with _refusals(admin):
        with admin.engine.begin() as connection:
            admin.find(connection, name)
        password_hash = hash_password(admin.ask_password())
        with admin.engine.begin() as connection:
            account = admin.find(connection, name)
            accounts.set_password(connection, account.id, password_hash)
        admin.journal.record(catalogue.ADMIN_PASSWORD, account.name)
        admin.say("admin.password", account=account.name)


@command.command("disable")
@click.argument("name")
@click.pass_obj
@journaled(arguments=("name",), logger="admin")
def disable(admin: Admin, name: str) -> None:
    """Forbid the account NAME to log in and close its connections."""
    _set_disabled(admin, name, True)


@command.command("enable")
@click.argument("name")
@click.pass_obj
@journaled(arguments=("name",), logger="admin")
def enable(admin: Admin, name: str) -> None:
    """Let the account NAME log in again."""
    _set_disabled(admin, name, False)


def _set_disabled(admin: Admin, name: str, disabled: bool) -> None:
    event = catalogue.ADMIN_DISABLED if disabled else catalogue.ADMIN_ENABLED
    with _refusals(admin):
        with admin.engine.begin() as connection:
            account = admin.find(connection, name)
            accounts.set_disabled(connection, account.id, disabled)
        admin.journal.record(event, account.name)
        admin.say(event.name, account=account.name)


@contextmanager
def _refusals(admin: Admin) -> Iterator[None]:
    """Journal a refusal and show it as the command's error."""
    try:
        yield
    except VestnikError as error:  # no event: it is recorded below
        text = error.text(admin.settings.lang)
    except OperationalError:  # no event: it is recorded below; somebody else writes for too long
        text = say(admin.settings.lang, "cli.busy")
    else:
        return
    admin.journal.record(catalogue.ADMIN_REFUSED, text)
    raise Failure(text)
