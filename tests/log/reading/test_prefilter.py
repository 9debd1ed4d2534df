"""Where in a block a line may be that is looked for: never past one that does match."""

from hypothesis import given
from hypothesis import strategies as st

from vestnik.log.reading.folding import fold
from vestnik.log.reading.prefilter import Literal, Pattern, Prefilter, folded

BLOCK = b"one\ntwo one\nthree\n"


def lines(prefilter: Prefilter, block: bytes) -> list[int]:
    """The numbers of the lines it points at."""
    found, start = [], 0
    while (at := prefilter.find(block, start)) >= 0:
        found.append(block.count(b"\n", 0, at))
        start = block.index(b"\n", at) + 1
    return found


def test_literal() -> None:
    """Bytes are found wherever they are in a line, from the given line on."""
    assert lines(Literal(b"one"), BLOCK) == [0, 1]
    assert Literal(b"one").find(BLOCK, 4) == 8
    assert lines(Literal(b"four"), BLOCK) == []


def test_pattern() -> None:
    """So are patterns."""
    assert lines(Pattern(rb"t\w+e"), BLOCK) == [2]
    assert lines(Pattern(rb"t\w+x"), BLOCK) == []


def test_folded() -> None:
    """Text is found in any case of letters, and in characters that fold to it; blocks may follow each other."""
    prefilter = folded("strasse")
    assert prefilter is not None
    for block in ("x\nSTRASSE\n", "x\nStra\u00dfe\n", "x\nｓｔｒａｓｓｅ\n"):
        assert lines(prefilter, block.encode()) == [1]
    assert lines(prefilter, b"road\nway\n") == []


@given(st.lists(st.text("aAßſsSкКıiİ\u212a ", max_size=6), max_size=6), st.text("aſsкıik", min_size=1, max_size=3))
def test_no_match_is_passed_over(said: list[str], text: str) -> None:
    """Each line whose folded text holds the folded one is pointed at."""
    wanted = fold(text)
    prefilter = folded(wanted) if wanted else None
    if prefilter is None:
        return
    matching = {number for number, line in enumerate(said) if wanted in fold(line)}
    assert matching <= set(lines(prefilter, "".join(f"{line}\n" for line in said).encode()))
