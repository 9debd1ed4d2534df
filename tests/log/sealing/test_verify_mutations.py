"""Ten thousand ways to change a sealed journal: each is found, and for lines the first bad one is named."""

import gzip
import hashlib
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest

from tests.support.proof import Proof
from tests.support.scribe import Scribe
from vestnik.log.sealing.chain import set_up
from vestnik.log.sealing.findings import What
from vestnik.log.sealing.keys import Key, encode_state, evolve, parse_key, state_path
from vestnik.log.sealing.keys import decode_state as read_state
from vestnik.log.sealing.seals import Lines, Seal, decode, encode
from vestnik.log.sealing.verify import verify

ROUNDS = 10
EACH = 1000
DAYS = 2
START = 1_700_000_000.0


class Journal(NamedTuple):
    """A sealed journal in order: its key, all its files, and the same at an earlier moment."""

    directory: Path
    key: Key
    now: dict[str, bytes]
    earlier: dict[str, bytes]

    def restore(self, *names: str) -> None:
        """Puts files back as they were."""
        for name in names:
            self.put(name, self.now[name])

    def put(self, name: str, data: bytes) -> None:
        """Changes a file; not by emptying it first, which disks take for a reason to write at once."""
        with (self.directory / name).open("r+b") as file:
            file.write(data)
            file.truncate()

    def lines(self, name: str) -> list[bytes]:
        """The lines of a day, unpacked."""
        data = self.now[name]
        return (gzip.decompress(data) if name.endswith(".gz") else data).splitlines(keepends=True)


def contents(directory: Path) -> dict[str, bytes]:
    """All regular files."""
    return {path.name: path.read_bytes() for path in directory.iterdir() if not path.is_symlink()}


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Journal:
    """Two days, the first one compressed; two programs, one of them killed."""
    directory = tmp_path_factory.mktemp("journal")
    now = [START]
    key = parse_key(set_up(directory, "server", clock=lambda: now[0]))
    earlier: dict[str, bytes] = {}
    number = 0
    for day in range(DAYS):
        for program in range(2):
            scribe = Scribe(directory, clock=lambda: now[0], monotonic=lambda: now[0])
            for _ in range(4):
                for _ in range(2):
                    number += 1
                    scribe.write(f"Message {number} from anna to boris delivered")
                number += 2
                scribe.write(f"Message {number - 1} to борис", f"Message {number}")
                now[0] += 2
                assert scribe.sealer.seal()
            if program:
                scribe.close()
            else:
                scribe.write("in flight")
                scribe.kill()
            if day == DAYS - 1 and not program:
                earlier = contents(directory)
        if day == 0:
            for path in [path for path in directory.glob("server.*.2*") if not path.is_symlink()]:
                Path(f"{path}.gz").write_bytes(gzip.compress(path.read_bytes()))
                path.unlink()
        now[0] += 86_400
    return Journal(directory, key, contents(directory), earlier)


Mutation = tuple[dict[str, bytes], str]
"""The new contents of files, and the name of the file whose first bad line is to be named."""


def flip(chance: random.Random, lines: list[bytes]) -> list[bytes]:
    """Changes one byte of a line."""
    at = chance.randrange(len(lines))
    line = bytearray(lines[at])
    where = chance.randrange(len(line) - 1)
    line[where] ^= 1 << chance.randrange(7)
    return [*lines[:at], bytes(line).replace(b"\n", b"?"), *lines[at + 1 :]] if line[where] != 10 else lines


def delete(chance: random.Random, lines: list[bytes]) -> list[bytes]:
    """Takes lines out."""
    at = chance.randrange(len(lines))
    return lines[:at] + lines[at + chance.choice((1, 1, 2, 5)) :]


def insert(chance: random.Random, lines: list[bytes]) -> list[bytes]:
    """Puts lines in."""
    at = chance.randrange(len(lines) + 1)
    new = [b"Message %d never sent\n" % chance.randrange(10**9) for _ in range(chance.choice((1, 1, 2, 5)))]
    return lines[:at] + new + lines[at:]


def swap(chance: random.Random, lines: list[bytes]) -> list[bytes]:
    """Two lines change places."""
    one, other = sorted(chance.sample(range(len(lines)), 2))
    return [*lines[:one], lines[other], *lines[one + 1 : other], lines[one], *lines[other + 1 :]]


def rewrite(chance: random.Random, lines: list[bytes]) -> list[bytes]:
    """Replaces a line."""
    at = chance.randrange(len(lines))
    return [*lines[:at], lines[at].replace(b"Message", b"Massage").replace(b"flight", b"light"), *lines[at + 1 :]]


def cut(chance: random.Random, lines: list[bytes]) -> list[bytes]:
    """Takes the end away, maybe in the middle of a line."""
    data = b"".join(lines)
    return data[: chance.randrange(len(data))].splitlines(keepends=True)


EDITS = (flip, delete, insert, swap, rewrite, cut)


def packed(name: str, lines: list[bytes]) -> bytes:
    """Lines as the file has them."""
    data = b"".join(lines)
    return gzip.compress(data, 1) if name.endswith(".gz") else data


def edit(chance: random.Random, journal: Journal) -> Mutation:
    """Edits a file with lines: text, JSON or seals."""
    name = chance.choice(sorted(name for name in journal.now if not name.endswith((".key", ".sweep"))))
    return {name: packed(name, chance.choice(EDITS)(chance, journal.lines(name)))}, name


def edit_both(chance: random.Random, journal: Journal) -> Mutation:
    """Edits text and JSON in the same way."""
    change, seed = chance.choice((delete, swap, rewrite)), chance.random()
    names = [name for name in journal.now if ".log." in name or ".jsonl." in name]
    date = chance.choice(("14", "15"))
    names = [name for name in names if name.removesuffix(".gz").endswith(date)]
    return {name: packed(name, change(random.Random(seed), journal.lines(name))) for name in names}, names[0]


def forge(chance: random.Random, journal: Journal) -> Mutation:
    """Edits a line and makes its seal anew: with the old code, a key of one's own, or the key of today."""
    date = chance.choice(("2023-11-14", "2023-11-15"))
    name = next(name for name in sorted(journal.now) if f".log.{date}" in name)
    sidecar = name.replace(".log.", ".seals.")
    lines = rewrite(chance, journal.lines(name))
    data = b"".join(lines)
    how = chance.choice(("old code", "own key", "key of today"))
    key = chance.randbytes(32) if how == "own key" else read_state(journal.now["server.seals.key"]).secret
    seals = journal.lines(sidecar)
    for at, line in enumerate(seals):
        sealed = decode(line[:-1])
        assert sealed is not None
        new = resealed(sealed.seal, name.removesuffix(".gz"), data)
        if new != sealed.seal:
            made = encode(new, key)[0]
            seals[at] = made[:-35] + sealed.mac.encode() + b'"}\n' if how == "old code" else made
    return {name: packed(name, lines), sidecar: packed(sidecar, seals)}, ""


def resealed(seal: Seal, file: str, data: bytes) -> Seal:
    """The seal with the digests that `data` has now."""
    extents = []
    for extent in seal.extents:
        lines = Lines()
        lines.add(data[extent.start : extent.end])
        digest = hashlib.sha256(data[extent.start : extent.end]).hexdigest()
        new = msgspec.structs.replace(extent, sha256=digest, checks=lines.pack())
        extents.append(new if extent.file == file else extent)
    return msgspec.structs.replace(seal, extents=extents)


def cut_all(chance: random.Random, journal: Journal) -> Mutation:
    """Cuts the logs and their seals at the same moment, and leaves the state, or invents one."""
    names = {name for name in journal.earlier if journal.earlier[name] != journal.now.get(name)}
    changed = {name: journal.earlier[name] for name in names - {"server.seals.key"}}
    if chance.random() < 0.5:
        state = read_state(journal.earlier["server.seals.key"])
        state.key = evolve(chance.randbytes(32)).hex()
        changed["server.seals.key"] = encode_state(state)
    return changed, ""


def old_copy(chance: random.Random, journal: Journal) -> Mutation:
    """Replaces one file by an older copy, or all but the seals, or all but the state."""
    names = sorted(name for name in journal.earlier if journal.earlier[name] != journal.now.get(name))
    new = chance.choice((".seals.2", ".key", ""))
    chosen = [name for name in names if new not in name] if new else [chance.choice(names)]
    return {name: journal.earlier[name] for name in chosen}, ""


def spoil_state(chance: random.Random, journal: Journal) -> Mutation:
    """Changes the state."""
    data = bytearray(journal.now["server.seals.key"])
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return {"server.seals.key": bytes(data[: chance.choice((len(data), len(data), chance.randrange(len(data))))])}, ""


WAYS: tuple[tuple[Callable[[random.Random, Journal], Mutation], int], ...] = (
    (edit, 70),
    (edit_both, 8),
    (forge, 10),
    (cut_all, 2),
    (old_copy, 5),
    (spoil_state, 5),
)


def mutations(journal: Journal, seed: int, count: int) -> Iterator[tuple[str, Mutation]]:
    """Random changes, each with the name of its kind; those that change nothing are left out."""
    chance = random.Random(seed)
    ways, weights = zip(*WAYS, strict=True)
    while count:
        way = chance.choices(ways, weights)[0]
        changed, named = way(chance, journal)
        same = all(packed_lines(data) == packed_lines(journal.now[name]) for name, data in changed.items())
        if not same and not is_unfinished_seal(journal, changed):
            count -= 1
            yield way.__name__, (changed, named)


def packed_lines(data: bytes) -> bytes:
    """What a file holds."""
    return gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data


def is_unfinished_seal(journal: Journal, changed: dict[str, bytes]) -> bool:
    """Whether all that was done is what a killed program does: half a seal behind the last one."""
    (name, data), *more = changed.items()
    return not more and ".seals." in name and data.startswith(journal.now[name]) and not data.endswith(b"\n")


def first_difference(before: list[bytes], after: list[bytes]) -> int:
    """The number of the first line that is another one."""
    for number, (one, other) in enumerate(zip(before, after, strict=False), 1):
        if one != other:
            return number
    return min(len(before), len(after)) + 1


def test_in_order(journal: Journal) -> None:
    """The journal itself is in order."""
    report = verify(journal.directory, "server", [journal.key])
    assert report.tampered == report.unchecked == []
    assert {finding.what for finding in report.notes} == {What.ADOPTED}
    assert len(report.files) == 2 * DAYS


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_every_change_is_found(journal: Journal, seed: int, proof: Proof) -> None:
    """Whatever is done to text, JSON, seals or state is found, and the first bad line of a file named."""
    for kind, (changed, named) in mutations(journal, seed, proof.number(EACH, 50)):
        for name, data in changed.items():
            journal.put(name, data)
        report = verify(journal.directory, "server", [journal.key])
        assert report.code == 1, (kind, changed)
        if named and ".seals." not in named:
            before = journal.lines(named)
            after = packed_lines(changed[named]).splitlines(keepends=True)
            number = first_difference(before, after)
            plain = named.removesuffix(".gz")
            (finding,) = [finding for finding in report.tampered if finding.file == plain]
            expected = number - 1 if finding.what is What.CUT else number
            assert finding.values["line"] == expected, (kind, finding, changed)
        journal.restore(*changed)


def test_nothing_is_left_over(journal: Journal) -> None:
    """After all that the journal is in order again."""
    assert contents(journal.directory) == journal.now
    assert verify(journal.directory, "server", [journal.key]).code == 0
    assert state_path(journal.directory, "server").name in journal.now
