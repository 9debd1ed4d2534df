"""JSON values out of a byte stream that has no framing.

JIM defines neither a length nor a delimiter: programs in the wild end an object with a newline, with blanks or with
nothing, put newlines inside it, and send many in one segment or one in many. `Framer` finds the values whatever
separates them. The usual case, a whole object that ends at a newline or at the end of the segment, costs one call of
the decoder; everything else goes through a scanner that keeps its place between segments, so the work is linear in
the bytes however they are cut.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final, Generic, TypeVar

from vestnik.protocol import answers
from vestnik.protocol.errors import BadRequest
from vestnik.protocol.messages import DECODE_ERRORS, explain

T = TypeVar("T")

MAX_VALUE: Final = 65_536
"""Bytes that one value may have."""
MAX_DEPTH: Final = 32
"""How deep arrays and objects may be nested."""
MAX_MARKS: Final = 512
"""Brackets, quotes and escapes after which the scanner takes a rest inside a value: a fraction of a millisecond."""

_MARK: Final = b"\xef\xbb\xbf"
"""The byte order mark that programs which write "UTF-8 with BOM" put before a file, a connection or each object."""
_BLANK: Final = re.compile(rb"[ \t\r\n]*(?:\xef\xbb\xbf[ \t\r\n]*)*")
_REST: Final = re.compile(rb"[^ \t\r\n{[]*")  # of what was begun wrong
_OTHER: Final = re.compile(rb"[ \t\r\n{[\"]")  # what does not go on with it
_BRACKET_OR_QUOTE: Final = re.compile(rb'["{}\[\]]')
_QUOTE_OR_ESCAPE: Final = re.compile(rb'["\\]')
_NUMBER: Final = re.compile(rb"[-+.0-9eE]*")
_NUMBER_START: Final = frozenset(b"-0123456789")
_LITERALS: Final = {b"t"[0]: b"true", b"f"[0]: b"false", b"n"[0]: b"null"}
_QUOTE: Final = b'"'[0]
_OPENING: Final = frozenset(b"{[")


def _nothing(_data: bytes) -> None:
    return None


class Framer(Generic[T]):
    """Cuts a byte stream into JSON values and decodes each.

    `decode` turns the bytes of one value into an object or raises one of `DECODE_ERRORS`; then `respell` may know what
    is meant. What cannot be decoded comes out as a `BadRequest` in its place. A value longer than `max_value` bytes or
    deeper than `MAX_DEPTH` gives one `BadRequest` and is skipped to its end (`skipping`); so is what follows a bad
    value without a blank, up to the next bracket that opens. After a `BadRequest` with `fatal` the framer is `closed`
    and nothing more is read. `size` is how many bytes of an unfinished value have come, skipped ones included; `begun`
    counts the values that were not decoded in one call, so that two looks at an unfinished value can tell whether it
    is the same.
    """

    __slots__ = (
        "_decode",
        "_depth",
        "_escaped",
        "_held",
        "_in_string",
        "_kinds",
        "_lead",
        "_max_value",
        "_passing",
        "_refused",
        "_respell",
        "begun",
        "closed",
        "size",
        "skipping",
    )

    def __init__(
        self,
        decode: Callable[[bytes], T],
        max_value: int = MAX_VALUE,
        respell: Callable[[bytes], T | None] = _nothing,
    ) -> None:
        self._decode = decode
        self._respell = respell
        self._max_value = max_value
        self._held: bytes | bytearray = b""  # the beginning of an unfinished value
        self.size = 0
        self.begun = 0
        self._depth = 0
        self._kinds = (
            0  # of the brackets that are open, down to MAX_DEPTH: a bit each, 1 for braces, the last one lowest
        )
        self._in_string = False
        self._escaped = False  # the last byte seen was a backslash inside a string
        self.skipping = False  # the value that is unfinished was refused already
        self._refused = False  # the last value was, and nothing has come behind it
        self._passing = False  # what has come belongs to it
        self._lead = b""  # what may become a byte order mark
        self.closed = False

    @property
    def held(self) -> int:
        """Bytes of an unfinished value that are kept."""
        return len(self._held)

    def feed(self, data: bytes) -> Iterator[T | BadRequest | None]:
        """The values that `data` completes, in order; never raises for anything a stranger may send.

        They are decoded one by one, as they are asked for; None is a rest of the scanner in the middle of a long one,
        no value. What the data before has brought is to be asked for first.
        """
        found: list[T | BadRequest] = []
        if self._lead:
            data, self._lead = self._lead + data, b""
        at = self._pass(data, 0) if self._refused or self._passing else 0
        end = len(data)
        stop = -1  # where the line ends that the scanner is in
        decode, max_value = self._decode, self._max_value
        while at < end and not self.closed:
            if self.size == 0:
                if at > stop:
                    newline = data.find(b"\n", at)
                    stop = end if newline < 0 else newline
                    line = data[at:stop]
                    # A line with more brackets than the depth allows may be too deep: the scanner counts.
                    if stop - at <= max_value and line.count(b"{") + line.count(b"[") <= MAX_DEPTH:
                        try:
                            value = decode(line)
                        except DECODE_ERRORS:  # no event: not one whole value; the scanner finds out what it is
                            pass
                        else:
                            at = stop + 1
                            yield value
                            continue
                at = _BLANK.match(data, at).end()  # type: ignore[union-attr]  # the pattern matches anything
                if at >= min(stop + 1, end):
                    continue  # only blanks were left of that line
                if at > end - len(_MARK) and _MARK.startswith(data[at:]):
                    self._lead = data[at:]
                    return
            at = self._go_on(data, at, found)
            if self._refused:
                at = self._pass(data, at)
            if found:
                yield from found
                found.clear()
            else:
                yield None

    def _pass(self, data: bytes, at: int) -> int:
        """Pass over what goes on with a bad value, such as the `Infinity` of `-Infinity`: one 400 is enough."""
        if at == len(data):
            return at
        if self._passing or not _OTHER.match(data, at):
            at = _REST.match(data, at).end()  # type: ignore[union-attr]  # the pattern matches anything
            self._passing = at == len(data)
        self._refused = False
        return at

    def _go_on(self, data: bytes, at: int, found: list[T | BadRequest]) -> int:
        """Scan on from `at`, inside a value or at its first byte; return where the next may begin."""
        first = self._held[0] if self._held else data[at]
        if first in _OPENING or first == _QUOTE:
            stop, complete = self._scan_nested(data, at, found)
        elif first in _LITERALS:
            stop, complete = self._scan_literal(data, at, _LITERALS[first], found)
        elif first in _NUMBER_START:
            stop = _NUMBER.match(data, at).end()  # type: ignore[union-attr]  # the pattern matches anything
            complete = stop < len(data)
        else:
            return self._close(first, at, found)
        if self.closed:
            return stop
        if not self.size:
            self.begun += 1
        self.size += stop - at
        if self.size > self._max_value and not self.skipping:
            self._skip(found, BadRequest(answers.VALUE_TOO_LONG, self._max_value))
        if complete:
            self._finish(data[at:stop], found)
        elif self.skipping:
            self._held = self._held[:1] or data[at : at + 1]
        elif self._held:
            self._held += data[at:stop]
        else:
            self._held = bytearray(data[at:stop])
        return stop

    def _scan_nested(self, data: bytes, at: int, found: list[T | BadRequest]) -> tuple[int, bool]:
        """Follow brackets and strings from `at`: where the value ends or the scanner rests, and whether it ends."""
        end = len(data)
        if self._escaped and at < end:
            self._escaped = False
            at += 1
        for _ in range(MAX_MARKS):
            if at >= end:
                return end, False
            match = (_QUOTE_OR_ESCAPE if self._in_string else _BRACKET_OR_QUOTE).search(data, at)
            if match is None:
                return end, False
            at = match.end()
            byte = match[0]
            if byte == b'"':
                self._in_string = not self._in_string
            elif byte == b"\\":
                self._escaped = at == end
                at += 1
                continue
            elif byte in b"{[":
                self._depth += 1
                if self._depth <= MAX_DEPTH:
                    self._kinds = self._kinds << 1 | (byte == b"{")
                elif not self.skipping:
                    self._skip(found, BadRequest(answers.VALUE_TOO_DEEP, MAX_DEPTH))
            else:
                self._close_bracket(byte == b"}")
            if self._depth == 0 and not self._in_string:
                return at, True
        return min(at, end), False

    def _close_bracket(self, kind: bool) -> None:
        """A bracket closes its own kind, and those that were left open inside: `{"a": [1}` ends at its brace."""
        levels = 1
        if self._depth <= MAX_DEPTH:
            left = self._kinds if kind else ~self._kinds  # the bits of its kind
            left &= (1 << self._depth) - 1
            levels = (left & -left).bit_length() or 1
            self._kinds >>= levels
        self._depth -= levels

    def _scan_literal(self, data: bytes, at: int, literal: bytes, found: list[T | BadRequest]) -> tuple[int, bool]:
        wanted = literal[self.size :]
        given = data[at : at + len(wanted)]
        if wanted.startswith(given):
            return at + len(given), given == wanted
        wrong = next(b for b, w in zip(given, wanted, strict=False) if b != w)
        return self._close(wrong, at, found), False

    def _close(self, byte: int, at: int, found: list[T | BadRequest]) -> int:
        """Nothing can be read from the byte at `at` on."""
        self.closed = True
        found.append(BadRequest(answers.STREAM_UNREADABLE, f"0x{byte:02x}", fatal=True))
        return at

    def _skip(self, found: list[T | BadRequest], why: BadRequest) -> None:
        found.append(why)
        self.skipping = True

    def _finish(self, rest: bytes, found: list[T | BadRequest]) -> None:
        value = bytes(self._held) + rest
        if not self.skipping:
            try:
                found.append(self._decode(value))
            except DECODE_ERRORS as error:  # no event: its answer has one
                meant = self._respell(value)
                self._refused = meant is None
                found.append(explain(error, value) if meant is None else meant)
        else:
            self._refused = True
        self._held = b""
        self.size = self._depth = self._kinds = 0
        self._in_string = self._escaped = self.skipping = False
