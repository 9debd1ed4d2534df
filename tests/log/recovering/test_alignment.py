"""What one of the two renderings has and the other has not."""

import json
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from vestnik.log.recovering.alignment import compare, compare_by_time, line_of, whole


def made(second: int, text: str) -> bytes:
    """An object."""
    moment = f"2021-06-12T08:20:{second:02d}.000250+00:00"
    return json.dumps({"time": moment, "level": "INFO", "logger": "server", "message": text}).encode() + b"\n"


def line(second: int, text: str) -> bytes:
    """Its line of text."""
    found = line_of(made(second, text))
    assert found is not None
    return found


RECORDS = st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["one", "two"])), max_size=12).map(sorted)


@given(RECORDS, st.integers(0, 12), st.integers(0, 12))
def test_prefixes(records: list[tuple[int, str]], objects: int, text: int) -> None:
    """Of two prefixes of the same records the rest of the longer one is found, also if lines repeat."""
    objects, text = min(objects, len(records)), min(text, len(records))
    lines = [line(*record) for record in records]
    found = compare([made(*record) for record in records[:objects]], lines[:text])
    assert found.missing == lines[text:objects]
    assert found.strays == lines[objects:text]


@given(RECORDS, st.randoms(use_true_random=False))
def test_another_order(records: list[tuple[int, str]], random: Random) -> None:
    """Two programs that write at once may write their lines in another order than their objects: nothing is missing."""
    lines = [line(*record) for record in records]
    random.shuffle(lines)
    assert compare([made(*record) for record in records], lines) == ([], [])


def test_what_is_neither() -> None:
    """Half of an object or a line in between is passed over."""
    objects = [made(1, "one"), b'{"time":"20\n', made(2, "two"), b"[]\n"]
    text = [line(1, "one"), b"2021-06-1\n", b"\n", line(2, "two")]
    assert compare(objects, text) == ([], [])
    assert whole(line(1, "one")[:-1]) is None


def test_cut_in_another_place() -> None:
    """Very long sentences are cut in both, not always alike: those of one moment belong to each other."""
    text = line(1, "x" * 20_000).replace(b"xxx...", b"xx...")
    assert compare([made(1, "x" * 20_000), made(2, "two")], [text]) == ([line(2, "two")], [])


def test_by_time() -> None:
    """Without a point in common, what comes after the last line of text is missing."""
    objects = [made(1, "one"), made(2, "two"), made(2, "two"), made(3, "three")]
    assert compare_by_time(objects, [line(1, "one"), line(2, "two")]) == [line(2, "two"), line(3, "three")]
    assert compare_by_time(objects[2:], [line(1, "one"), line(2, "two")]) == [line(3, "three")]
    assert compare_by_time(objects, []) == [line(1, "one"), line(2, "two"), line(2, "two"), line(3, "three")]
    assert compare_by_time(objects, [line(1, "one"), line(5, "five")]) == []


def test_names_with_blanks() -> None:
    """Names of loggers and levels look in the line of an object as they do in the text."""
    found = line_of(b'{"time":"2021-06-12T08:20:01.000250+00:00","level":"MY LEVEL","logger":"a b","message":"x"}')
    assert found == b"2021-06-12 08:20:01,000 MY_LEVEL a_b        x\n"
