"""What happens in conversations, as lines of a terminal."""

import pytest

from vestnik.cli.client.drawing.colours import Colours, Depth
from vestnik.cli.client.drawing.painter import Painter
from vestnik.protocol.events import Change, Delivery, Forwarded

BLANK = " " * 25
NOON = 1795341600 + 7200


@pytest.fixture(autouse=True)
def _utc(utc: None) -> None:
    """Times are shown in UTC."""


def painter_of(depth: Depth) -> Painter:
    """Draws for anna, in English, 80 cells wide."""
    return Painter("en", "anna", Colours(depth), lambda: 80, lambda: NOON)


@pytest.fixture
def painter() -> Painter:
    """Draws without colours."""
    return painter_of(Depth.PLAIN)


def said(seq: int, text: str, *, by: str = "boris", to: str = "#tea", **more: object) -> Delivery:
    """A message at noon."""
    return Delivery(NOON, by, to, text, seq, **more)  # type: ignore[arg-type]


def changed(kind: str, seq: int, *, to: str = "#tea", **more: object) -> Change:
    """Something that boris does to a message at noon."""
    return Change(NOON, "boris", to, 1, kind, seq, **more)  # type: ignore[arg-type]


def test_message(painter: Painter) -> None:
    """A message of the chosen conversation has its time, number and author; of another one it says which that is."""
    assert list(painter.message(said(5, "Hello\n\x1b[2J"), here=True)) == [
        "12:00   [5]        boris │ Hello",
        f"{BLANK}│ \\x1b[2J",
    ]
    assert list(painter.message(said(6, "Tea?"), here=False)) == ["12:00   [6] boris → #tea │ Tea?"]
    plain = Delivery(NOON, "boris", "anna", "plain")
    assert list(painter.message(plain, here=False)) == ["12:00       boris → anna │ plain"]


def test_what_there_is_to_a_message(painter: Painter) -> None:
    """What it answers stands above a message, the rest of what there is to it below."""
    list(painter.message(said(3, "Who wants\ntea?", by="anna"), here=True))
    rich = said(
        5,
        "I",
        reply_to=3,
        edited=1.0,
        pinned=True,
        replies=2,
        forwarded=Forwarded("clara", "#cake", 1, 0),
        reactions={"👍": ["clara"]},
    )
    assert list(painter.message(rich, here=True)) == [
        f"{BLANK}┌ ↳ [3] anna: Who wants ⏎ tea?",
        "12:00   [5]        boris │ I",
        f"{BLANK}└ forwarded from clara · edited · pinned · replies: 2",
        f"{BLANK}  · 👍 clara",
    ]
    assert next(painter.message(said(6, "I", reply_to=1), here=True)) == f"{BLANK}┌ ↳ [1]"


def test_deleted(painter: Painter) -> None:
    """A deleted message says so, and its text is not quoted any more."""
    list(painter.message(said(3, "secret"), here=True))
    deleted = said(3, "", edited=1.0, deleted=2.0)
    assert list(painter.message(deleted, here=True)) == ["12:00   [3]        boris │ deleted"]
    assert next(painter.message(said(4, "x", reply_to=3), here=True)) == f"{BLANK}┌ ↳ [3]"


def test_days(painter: Painter) -> None:
    """Where another day begins, there is a line that says which."""
    lines = [*painter.message(said(1, "x"), here=True)]
    lines += painter.message(Delivery(NOON + 86_400, "boris", "#tea", "y", 2), here=True)
    lines += painter.message(Delivery(NOON + 86_401, "boris", "#tea", "z", 3), here=True)
    assert [line for line in lines if "──" in line] == [lines[1]] == ["── Monday, 23 November 2026 ──"]


def test_change_at_its_message(painter: Painter) -> None:
    """What is done to the message at the bottom stands under it; to an earlier one, with the beginning of it."""
    list(painter.message(said(1, "Tea is ready, who is coming? There is some cake, too, and honey"), here=True))
    assert list(painter.change(changed("react", 1, emoji="🍵"), here=True)) == [f"{BLANK}└ 🍵 boris"]
    assert list(painter.change(changed("pin", 1), here=True)) == [f"{BLANK}└ pinned by boris"]
    list(painter.message(said(2, "I"), here=True))
    (line,) = painter.change(changed("unreact", 1, emoji="🍵"), here=True)
    assert line == "12:00                    └ ↳ [1] boris: Tea is ready, who is com… · no 🍵 boris"
    (line,) = painter.change(changed("unpin", 1), here=False)
    assert line == "12:00                    └ ↳ #tea [1] boris: Tea is ready,… · unpinned by boris"


def test_change_of_an_unknown_message(painter: Painter) -> None:
    """What is done to a message that was not shown is a sentence."""
    (line,) = painter.change(changed("react", 7, emoji="🍵"), here=True)
    assert line == "12:00 * boris reacted to message 7 in #tea: 🍵"


def test_edit(painter: Painter) -> None:
    """An edited message is shown again as it is now, and quoted so."""
    list(painter.message(said(1, "Tee"), here=True))
    expected = ["12:00   [1]        boris │ Tea", f"{BLANK}│ and cake", f"{BLANK}└ edited"]
    assert list(painter.change(changed("edit", 1, message="Tea\nand cake"), here=True)) == expected
    list(painter.message(said(2, "x"), here=True))
    (line,) = painter.change(changed("react", 1, emoji="🍵"), here=True)
    assert "boris: Tea ⏎ and cake" in line


def test_deletion(painter: Painter) -> None:
    """Whoever deletes a message does not have it shown once more."""
    list(painter.message(said(1, "secret"), here=True))
    list(painter.message(said(2, "x"), here=True))
    (line,) = painter.change(changed("delete", 1), here=True)
    assert line.endswith("└ ↳ [1] · deleted by boris")
    (line,) = painter.change(changed("react", 1, emoji="x"), here=True)
    assert "secret" not in line


def test_nothing_of_others_is_obeyed(painter: Painter) -> None:
    """Names, emoji and fields of others cannot harm the terminal, nor make lines of their own."""
    evil = "\x1b[2J\n\u202e"
    shown = [*painter.message(said(1, "x", by=evil, reactions={evil: [evil]}), here=False)]
    shown += painter.message(said(2, "x", forwarded=Forwarded(evil, "#a", 1, 0)), here=True)
    shown += painter.change(changed("react", 2, emoji=evil), here=True)
    shown += painter.change(changed(evil, 1), here=True)
    shown += painter.change(Change(NOON, evil, "#tea", 1, "set_room", topic=evil), here=True)
    shown += [painter.rule(evil), *painter.error(evil), *painter.line(evil), *painter.note(evil)]
    shown += painter.table([[evil, evil]])
    assert all(line.isprintable() for line in shown)


def test_mention() -> None:
    """The author of a message that mentions the reader, or everybody, stands out; one's own does not."""
    painter = painter_of(Depth.MANY)
    for mentions in (["anna"], ["all"], ["clara", "Anna"]):
        assert "\x1b[1;7mboris" in next(painter.message(said(1, "x", mentions=mentions), here=True))
    assert "\x1b[1;7m" not in next(painter.message(said(1, "x", mentions=["clara"]), here=True))
    assert "\x1b[1;7m" not in next(painter.message(said(1, "x", by="anna", mentions=["all"]), here=True))


def test_colours_are_measured_out() -> None:
    """Colours take no place: without them the lines are the same."""
    one, other = painter_of(Depth.MANY), painter_of(Depth.PLAIN)
    message = said(1, "see https://example.org/x and `code` " * 5, reactions={"👍": ["anna"]}, reply_to=3)
    coloured = "\n".join(one.message(message, here=False))
    for code in {part.partition("m")[0] for part in coloured.split("\x1b[")[1:]}:
        coloured = coloured.replace(f"\x1b[{code}m", "")
    assert coloured == "\n".join(other.message(message, here=False))
