"""Words of the protocol, as people read them."""

from typing import get_args

import pytest

from vestnik.cli.client.drawing.words import WORDS, in_words
from vestnik.cli.client.screen import Screen
from vestnik.client import MemberState, RoomState
from vestnik.protocol.requests import EditsVisibility, RoleName


def test_all_are_known() -> None:
    """Every role, and everybody who may see earlier texts, has a word."""
    assert {*get_args(RoleName), *get_args(EditsVisibility)} <= set(WORDS)


def test_in_words() -> None:
    """Words of the protocol are said in the language, several with commas; what is none of them stays as it is."""
    assert in_words("ru", "private archived") == "закрытый, в архиве"
    assert in_words("en", "private archived") == "private, archived"
    for other in ("", "my owner", "2026-11-30 10:00:00", "Owner"):
        assert in_words("ru", other) == other


def test_lists(capsys: pytest.CaptureFixture[str]) -> None:
    """Lists for people have words of their language, and never change what somebody has written."""
    screen = Screen("ru", "anna", terminal=True)
    screen.rooms([RoomState("#tea", 2, private=True, topic="owner", role="owner")])
    screen.members([MemberState("member", 0, "moderator", muted=1e12)])
    room, member = [line for line in capsys.readouterr().out.splitlines() if "чат" not in line and "имя" not in line]
    assert room.split() == ["#tea", "2", "владелец", "закрытый", "owner"]
    assert member.split()[:2] == ["member", "модератор"]
    assert member.endswith("навсегда")
