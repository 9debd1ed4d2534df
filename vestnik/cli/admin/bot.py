"""`vestnik bot`: bots and their tokens, with or without a running server. What is done is journaled in `admin.log`."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import click
from msgspec import UNSET

from vestnik.cli import options
from vestnik.cli.admin.user import Admin, administering, with_admin
from vestnik.cli.groups import AnywhereGroup
from vestnik.log.journaled import journaled
from vestnik.protocol.administration import AddBot, AddToken, ListTokens, RevokeToken
from vestnik.protocol.events import TokenState
from vestnik.texts import say


@click.group("bot", cls=AnywhereGroup)
@options.data
@options.log_dir
@options.lang
@options.config
@click.pass_context
def command(context: click.Context, /, config: Path | None, **given: Any) -> None:
    """Manage bots and their tokens, also beside a running server.

    A bot has no password: it logs in with tokens, each for certain rooms and actions and as long as it is wanted.
    """
    context.obj = partial(administering, config, given, makes="add")


@command.command("add")
@click.argument("name")
@with_admin
@journaled(arguments=("name",), logger="admin")
def add(admin: Admin, name: str) -> None:
    """Create the bot NAME."""
    admin.do(AddBot(name=admin.name(name)))


@command.command("token")
@click.argument("name")
@click.option("--label", metavar="TEXT", default="", help="What the token is for.")
@click.option(
    "--room", "rooms", metavar="ROOM", multiple=True, help="A room that it is for; several times (default: all)."
)
@click.option(
    "--may",
    metavar="ACTION",
    multiple=True,
    help="What it gives: read, write, join, register, manage, or an action; several times "
    "(default: all of these but manage).",
)
@click.option(
    "--days", metavar="N", type=click.IntRange(1, 36_500), help="For how many days it is good (default: for ever)."
)
@with_admin
@journaled(arguments=("name", "label", "rooms", "may", "days"), logger="admin")
def token(admin: Admin, name: str, label: str, rooms: Sequence[str], may: Sequence[str], days: int | None) -> None:
    """Make a token for the bot NAME: it goes to standard output, and is shown only once."""
    request = AddToken(name=admin.name(name), label=label, rooms=list(rooms) or None, may=list(may) or None, days=days)
    answer = admin.ask(request)
    click.echo(answer.alert, err=True)
    if answer.token is not UNSET:
        click.echo(answer.token.reveal())


@command.command("tokens")
@click.argument("name")
@with_admin
@journaled(arguments=("name",), logger="admin")
def tokens(admin: Admin, name: str) -> None:
    """List the tokens of the bot NAME: number, what for, made, used last, good until, rooms, what they give."""
    answer = admin.ask(ListTokens(name=admin.name(name)))
    for each in answer.tokens or []:
        click.echo(_line(each, admin.settings.lang))


def _line(state: TokenState, lang: str) -> str:
    used = say(lang, "cli.bot_unused") if state.used is UNSET else _moment(state.used)
    expires = say(lang, "cli.bot_for_ever") if state.expires is UNSET else _moment(state.expires)
    rooms = say(lang, "cli.bot_everywhere") if state.rooms is UNSET else " ".join(state.rooms) or "-"
    return "\t".join((str(state.token), state.label, _moment(state.created), used, expires, rooms, " ".join(state.may)))


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds).astimezone().isoformat(sep=" ", timespec="seconds")


@command.command("revoke")
@click.argument("name")
@click.argument("number", type=click.IntRange(1))
@with_admin
@journaled(arguments=("name", "number"), logger="admin")
def revoke(admin: Admin, name: str, number: int) -> None:
    """End the token NUMBER of the bot NAME, and its connections."""
    admin.do(RevokeToken(name=admin.name(name), token=number))
