"""The line client and the commands of bots."""

from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from tests.support.team import Setting, Team, team
from tests.support.wire import Wire
from vestnik.cli.client.acquaintance import learn
from vestnik.cli.client.completion import NameCompleter
from vestnik.server.doors.control import SOCKET_NAME


async def deployer(made: Team) -> Wire:
    """A bot in #tea that has registered two commands."""
    async with await Wire.connect_to(made.app.settings.data_path / SOCKET_NAME) as admin:
        assert await admin.code(action="add_bot", name="deployer") == 201
        token = (await admin.ask(action="add_token", name="deployer"))["token"]
    bot = await Wire.connect(made.port)
    user = {"account_name": "deployer", "token": token}
    assert await bot.code(action="authenticate", user=user) == 200
    assert await bot.code(action="join", room="#tea") == 200
    commands = [{"name": "deploy", "arguments": "SERVICE", "about": "Deploy it."}, {"name": "read"}]
    assert await bot.code(action="set_commands", commands=commands) == 200
    return bot


async def test_commands(setting: Setting) -> None:
    """The commands of bots are listed; a line that begins with one is sent, any other unknown one is not."""
    async with team(*setting) as made, await deployer(made) as bot:
        assert await made.type("anna", "/commands") == [
            ["/deploy@deployer", "SERVICE", "Deploy it."],
            ["/read@deployer", "", ""],
        ]
        assert await made.type("anna", "/commands boris") == []
        await made.refused("anna", "/dance")
        for line in ("/Deploy tea --force", "/deploy@deployer", "/read@deployer 1", "/help@deployer"):
            await made.type("anna", line)
            assert (await bot.hear())["message"] == line


async def test_completion(setting: Setting) -> None:
    """Tab completes the commands of bots in the chosen conversation, as soon as they are known."""
    async with team(*setting) as made, await deployer(made):
        shell = await made.enter("clara b", terminal=True)
        completer = NameCompleter(shell)

        def completed(typed: str) -> list[str]:
            found = completer.get_completions(Document(typed), CompleteEvent())
            return [each.text for each in found]

        assert completed("/dep") == []
        assert shell.strange.is_set()
        await made.type("clara b", "/join #tea")
        assert completed("/dep") == ["/deploy "]
        assert completed("/read@") == ["/read@deployer "]
        shell.offers = type(shell.offers)(shell.client)
        await learn(shell)
        assert completed("/dep") == ["/deploy "]
