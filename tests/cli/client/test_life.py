"""What has become of a message."""

from tests.support.team import Setting, team


async def test_life(setting: Setting) -> None:
    """Everything that was done to a message is told in its order, then what is so about it now."""
    async with team(*setting) as made:
        await made.type("boris", "/edit 2 Two again", "/edit 2 Two @anna", "/react 2 👍")
        await made.type("anna", "/reply 2 Three", "/react 2 👍", "/pin 2")
        rows = await made.type("anna", "/life #tea 2")
        assert all(row[0][:2] == "20" for row in rows[:4])
        assert [row[1:] for row in rows[:-1]] == [
            ["written", "boris", "Two"],
            ["edited", "boris", "Two again"],
            ["edited", "boris", "Two @anna"],
            ["answered", "anna", "3"],
            ["mentions", "anna", ""],
            ["pinned", "", ""],
            ["reaction", "boris, anna", "👍"],
        ]
        assert rows[-1][1] == "id"
        assert [row[1:] for row in await made.type("anna", "/life 3")][:2] == [
            ["written", "anna", "Three"],
            ["answers", "", "2"],
        ]


async def test_life_of_what_is_gone(setting: Setting) -> None:
    """Of a deleted message one learns who deleted it; of one that there never was, that there is none."""
    async with team(*setting) as made:
        await made.type("anna", "/delete #tea 2", "/forward #tea 1 boris")
        rows = await made.type("boris", "/life #tea 2")
        assert [row[1:] for row in rows[:2]] == [["written", "boris", ""], ["deleted", "anna", ""]]
        assert ["copied", "anna", "#tea 1"] in [row[1:] for row in await made.type("boris", "/life anna 1")]
        await made.enter("boris", terminal=True)
        assert "There is no message 77 in #tea" in await made.see("boris", "/life #tea 77")


async def test_life_for_people(setting: Setting) -> None:
    """People are told in their language."""
    async with team(*setting) as made:
        await made.enter("anna", terminal=True, lang="ru")
        seen = await made.see("anna", "/life #tea 1")
        assert "написано" in seen
        assert "anna" in seen
        assert "One" in seen
