"""JSON values out of a stream: every promise holds for every way of cutting the bytes."""

import json
import math
from collections.abc import Iterable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestnik.protocol import answers
from vestnik.protocol.errors import BadRequest
from vestnik.protocol.framing import MAX_DEPTH, MAX_MARKS, MAX_VALUE, Framer
from vestnik.protocol.messages import REQUESTS
from vestnik.protocol.requests import Join

CAP = 200
"""A small limit, so that random values reach it."""
SEGMENT = 64

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
scalars = (
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False, allow_infinity=False) | texts
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4), max_leaves=8
)
objects = st.dictionaries(texts | st.sampled_from(["{", '"', "\\", "}", "\n", "привет", "👋"]), values, max_size=4)
blanks = st.text(" \t\r\n", max_size=4)


@st.composite
def written(draw: st.DrawFn) -> str:
    """An object as some program may write it: escaped or not, on one line or on many."""
    return json.dumps(
        draw(objects),
        ensure_ascii=draw(st.booleans()),
        indent=draw(st.sampled_from([None, 0, 4, "\t"])),
        separators=draw(st.sampled_from([None, (",", ":"), (" , ", " : ")])),
    )


def pulled(framer: Framer[Any], data: bytes) -> list[Any]:
    """Everything that comes of `data`."""
    return [each for each in framer.feed(data) if each is not None]


def feed_all(framer: Framer[Any], data: bytes, cuts: Iterable[int]) -> list[Any]:
    """Everything that comes of `data`, fed in the pieces between `cuts`."""
    found = []
    start = 0
    for cut in [*sorted(cuts), len(data)]:
        found += pulled(framer, data[start:cut])
        start = cut
    return found


def kinds(found: Iterable[Any]) -> list[Any]:
    """What was found, errors as the names of their answers."""
    return [item.answer.name if isinstance(item, BadRequest) else item for item in found]


@given(st.lists(st.tuples(blanks, written()), max_size=5), blanks, st.data())
def test_any_split_of_any_stream(stream: list[tuple[str, str]], end: str, data: st.DataObject) -> None:
    """Objects come out as `json.loads` reads them, whatever is between them and however the bytes are cut."""
    sent = ("".join(blank + text for blank, text in stream) + end).encode()
    cuts = data.draw(st.lists(st.integers(0, len(sent)), max_size=8))
    framer: Framer[Any] = Framer(msgspec.json.decode)
    assert feed_all(framer, sent, cuts) == [json.loads(text) for _, text in stream]
    assert framer.size == 0
    assert not framer.closed


@given(written(), written())
def test_byte_by_byte(first: str, second: str) -> None:
    """One byte at a time gives the same objects as all bytes at once."""
    sent = (first + second).encode()
    framer: Framer[Any] = Framer(msgspec.json.decode)
    assert feed_all(framer, sent, range(1, len(sent))) == [json.loads(first), json.loads(second)]


nearly_json = st.lists(
    st.sampled_from([b"{", b"}", b"[", b"]", b'"', b"\\", b"\n", b" ", b"1", b"-", b"e", b"true", b"nul", b":", b","])
    | st.binary(max_size=3)
    | written().map(str.encode),
    max_size=30,
).map(b"".join)


@given(nearly_json | st.binary(max_size=300), st.data())
def test_no_bytes_make_it_raise(sent: bytes, data: st.DataObject) -> None:
    """Whatever a stranger sends, there are requests and 400s and never an exception; nothing follows a fatal one."""
    cuts = data.draw(st.lists(st.integers(0, len(sent)), max_size=8))
    framer = Framer(REQUESTS.decode, CAP)
    found = feed_all(framer, sent, cuts)
    assert all(isinstance(item, (BadRequest, msgspec.Struct)) for item in found)
    fatal = [isinstance(item, BadRequest) and item.fatal for item in found]
    assert framer.closed == any(fatal)
    assert not any(fatal[:-1])


@given(nearly_json, st.data())
def test_errors_do_not_depend_on_the_cuts(sent: bytes, data: st.DataObject) -> None:
    """Broken input gives the same requests and the same 400s however it is cut."""
    cuts = data.draw(st.lists(st.integers(0, len(sent)), max_size=8))
    whole = pulled(Framer(REQUESTS.decode, CAP), sent)
    assert kinds(feed_all(Framer(REQUESTS.decode, CAP), sent, cuts)) == kinds(whole)


@given(st.lists(nearly_json | st.just(b"["), min_size=1, max_size=20))
def test_held_memory_is_bounded(pieces: list[bytes]) -> None:
    """No more is held than the longest value and one segment, whatever comes."""
    framer = Framer(REQUESTS.decode, CAP)
    for piece in pieces:
        for start in range(0, len(piece), SEGMENT):
            pulled(framer, piece[start : start + SEGMENT])
            assert len(framer._held) <= CAP + SEGMENT


@pytest.mark.parametrize("opening", [b'{"a":"', b"[", b'"', b"1", b'{"a":['])
def test_an_endless_value_is_not_kept(opening: bytes) -> None:
    """A value without end costs one 400 and no memory."""
    framer = Framer(REQUESTS.decode)
    found = pulled(framer, opening)
    for _ in range(20):
        found += pulled(framer, b"1" * MAX_VALUE)
    assert kinds(found) == ["value.too_long"]
    assert framer.size > MAX_VALUE
    assert len(framer._held) <= 1


def padded(size: int) -> bytes:
    """An object of exactly `size` bytes."""
    return b'{"a":"' + b"x" * (size - 8) + b'"}'


@pytest.mark.parametrize("end", [b"", b"\n", b" ", b"\r\n\r\n"])
@pytest.mark.parametrize("cut", [1, 50, CAP - 1, CAP, CAP + 1])
def test_longest_value(end: bytes, cut: int) -> None:
    """A value of the limit is read; one more byte is one 400, and the object after it is read."""
    sent = padded(CAP) + end
    assert feed_all(Framer(msgspec.json.decode, CAP), sent, [cut]) == [json.loads(sent)]
    found = feed_all(Framer(msgspec.json.decode, CAP), padded(CAP + 1) + end + b'{"b":2}', [cut])
    assert kinds(found) == ["value.too_long", {"b": 2}]
    assert found[0].values == (CAP,)
    assert not found[0].fatal


@given(
    st.sampled_from(['{"a":"', '{"\\"":["', '[["']),
    st.lists(st.sampled_from(["x", '\\"', "\\\\", "{", "]", "\n", "я"]), min_size=CAP, max_size=2 * CAP),
    written(),
    st.data(),
)
def test_after_a_long_value(opening: str, inside: list[str], following: str, data: st.DataObject) -> None:
    """After a value that is too long, with brackets and quotes inside its strings, the next object is read."""
    closing = '"' + {"{": "}", '{"\\"":[': "]}", "[[": "]]"}[opening.removesuffix('"').removesuffix('"a":')]
    sent = (opening + "".join(inside) + closing + following).encode()
    cuts = data.draw(st.lists(st.integers(0, len(sent)), max_size=6))
    framer: Framer[Any] = Framer(msgspec.json.decode, CAP)
    expected: list[Any] = ["value.too_long", json.loads(following)]
    if len(following.encode()) > CAP:
        expected[1] = "value.too_long"
    assert kinds(feed_all(framer, sent, cuts)) == expected


def nested(depth: int, opening: str = "[", closing: str = "]") -> bytes:
    """Arrays or objects, `depth` of them inside one another."""
    return (opening * depth + ("1" if opening != "[" else "") + closing * depth).encode()


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}"), ('[{"b":', "}]")])
@pytest.mark.parametrize("piece", [1, 7, 10_000])
def test_depth(opening: str, closing: str, piece: int) -> None:
    """The greatest depth is read; one more is one 400, and the object after it is read."""
    brackets = opening.count("[") + opening.count("{")
    deepest = MAX_DEPTH // brackets
    good = nested(deepest, opening, closing)
    assert feed_all(Framer(msgspec.json.decode), good, range(piece, len(good), piece)) == [json.loads(good)]
    bad = nested(deepest + 1, opening, closing) + b'{"b":2}'
    found = feed_all(Framer(msgspec.json.decode), bad, range(piece, len(bad), piece))
    assert kinds(found) == ["value.too_deep", {"b": 2}]
    assert found[0].values == (MAX_DEPTH,)


def test_too_deep_and_too_long_is_one_error() -> None:
    """A value that is both too deep and too long is one 400."""
    found = pulled(Framer(msgspec.json.decode), nested(MAX_VALUE) + b"{}")
    assert kinds(found) == ["value.too_deep", {}]


def test_brackets_in_a_string_are_not_depth() -> None:
    """Brackets inside a string do not count as depth."""
    value = {"a": "[{" * 1000}
    assert pulled(Framer(msgspec.json.decode), json.dumps(value).encode()) == [value]


@pytest.mark.parametrize(
    "bad",
    [
        b"{]",
        b"[}",
        b"{'a':1}",
        b'{"a":}',
        b'{"a":"\n"}',
        b'{"a":"\xff"}',
        b'{"a":"\\ud800"}',
        b'{"a":1,}',
        b'{"a" 1}',
        b'{"a":01}',
        b'{"a":nan}',
        b'"\x01"',
    ],
    ids=repr,
)
@pytest.mark.parametrize("piece", [1, 3, 10_000])
def test_malformed_values(bad: bytes, piece: int) -> None:
    """A value with its brackets in place but wrong inside is one 400; the object after it is read."""
    sent = bad + b'{"b":2}'
    framer: Framer[Any] = Framer(msgspec.json.decode)
    found = feed_all(framer, sent, range(piece, len(sent), piece))
    assert kinds(found) == ["value.malformed", {"b": 2}]
    assert not framer.closed


@pytest.mark.parametrize(
    "value", [b"[]", b'"text"', b"12", b"-1.5e3", b"true", b"false", b"null", b'[{"action":"quit"}]']
)
@pytest.mark.parametrize("piece", [1, 2, 10_000])
def test_values_that_are_no_objects(value: bytes, piece: int) -> None:
    """A JSON value that is not an object is one 400; the request after it is served."""
    sent = value + b' {"action":"join","room":"#tea"}'
    found = feed_all(Framer(REQUESTS.decode), sent, range(piece, len(sent), piece))
    assert kinds(found) == ["value.not_object", Join(room="#tea")]


@pytest.mark.parametrize(
    "bad",
    [
        b"-Infinity",
        b"1a",
        b"0x10",
        b"12,5",
        b"truefalse",
        b"null,",
        b'{"x":1}}',
        b"[1,2]]",
        b'"it"s',
        b'"{"action":"quit"}"',
        b'{"a":[1}',
        b'{"a":{"b":[[1}}',
        b'[{"a":1]',
        b'{"a":[1}]}',
    ],
    ids=repr,
)
@pytest.mark.parametrize("end", [b" ", b"\n"])
@pytest.mark.parametrize("piece", [1, 2, 5, 10_000])
def test_one_wrong_value_is_one_error(bad: bytes, end: bytes, piece: int) -> None:
    """A value that is wrong is one 400, whatever is left of it; the request after it is served."""
    sent = bad + end + b'{"action":"join","room":"#tea"}'
    framer: Framer[Any] = Framer(REQUESTS.decode)
    found = feed_all(framer, sent, range(piece, len(sent), piece))
    assert [isinstance(item, BadRequest) for item in found] == [True, False]
    assert not framer.closed
    assert (framer.size, framer.held) == (0, 0)


@pytest.mark.parametrize("piece", [1, 2, 4, 10_000])
def test_a_mark_of_the_byte_order_is_a_blank(piece: int) -> None:
    """A byte order mark before the stream, before each object or behind it changes nothing; half of one is an error."""
    mark = b"\xef\xbb\xbf"
    sent = mark + b'{"a":1}' + mark + b"\r\n" + mark + mark + b'{"b":2}' + mark
    framer: Framer[Any] = Framer(msgspec.json.decode)
    assert feed_all(framer, sent, range(piece, len(sent), piece)) == [{"a": 1}, {"b": 2}]
    found = feed_all(framer, mark[:2] + b"{}", [1, 2])
    assert (kinds(found), found[0].values) == (["stream.unreadable"], ("0xef",))


def test_what_is_meant() -> None:
    """What cannot be decoded is what it is meant as, if somebody knows; then nothing was wrong."""
    framer: Framer[Any] = Framer(REQUESTS.decode, respell=lambda data: data if b"meant" in data else None)
    found = pulled(framer, b'{"meant":1} {"x":1}')
    assert (found[0], kinds(found[1:])) == (b'{"meant":1}', ["action.missing"])
    assert kinds(pulled(framer, b'{"meant":1}}')) == [b'{"meant":1}', "stream.unreadable"]


@pytest.mark.parametrize(
    "bad",
    [
        b"\x80\x04\x95",
        b"\x16\x03\x01",
        b"\x00\x00\x00\x10{}",
        b"GET / HTTP/1.1\r\n",
        b"]",
        b"}",
        b",",
        b"'",
        b"trux",
        b"nul ",
    ],
    ids=repr,
)
@pytest.mark.parametrize("before", [b"", b"\r\n ", b'{"b":2}', b'{"b":2}\n'])
@pytest.mark.parametrize("piece", [1, 10_000])
def test_unreadable_bytes(bad: bytes, before: bytes, piece: int) -> None:
    """Bytes that cannot begin JSON are one fatal 400 that names the byte; nothing after them is read."""
    sent = before + bad + b'{"c":3}'
    framer: Framer[Any] = Framer(msgspec.json.decode)
    found = feed_all(framer, sent, range(piece, len(sent), piece))
    assert kinds(found) == ([{"b": 2}] if before.strip() else []) + ["stream.unreadable"]
    assert found[-1].fatal
    wrong = bad[3] if bad[:1] in b"tn" else bad[0]
    assert found[-1].values == (f"0x{wrong:02x}",)
    assert framer.closed
    assert pulled(framer, b'{"d":4}') == []


def test_size() -> None:
    """`size` counts the bytes of an unfinished value from its first to its last, and blanks are no value."""
    framer: Framer[Any] = Framer(msgspec.json.decode)
    sizes = []
    for byte in b' \n{"a":1} ':
        pulled(framer, bytes([byte]))
        sizes.append(framer.size)
    assert sizes == [0, 0, 1, 2, 3, 4, 5, 6, 0, 0]


class Counted(bytes):
    """Bytes that count how many of them were copied out."""

    copied = 0

    def __getitem__(self, key: Any) -> Any:
        """As `bytes` does it."""
        found = super().__getitem__(key)
        if isinstance(found, bytes):
            self.copied += len(found)
        return found


@pytest.mark.parametrize("separator", [b"\n", b"", b" "], ids=["newline", "nothing", "blank"])
@pytest.mark.parametrize("value", [b"{}", b'{"action":"quit"}', b'"a"'])
def test_work_is_linear(value: bytes, separator: bytes) -> None:
    """However values are separated, every byte is copied a few times at most."""
    sent = Counted((value + separator) * 2000)
    assert len(pulled(Framer(REQUESTS.decode), sent)) == 2000
    assert sent.copied <= 8 * len(sent)


def test_values_are_decoded_as_they_are_asked_for() -> None:
    """Of many values in one segment none is decoded before it is its turn."""
    decoded: list[bytes] = []
    framer: Framer[bytes] = Framer(lambda value: decoded.append(value) or msgspec.json.decode(value))  # type: ignore[func-returns-value]
    found = framer.feed(b"{}\n" * 1000)
    assert decoded == []
    assert [next(found), next(found)] == [{}, {}]
    assert len(decoded) == 2


@pytest.mark.parametrize("sent", [b"[" * 100_000, b'["' + b"\\\\" * 30_000 + b'"]', b"[" + b'"",' * 20_000 + b'""]'])
def test_scanner_rests_in_long_values(sent: bytes) -> None:
    """Inside a value of very many brackets, quotes or escapes the scanner lets others have their turn, and goes on."""
    framer: Framer[Any] = Framer(msgspec.json.decode)
    steps = pulled(framer, sent[:1]) + list(framer.feed(sent[1:]))
    marks = sum(sent.count(mark) for mark in (b"[", b'"', b"\\\\"))
    assert steps.count(None) >= marks // MAX_MARKS - 2
    assert kinds(each for each in steps if each is not None) == kinds(feed_all(Framer(msgspec.json.decode), sent, [7]))


@pytest.mark.parametrize("begun", [b"{", b'"a', b"[1,", b"tr"])
def test_begun_values_are_told_apart(begun: bytes) -> None:
    """While a value is unfinished its number stays; that of the next unfinished one is another."""
    framer: Framer[Any] = Framer(msgspec.json.decode)
    pulled(framer, begun)
    first = framer.begun
    pulled(framer, b"")
    assert (framer.begun, framer.size) == (first, len(begun))
    framer: Framer[object] = Framer(msgspec.json.decode)
    pulled(framer, b"[1")
    first = framer.begun
    pulled(framer, b"]{}" + begun)
    assert framer.size == len(begun)
    assert framer.begun != first


def test_numbers_wait_for_their_end() -> None:
    """A number that is cut is one value, whichever decoder is used."""
    assert kinds(feed_all(Framer(REQUESTS.decode), b"12 ", [1])) == ["value.not_object"]


def test_limits_of_the_specification() -> None:
    """The caps are those of the protocol: 64 KiB a value, 32 levels."""
    assert (MAX_VALUE, MAX_DEPTH) == (65_536, 32)
    assert answers.VALUE_TOO_LONG.code == answers.VALUE_TOO_DEEP.code == 400
    assert math.log2(MAX_VALUE) == 16


@pytest.mark.parametrize("blanks", ["\n", " \r\n", "\n\n \n"])
def test_one_value_that_is_cut(blanks: str) -> None:
    """Only a value that two segments share is scanned: what follows it in whole lines is decoded in one call again."""
    framer: Framer[object] = Framer(msgspec.json.decode)
    data = (b'{"a": [1, 2]}' + blanks.encode()) * 100
    found = [*framer.feed(data[:5]), *framer.feed(data[5:])]
    assert [value for value in found if value is not None] == [{"a": [1, 2]}] * 100
    assert framer.begun == 1
