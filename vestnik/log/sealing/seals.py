"""What a seal is: one line of JSON that says what was in the files of a journal at a moment, and its code.

    {"chain":"k3f…","epoch":41,"time":"2026-11-22T17:43:06.178402+03:00","kind":"data","run":"9c1e…",
     "extents":[["server.log.2026-11-22",1200,3400,"<sha256>","<checks>"]],"prev":"<mac>","mac":"<mac>"}

`mac` is the keyed BLAKE2b (RFC 7693) of everything in front of it, as it stands in the file. The key is another one
for each epoch (`keys`), and `prev` is the code of the seal before, so no seal can be changed, left out or put in
between. `sha256` is that of the bytes themselves: `tail -c +1201 FILE | head -c 2200 | sha256sum` gives the same.

Bytes are counted in the whole day: what `FILE.gz` holds comes first, then `FILE`.
"""

import hashlib
import hmac
import sys
from array import array
from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import Annotated, Final, Literal, NamedTuple, TypeAlias
from zlib import adler32

import msgspec

SealKind: TypeAlias = Literal["begin", "start", "open", "data", "heartbeat", "end", "swept", "handover"]
"""`begin`: the first seal of a keyed chain; `handover`: the last one of a chain, names the next. In between those of
the programs that write: each begins with `start` and finishes with `end`; `open` is for another file, `data` for what
was written, `heartbeat` for nothing. `swept`: an old day is about to be deleted with its seals."""

KEYED: Final = "k"
UNKEYED: Final = "u"
"""How the name of a chain begins: the key is a secret, or known to all."""
MAC_BYTES: Final = 16
_MAC: Final = b',"mac":"'
_TAIL: Final = len(_MAC) + 2 * MAC_BYTES + len(b'"}')
_HEX: Final = frozenset(b"0123456789abcdef")
_UNFINISHED: Final = "~"

Offset: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=2**53)]


class Extent(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The bytes of a day from `start` up to `end`. `checks` tells which line is wrong if `sha256` does not fit."""

    file: str
    start: Offset
    end: Offset
    sha256: str
    checks: str = ""


class Opened(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A file that a program has begun to write to: how many bytes it had, and whether nobody else had it open."""

    file: str
    end: Offset
    alone: bool


class Swept(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The day `date` goes, and all before it; the first seal that is left is number `epoch` of `chain`."""

    date: str
    chain: str
    epoch: Offset


class Seal(msgspec.Struct, omit_defaults=True, kw_only=True, gc=False):
    """What a seal says.

    `chain` and `epoch` are its place, `time` when it was made (ISO 8601, local with offset), `run` the program (`pid`,
    `version` and `host` in its first seal). `opened` are files it began to write to, `extents` what it wrote itself;
    `adopted` what it found under no seal when it was alone with a file, left by a program that was killed. `settled`
    are other files about which the same is known, `closed` those it does not write to any more. `next` is the chain
    that follows, `prev` the code of the seal before ("" if there is none). `first` is said of the first seal of a file.
    `swept` is a day that is deleted because it is old.
    """

    chain: str = ""
    epoch: Offset = -1
    time: str
    kind: SealKind
    run: str = ""
    pid: int = 0
    version: str = ""
    host: str = ""
    opened: list[Opened] = []
    adopted: list[Extent] = []
    extents: list[Extent] = []
    settled: list[str] = []
    closed: list[str] = []
    next: str = ""
    swept: Swept | None = None
    first: bool = False
    prev: str = ""


class Sealed(NamedTuple):
    """A seal as it is in the file: what was signed, and the code (hexadecimal)."""

    seal: Seal
    signed: bytes
    mac: str

    def made_with(self, key: bytes) -> bool:
        """Whether the code is right."""
        return hmac.compare_digest(self.mac, _code(self.signed, key))


def encode(seal: Seal, key: bytes) -> tuple[bytes, str]:
    """The line of a seal, with its newline, and its code."""
    signed = _encoder.encode(seal)[:-1]
    mac = _code(signed, key)
    return signed + _MAC + mac.encode() + b'"}\n', mac


def decode(line: bytes) -> Sealed | None:
    """The seal of a line without its newline; None if it is none. Whether the code is right is not looked at."""
    signed, tail = line[:-_TAIL], line[-_TAIL:]
    mac = tail[len(_MAC) : -2]
    if not (signed and tail.startswith(_MAC) and tail.endswith(b'"}') and _HEX.issuperset(mac)):
        return None
    try:
        seal = _decoder.decode(signed + b"}")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return Sealed(seal, signed, mac.decode()) if seal.epoch >= 0 else None


def _code(signed: bytes, key: bytes) -> str:
    return hashlib.blake2b(signed, key=key, digest_size=MAC_BYTES, person=b"vestnik seal").hexdigest()


_encoder: Final = msgspec.json.Encoder()
_decoder: Final = msgspec.json.Decoder(Seal)


class Lines:
    """Adds up the lines of an extent: a check of 24 bits for each.

    The digest proves that an extent is as it was; the checks only tell which of its lines is not. They are Adler-32
    (RFC 1950) without the upper half of its first sum: at 0.1 µs a line the cheapest in the standard library.
    """

    __slots__ = ("sums", "whole")

    def __init__(self) -> None:
        self.sums = array("I")
        self.whole = True

    def add(self, data: bytes) -> None:
        """More of the same extent. After an unfinished line (`whole` is False) there must not be any more."""
        lines = data.split(b"\n")
        self.whole = not lines[-1]
        if self.whole:
            lines.pop()
        self.sums.extend(map(adler32, lines))

    def pack(self) -> str:
        """The text that stands in the seal."""
        sums = self.sums
        if sys.byteorder == "big":
            sums = sums[:]
            sums.byteswap()
        raw = sums.tobytes()
        text = b64encode(raw[0::4] + raw[2::4] + raw[3::4]).decode()
        return text if self.whole else text + _UNFINISHED


def check_of(line: bytes) -> int:
    """The check of a line without its newline."""
    found = adler32(line)
    return (found & 0xFF) | (found >> 16) << 8


class Checks(NamedTuple):
    """The checks of an extent; the last one is of an unfinished line if not `whole`."""

    values: Sequence[int]
    whole: bool


def unpack(text: str) -> Checks:
    """What `Lines.pack` has made. Raises ValueError for anything else."""
    raw = b64decode(text.removesuffix(_UNFINISHED), validate=True)
    third, rest = divmod(len(raw), 3)
    if rest:
        raise ValueError("not the checks of lines")
    low, middle, high = raw[:third], raw[third : 2 * third], raw[2 * third :]
    values = [a | b << 8 | c << 16 for a, b, c in zip(low, middle, high, strict=True)]
    return Checks(values, not text.endswith(_UNFINISHED))
