"""The key of a chain of seals, which is another one for each seal and forgotten after it.

`K(n+1)` is a hash of `K(n)`: who gets hold of the key of this moment cannot make or change a seal of an earlier one.
The first key, `K(0)`, is shown once by `set_up` and kept by a person somewhere else; all others follow from it. A chain
that nobody has set up begins with a key that everybody knows: it shows damage, but not a forger's work.
"""

import hashlib
import hmac
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final, NamedTuple, TypeAlias

import msgspec

from vestnik.log.days.locks import POLL, Descriptors, InUse, locked
from vestnik.log.sealing.seals import KEYED, UNKEYED, Offset

MODE: Final = 0o600
RECORD: Final = 512
"""Bytes of the state file: a sector, which a disk writes as a whole."""
KEY_BYTES: Final = 32
_FLAGS: Final = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_PREFIX: Final = "vjk1"

Hex: TypeAlias = Annotated[str, msgspec.Meta(pattern="^([0-9a-f]{2})*$")]


class BadKey(ValueError):
    """A text that is not a verification key."""


class BadState(OSError):
    """A state file that is not as it was written."""


class Key(NamedTuple):
    """A verification key: the chain that it belongs to, and `K(0)`."""

    chain: str
    first: bytes

    def __str__(self) -> str:
        text = f"{_PREFIX}-{self.chain}-{self.first.hex()}"
        return f"{text}-{_check(text.encode())}"


def parse_key(text: str) -> Key:
    """The key that is written as `text`. Raises BadKey."""
    body, _, check = text.strip().rpartition("-")
    prefix, _, rest = body.partition("-")
    chain, _, first = rest.partition("-")
    if prefix != _PREFIX or not hmac.compare_digest(check.encode(), _check(body.encode()).encode()):
        raise BadKey
    try:
        key = Key(chain, bytes.fromhex(first))
    except ValueError as error:
        raise BadKey from error
    if len(key.first) != KEY_BYTES:
        raise BadKey
    return key


def new_chain(*, keyed: bool) -> Key:
    """A new chain and its first key."""
    if keyed:
        return Key(KEYED + secrets.token_hex(8), secrets.token_bytes(KEY_BYTES))
    return public_key(UNKEYED + secrets.token_hex(8))


def public_key(chain: str) -> Key:
    """The first key of a chain that has no secret one."""
    first = hashlib.blake2b(chain.encode(), digest_size=KEY_BYTES, person=b"vestnik public").digest()
    return Key(chain, first)


def evolve(key: bytes, times: int = 1) -> bytes:
    """The key so many epochs later. There is no way back."""
    blake2b = hashlib.blake2b
    for _ in range(times):
        key = blake2b(key, digest_size=KEY_BYTES, person=b"vestnik evolve").digest()
    return key


def _check(body: bytes) -> str:
    return hashlib.blake2b(body, digest_size=4, person=b"vestnik key").hexdigest()


class KeyState(msgspec.Struct, forbid_unknown_fields=True):
    """Where a chain is: the `epoch` of the next seal and its `key` (hexadecimal), the code of the last one (`mac`).

    `sidecar` is the date of the file that the last seal is in ("" if there is none), `size` the size of that file.
    """

    chain: str
    epoch: Offset
    key: Hex
    mac: Hex = ""
    sidecar: str = ""
    size: Offset = 0

    @property
    def secret(self) -> bytes:
        """The key."""
        return bytes.fromhex(self.key)

    def advance(self, mac: str, size: int) -> None:
        """A seal was made with this key, and its file has now this size."""
        self.epoch += 1
        self.key = evolve(self.secret).hex()
        self.mac = mac
        self.size = size


def first_state(key: Key, after: KeyState | None = None) -> KeyState:
    """The state of a chain without seals, which follows another chain or none."""
    if after is None:
        return KeyState(key.chain, 0, key.first.hex())
    return KeyState(key.chain, 0, key.first.hex(), after.mac, after.sidecar, after.size)


def encode_state(state: KeyState) -> bytes:
    """The record that is in the file."""
    body = msgspec.json.encode(state)
    record = _state_check(body) + b" " + body
    return record.ljust(RECORD - 1) + b"\n"


def decode_state(record: bytes) -> KeyState:
    """The state in a record. Raises BadState."""
    try:
        state = msgspec.json.decode(record.partition(b" ")[2], type=KeyState)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise BadState("the key state of the seals is damaged") from None
    if encode_state(state) != record:
        raise BadState("the key state of the seals is damaged")
    return state


def _state_check(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=8, person=b"vestnik state").hexdigest().encode()


def state_path(directory: Path, name: str) -> Path:
    """Where the state of the journal `name` is."""
    return directory / f"{name}.seals.key"


class HeldState:
    """The state in an open and locked file."""

    def __init__(self, fd: int) -> None:
        self._fd = fd

    def read(self) -> KeyState:
        """The state; an unkeyed chain is begun if there is none. Raises BadState, OSError."""
        record = os.pread(self._fd, RECORD + 1, 0)
        if record:
            return decode_state(record)
        state = first_state(new_chain(keyed=False))
        self.write(state)
        return state

    def write(self, state: KeyState) -> None:
        """Replaces the state, on the disk itself. Raises OSError."""
        if os.pwrite(self._fd, encode_state(state), 0) != RECORD:
            raise OSError("the key state of the seals was not written as a whole")
        os.fdatasync(self._fd)


@contextmanager
def hold_state(path: Path, descriptors: Descriptors, wait: float) -> Iterator[HeldState]:
    """Opens and locks the state at `path`, which all programs that write the journal share; makes the file if need be.

    Waits at most `wait` seconds for others. Raises BlockingIOError if they take longer, OSError.
    """
    deadline = time.monotonic() + wait
    while True:
        with descriptors.opened(path, _FLAGS, MODE) as fd:
            try:
                with locked(fd, path):
                    yield HeldState(fd)
                    return
            except InUse:
                if time.monotonic() >= deadline:
                    raise BlockingIOError(f"{path} is in use") from None
        time.sleep(POLL)
