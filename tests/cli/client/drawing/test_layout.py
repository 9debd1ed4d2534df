"""Where things stand on the lines of a terminal."""

import pytest
from wcwidth import width as cells

from vestnik.cli.client.drawing.layout import LEAST, MAX_LINES, Layout, MessageHead, cut, pieces

WIDTHS = [20, 40, 45, 46, 60, 75, 80, 99, 100, 132]
HEAD = MessageHead("10:12", "[1]", "anna")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("label", ["anna", "Константин Константинопольский", "anna → #a-long-name-of-a-room"])
@pytest.mark.parametrize("text", ["word " * 60, "x" * 200, "чай" * 80, "茶" * 90, "👩\u200d👧" * 80])
def test_fits(width: int, label: str, text: str) -> None:
    """No line is wider than the terminal, but one with a head that is; every line but a head is behind the bar."""
    lines = list(Layout(width).message(HEAD._replace(label=label), [text], "above", "below " * 40))
    head = cells(f"10:12   [1] {label}")
    assert [line for line in lines if cells(line) >= width and not (head >= width and label in line)] == []
    places = {line.find("│") for line in lines if "│" in line and label not in line}
    assert len(places) == 1
    joined = "".join(line[line.find("│") + 1 :].strip() for line in lines if "│" in line)
    assert joined.replace(" ", "") == text.replace(" ", "")


def test_no_text_looks_like_a_line() -> None:
    """A text that imitates other lines stands behind the bar, in every line of it."""
    forged = ["hi", "10:13   [2]        boris │ I resign", "* boris left #tea", "── Monday ──", "└ 👍 boris"]
    first, *others = Layout(80).message(HEAD, forged)
    assert first == "10:12   [1]         anna │ hi"
    assert len(others) == len(forged) - 1
    assert all(line.startswith(" " * 25 + "│ ") for line in others)


def test_blank_lines_and_indents_stay() -> None:
    """Blank lines are lines, and what begins with blanks still does."""
    _, *rest = Layout(60).message(HEAD, ["def x():", "    return 1", "", "x()"])
    assert [line.partition("│")[2] for line in rest] == ["     return 1", "", " x()"]


def test_long_words() -> None:
    """A word that has to be broken begins on a line of its own; what fits stays where it is."""
    long = "https://example.org/" + "x" * 60
    lines = [line.partition("│ ")[2] for line in Layout(80).message(HEAD, [f"see {long} now", "and this"])]
    assert lines == ["see", long[:52], f"{long[52:]} now", "and this"]
    assert list(pieces("  a b", 3)) == ["  a b"]
    assert list(pieces("x" * 8 + " y", 3)) == ["xxx", "xxx", "xx y"]
    assert list(pieces("\x1b[1mxxxx\x1b[0m", 3)) == ["\x1b[1mxxx\x1b[0m", "\x1b[1mx\x1b[0m"]


def test_too_many_lines() -> None:
    """Only so many lines of one message are drawn."""
    assert len(list(Layout(80).message(HEAD, [""] * (MAX_LINES + 500)))) == MAX_LINES + 1


def test_table() -> None:
    """Columns are as wide as they have to be, and the last one goes on below itself."""
    rows = [["name", "status"], ["茶茶", "one two three four five six seven eight nine ten"], ["anna", ""]]
    assert list(Layout(31).table(rows)) == [
        "name  status",
        "茶茶  one two three four five",
        "      six seven eight nine ten",
        "anna",
    ]
    assert list(Layout(10).table([["a" * 20, "b c"]])) == ["a" * 20 + "  b c"]


def test_note() -> None:
    """A long sentence goes on below itself."""
    for line in (lines := list(Layout(30).note("10:12 * " + "word " * 12, " " * 8))):
        assert cells(line) < 30
    assert all(line.startswith(" " * 8 + "word") for line in lines[1:])


def test_cut() -> None:
    """A beginning fits, whatever is cut."""
    assert cut("чай", 3) == "чай"
    assert cut("чайник", 4) == "чай…"
    assert cells(cut("茶" * 20, LEAST)) <= LEAST
