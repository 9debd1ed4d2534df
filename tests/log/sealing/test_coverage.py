"""Which bytes are under seals: compared with sets of bytes."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.support.scribe import Scribe
from vestnik.log.sealing.coverage import Coverage, Gap, sealed

RANGES = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40), st.booleans()), max_size=12)


def model(ranges: list[tuple[int, int, bool]]) -> tuple[Coverage, dict[int, int]]:
    """A coverage, and for each of its bytes the number that was there first where it begins."""
    coverage, known = Coverage(), {}
    for number, (start, end, cut) in enumerate(ranges):
        if cut:
            coverage.cut(start)
            known = {byte: each for byte, each in known.items() if byte < start}
        else:
            coverage.add(start, end, number)
            known |= {byte: number for byte in range(start, end) if byte not in known}
    return coverage, known


@given(RANGES, st.integers(0, 50))
def test_gaps(ranges: list[tuple[int, int, bool]], size: int) -> None:
    """Gaps are exactly the bytes that no range covers; `end` is the end of the last one that does."""
    coverage, known = model(ranges)
    gaps = list(coverage.gaps(size))
    assert [byte for gap in gaps for byte in range(gap.start, gap.end)] == [
        byte for byte in range(size) if byte not in known
    ]
    assert all(gap.start < gap.end for gap in gaps)
    assert coverage.end == max(known, default=-1) + 1


@given(RANGES)
def test_what_follows_a_gap(ranges: list[tuple[int, int, bool]]) -> None:
    """A gap names the seal of the first byte behind it."""
    coverage, _ = model(ranges)
    for gap in coverage.gaps(60):
        assert (gap.before is None) == (gap.end == 60)
        if gap.before is not None:
            start, end, cut = ranges[gap.before]
            assert not cut
            assert start <= gap.end < end


@given(RANGES, RANGES)
def test_without(one: list[tuple[int, int, bool]], other: list[tuple[int, int, bool]]) -> None:
    """The difference of two coverages is that of their bytes."""
    (first, bytes_of_first), (second, bytes_of_second) = model(one), model(other)
    found = [byte for start, end in first.without(second) for byte in range(start, end)]
    assert sorted(found) == sorted(bytes_of_first.keys() - bytes_of_second.keys())
    assert len(found) == len(set(found))


def test_one_after_the_other() -> None:
    """Ranges one after the other are one: nothing grows with their number."""
    coverage = Coverage()
    for number in range(1000):
        coverage.add(number, number + 1, number)
    assert list(coverage.gaps(1001)) == [Gap(1000, 1001, None)]


def test_seals_of_a_day(tmp_path: Path) -> None:
    """What the seals say about a file is found again, also in the sidecar of the next day; others are left out."""
    now = [1_700_000_000.0]
    scribe = Scribe(tmp_path, clock=lambda: now[0], monotonic=lambda: now[0])
    scribe.write("one")
    now[0] += 86_400
    scribe.sealer.seal()
    scribe.write("two")
    scribe.close()
    file = "server.log.2023-11-14"
    found = sealed(tmp_path, "server", "2023-11-14", [file, "server.log.2023-11-13"])
    assert list(found) == [file]
    assert found[file].end == (tmp_path / file).stat().st_size
