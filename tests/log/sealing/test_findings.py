"""What a check has found, and what follows from it."""

import pytest

from vestnik.log.sealing.findings import NOTES, UNCHECKED, Report, What


def test_each_kind_is_of_one_class() -> None:
    """What is worth a note is not an alarm, and what could not be checked is neither."""
    assert not UNCHECKED & NOTES
    report = Report("server")
    for what in What:
        report.add(what)
    assert {finding.what for finding in report.unchecked} == UNCHECKED
    assert {finding.what for finding in report.notes} == NOTES
    assert {finding.what for finding in report.tampered} == set(What) - UNCHECKED - NOTES


@pytest.mark.parametrize(
    ("found", "code"),
    [
        ((), 0),
        ((What.ADOPTED, What.LEFT), 0),
        ((What.KEY_NEEDED, What.LEFT), 2),
        ((What.KEY_NEEDED, What.CHANGED), 1),
        ((What.CUT, What.OLDER), 1),
    ],
)
def test_code(found: tuple[What, ...], code: int) -> None:
    """A change is worse than a doubt, and a note is neither."""
    report = Report("server")
    for what in found:
        report.add(what, "server.log.2026-11-22", line=1)
    assert report.code == code
