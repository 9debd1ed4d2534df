"""Whom the next lines go to: what is refused is not kept, and what may have been meant is said."""

import pytest

from tests.support.scripted import Script, scripted
from tests.support.team import Setting, team
from vestnik.cli.client.commands import serve
from vestnik.cli.client.screen import Screen
from vestnik.cli.client.shell import Shell
from vestnik.client import Client


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/to nobody", "404 User nobody does not exist"),
        ("/to boriss", "Is it boris?"),
        ("/to boris are you there", "Is it boris?"),
        ("/to tea", "Is it #tea?"),
        ("/to #tae", "Is it #tea?"),
        ("/to #tea,#cake", "404 Room #tea,#cake does not exist"),
        ("/to #tea extra", "Is it #tea?"),
        ("/to #den", "404 Room #den does not exist"),
        ("/to #open", "You are not in room #open: /join #open"),
        ("/join #den", "private"),
        ("/join #tea,#cake", "One room at a time: /join #tea; a name with a comma"),
        ("/join #tea, #cake", "One room at a time: /join #tea; a name with a comma"),
        ("/join #tea #cake", "One room at a time: /join #tea; a name with a comma"),
        ("/join tea,cake", "One room at a time: /join #tea; a name with a comma"),
        ("/join #tea extra", 'in quotes: /join "#tea extra"'),
        ("/join tea extra", 'in quotes: /join "#tea extra"'),
        ("/create #one,#two", "One room at a time: /create #one;"),
        ("/create one two", "It goes like this: /create #room [private]"),
        ("/group boris, nobody", "404 User nobody does not exist"),
        ("/msg boriss Hello", "Is it boris?"),
        ("/leave #tae", "Is it #tea?"),
        ("/invite #tea clara", "Is it clara b?"),
    ],
)
async def test_refused(line: str, said: str, setting: Setting) -> None:
    """Who names what there is not is told so, with what is like it, and goes on where they were."""
    async with team(*setting) as made:
        await made.type("boris", "/create #den private", "/create #open", "/join #tea")
        shell = await made.enter("anna", terminal=True)
        await shell.welcome()
        await made.see("anna", "/members #tea")
        await made.see("anna", "/who clara b")
        await made.see("anna", "/to #tea")
        assert said in " ".join((await made.see("anna", line)).split())
        assert shell.to == "#tea"
        assert not {"nobody", "#tae", "#tea,#cake", "#one", "boriss"} & set(shell.names)
        assert [state.room for state in await shell.client.rooms()] == ["#open", "#tea"]


@pytest.mark.parametrize(
    ("line", "to"),
    [
        ("/to BORIS", "boris"),
        ("/to @boris", "boris"),
        ("/to Clara B", "clara b"),
        ('/to "clara b"', "clara b"),
        ("/to #TEA", "#tea"),
        ("/join tea", "#tea"),
        ("/join #TEA", "#tea"),
        ("/join new", "#new"),
        ('/join "#a, #b"', "#a, #b"),
        ("/create new private", "#new"),
        ('/create "my den"', "#my den"),
        ("/rename chai", "#chai"),
        ("/group boris, clara b", "#@"),
    ],
)
async def test_taken(line: str, to: str, setting: Setting) -> None:
    """A conversation is called as it is called, and a room has its `#` also where that was left out."""
    async with team(*setting) as made:
        shell = await made.enter("anna", terminal=True)
        await made.see("anna", "/to #tea")
        await made.type("anna", line)
        assert shell.to.startswith(to) if to == "#@" else shell.to == to


@pytest.mark.parametrize("line", ["/leave tea", "/archive tea", "/members tea", "/room tea", "/retention #tea off"])
async def test_rooms_without_a_sign(line: str, setting: Setting) -> None:
    """Where only a room can be meant, its `#` may be left out."""
    async with team(*setting) as made:
        await made.type("anna", line)


async def test_a_new_room_with_the_name_of_an_old_one(setting: Setting) -> None:
    """Who makes a room by a slip is told that it is new, and which there are."""
    async with team(*setting) as made:
        shell = await made.enter("anna", terminal=True)
        await shell.welcome()
        seen = await made.see("anna", "/join #tee")
        assert "anna created room #tee" in seen
        assert "This room is new. There is also #tea" in seen
        assert "It is so already" in await made.see("anna", "/join #tea")


async def test_rename_to_several(setting: Setting) -> None:
    """A room is not called by two names because somebody has given the old one first."""
    async with team(*setting) as made:
        await made.type("anna", "/to #tea")
        await made.refused("anna", "/rename #tea #chai")
        assert await made.type("anna", "/rooms") == [["#tea", "2", "owner", "public", "", ""]]


async def test_who_is_removed_has_no_conversation(setting: Setting) -> None:
    """Who is removed from the chosen room writes nowhere, and comes back by the same name."""
    async with team(*setting) as made:
        shell = await made.enter("boris", terminal=True)
        await made.see("boris", "/to #tea")
        await made.type("anna", "/remove #tea boris")
        async for event in shell.client.events():
            shell.show(event)
            break
        assert shell.to == ""
        assert "You are not in room #tea: /join #tea" in await made.see("boris", "/to #tea")
        await made.type("boris", "/join #tea", "Here again")


async def test_scripts(setting: Setting) -> None:
    """A script's lines go to what it has named or nowhere, never to what it has named before."""
    async with team(*setting) as made:
        await made.type("boris", "/create #den private")
        await made.type("anna", "/join #tea")
        await made.refused("anna", "/join #den")
        await made.refused("anna", "For those in the den")
        assert [row[4] for row in await made.type("anna", "/history #tea")] == ["One", "Two"]


async def test_a_server_of_plain_jim(setting: Setting) -> None:
    """Where the server cannot say who there is, whoever is named is taken."""
    _, journal, capsys = setting

    async def server(script: Script) -> None:
        while True:
            asked = await script.hear()
            known = asked["action"] in {"authenticate", "presence", "msg"}
            script.say(**({"response": 200, "alert": "fine"} if known else {"response": 400, "error": "What?"}))

    async with scripted(server) as port:
        client = Client("127.0.0.1", port, name="anna", password="x", journal=journal, reconnect=False)
        shell = Shell(client, journal, Screen("en", "anna", terminal=True))
        assert await shell.begin(needs_login=True)
        await shell.welcome()
        await serve(shell, "/to whoever")
        await serve(shell, "Hello")
        await client.disconnect()
    assert not shell.failed
    assert "anna │ Hello" in capsys.readouterr().out
