"""A real disk that is full: 4 MB in memory, in a mount namespace of a process's own."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.waiting import DEADLINE

from ..test_journal import DELIVERED

MOUNTED = 'mount -t tmpfs -o size=4m none "$1" && shift && exec "$@"'
PROGRAM = """
import json, logging, os, sys, time
from pathlib import Path
from vestnik.server import catalogue
from vestnik.log.journal import Journal
from vestnik.protocol import answers

directory, kept, limit, count = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
promised = range(0, count, int(sys.argv[5]))
filler = directory / "filler"
filler.write_bytes(bytes(3_500_000))
event = catalogue.of_answer(answers.MESSAGE_DELIVERED)
ordinary = catalogue.of_answer(answers.HISTORY_LISTED)
journal = Journal("server", directory, json=True, limit=limit, level=logging.DEBUG)
slowest = 0.0
for number in range(count):
    began = time.thread_time()
    if number in promised:
        journal.record(event, "anna", "#room", number, "id", number + 1, "1f0c", "2-57", 0.5)
    else:
        journal.record(ordinary, "anna", "#room", number)
    slowest = max(slowest, time.thread_time() - began)
    if number % 100 == 0:
        journal.record(catalogue.PROBE_SENT, "anna")
        journal.record(catalogue.SERVER_FORCED)
while not journal.statistics.degraded:
    time.sleep(0.001)
journal.flush(0.2)
degraded = journal.statistics
filler.unlink()
assert journal.flush(40), journal.statistics
journal.record(event, "anna", "#room", -1, "last", None, None, None, 0.5)
journal.close()
for path in directory.iterdir():
    if not path.is_symlink():
        (kept / path.name).write_bytes(path.read_bytes())
print(json.dumps({"degraded": degraded._asdict(), "end": journal.statistics._asdict(), "slowest": slowest}))
"""


def full_disk(
    directory: Path, limit: int, count: int, promised: int = 1
) -> tuple[dict[str, dict[str, object]], list[str], list[dict[str, object]]]:
    """What a journal said about itself on a disk that was full for a while, its lines and its objects.

    It was given `count` records, each so-manieth of which was a promised one.
    """
    if shutil.which("unshare") is None:
        pytest.skip("mounting needs `unshare`")
    place, kept = directory / "disk", directory / "kept"
    place.mkdir()
    kept.mkdir()
    inside = [sys.executable, "-c", PROGRAM, str(place), str(kept), str(limit), str(count), str(promised)]
    command = ["unshare", "-rm", "sh", "-c", MOUNTED, "sh", str(place), *inside]
    ran = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=DEADLINE, check=False)
    if "mount" in ran.stderr or "unshare" in ran.stderr:
        pytest.skip("this machine does not let us mount")
    assert ran.returncode == 0, ran.stderr
    (text,) = kept.glob("server.log.*")
    (objects,) = kept.glob("server.jsonl.*")
    lines = text.read_text("utf-8").splitlines()
    return json.loads(ran.stdout), lines, [json.loads(line) for line in objects.read_text("utf-8").splitlines()]


def test_nothing_is_lost_while_it_fits_in_memory(tmp_path: Path) -> None:
    """Lines wait for room on the disk; half-written ones are completed; both renderings hold all, in order."""
    said, lines, objects = full_disk(tmp_path, 200_000, 4_000)
    assert said["degraded"]["trouble"]
    assert said["end"]["dropped"] == 0
    assert said["end"]["written"] == said["end"]["logged"] == len(lines)
    assert [line[24:] for line in lines] == [
        f"{found['level']:8} {found['logger']:10} {found['message']}" for found in objects
    ]
    assert [found["seq"] for found in objects if found.get("event") == DELIVERED.name] == [*range(4_000), -1]
    events = [str(found["event"]) for found in objects]
    assert events.count("journal.restored") == 1
    assert events.count("journal.degraded") == 1


def test_what_matters_least_is_dropped(tmp_path: Path) -> None:
    """Past the limit DEBUG goes first, then INFO, never a WARNING, nor what is promised; one record says how many."""
    said, _, objects = full_disk(tmp_path, 8_000, 9_000, promised=9)
    dropped = said["end"]["dropped_levels"]
    assert isinstance(dropped, dict)
    assert set(dropped) == {"DEBUG", "INFO"}
    assert sum(found.get("event") == "server.forced" for found in objects) == 90
    delivered = [found["seq"] for found in objects if found.get("event") == DELIVERED.name]
    assert delivered == [*range(0, 9_000, 9), -1]
    (told,) = [found for found in objects if found.get("event") == "journal.dropped"]
    assert told["count"] == sum(dropped.values())
    assert "No space left on device" in str(told["reason"])
    assert objects[-1]["id"] == "last"
