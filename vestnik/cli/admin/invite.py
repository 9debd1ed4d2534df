"""`vestnik invite`: codes with which people register, with or without a running server."""

from functools import partial
from pathlib import Path
from typing import Any, get_args

import click
from msgspec import UNSET

from vestnik.cli import options
from vestnik.cli.admin.user import ROLES, Admin, administering, moment, with_admin
from vestnik.cli.groups import AnywhereGroup
from vestnik.log.journaled import journaled
from vestnik.protocol.administration import AddInvite, InviteRole, ListInvites, RemoveInvite
from vestnik.protocol.events import InviteState
from vestnik.texts import say


@click.group("invite", cls=AnywhereGroup)
@options.data
@options.log_dir
@options.lang
@options.config
@click.pass_context
def command(context: click.Context, /, config: Path | None, **given: Any) -> None:
    """Invite people to the server, also beside a running one.

    A code is shown once. Who has it registers with vestnik account register.
    """
    context.obj = partial(administering, config, given)


@command.command("add")
@click.option("--role", type=click.Choice(get_args(InviteRole)), default="member", help="What people become (member).")
@click.option("--uses", type=click.IntRange(1, 1000), default=1, help="How many people may use it (1).")
@click.option("--hours", type=click.IntRange(1, 8784), default=168, help="Hours for which the code is good (168).")
@click.option("--room", "rooms", multiple=True, metavar="NAME", help="A room that they are in then; may be repeated.")
@with_admin
@journaled(arguments=("role", "uses", "hours", "rooms"), logger="admin")
def add(admin: Admin, role: InviteRole, uses: int, hours: int, rooms: tuple[str, ...]) -> None:
    """Make a code with which people register."""
    wanted = [admin.name(room if room.startswith("#") else f"#{room}") for room in rooms]
    answer = admin.ask(AddInvite(role=role, uses=uses, seconds=hours * 3600, rooms=wanted))
    click.echo(answer.alert)
    for found in (answer.code, answer.link):
        if found is not UNSET:
            click.echo(found.reveal())


@command.command("list")
@with_admin
@journaled(logger="admin")
def list_(admin: Admin) -> None:
    """List the invites that are still good: number, uses left, until when, role, who made it, rooms."""
    request = ListInvites()
    more = True
    while more:
        answer = admin.ask(request)
        found = answer.invites or []
        for each in found:
            click.echo(_line(each, admin.settings.lang))
        more = bool(found and answer.more)
        request = ListInvites(after=found[-1].invite if found else 0)


def _line(invite: InviteState, lang: str) -> str:
    role = say(lang, ROLES[invite.role])
    rooms = " ".join(invite.rooms)
    return f"{invite.invite}\t{invite.uses}\t{moment(invite.expires)}\t{role}\t{invite.by}\t{rooms}"


@command.command("remove")
@click.argument("number", type=click.IntRange(1))
@with_admin
@journaled(arguments=("number",), logger="admin")
def remove(admin: Admin, number: int) -> None:
    """Let nobody register any more with the invite NUMBER."""
    admin.do(RemoveInvite(invite=number))
