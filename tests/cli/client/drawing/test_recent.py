"""What was shown lately."""

import pytest

from vestnik.cli.client.drawing.recent import MAX_QUOTED, Quoted, Recent


def test_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only so many messages are remembered, of each its beginning, and the oldest are forgotten first."""
    monkeypatch.setattr("vestnik.cli.client.drawing.recent.MAX_REMEMBERED", 2)
    recent = Recent()
    recent.put("#Tea", 1, "anna", "x" * 1000)
    assert recent.get("#tea", 1) == Quoted("anna", "x" * MAX_QUOTED)
    recent.put("#tea", 2, "anna", "two")
    recent.put("#tea", 1, "anna", "one")
    recent.put("boris", 1, "boris", "three")
    assert recent.get("#tea", 2) is None
    assert recent.get("#tea", 1) == Quoted("anna", "one")
    recent.forget("#TEA", 1)
    recent.forget("#tea", 7)
    assert recent.get("#tea", 1) is None
