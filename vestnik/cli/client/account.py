"""The client's commands about one's own account."""

from vestnik.cli.client.arguments import Arguments
from vestnik.cli.client.shell import Shell


async def logins(shell: Shell, given: Arguments) -> None:
    """Show from where one is logged in."""
    given.end()
    shell.screen.logins(await shell.client.logins())


async def revoke(shell: Shell, given: Arguments) -> None:
    """End a login, or all others."""
    if given.takes("all"):
        given.end()
        shell.done(await shell.client.end_other_logins())
    else:
        login = given.number()
        given.end()
        shell.done(await shell.client.end_login(login))
