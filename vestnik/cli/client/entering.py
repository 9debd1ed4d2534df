"""The way in: first whether there is a server, then who somebody is. A login that is remembered needs no password."""

from collections.abc import Awaitable, Callable
from typing import Final

from vestnik.cli.client.shell import Shell
from vestnik.client import Refused
from vestnik.log.journaled import journaled
from vestnik.protocol.codes import Code
from vestnik.secret import Secret

TRIES: Final = 3
"""How often a password may be typed."""

Ask = Callable[[], Awaitable[Secret]]
"""Asks whoever sits there for the password, or a code."""


@journaled(logger="client")
async def enter(shell: Shell, ask: Ask | None, ask_code: Ask | None = None) -> None:
    """Log in on the connection that there is: by the remembered login, else by the password, and a code if need be.

    Without `ask` the client has the password already; without `ask_code` there is nobody to ask for one. Raises
    ClientError, and what `ask` and `ask_code` raise.
    """
    if shell.login is not None and await _by_token(shell):
        return
    try:
        if ask is None:
            await shell.client.authenticate()
        else:
            await _by_password(shell, ask)
    except Refused as error:  # no event: the answer had one
        if error.status != Code.NOT_AUTHORISED or ask_code is None:
            raise
        await _by_code(shell, ask_code)
    shell.remember()


async def _by_code(shell: Shell, ask: Ask) -> None:
    """Log in with the password that was right, and a code."""
    for left in reversed(range(TRIES)):
        code = await ask()
        if not shell.client.link.connected:  # it took so long that the server has closed the connection
            await shell.client.connect()
        try:
            await shell.client.authenticate(code=code)
        except Refused as error:  # no event: the answer had one
            if error.status != Code.WRONG_LOGIN or not left:
                raise
            shell.screen.error(error.text(shell.screen.language))
        else:
            return


async def _by_token(shell: Shell) -> bool:
    """Whether the remembered login is still good; else it is forgotten."""
    assert shell.login is not None  # noqa: S101  # asked for
    token = shell.login.token()
    if token is None:
        return False
    try:
        await shell.client.authenticate(token=token)
    except Refused as error:  # no event: the answer had one
        if error.status != Code.WRONG_LOGIN:
            raise
        shell.login.forget()
        shell.screen.note(shell.screen.text("cli.login_over"))
        return False
    return True


async def _by_password(shell: Shell, ask: Ask) -> None:
    for left in reversed(range(TRIES)):
        password = await ask()
        if not shell.client.link.connected:  # it took so long that the server has closed the connection
            await shell.client.connect()
        try:
            await shell.client.authenticate(password=password)
        except Refused as error:  # no event: the answer had one
            if error.status != Code.WRONG_LOGIN or not left:
                raise
            shell.screen.error(error.text(shell.screen.language))
        else:
            return
