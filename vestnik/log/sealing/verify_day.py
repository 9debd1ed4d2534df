"""Checks the bytes of a day against its seals, and names the first line that is not as it was."""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple, TypeAlias

from vestnik.log.days.opening import Contents
from vestnik.log.sealing.coverage import Coverage, Gap
from vestnik.log.sealing.findings import Report, What
from vestnik.log.sealing.seals import Extent, Seal, check_of, unpack
from vestnik.log.sealing.verify_chain import Run

CHUNK: Final = 1024 * 1024
MAX_SHOWN_TEXT: Final = 160
"""Characters of a line that are shown."""
LOOKED_AT: Final = 20_000
"""Lines that are compared to tell what happened to the first wrong one."""
ALIKE: Final = 3
"""So many lines alike, or all up to the end, are the place where both go on in the same way."""
LATER: Final = 1 << 62
"""A number that comes after that of every seal."""
FRESH: Final = 10.0
"""Seconds after the last change of a file in which a program that runs may not have made its seal yet."""

ByteRange: TypeAlias = tuple[int, int]
"""The first byte, and the one after the last."""


class Claim(NamedTuple):
    """What a seal says about some bytes, its number and its time.

    `adopted` if its program did not write them itself; then it is what this means: ADOPTED if another program can have
    left them, OLDER if they may have been there before all seals, else UNSEALED.
    """

    extent: Extent
    number: int
    time: str
    adopted: What | None


class Circumstances(NamedTuple):
    """Of a file: whether a program has it open, the seconds since its last change, and the size of the plain one."""

    live: bool
    age: float
    size: int


class Day:
    """What all seals together say about a file. `runs` are the programs that wrote.

    `older` if the file may have been there before all seals.
    """

    def __init__(self, file: str, runs: dict[str, Run], report: Report, *, older: bool) -> None:
        self.file = file
        self.coverage = Coverage()
        self._runs = runs
        self._report = report
        self._older = older
        self._claims: list[Claim] = []
        self._writers: set[str] = set()
        self._openers: set[str] = set()
        self._heirs: set[str] = set()
        self._known = False

    def may_grow(self, number: int) -> bool:
        """Whether a program that has the file open had not ended before the seal `number`."""
        return any(not self._has_ended(run, number) for run in self._writers)

    def was_left_to(self, run: str, number: int) -> bool:
        """Whether another program had begun the file and not ended before the seal `number`, or before `run` came."""
        return run in self._heirs or any(run != other and not self._has_ended(other, number) for other in self._openers)

    def add(self, seal: Seal, number: int, *, beside: bool = False) -> None:
        """Takes in a seal; they come in their order.

        `beside` if its twin of the other kind was left to the program (`was_left_to`): so may have been this one, by
        somebody who was killed before it could be announced.
        """
        own = any(opened.file == self.file and not opened.alone for opened in seal.opened)  # it reads its lines again
        kind = What.UNSEALED
        if own or self.may_grow(number) or (beside and not self._known):
            kind = What.ADOPTED
        elif self._older and not self._known:
            kind = What.OLDER
        for opened in seal.opened:
            if opened.file == self.file:
                self._open(seal, opened.end, number, alone=opened.alone)
        for extents, adopted in ((seal.adopted, kind), (seal.extents, None)):
            for extent in extents:
                if extent.file == self.file:
                    self.coverage.add(extent.start, extent.end, number)
                    self._claims.append(Claim(extent, number, seal.time, adopted))
                    self._known = True
        if self.file in seal.settled:
            self._writers.clear()
        if self.file in seal.closed:
            self._writers.discard(seal.run)

    def _open(self, seal: Seal, end: int, number: int, *, alone: bool) -> None:
        if end < self.coverage.end:
            gone = self.coverage.end - end
            self._report.add(What.BEGUN_ANEW, self.file, size=gone, time=seal.time)
            self.coverage.cut(end)
            self._claims = [claim for claim in self._claims if claim.extent.end <= end]
        if alone:
            if self.was_left_to(seal.run, number):
                self._heirs.add(seal.run)
            self._openers.clear()
            self._writers.clear()
        self._openers.add(seal.run)
        self._writers.add(seal.run)
        self._known = True

    def _has_ended(self, run: str, number: int) -> bool:
        """Whether a program had ended before the seal `number`."""
        known = self._runs.get(run)
        return known is None or (known.ended and known.last < number)

    def check(self, contents: Contents, circumstances: Circumstances) -> None:
        """Compares. Raises OSError."""
        claims = sorted(self._claims, key=lambda claim: (claim.extent.start, -claim.extent.end))
        for at, claim in enumerate(claims):
            if _digest(contents, claim.extent) != claim.extent.sha256:
                self._gaps(contents, claim.extent.start, circumstances)
                _Diagnosis(self.file, contents, claims[at:], self._report).tell(self.coverage.end)
                return
        self._gaps(contents, contents.size, circumstances)
        self._tell_adopted(contents, claims)

    def _gaps(self, contents: Contents, end: int, circumstances: Circumstances) -> None:
        ranges: dict[tuple[What, str], list[ByteRange]] = {}
        for gap in self.coverage.gaps(min(end, contents.size)):
            suspects = [run for run in self._writers if not self._has_ended(run, LATER)]
            if gap.before is not None:
                suspects = [run for run in suspects if self._runs[run].last < gap.before]
            what, pids = What.LEFT, ""
            if gap.before is None and suspects and circumstances.live and circumstances.age < FRESH:
                what = What.NOT_YET
            elif not suspects or _must_be_alive(gap, suspects, circumstances):
                what = What.UNSEALED
            else:
                pids = ", ".join(sorted(str(self._runs[run].pid) for run in suspects))
            ranges.setdefault((what, pids), []).append((gap.start, gap.end))
        for (what, pids), found in ranges.items():
            self._tell(what, contents, found, **({"pids": pids} if pids else {}))

    def _tell_adopted(self, contents: Contents, claims: Sequence[Claim]) -> None:
        """What was under no seal when it was taken in. Whatever had one already is as it was then: both agree."""
        known = Coverage()
        for claim in claims:
            if claim.adopted is None:
                known.add(claim.extent.start, claim.extent.end, claim.number)
        adopted: dict[tuple[What, str], Coverage] = {}
        for claim in sorted(claims, key=lambda claim: claim.number):
            if claim.adopted is not None:
                time = claim.time if claim.adopted is What.ADOPTED else ""
                coverage = adopted.setdefault((claim.adopted, time), Coverage())
                for start, end in _beyond(claim, known):
                    coverage.add(start, end, claim.number)
                known.add(claim.extent.start, claim.extent.end, claim.number)
        for (kind, time), coverage in adopted.items():
            if found := list(coverage.without(Coverage())):
                self._tell(kind, contents, found, **({"time": time} if time else {}))

    def _tell(self, what: What, contents: Contents, ranges: Sequence[ByteRange], **more: str) -> None:
        """One finding for bytes in several places: their number, and the first and the last line.

        Of what nobody can have left there, it is the lines of the first place, and how they begin.
        """
        start, end = ranges[0]
        if what is What.UNSEALED:
            more["text"] = _beginning(contents.read(start, min(end, start + 4 * MAX_SHOWN_TEXT)))
        else:
            end = ranges[-1][1]
        first = contents.count_lines(0, start) + 1
        last = first + contents.count_lines(start, end - 1)
        size = sum(end - start for start, end in ranges)
        self._report.add(what, self.file, line=first, last=last, size=size, count=len(ranges), **more)


def _beyond(claim: Claim, known: Coverage) -> Iterator[ByteRange]:
    """The bytes of a claim that are not known."""
    coverage = Coverage()
    coverage.add(claim.extent.start, claim.extent.end, claim.number)
    return coverage.without(known)


def _must_be_alive(gap: Gap, suspects: Sequence[str], circumstances: Circumstances) -> bool:
    """Whether the only program that can have left the end of a file runs, and would have sealed it long ago."""
    return gap.before is None and circumstances.live and len(suspects) == 1


class _Diagnosis:
    """What happened to a file whose first wrong extent is that of `claims[0]`."""

    def __init__(self, file: str, contents: Contents, claims: Sequence[Claim], report: Report) -> None:
        self._file = file
        self._contents = contents
        self._claims = claims
        self._report = report
        self._start = claims[0].extent.start
        self._before = contents.count_lines(0, min(self._start, contents.size))

    def tell(self, sealed: int) -> None:
        """Adds the finding; the seals cover bytes up to `sealed`."""
        checks = list(self._checks())
        extent = self._claims[0].extent
        length = sum(claim.extent.end - claim.extent.start for claim in self._claims)
        data = self._contents.read(self._start, self._start + min(length + CHUNK, 64 * CHUNK))
        lines = data.split(b"\n")
        half = lines.pop()
        lines += [half] if half else []
        size = self._contents.size
        at = _first_difference(checks, [check_of(line) for line in lines[: len(checks)]])
        differs = at < min(len(checks), len(lines) - (bool(half) and size < sealed))
        if differs:
            self._compare(checks, lines, at, size - sealed)
        elif extent.end > size:
            self._report.add(What.CUT, self._file, line=self._before + len(lines) - bool(half), size=sealed - size)
        else:
            last = self._before + max(1, self._contents.count_lines(self._start, extent.end))
            self._report.add(What.SOMEWHERE, self._file, line=self._before + 1, last=last)

    def _compare(self, known: Sequence[int], lines: Sequence[bytes], at: int, grown: int) -> None:
        """Tells what happened at the line `at`.

        `known` are the checks of the lines that should be there; the file has `grown` by so many bytes, which decides
        where lines repeat and several answers would do.
        """
        found = [check_of(line) for line in lines[: at + LOOKED_AT]]
        number = self._before + at + 1
        text = _beginning(lines[at])
        added = 0
        for count in range(1, max(len(found), len(known)) - at + 1):
            added += len(lines[at + count - 1]) + 1 if at + count <= len(found) else 0
            changed = _alike(known, at + count, found, at + count)
            if _alike(known, at, found, at + count) and (not changed or grown == added):
                self._report.add(What.INSERTED, self._file, line=number, last=number + count - 1, text=text)
                return
            if _alike(known, at + count, found, at) and (not changed or grown < 0):
                self._report.add(What.MISSING, self._file, line=number, count=count, text=text)
                return
            if changed:
                self._report.add(What.CHANGED, self._file, line=number, last=number + count - 1, text=text)
                return
        self._report.add(What.CHANGED, self._file, line=number, last=number, text=text)

    def _checks(self) -> Iterator[int]:
        """The checks of the lines that should be here, as far as there are any one after the other."""
        position, count = self._start, 0
        for claim in self._claims:
            if claim.extent.start < position:
                continue
            try:
                checks = unpack(claim.extent.checks)
            except ValueError:
                return
            if claim.extent.start > position or not checks.values or count > LOOKED_AT:
                return
            yield from checks.values if checks.whole else checks.values[:-1]
            if not checks.whole:
                return
            position, count = claim.extent.end, count + len(checks.values)


def _first_difference(known: Sequence[int], found: Sequence[int]) -> int:
    for at, (one, other) in enumerate(zip(known, found, strict=False)):
        if one != other:
            return at
    return min(len(known), len(found))


def _alike(known: Sequence[int], at: int, found: Sequence[int], where: int) -> bool:
    """Whether both go on in the same way from these places on, or both end."""
    count = min(ALIKE, len(known) - at, len(found) - where)
    if count <= 0:
        return at == len(known) and where == len(found)
    return known[at : at + count] == found[where : where + count]


def _digest(contents: Contents, extent: Extent) -> str:
    if extent.end > contents.size:
        return ""
    digest = hashlib.sha256()
    for at in range(extent.start, extent.end, CHUNK):
        digest.update(contents.read(at, min(at + CHUNK, extent.end)))
    return digest.hexdigest()


def _beginning(line: bytes) -> str:
    text = line.partition(b"\n")[0].decode("utf-8", "replace")
    return text if len(text) <= MAX_SHOWN_TEXT else f"{text[:MAX_SHOWN_TEXT]}..."
