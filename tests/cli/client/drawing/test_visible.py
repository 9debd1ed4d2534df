"""Texts of others in a terminal: whole where they can be seen, harmless where they cannot."""

import pytest

from vestnik.cli.client.drawing.visible import MAX_MARKS, lines_of, one_line, printable, shown_name, visible


def test_printable() -> None:
    """What cannot be seen is escaped in a name, everything else stays."""
    assert printable("Привет 👋") == "Привет 👋"
    assert "\x1b" not in printable("\x1b[2J")
    assert "\u202e" not in printable("\u202eabc")


HARMFUL = ["\x1b[2J", "\x07", "\x9b31m", "\u202eabc", "\u2066x", "a\x00", "\ud800", "\U000e0041"]


def test_names() -> None:
    """A name cannot look like the author and the bar in front of a text."""
    assert shown_name("Анна Б.") == "Анна Б."
    assert shown_name("anna │ yes") == "anna \\u2502 yes"
    assert shown_name("boris → #tea\n") == "boris \\u2192 #tea\\n"


@pytest.mark.parametrize(
    "text",
    [
        "Привет, Борис",
        "👩\u200d👩\u200d👧\u200d👦",
        "👨🏽\u200d💻",
        "❤\ufe0f\u200d🔥",
        "🏳\ufe0f\u200d🌈",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "می\u200cخواهم",
        "क्\u200dष",
        "т.\u00a0е. 5\u202f000 ₽",
        "茶\u3000道",
        "שלום\u200f!",
        "\U0001faea",  # newer than some tables
        "\ue0b0",
        "e\u0301",
    ],
)
def test_whole(text: str) -> None:
    """Joined emoji, Persian, blanks of typographers, and signs newer than this Python stay as they were written."""
    assert visible(text) == text


@pytest.mark.parametrize("text", HARMFUL)
def test_harmless(text: str) -> None:
    """Controls, directions, and what is hidden in a text are escaped."""
    assert visible(text).isprintable()
    assert "\\" in visible(text)


@pytest.mark.parametrize("text", ["ab\u200dc", "\u200dabc", "ab\u00adc", "a\ufeffbc", "a\u200bbc", "ab\u2060c"])
def test_what_shows_nothing(text: str) -> None:
    """What shows nothing, and joins nothing, is left out."""
    assert visible(text) == "abc"


def test_towers() -> None:
    """So many accents on one character that they would cover other lines are left out."""
    assert visible("е" + "\u0301" * 100 + "ж") == "е" + "\u0301" * MAX_MARKS + "ж"


def test_lines() -> None:
    """A new line is one, however it was written; tabs are blanks; a text without anything has one line."""
    assert lines_of("a\nb\r\nc\rd\u2028e\n") == ["a", "b", "c", "d", "e", ""]
    assert lines_of("\tx") == ["    x"]
    assert lines_of("") == [""]
    assert one_line("a\nb") == "a ⏎ b"
