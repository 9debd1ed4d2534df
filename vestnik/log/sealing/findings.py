"""What a check of the seals has found (`verify`), for programs; `vestnik.cli.journal.seals` says it in words."""

from dataclasses import dataclass, field
from enum import Enum
from typing import Final


class What(Enum):
    """Kinds of findings; the comment names their values beside `file`."""

    # Lines. `text` is how the line begins that is in the file now.
    CHANGED = "changed"  # line, last, text
    MISSING = "missing"  # count, line (before which they were), text
    INSERTED = "inserted"  # line, last, text
    SOMEWHERE = "somewhere"  # line, last: the wrong line is one of these
    UNSEALED = "unsealed"  # line, last, text, of the first of `count` places; size: no program can have left them
    CUT = "cut"  # line (the last one there), size (bytes missing)
    BEGUN_ANEW = "begun_anew"  # size (bytes that are gone), time (of the seal that noticed)
    # Files.
    FILE_MISSING = "file_missing"  # size
    FILE_UNSEALED = "file_unsealed"  # size
    FILE_DAMAGED = "file_damaged"  # reason
    LINK_BAD = "link_bad"
    # Seals.
    SEAL_BAD = "seal_bad"  # line, last: of the file with the seals
    SEAL_CUT_OFF = "seal_cut_off"
    SEAL_MISPLACED = "seal_misplaced"  # line, epoch
    SEALS_MISSING = "seals_missing"  # line (of the next one), epoch, last, count
    SEALS_BEHEADED = "seals_beheaded"  # epoch (of the first one left)
    SEALS_CUT = "seals_cut"  # epoch, last, count
    CHAIN_REPLACED = "chain_replaced"  # line, chain, before
    CHAIN_UNKEYED = "chain_unkeyed"  # line, chain, before
    CHAIN_ABSENT = "chain_absent"  # chain
    STATE_MISSING = "state_missing"
    STATE_DAMAGED = "state_damaged"
    STATE_FOREIGN = "state_foreign"  # chain
    STATE_OLD = "state_old"  # count
    STATE_FORGED = "state_forged"
    # What could not be checked.
    NO_SEALS = "no_seals"
    KEY_NEEDED = "key_needed"  # chain
    UNREADABLE = "unreadable"  # reason
    OLDER = "older"  # size: from before the first seal
    BEGINS_LATE = "begins_late"  # epoch, time: the seals before are gone, and no seal says that they were old
    DAYS_MISSING = "days_missing"  # first, last: dates of days that are gone, and no seal says that they were old
    # What is to be known.
    ADOPTED = "adopted"  # line, last, size, count, time
    NOT_YET = "not_yet"  # line, last, size, count
    LEFT = "left"  # line, last, size, count, pids: `count` places between these lines
    REMOVED = "removed"  # first, last: dates of days that were deleted because they were old
    BEGINS = "begins"  # epoch, time: the seals before were deleted with their days
    UNKEYED = "unkeyed"  # chain
    CLOCK_BACK = "clock_back"  # line, before, time
    SEAL_HALF = "seal_half"  # who made it was killed
    STATE_BEHIND = "state_behind"


UNCHECKED: Final = frozenset(
    {What.NO_SEALS, What.KEY_NEEDED, What.UNREADABLE, What.OLDER, What.BEGINS_LATE, What.DAYS_MISSING}
)
NOTES: Final = frozenset(
    {
        What.ADOPTED,
        What.NOT_YET,
        What.LEFT,
        What.REMOVED,
        What.BEGINS,
        What.UNKEYED,
        What.CLOCK_BACK,
        What.SEAL_HALF,
        What.STATE_BEHIND,
    }
)


@dataclass(frozen=True)
class Finding:
    """One thing that was found, in `file` ("" for the journal as a whole). `values` are text and numbers."""

    what: What
    file: str
    values: dict[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True)
class ChainSummary:
    """A chain of seals: from which epoch and time to which. `checked` says whether its key was there."""

    chain: str
    checked: bool
    first: int
    last: int
    since: str
    until: str


@dataclass(frozen=True)
class FileSummary:
    """A file of a day: all its bytes, and those under seals."""

    file: str
    size: int
    sealed: int


@dataclass
class Report:
    """What is known about a journal after the check."""

    name: str
    chains: list[ChainSummary] = field(default_factory=list)
    files: list[FileSummary] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def add(self, what: What, file: str = "", **values: str | int) -> None:
        """One more finding."""
        self.findings.append(Finding(what, file, values))

    @property
    def tampered(self) -> list[Finding]:
        """What cannot have come about by itself."""
        return [finding for finding in self.findings if finding.what not in UNCHECKED | NOTES]

    @property
    def unchecked(self) -> list[Finding]:
        """Why something could not be checked."""
        return [finding for finding in self.findings if finding.what in UNCHECKED]

    @property
    def notes(self) -> list[Finding]:
        """What is in order, but worth to be known."""
        return [finding for finding in self.findings if finding.what in NOTES]

    @property
    def code(self) -> int:
        """0: nothing was changed; 1: something was; 2: nothing was found, but not all could be checked."""
        if self.tampered:
            return 1
        return 2 if self.unchecked else 0
