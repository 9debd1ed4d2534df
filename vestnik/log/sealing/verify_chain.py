"""Checks a chain of seals: that each was made with the key of its epoch, that none is missing, and where it ends."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from vestnik.log.sealing.findings import ChainSummary, Finding, Report, What
from vestnik.log.sealing.keys import Key, KeyState, evolve, public_key
from vestnik.log.sealing.seals import KEYED, Seal, Sealed, Swept
from vestnik.log.sealing.sidecar import Sidecar, in_order

LEAP: Final = 100_000_000
"""Epochs that are at most skipped, all in all, where seals are missing and nothing says how many there can be."""
RANK: Final = 1 << 56
"""How far apart the numbers of the seals of two chains are."""


class Run(NamedTuple):
    """A program that wrote: its number as a process, the number of its last seal, and whether that was its end."""

    pid: int
    last: int
    ended: bool


class Head(NamedTuple):
    """The first good seal: its file, itself, and how many findings there were before it."""

    file: str
    seal: Seal
    findings: int

    @property
    def whole(self) -> bool:
        """Whether no seal was made before it."""
        return self.seal.first and not (self.seal.epoch or self.seal.prev)

    @property
    def date(self) -> str:
        """The local date on which it was made."""
        return self.seal.time[:10]


class _Link:
    """Where the check of a chain is: the `epoch` that is expected next and its key (None: not known).

    `mac` is the code of the seal before, None if it is not known; `skipped` counts lines that were no good seals since.
    """

    def __init__(self, chain: str, key: bytes | None) -> None:
        self.chain = chain
        self.first: Seal | None = None
        self.last: Seal | None = None
        self.epoch = 0
        self.key = key
        self.mac: str | None = None
        self.skipped = 0


class ChainCheck:
    """Checks all seals of a journal in their order and collects what they mention.

    `keys` are the known first keys by chain; `state` says which epoch its chain cannot have reached, None if unknown.
    Afterwards `mentions` has, for each file that a seal mentions, the sidecars that do so; `runs` the programs; `ranks`
    the chains in their order; `bad` the lines, by sidecar, that are no good seals; `head` is the first good seal,
    `gone` the date up to which days were deleted because they were old, as seals say.
    """

    def __init__(self, report: Report, keys: Mapping[str, Key], state: KeyState | None) -> None:
        self.mentions: dict[str, dict[str, None]] = {}
        self.runs: dict[str, Run] = {}
        self.ranks: dict[str, int] = {}
        self.bad: dict[str, set[int]] = {}
        self.head: Head | None = None
        self.gone = ""
        self._report = report
        self._keys = keys
        self._state = state
        self._leap = LEAP
        self._link: _Link | None = None
        self._swept: list[Swept] = []

    def run(self, sidecars: Sequence[Sidecar]) -> None:
        """Reads them all, in the order of their dates, or in that of the seals if the clock was put back."""
        for file, number, sealed in in_order(sidecars, self._expected):
            self._line(file, number, sealed)
        self._summarize(self._link)
        if self.head is not None and not self.head.whole:
            self._tell_begin(self.head)

    def _tell_begin(self, head: Head) -> None:
        """The chain does not begin with its first seal: whether the seals before were deleted with old days."""
        what, seal = What.SEALS_BEHEADED, head.seal
        if seal.first:
            left = [self._place(swept.chain, swept.epoch) for swept in self._swept if swept.chain in self.ranks]
            what = What.BEGINS if self.number(seal) <= max(left, default=-1) else What.BEGINS_LATE
        values: dict[str, str | int] = {"epoch": seal.epoch, "time": seal.time}
        self._report.findings.insert(head.findings, Finding(what, head.file, values))

    def _expected(self) -> tuple[str, int] | None:
        if self._link is None:
            return None
        if self._link.last is not None and self._link.last.kind == "handover":
            return self._link.last.next, 0
        return self._link.chain, self._link.epoch + self._link.skipped

    def _line(self, file: str, number: int, found: Sealed | None) -> None:
        if found is None:
            self._reject(file, number)
            return
        link = self._link
        if link is None or found.seal.chain != link.chain:
            link = self._other(found)
        elif found.seal.epoch < link.epoch:
            self.bad.setdefault(file, set()).add(number)
            self._report.add(What.SEAL_MISPLACED, file, line=number, epoch=found.seal.epoch)
            return
        key = self._key_for(link, found.seal.epoch)
        if key is None or (key and not found.made_with(key)):
            self._reject(file, number)
            return
        if link is not self._link:
            self._change(link, found, file, number)
        self._accept(link, found, key, file, number)

    def _reject(self, file: str, number: int) -> None:
        """A line that is no good seal; those after it may be."""
        lines = self.bad.setdefault(file, set())
        findings = self._report.findings
        last = findings[-1] if findings else None
        if last is not None and (last.what, last.file) == (What.SEAL_BAD, file) and last.values["last"] == number - 1:
            last.values["last"] = number
        else:
            self._report.add(What.SEAL_BAD, file, line=number, last=number)
        lines.add(number)
        if self._link is not None:
            self._link.skipped += 1

    def _other(self, found: Sealed) -> _Link:
        """Where the check of a chain begins that was not met before."""
        chain = found.seal.chain
        known = self._keys.get(chain)
        if known is None and not chain.startswith(KEYED):
            known = public_key(chain)
        return _Link(chain, None if known is None else known.first)

    def _key_for(self, link: _Link, epoch: int) -> bytes | None:
        """The key of an epoch; empty if there is none to check with, None if there is no such epoch."""
        if link.key is None:
            return b""
        steps = epoch - link.epoch
        if self._state is not None and self._state.chain == link.chain:
            if epoch > max(self._state.epoch, link.epoch + link.skipped + 1):
                return None
        elif steps > link.skipped + 1:
            if steps > self._leap:
                return None
            self._leap -= steps
        return evolve(link.key, steps)

    def _change(self, link: _Link, found: Sealed, file: str, number: int) -> None:
        """Another chain begins."""
        before, self._link = self._link, link
        if before is None or before.last is None:
            self.head = Head(file, found.seal, len(self._report.findings))
            link.epoch = found.seal.epoch
        elif link.chain in self.ranks or before.last.kind != "handover" or before.last.next != link.chain:
            self._report.add(What.CHAIN_REPLACED, file, line=number, chain=link.chain, before=before.chain)
        elif before.chain.startswith(KEYED) and not link.chain.startswith(KEYED):
            self._report.add(What.CHAIN_UNKEYED, file, line=number, chain=link.chain, before=before.chain)
        else:
            link.mac = before.mac
        self._summarize(before)
        self.ranks.setdefault(link.chain, len(self.ranks))
        if link.key is None:
            self._report.add(What.KEY_NEEDED, chain=link.chain)
        elif not link.chain.startswith(KEYED):
            self._report.add(What.UNKEYED, chain=link.chain)

    def _accept(self, link: _Link, found: Sealed, key: bytes, file: str, number: int) -> None:
        seal = found.seal
        missing = seal.epoch - link.epoch - link.skipped
        if missing > 0:
            self._report.add(
                What.SEALS_MISSING, file, line=number, epoch=seal.epoch - missing, last=seal.epoch - 1, count=missing
            )
        elif seal.epoch == link.epoch and link.mac not in (None, seal.prev):
            self._reject(file, number)  # somebody who knows the key of today has made the one before anew
        if link.last is not None and _instant(seal.time) < _instant(link.last.time):
            self._report.add(What.CLOCK_BACK, file, line=number, before=link.last.time, time=seal.time)
        link.first = link.first or seal
        link.last, link.mac, link.skipped = seal, found.mac, 0
        link.epoch = seal.epoch + 1
        link.key = evolve(key) if key else None
        self._collect(link, seal, file)

    def _collect(self, link: _Link, seal: Seal, file: str) -> None:
        number = self.number(seal)
        if seal.run:
            known = self.runs.get(seal.run)
            pid = known.pid if known is not None else seal.pid
            self.runs[seal.run] = Run(pid, number, seal.kind == "end")
        if seal.swept is not None:
            self._swept.append(seal.swept)
            self.gone = max(self.gone, seal.swept.date)
        mentioned = [opened.file for opened in seal.opened] + seal.settled + seal.closed
        mentioned += [extent.file for extent in (*seal.adopted, *seal.extents)]
        for each in mentioned:
            self.mentions.setdefault(each, {})[file] = None

    def _summarize(self, link: _Link | None) -> None:
        if link is not None and link.first is not None and link.last is not None:
            first, last = link.first, link.last
            self._report.chains.append(
                ChainSummary(link.chain, link.key is not None, first.epoch, last.epoch, first.time, last.time)
            )

    def finish(self, state: KeyState) -> None:
        """Compares the end of the last chain with the state of its key, which nobody can turn back."""
        link = self._link
        file = f"{self._report.name}.seals.key"
        if link is None or link.last is None:
            if state.epoch or state.mac:
                self._report.add(What.SEALS_CUT, epoch=0, last=max(0, state.epoch - 1), count=state.epoch)
            return
        if state.chain != link.chain:
            handed_over = link.last.next == state.chain
            if not (handed_over and state.epoch == 0):
                self._report.add(What.STATE_FOREIGN, file, chain=state.chain)
            return
        count = state.epoch - link.epoch - link.skipped
        if count > 0:
            self._report.add(What.SEALS_CUT, epoch=state.epoch - count, last=state.epoch - 1, count=count)
        elif state.epoch < link.epoch - 1:
            self._report.add(What.STATE_OLD, file, count=link.epoch - state.epoch)
        elif link.key is not None and not self._fits(link, state):
            self._report.add(What.STATE_FORGED, file)
        elif state.epoch < link.epoch:
            self._report.add(What.STATE_BEHIND, file)
        elif state.epoch == link.epoch and state.mac != link.mac:
            self._report.add(What.STATE_FORGED, file)

    def _fits(self, link: _Link, state: KeyState) -> bool:
        """Whether the key of the state and that of the chain are of one line."""
        assert link.key is not None  # noqa: S101 - it is asked for with a key only
        if state.epoch >= link.epoch:
            return evolve(link.key, state.epoch - link.epoch) == state.secret
        return evolve(state.secret, link.epoch - state.epoch) == link.key

    def number(self, seal: Seal) -> int:
        """The place of a good seal among all of them."""
        return self._place(seal.chain, seal.epoch)

    def _place(self, chain: str, epoch: int) -> int:
        return self.ranks[chain] * RANK + epoch

    @property
    def seen(self) -> bool:
        """Whether there was any good seal."""
        return bool(self.ranks)


def _instant(time: str) -> float:
    try:
        return datetime.fromisoformat(time).timestamp()
    except (ValueError, OverflowError):
        return 0.0  # of a seal that nobody vouches for
