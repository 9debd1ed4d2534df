"""From one unread conversation to the next."""

from tests.support.team import Setting, team


async def test_unread(setting: Setting) -> None:
    """The next conversation with something unread is chosen, where one is mentioned before others."""
    async with team(*setting) as made:
        await made.type("boris", "/create #a", "/create #b", "/create #c")
        await made.type("anna", "/join #a", "/join #b", "/join #c", "/read #tea 2")
        await made.type("boris", "/to #a", "One", "/to #b", "One", "/to #c", "One @anna")
        shell = await made.enter("anna", terminal=True)
        chosen = []
        for _ in range(3):
            await made.type("anna", "/unread")
            chosen.append(shell.to)
            await shell.client.read(shell.to, 1)
        assert chosen == ["#c", "#a", "#b"]
        assert "Everything is read in other conversations" in await made.see("anna", "/unread")
        assert shell.to == "#b"


async def test_unread_for_scripts(setting: Setting) -> None:
    """A script gets the name of the conversation, or nothing."""
    async with team(*setting) as made:
        await made.type("boris", "/to #tea", "Three")
        assert await made.type("anna", "/unread", "/history 1") != []
        assert await made.type("anna", "/to boris", "/unread") == [["#tea"]]
        assert await made.type("anna", "/read 3", "/to boris", "/unread") == []
        assert made.shells["anna"].to == "boris"
