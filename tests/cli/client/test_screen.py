"""How the client shows things, to people and to scripts."""

import pytest

from vestnik.cli.client.lists import FOR_EVER
from vestnik.cli.client.screen import BELL, BELL_PAUSE, Screen
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
def clock() -> list[float]:
    """UNIX seconds."""
    return [0.0]


@pytest.fixture
def terminal(clock: list[float]) -> Screen:
    """A screen for people, in English, 80 cells wide."""
    return Screen("en", "anna", terminal=True, width=lambda: 80, clock=lambda: clock[0])


@pytest.fixture
def script() -> Screen:
    """A screen for scripts."""
    return Screen("en", "anna", terminal=False)


@pytest.fixture(autouse=True)
def _utc(utc: None) -> None:
    """Times are shown in UTC."""


def test_message_for_scripts(script: Screen, capsys: pytest.CaptureFixture[str]) -> None:
    """A message that comes is one line with its author, addressee and text, whatever else there is to it."""
    script.message(RICH)
    assert capsys.readouterr().out == "boris → #tea: Hello\\n\\x1b[2J\n"


def test_message_for_people(terminal: Screen, capsys: pytest.CaptureFixture[str]) -> None:
    """People see when a message came, its number, and whatever else there is to it."""
    terminal.message(RICH, here=True)
    assert capsys.readouterr().out.splitlines() == [
        "                         ┌ ↳ [3]",
        "00:00   [5]        boris │ Hello",
        "                         │ \\x1b[2J",
        "                         └ forwarded from clara · edited · pinned · replies: 2",
        "                           · 👍 anna, clara",
    ]


def test_bell(terminal: Screen, clock: list[float], capsys: pytest.CaptureFixture[str]) -> None:
    """The bell rings for a mention and for a direct message from elsewhere, but once a second at most."""

    def rings(message: Delivery, *, here: bool) -> bool:
        clock[0] += BELL_PAUSE
        terminal.message(message, here=here)
        return capsys.readouterr().out.startswith(BELL)

    mention = Delivery(0, "boris", "#tea", "@anna", 1, mentions=["anna"])
    assert rings(mention, here=True)
    assert rings(Delivery(0, "boris", "Anna", "hi", 1), here=False)
    assert not rings(Delivery(0, "boris", "anna", "hi", 2), here=True)
    assert not rings(Delivery(0, "boris", "#tea", "hi", 2), here=False)
    assert not rings(Delivery(0, "anna", "boris", "from my telephone", 2), here=False)
    assert rings(mention, here=False)
    terminal.message(mention)
    assert BELL not in capsys.readouterr().out


def test_list_of_messages(terminal: Screen, script: Screen, capsys: pytest.CaptureFixture[str]) -> None:
    """Messages that were asked for look like others; for scripts all of it is in columns."""
    terminal.messages([Delivery(0, "boris", "#tea", "One", seq=1)])
    terminal.messages([Delivery(0, "boris", "#tea", "One", seq=1, mentions=["anna"])], here=False)
    found = capsys.readouterr().out.splitlines()
    assert found == ["00:00   [1]        boris │ One", "00:00   [1] boris → #tea │ One"]
    script.messages([RICH, Delivery(0, "a\tb", "#tea", "One\ttwo")])
    first, second = capsys.readouterr().out.splitlines()
    words = "forwarded=clara edited pinned replies=2 reply=3 👍=2"
    assert first.split("\t") == ["5", "1970-01-01 00:00:00", "boris", "#tea", "Hello\\n\\x1b[2J", words]
    assert second.split("\t") == ["", "1970-01-01 00:00:00", "a\\tb", "#tea", "One\\ttwo", ""]


def test_snippet(terminal: Screen, script: Screen, capsys: pytest.CaptureFixture[str]) -> None:
    """People see the place that a search has found, with stars around it; scripts the whole text."""
    found = Delivery(0, "boris", "#tea", "A long text about tea", seq=1, snippet="…about \u2068tea\u2069")
    terminal.messages([found])
    assert capsys.readouterr().out.endswith("│ …about *tea*\n")
    script.messages([found])
    assert "A long text about tea" in capsys.readouterr().out


def test_sentences(terminal: Screen, capsys: pytest.CaptureFixture[str]) -> None:
    """A note has a star, what has just happened its time, a rule its dashes, and errors go to standard error."""
    terminal.note("done")
    terminal.happened("gone")
    terminal.rule("here")
    terminal.error("wrong")
    assert capsys.readouterr() == ("* done\n00:00 * gone\n── here ──\n", "wrong\n")


def test_long_sentences(terminal: Screen, capsys: pytest.CaptureFixture[str]) -> None:
    """No word of a sentence is broken at the edge of the terminal, and what goes on stands under its beginning."""
    terminal.line("  " + "sentence " * 9)
    terminal.error("mistaken " * 9)
    shown = capsys.readouterr()
    assert shown.out.splitlines() == ["  " + " ".join(["sentence"] * 8), "  sentence"]
    assert shown.err.splitlines() == [" ".join(["mistaken"] * 8), "mistaken"]


def test_nothing(terminal: Screen, script: Screen, capsys: pytest.CaptureFixture[str]) -> None:
    """People are told that a list is empty; for scripts it has no lines."""
    terminal.messages([])
    terminal.members([])
    assert capsys.readouterr().out == "* Nothing there\n" * 2
    script.messages([])
    script.members([])
    assert capsys.readouterr().out == ""


def test_scripts_see_no_changes(script: Screen, capsys: pytest.CaptureFixture[str]) -> None:
    """What is only for people does not get into a script's output; its journal is on the screen already."""
    script.change(Change(0, "boris", "#tea", 1, "edit", 5, "Hi"))
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
        ["#tea", "2", "owner", "private archived", "7", "Чай", "nobody", "D", "members", "", "members", "members", ""],
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
    for name, columns in {"conversations": 5, "room": 13, "members": 4, "people": 4, "versions": 4}.items():
        assert len(screen.text(f"cli.columns_{name}").split("\t")) == columns
    screen.room(ROOM)
    assert len(capsys.readouterr().out.splitlines()) == 11


def test_room_for_people(terminal: Screen, capsys: pytest.CaptureFixture[str]) -> None:
    """One room is shown line by line, without what it does not have."""
    terminal.room(RoomState("#tea", 2, topic="Green"))
    lines = [line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines()]
    assert lines[:4] == [["room", "#tea"], ["members", "2"], ["kind", "public"], ["topic", "Green"]]
