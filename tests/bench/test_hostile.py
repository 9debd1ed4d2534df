"""The benchmark with hostile neighbours: what attackers send, what counts as journaled, and what it concludes."""

import json
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from bench.hostile import QUIET, Felt, judge, missing, share, table
from bench.hostile_attacks import FLOODS
from bench.process import ROOT
from tests.support.waiting import DEADLINE
from vestnik.chat.limits import Limits
from vestnik.protocol.requests import AnyRequest


@pytest.mark.parametrize("flood", FLOODS)
def test_floods_are_requests(flood: str) -> None:
    """What a member floods with is understood by the server: it is expensive, not junk."""
    for number in range(3):
        request = msgspec.convert(FLOODS[flood](number), AnyRequest)
        assert len(getattr(request, "message", "") or "") <= Limits().text


def test_shares() -> None:
    """A share is that of the ordered times, in milliseconds; of nothing there is none."""
    seconds = [number / 1000 for number in range(100, 0, -1)]
    assert [share(seconds, percent) for percent in (50, 99, 100)] == [51, 100, 100]
    assert share([], 50) is None


def test_goals() -> None:
    """All phases under attack count together, beside the quiet ones; a message that is not journaled is a fault."""
    phases = {QUIET: Felt([0.001] * 100, [0.1]), "one": Felt([0.001] * 100, [0.1]), "two": Felt([0.003] * 100, [1.5])}
    assert [goal.met for goal in judge(phases, 0)] == [False, False, True]
    del phases["two"]
    assert [goal.met for goal in judge(phases, 1)] == [True, True, False]
    assert [row[0] for row in table(phases).rows[1:]] == [QUIET, "one"]


def test_missing_in_the_journal(tmp_path: Path) -> None:
    """An acknowledged message without a record of its own is missing, whichever day it stands in."""
    (tmp_path / "log").mkdir()
    for day, ids in (("2026-11-22", ["a"]), ("2026-11-23", ["b", "c"])):
        lines = [json.dumps({"event": "message.kept", "id": key}, separators=(",", ":")) for key in ids]
        (tmp_path / "log" / f"server.jsonl.{day}").write_text("".join(f"{line}\n" for line in lines))
    assert missing(tmp_path, {"a", "b", "c"}) == 0
    assert missing(tmp_path, {"a", "d"}) == 1


def test_runs() -> None:
    """It runs to its end, and every acknowledged message is in the journal."""
    command = [sys.executable, "-m", "bench.hostile", "--quick", "--no-write"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=DEADLINE * 4, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 messages" in done.stdout
