"""The client's commands about people and oneself."""

from vestnik.cli.client_arguments import Arguments
from vestnik.cli.client_conversation import Conversation


async def who(talk: Conversation, given: Arguments) -> None:
    """Show who is there, or how somebody is."""
    found = await talk.client.who([given.name()] if given else None)
    talk.know(*(person.name for person in found))
    talk.screen.people(found)


async def away(talk: Conversation, given: Arguments) -> None:
    """Be away, with a status text for others."""
    talk.done(await talk.client.presence(given.rest() if given else None, "away"))


async def back(talk: Conversation, given: Arguments) -> None:
    """Be there again, without a status text."""
    given.end()
    talk.done(await talk.client.presence("", "online"))


async def leave_server(talk: Conversation, given: Arguments) -> None:
    """End the login and the program."""
    talk.ended = True
    await talk.client.quit()
