"""What the lines of the client do, with a real server."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.app import running_app
from tests.support.scripted import Script, scripted
from tests.support.team import Setting, Team, team
from vestnik.cli.client.commands import COMMANDS, serve, serve_bytes
from vestnik.cli.client.help import PLACEHOLDERS
from vestnik.cli.client.screen import Screen
from vestnik.cli.client.shell import Shell
from vestnik.client import Client
from vestnik.language import LANGUAGES
from vestnik.log.journal import Journal


async def test_messages(setting: Setting) -> None:
    """Messages are edited, deleted, answered, forwarded, and found again with all that was done to them."""
    async with team(*setting) as made:
        await made.type(
            "boris", "/reply 1 Three", "/edit 2 Two again", "/react 1 👍", "/react 1 :tea:", "/unreact 1 👍"
        )
        await made.type("anna", "/pin 1", "/pin 2", "/unpin 2", "//etc", "/delete 4", "/forward 3 clara b")
        found = await made.type("anna", "/history")
        assert [(row[0], *row[2:]) for row in found] == [
            ("1", "anna", "#tea", "One", "pinned replies=1 :tea:=1"),
            ("2", "boris", "#tea", "Two again", "edited"),
            ("3", "boris", "#tea", "Three", "reply=1"),
            ("4", "anna", "#tea", "", "deleted"),
        ]
        assert [row[0] for row in await made.type("anna", "/pins")] == ["1"]
        assert [row[0] for row in await made.type("anna", "/thread 1")] == ["1", "3"]
        assert [row[0] for row in await made.type("anna", "/search again from:boris in:#tea")] == ["2"]
        assert [row[1:] for row in await made.type("anna", "/edits 2")] == [["boris", "edit", "Two"]]
        copy = (await made.type("anna", '/history "clara b" 5'))[0]
        assert copy[2:] == ["anna", "clara b", "Three", "forwarded=boris"]


async def test_history_goes_over_pages(setting: Setting) -> None:
    """However many messages are asked for, they come oldest first, over as many pages as it takes."""
    async with team(*setting) as made:
        await made.type("anna", *(f"m{number}" for number in range(3, 251)))
        numbers = [int(row[0]) for row in await made.type("anna", "/history 230")]
        assert numbers == list(range(21, 251))
        assert [row[0] for row in await made.type("anna", "/history 2 before 5")] == ["3", "4"]
        assert [row[0] for row in await made.type("anna", "/history before 5")] == ["1", "2", "3", "4"]
        assert len(await made.type("anna", "/history")) == 20
        assert await made.type("anna", "/history 0") == []


async def test_rooms(setting: Setting) -> None:
    """A room is made, described, listed, renamed, archived."""
    async with team(*setting) as made:
        await made.type("anna", "/create #den private", "/topic Old", "/describe All sorts", "/retention 30")
        assert made.shells["anna"].to == "#den"
        assert await made.type("anna", "/topic") == [["#den", "Old"]]
        assert [row[:8] for row in await made.type("anna", "/room")] == [
            ["#den", "1", "owner", "private", "30", "Old", "members", "All sorts"]
        ]
        await made.type("anna", "/allow write moderators", "/allow invite owners", "/allow закреплять Владельцы")
        await made.type("anna", "/allow mention-all moderators", "/allow #den versions nobody", "/slow 30")
        strict = ["moderators", "owners", "owners", "moderators", "30"]
        assert [row[6:7] + row[8:] for row in await made.type("anna", "/room")] == [["nobody", *strict]]
        await made.type("anna", "/allow invite usual", "/slow off")
        assert [row[9:10] + row[12:] for row in await made.type("anna", "/room")] == [["", ""]]
        await made.type("anna", "/topic #tea Green tea", '/topic ""', "/retention off", "/rename #my den", "/archive")
        assert await made.type("anna", "/rooms") == [
            ["#my den", "1", "owner", "private archived", "", ""],
            ["#tea", "2", "owner", "public", "", "Green tea"],
        ]
        assert made.shells["anna"].to == "#my den"
        assert [row[0] for row in await made.type("anna", "/unarchive", "/rooms green")] == ["#tea"]
        assert (await made.type("anna", "/room #my den"))[0][3] == "private"
        assert await made.type("anna", "/leave", "/list") == [["#tea", "1", "0", "2", "0"]]
        assert made.shells["anna"].to == ""


async def test_members(setting: Setting) -> None:
    """Members come and go, get roles, are muted and banned."""
    async with team(*setting) as made:
        await made.type("anna", "/invite clara b", "/mute boris", '/mute "clara b" 10')
        found = await made.type("anna", "/members")
        assert [(row[0], row[1], bool(row[3])) for row in found] == [
            ("anna", "owner", False),
            ("boris", "member", True),
            ("clara b", "member", True),
        ]
        assert [row[3] == "forever" for row in found] == [False, True, False]
        await made.refused("boris", "I may not")
        await made.type("anna", "/unmute boris", '/role "clara b" moderator')
        assert [row[1] for row in await made.type("anna", "/members")] == ["owner", "member", "moderator"]
        await made.type("boris", "I may again")
        await made.type("anna", "/remove clara b", "/ban #tea boris")
        await made.refused("boris", "/join #tea")
        assert [row[0] for row in await made.type("anna", "/members #tea")] == ["anna"]
        await made.type("anna", "/unban boris")
        await made.type("boris", "/join #tea", "Here again")


async def test_lists_go_over_pages(tmp_path: Path, journal: Journal, capsys: pytest.CaptureFixture[str]) -> None:
    """Lists of rooms and members have everything, over as many pages as it takes."""
    names = [f"u{number}" for number in range(5)]
    async with running_app(tmp_path / "server", "anna", *names, lang="en", limits={"page": 2}) as app:
        made = Team(app.listener.port, journal, capsys)
        await made.enter("anna")
        await made.type("anna", *(f"/create #r{number}" for number in range(5)))
        await made.type("anna", *(f"/invite {name}" for name in names))
        assert [row[0] for row in await made.type("anna", "/rooms")] == [f"#r{number}" for number in range(5)]
        assert [row[0] for row in await made.type("anna", "/members")] == ["anna", *names]
        await made.shells["anna"].client.disconnect()


async def test_people(setting: Setting) -> None:
    """One is away with a status and comes back, and others see it."""
    async with team(*setting) as made:
        await made.type("boris", "/away At lunch")
        assert [[row[0], row[1], row[3]] for row in await made.type("anna", "/who boris")] == [
            ["boris", "away", "At lunch"]
        ]
        await made.type("boris", "/back")
        found = await made.type("anna", "/who")
        assert sorted([row[0], row[1], row[3]] for row in found) == [["anna", "online", ""], ["boris", "online", ""]]
        assert [row[:2] for row in await made.type("anna", "/who clara b")] == [["clara b", "offline"]]


async def test_group(setting: Setting) -> None:
    """A group is found by its people, its name is shown, and it is talked to from then on."""
    async with team(*setting) as made:
        ((name,),) = await made.type("anna", "/group boris, clara b")
        assert made.shells["anna"].to == name
        assert await made.type("boris", '/group "clara b",anna') == [[name]]
        await made.type("anna", "Hello both")
        assert [row[4] for row in await made.type("boris", "/history")] == ["Hello both"]


async def test_read(setting: Setting) -> None:
    """Everything, or everything up to a message, is read."""
    async with team(*setting) as made:
        await made.type("boris", "Three", "Four @anna")
        assert await made.type("anna", "/list") == [["#tea", "3", "1", "4", "0"]]
        assert await made.type("anna", "/read 2", "/list") == [["#tea", "2", "1", "4", "2"]]
        assert await made.type("anna", "/to boris", "/read #tea", "/list") == [["#tea", "0", "0", "4", "4"]]
        await made.type("anna", "/to nobody")
        await made.refused("anna", "/read")


async def test_reports(setting: Setting) -> None:
    """What is reported is in a list until somebody has said what became of it."""
    async with team(*setting) as made:
        await made.enter("clara b")
        await made.type("clara b", "/join #tea", '/report 2 "so rude"')
        ((number, _, *rest),) = await made.type("anna", "/reports")
        assert rest == ["clara b", "#tea", "2", "boris", "Two", "so rude"]
        assert await made.type("anna", f"/resolve {number} dismissed", "/reports #tea") == []


async def test_quit(setting: Setting) -> None:
    """The login ends, and so does the conversation."""
    async with team(*setting) as made:
        await made.type("anna", "/quit")
        assert made.shells["anna"].ended


MISTAKES = {
    "/dance": "There is no command /dance; /help lists all",
    "/to": "/to needs a name",
    "/invite": "/invite needs a name",
    "/edit five x": "It goes like this: /edit NUMBER TEXT",
    "/edit 5": "It goes like this: /edit NUMBER TEXT",
    "/delete 1 2": "It goes like this: /delete NUMBER",
    "/history 5 after 3": "It goes like this: /history [COUNT] [before NUMBER]",
    "/history before": "It goes like this: /history [COUNT] [before NUMBER]",
    "/role boris king": "It goes like this: /role NAME owner|moderator|member",
    "/mute clara b": "It goes like this: /mute NAME [MINUTES]",
    "/mute boris 0": "It goes like this: /mute NAME [MINUTES]",
    "/retention soon": "It goes like this: /retention DAYS|off",
    "/allow dance members": "It goes like this: /allow WHAT WHO",
    "/allow write nobody": "It goes like this: /allow WHAT WHO",
    "/slow down": "It goes like this: /slow SECONDS|off",
    "/create #a b": "It goes like this: /create #room [private]",
    "/search tea since:monday": "A day is 2026-11-01, a moment 2026-11-01T12:30",
    "/list x": "It goes like this: /list",
}


def alone(journal: Journal) -> Shell:
    """A conversation in a terminal, without a server."""
    client = Client("127.0.0.1", 1, name="anna", journal=journal)
    return Shell(client, journal, Screen("en", "anna", terminal=True))


@pytest.mark.parametrize("line", MISTAKES)
async def test_mistakes(line: str, journal: Journal, capsys: pytest.CaptureFixture[str]) -> None:
    """A line that is no good is journaled and said, with the way it should be, and nothing is sent."""
    shell = Shell(Client("127.0.0.1", 1, name="anna", journal=journal), journal, Screen("en", "anna", terminal=True))
    shell.to = "#tea"
    await serve(shell, line)
    assert shell.failed
    assert not shell.ended
    assert capsys.readouterr().err == f"{MISTAKES[line]}\n"


@pytest.mark.parametrize("line", ["hello", "/history", "/topic x", "/members", "/reply 1 x", "/pins", "/edit 1 x"])
async def test_nobody_is_chosen(line: str, journal: Journal, capsys: pytest.CaptureFixture[str]) -> None:
    """What is done in the chosen conversation needs one."""
    shell = Shell(Client("127.0.0.1", 1, name="anna", journal=journal), journal, Screen("en", "anna", terminal=True))
    await serve(shell, line)
    assert shell.failed
    assert capsys.readouterr().err == "No conversation is chosen: /join #room or /to NAME\n"


async def test_no_text(journal: Journal, capsys: pytest.CaptureFixture[str]) -> None:
    """Bytes that are no text are a mistake; blank lines are nothing."""
    shell = Shell(Client("127.0.0.1", 1, name="anna", journal=journal), journal, Screen("en", "anna", terminal=True))
    await serve_bytes(shell, b" \r\n")
    assert not shell.failed
    await serve_bytes(shell, b"\xff\n")
    assert shell.failed
    assert capsys.readouterr().err == "This is not text in UTF-8\n"


async def test_search(journal: Journal, capsys: pytest.CaptureFixture[str]) -> None:
    """A search asks until something is found and shows it; people are told that there is more."""
    asked: list[dict[str, Any]] = []

    async def talk_to(script: Script) -> None:
        asked.append(await script.hear())
        script.say(response=200, alert="fine", messages=[], more=True, next="w")
        asked.append(await script.hear())
        found = {"action": "msg", "time": 0, "from": "boris", "to": "#tea", "message": "Green tea", "seq": 3}
        script.say(response=200, alert="fine", messages=[found], more=True, next="x")
        await script.hear()

    async with scripted(talk_to) as port:
        client = Client("127.0.0.1", port, name="anna", journal=journal, reconnect=False)
        await client.connect()
        await serve(Shell(client, journal, Screen("en", "anna", terminal=True)), "/search green tea in:#tea has:link")
        await client.disconnect()
    assert {key: asked[0].get(key) for key in ("action", "query", "in", "has", "from")} == {
        "action": "search",
        "query": "green tea",
        "in": "#tea",
        "has": ["link"],
        "from": None,
    }
    assert asked[1] == asked[0] | {"before": "w", "id": asked[1]["id"], "time": asked[1]["time"]}
    _day, found, more = capsys.readouterr().out.splitlines()
    assert found.endswith("boris → #tea │ Green tea")
    assert more.startswith("* There are more")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_help(language: str, journal: Journal, capsys: pytest.CaptureFixture[str]) -> None:
    """The help has a line for each command, with its arguments, none wider than a terminal."""
    client = Client("127.0.0.1", 1, name="anna", journal=journal)
    await serve(Shell(client, journal, Screen(language, "anna", terminal=False)), "/help")
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[:-2]] == list(COMMANDS)
    assert max(map(len, lines)) <= 110
    assert not [line for line in lines if "{" in line]


def test_words_are_used() -> None:
    """Every word for an argument is one of some command."""
    used = "".join(command.arguments for command in COMMANDS.values())
    assert not [word for word in PLACEHOLDERS if f"{{{word}}}" not in used]


async def test_blocks(setting: Setting) -> None:
    """Somebody takes no invitations from others, and takes them again."""
    async with team(*setting) as made:
        await made.type("anna", "/create #den")
        await made.type("boris", "/block anna")
        assert await made.type("boris", "/block") == [["anna"]]
        await made.refused("anna", "/invite #den boris")
        await made.type("boris", "/unblock anna")
        await made.type("anna", "/invite #den boris")
        assert len(await made.type("anna", "/members #den")) == 2


async def test_invitations(setting: Setting) -> None:
    """Where one is invited is shown, and declined."""
    async with team(*setting) as made:
        made.app.chat.asks_invited = True
        await made.type("anna", "/create #den private", "/invite #den boris")
        assert await made.type("boris", "/invitations") == [["#den", "anna"]]
        await made.type("boris", "/decline #den")
        await made.refused("boris", "/join #den")
        await made.type("anna", "/invite #den boris")
        await made.type("boris", "/join #den")
        assert await made.type("boris", "/invitations") == []


async def test_logins(setting: Setting) -> None:
    """One's own logins are listed, and ended one by one or all but this one."""
    async with team(*setting) as made:
        for device in ("phone", "watch"):
            async with Client(
                "127.0.0.1", made.port, name="anna", password="secret", device=device, journal=made.journal
            ):
                pass
        found = await made.type("anna", "/logins")
        assert sorted([row[1] for row in found]) == ["", "phone", "watch"]
        assert [row[2] for row in found] == ["127.0.0.1"] * 3
        number = next(row[0] for row in found if row[1] == "watch")
        assert sorted(row[1] for row in await made.type("anna", f"/revoke {number}", "/logins")) == ["", "phone"]
        assert [row[5] for row in await made.type("anna", "/revoke all", "/logins")] == ["this"]
