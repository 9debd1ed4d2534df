"""The client's commands about people and oneself."""

from vestnik.cli.client.arguments import Arguments, BadLine
from vestnik.cli.client.shell import Shell


async def who(shell: Shell, given: Arguments) -> None:
    """Show who is there, or how somebody is."""
    found = await shell.client.who([given.name()] if given else None)
    shell.know(*(person.name for person in found))
    shell.screen.people(found)


async def away(shell: Shell, given: Arguments) -> None:
    """Be away, with a status text for others."""
    shell.done(await shell.client.presence(given.rest() if given else None, "away"))


async def back(shell: Shell, given: Arguments) -> None:
    """Be there again, without a status text."""
    given.end()
    shell.done(await shell.client.presence("", "online"))


async def block(shell: Shell, given: Arguments) -> None:
    """Block somebody, or show whom one has blocked."""
    if given:
        shell.done(await shell.client.block(given.name()))
    else:
        shell.screen.rows([(name,) for name in await shell.client.blocked()], columns=1)


async def unblock(shell: Shell, given: Arguments) -> None:
    """Block somebody no more."""
    shell.done(await shell.client.unblock(given.name()))


async def guests(shell: Shell, given: Arguments) -> None:
    """Let guests write to oneself, or not."""
    admit = given.takes("on")
    if not admit and not given.takes("off"):
        raise BadLine
    given.end()
    shell.done(await shell.client.admit_guests(admit))


async def leave_server(shell: Shell, given: Arguments) -> None:
    """End the program, and the login unless it is remembered."""
    given.end()
    await shell.tell_last()
    shell.ended = True
    if shell.login is None:
        await shell.client.quit()


async def log_out(shell: Shell, given: Arguments) -> None:
    """End the login and the program, and forget the login."""
    given.end()
    await shell.tell_last()
    shell.ended = True
    if shell.login is not None:
        shell.login.forget()
    await shell.client.quit()
