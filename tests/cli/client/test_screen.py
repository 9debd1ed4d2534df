"""How the client shows things, to people and to scripts."""

import pytest

from vestnik.cli.client.screen import CHANGES, FIELDS, FOR_EVER, Screen, moment, printable
from vestnik.client import (
    Change,
    ConversationState,
    Delivery,
    MemberState,
    Person,
    RoomState,
    Version,
)
from vestnik.protocol.events import Forwarded

RICH = Delivery(
    0,
    "boris",
    "#tea",
    "Hello\n\x1b[2J",
    seq=5,
    reply_to=3,
    edited=1.0,
    pinned=True,
    replies=2,
    forwarded=Forwarded("clara", "#cake", 1, 0),
    reactions={"👍": ["anna", "clara"]},
)


@pytest.fixture
def terminal() -> Screen:
    """A screen for people, in English."""
    return Screen("en", "anna", terminal=True)


@pytest.fixture
def script() -> Screen:
    """A screen for scripts."""
    return Screen("en", "anna", terminal=False)


@pytest.fixture(autouse=True)
def _utc(utc: None) -> None:
    """Times are shown in UTC."""


def test_printable() -> None:
    """What cannot be seen is escaped, everything else stays."""
    assert printable("Привет 👋") == "Привет 👋"
    assert "\x1b" not in printable("\x1b[2J")
    assert "\u202e" not in printable("\u202eabc")


def test_moment() -> None:
    """A time is local; a number that is no time stays a number."""
    assert moment(1795341600) == "2026-11-22 10:00:00"
    assert moment(1e30) == "1e+30"
    assert moment(float("nan")) == "nan"


def test_message_for_scripts(script: Screen, capsys: pytest.CaptureFixture[str]) -> None:
    """A message that comes is one line with its author, addressee and text, whatever else there is to it."""
    script.message(RICH)
    assert capsys.readouterr().out == "boris → #tea: Hello\\n\\x1b[2J\n"


def test_message_for_people(terminal: Screen, capsys: pytest.CaptureFixture[str]) -> None:
    """People see the number, what it answers, and the rest of what there is to a message."""
    terminal.message(RICH)
    expected = "[5 ↳ 3] boris → #tea: Hello\\n\\x1b[2J (from clara) (edited) (pinned) (replies: 2) 👍 2\n"
    assert capsys.readouterr().out == expected
    terminal.message(Delivery(0, "boris", "#tea", "", seq=6, edited=1.0, deleted=2.0))
    terminal.message(Delivery(0, "boris", "anna", "plain"))
    assert capsys.readouterr().out == "[6] boris → #tea: (deleted)\nboris → anna: plain\n"


def test_list_of_messages(terminal: Screen, script: Screen, capsys: pytest.CaptureFixture[str]) -> None:
    """Messages that were asked for have their time; for scripts all of it is in columns."""
    terminal.messages([Delivery(0, "boris", "#tea", "One", seq=1)])
    assert capsys.readouterr().out == "[1] 1970-01-01 00:00:00 boris → #tea: One\n"
    script.messages([RICH, Delivery(0, "a\tb", "#tea", "One\ttwo")])
    first, second = capsys.readouterr().out.splitlines()
    words = "forwarded=clara edited pinned replies=2 reply=3 👍=2"
    assert first.split("\t") == ["5", "1970-01-01 00:00:00", "boris", "#tea", "Hello\\n\\x1b[2J", words]
    assert second.split("\t") == ["", "1970-01-01 00:00:00", "a\\tb", "#tea", "One\\ttwo", ""]


def test_snippet(terminal: Screen, script: Screen, capsys: pytest.CaptureFixture[str]) -> None:
    """People see the place that a search has found, with stars around it; scripts the whole text."""
    found = Delivery(0, "boris", "#tea", "A long text about tea", seq=1, snippet="…about \u2068tea\u2069")
    terminal.messages([found])
    assert capsys.readouterr().out.endswith(": …about *tea*\n")
    script.messages([found])
    assert "A long text about tea" in capsys.readouterr().out


def test_nothing(terminal: Screen, script: Screen, capsys: pytest.CaptureFixture[str]) -> None:
    """People are told that a list is empty; for scripts it has no lines."""
    terminal.messages([])
    terminal.members([])
    assert capsys.readouterr().out == "* Nothing there\n" * 2
    script.messages([])
    script.members([])
    assert capsys.readouterr().out == ""


def change(kind: str, **more: object) -> Change:
    """A change that boris made in #tea, with all fields that some kind has."""
    fields = {"seq": 5, "message": "Hi", "emoji": "👍", "name": "clara", "role": "owner"} if kind != "set_room" else {}
    return Change(0, "boris", "#tea", 1, kind, **(fields | more))  # type: ignore[arg-type]


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("kind", CHANGES)
def test_change(kind: str, language: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Every kind of change is one sentence that says who did what where."""
    Screen(language, "anna", terminal=True).change(change(kind))
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("* ")
    assert "boris" in line
    assert "#tea" in line
    assert ("clara" in line) == (kind in {"invite", "remove", "ban", "unban", "mute", "unmute", "set_role"})
    assert ("5" in line) == (kind in {"edit", "delete", "react", "unreact", "pin", "unpin"})


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        ("name", "#chai", "#chai"),
        ("topic", "Green", "Green"),
        ("topic", "", ""),
        ("description", "Sorts", "Sorts"),
        ("private", True, ""),
        ("private", False, ""),
        ("archived", True, ""),
        ("archived", False, ""),
        ("edits", "nobody", "nobody"),
        ("retention", 30, "30"),
        ("retention", None, ""),
    ],
)
def test_change_of_a_room(
    field: str, value: object, shown: str, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every field of a room has its sentence, also when it is taken away."""
    assert field in FIELDS
    Screen(language, "anna", terminal=True).change(change("set_room", **{field: value}))
    (line,) = capsys.readouterr().out.splitlines()
    assert "boris" in line
    assert "#tea" in line
    assert shown in line
    assert "None" not in line


def test_change_of_several_fields(terminal: Screen, capsys: pytest.CaptureFixture[str]) -> None:
    """Several things that were changed at once are several sentences."""
    terminal.change(change("set_room", topic="Green", archived=True))
    assert capsys.readouterr().out == "* boris changed the topic of #tea: Green\n* boris archived #tea\n"


def test_change_that_begins_a_group(terminal: Screen, capsys: pytest.CaptureFixture[str]) -> None:
    """A group conversation that somebody begins is not called a room."""
    terminal.change(Change(0, "boris", "#@5", 1, "create_room"))
    assert capsys.readouterr().out == "* boris began the group conversation #@5\n"


def test_change_in_a_direct_conversation(terminal: Screen, capsys: pytest.CaptureFixture[str]) -> None:
    """A direct conversation is called by the other one's name, whoever made the change."""
    terminal.change(Change(0, "boris", "anna", 1, "delete", seq=5))
    terminal.change(Change(0, "anna", "boris", 1, "delete", seq=6))
    out = capsys.readouterr().out
    assert out == "* boris deleted message 5 in boris\n* anna deleted message 6 in boris\n"


def test_unknown_change(terminal: Screen, capsys: pytest.CaptureFixture[str]) -> None:
    """A kind of change that this client does not know is named, and cannot harm the terminal."""
    terminal.change(change("paint\x1b[2J"))
    assert capsys.readouterr().out == "* boris changed #tea: paint\\x1b[2J\n"


def test_scripts_see_no_changes(script: Screen, capsys: pytest.CaptureFixture[str]) -> None:
    """What is only for people does not get into a script's output; its journal is on the screen already."""
    script.change(change("edit"))
    script.note("note")
    script.error("error")
    assert capsys.readouterr() == ("", "")


ROOM = RoomState(
    "#tea", 2, private=True, archived=True, topic="Чай", description="D", edits="nobody", retention=7, role="owner"
)


def test_lists_for_scripts(script: Screen, capsys: pytest.CaptureFixture[str]) -> None:
    """Every list has one line for each item, its columns between tabs, and no heading."""
    script.rooms([ROOM, RoomState("#cake", 1)])
    script.room(ROOM)
    script.members([MemberState("anna", 0, "owner"), MemberState("boris", 0, muted=60.0)])
    script.members([MemberState("clara", 0, muted=FOR_EVER + 1)])
    script.people([Person("anna", "away", "At lunch\n", seen=0)])
    script.conversations([ConversationState("#tea", 5, 1, read=3, unread=2, mentions=1)])
    script.versions([Version(0, "anna", "Hi"), Version(0, "anna", "Ho", deleted=True)])
    epoch, minute = "1970-01-01 00:00:00", "1970-01-01 00:01:00"
    assert [line.split("\t") for line in capsys.readouterr().out.splitlines()] == [
        ["#tea", "2", "owner", "private archived", "7", "Чай"],
        ["#cake", "1", "", "public", "", ""],
        ["#tea", "2", "owner", "private archived", "7", "Чай", "nobody", "D"],
        ["anna", "owner", epoch, ""],
        ["boris", "member", epoch, minute],
        ["clara", "member", epoch, "forever"],
        ["anna", "away", epoch, "At lunch\\n"],
        ["#tea", "2", "1", "5", "3"],
        [epoch, "anna", "edit", "Hi"],
        [epoch, "anna", "delete", "Ho"],
    ]


def test_columns_for_people(terminal: Screen, capsys: pytest.CaptureFixture[str]) -> None:
    """People see columns under a heading; wide characters take two places."""
    terminal.people([Person("茶茶", "online"), Person("anna", "away", "Lunch", seen=0)])
    assert capsys.readouterr().out.splitlines() == [
        "name  state   last seen            status",
        "茶茶  online",
        "anna  away    1970-01-01 00:00:00  Lunch",
    ]


@pytest.mark.parametrize("language", ["en", "ru"])
def test_headings_fit(language: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A heading has as many words as its rows have columns."""
    screen = Screen(language, "anna", terminal=True)
    for name, columns in {"conversations": 5, "room": 8, "members": 4, "people": 4, "versions": 4}.items():
        assert len(screen.text(f"cli.columns_{name}").split("\t")) == columns
    screen.room(ROOM)
    assert len(capsys.readouterr().out.splitlines()) == 8


def test_room_for_people(terminal: Screen, capsys: pytest.CaptureFixture[str]) -> None:
    """One room is shown line by line, without what it does not have."""
    terminal.room(RoomState("#tea", 2, topic="Green"))
    lines = [line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines()]
    assert lines[:4] == [["room", "#tea"], ["members", "2"], ["kind", "public"], ["topic", "Green"]]
