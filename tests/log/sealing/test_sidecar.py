"""Reading the seals in the order in which they were made."""

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestnik.log.sealing.seals import Seal, encode
from vestnik.log.sealing.sidecar import Sidecar, in_order

KEY = b"0" * 32


def lines(epochs: list[int]) -> bytes:
    """Seals with these numbers."""
    seals = [Seal(chain="u0", epoch=epoch, time="", kind="data", prev="00" if epoch else "") for epoch in epochs]
    return b"".join(encode(seal, KEY)[0] for seal in seals)


def sidecar(directory: Path, day: int, data: bytes, packed: bytes = b"") -> Sidecar:
    """The seals of a day, some of them compressed."""
    path = directory / f"server.seals.2026-11-{day:02}"
    if packed:
        path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(packed))
    path.write_bytes(data)
    return Sidecar(directory, "server", f"2026-11-{day:02}", len(data))


def read(sidecars: list[Sidecar]) -> list[int]:
    """The numbers in the order in which they are given."""
    found: list[int] = []
    for line in in_order(sidecars, lambda: ("u0", found[-1] + 1) if found else None):
        assert line.sealed is not None
        found.append(line.sealed.seal.epoch)
    return found


@given(st.lists(st.integers(1, 5), min_size=1, max_size=40), st.data())
def test_order(tmp_path_factory: pytest.TempPathFactory, days: list[int], data: st.DataObject) -> None:
    """However the clock went to and fro, the seals are read in their order, and each once."""
    directory = tmp_path_factory.mktemp("seals")
    sidecars = []
    for day in sorted(set(days)):
        epochs = [epoch for epoch, each in enumerate(days) if each == day]
        cut = data.draw(st.integers(0, len(epochs)))
        sidecars.append(sidecar(directory, day, lines(epochs[cut:]), lines(epochs[:cut])))
    assert read(sidecars) == list(range(len(days)))


def test_gap(tmp_path: Path) -> None:
    """Where seals are missing the others follow all the same."""
    sidecars = [sidecar(tmp_path, 1, lines([3, 4, 9])), sidecar(tmp_path, 2, lines([12, 13]))]
    assert read(sidecars) == [3, 4, 9, 12, 13]


def test_lines_and_halves(tmp_path: Path) -> None:
    """Lines are numbered, also those that are no seals; half a one is none, and nothing is read past the limit."""
    found = sidecar(tmp_path, 1, b"diary\n" + lines([0]) + b"half")
    assert [(line.number, line.sealed is None) for line in in_order([found], lambda: None)] == [(1, True), (2, False)]
    assert found.half == b"half"
    path = tmp_path / "server.seals.2026-11-01"
    path.write_bytes(path.read_bytes() + b" of it\n" + lines([1]))
    assert len(found.lines()) == 2


def test_what_cannot_be_read(tmp_path: Path) -> None:
    """A file that is damaged has no lines, and an error; the others are read."""
    bad = sidecar(tmp_path, 1, lines([0]))
    (tmp_path / "server.seals.2026-11-01.gz").write_bytes(b"diary")
    assert read([bad, sidecar(tmp_path, 2, lines([1, 2]))]) == [1, 2]
    assert bad.error is not None
