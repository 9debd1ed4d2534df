"""Failures that nobody handled, in processes of their own: what is journaled and what standard error shows."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.support.waiting import DEADLINE

HEAD = """
import asyncio, atexit, faulthandler, gc, os, sys, threading, warnings
from pathlib import Path
from vestnik.log.crash import catch_everything, journal_loop_error, watch_loop
from vestnik.log.journal import Journal
directory, console = Path(sys.argv[1]), sys.argv[2] == "console"
journal = Journal("server", directory, console=sys.stderr if console else None, json=True)
former = sys.excepthook, threading.excepthook, sys.unraisablehook, warnings.showwarning
undo = catch_everything(journal, directory, console=console)
"""


class Outcome(NamedTuple):
    """How a program ended: exit code, standard error, the records and the files that are left."""

    code: int
    stderr: str
    records: list[dict[str, Any]]
    files: list[str]

    @property
    def only(self) -> dict[str, Any]:
        """The only record."""
        (record,) = self.records
        return record


def run(directory: Path, code: str, console: bool = True) -> Outcome:
    """Runs a program in which everything is caught."""
    done = subprocess.run(
        [sys.executable, "-c", HEAD + code, str(directory), "console" if console else "none"],
        capture_output=True,
        encoding="utf-8",
        timeout=DEADLINE,
        check=False,
    )
    path = directory / "server.jsonl"
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    files = sorted(file.name for file in directory.glob("*.crash"))
    return Outcome(done.returncode, done.stderr, [json.loads(line) for line in lines], files)


FAILS = "def fail(): raise LookupError('lost')\nfail()\n"


def test_the_program_fails(tmp_path: Path) -> None:
    """An uncaught exception is a CRITICAL record with its traceback, shown once, and the exit code is still 1."""
    ended = run(tmp_path, FAILS)
    assert (ended.only["event"], ended.only["level"]) == ("program.failed", "CRITICAL")
    assert ended.only["reason"] == "LookupError: lost"
    assert "in fail" in ended.only["traceback"]
    assert (ended.code, ended.files) == (1, [])
    (line,) = ended.stderr.splitlines()
    assert line[24:].startswith("CRITICAL server     Ошибка!")


def test_the_program_fails_without_a_console(tmp_path: Path) -> None:
    """Where the journal has no console Python shows the traceback as ever, and the journal has it as well."""
    ended = run(tmp_path, FAILS, console=False)
    assert ended.only["event"] == "program.failed"
    assert ended.stderr.startswith("Traceback (most recent call last):")
    assert ended.code == 1


def test_the_program_fails_after_its_journal_is_closed(tmp_path: Path) -> None:
    """A journal that is closed hides nothing: Python shows the traceback as ever."""
    ended = run(tmp_path, f"journal.close()\n{FAILS}")
    assert (ended.code, ended.records) == (1, [])
    assert ended.stderr.startswith("Traceback (most recent call last):")


def test_the_program_fails_after_its_journal_is_released(tmp_path: Path) -> None:
    """A journal that was only released still gets the last word."""
    assert run(tmp_path, f"journal.release()\n{FAILS}").only["event"] == "program.failed"


@pytest.mark.parametrize(("raised", "code"), [("KeyboardInterrupt", -2), ("SystemExit(3)", 3)])
def test_ends_that_are_no_failures(tmp_path: Path, raised: str, code: int) -> None:
    """Ctrl-C and an exit code are what they are in any program."""
    ended = run(tmp_path, f"raise {raised}\n")
    assert (ended.code, ended.records, ended.files) == (code, [], [])


def test_a_thread_fails(tmp_path: Path) -> None:
    """A thread that dies is an ERROR record with its name; one that exits is none; the program goes on."""
    ended = run(
        tmp_path,
        "for name, work in (('worker', lambda: 1 / 0), ('leaver', sys.exit)):\n"
        "    thread = threading.Thread(target=work, name=name)\n"
        "    thread.start()\n"
        "    thread.join()\n",
    )
    assert (ended.only["event"], ended.only["level"]) == ("thread.failed", "ERROR")
    assert (ended.only["thread"], ended.only["reason"]) == ("worker", "ZeroDivisionError: division by zero")
    assert "ZeroDivisionError" in ended.only["traceback"]
    assert ended.code == 0
    assert len(ended.stderr.splitlines()) == 1


def test_nobody_can_be_told(tmp_path: Path) -> None:
    """What `__del__`, a generator that is given up, or a function at exit raises is an ERROR record each."""
    ended = run(
        tmp_path,
        "def last(): raise OSError('at exit')\n"
        "atexit.register(last)\n"
        "class Thing:\n"
        "    def __del__(self): raise ValueError('del')\n"
        "Thing()\n"
        "def numbers():\n"
        "    try: yield 1\n"
        "    finally: raise KeyError('given up')\n"
        "given_up = numbers(); next(given_up); del given_up\n",
    )
    assert [(found["event"], found["place"], found["reason"]) for found in ended.records] == [
        ("unraisable.failed", "Thing.__del__", "ValueError: del"),
        ("unraisable.failed", "numbers", "KeyError: 'given up'"),
        ("unraisable.failed", "last", "OSError: at exit"),
    ]
    assert len(ended.stderr.splitlines()) == 3


def test_a_failure_after_the_journal_is_at_rest(tmp_path: Path) -> None:
    """A failure that comes after the journal's own end at exit is journaled all the same."""
    ended = run(
        tmp_path,
        "def last(): raise OSError('at exit')\n",
    )
    assert ended.records == []
    code = f"import atexit\ndef last(): raise OSError('at exit')\natexit.register(last)\n{HEAD}"
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path), "console"], timeout=DEADLINE, capture_output=True)
    assert done.returncode == 0
    (record,) = map(json.loads, (tmp_path / "server.jsonl").read_text("utf-8").splitlines())
    assert (record["event"], record["place"]) == ("unraisable.failed", "last")


def test_a_failure_while_the_interpreter_ends(tmp_path: Path) -> None:
    """When no thread can be started any more, Python shows the failure as ever, and the program does end."""
    ended = run(
        tmp_path,
        "class Thing:\n    def __del__(self): raise ValueError('too late')\nthing = Thing()\njournal.release()\n",
    )
    assert (ended.code, ended.records) == (0, [])
    assert "ValueError: too late" in ended.stderr


def test_warnings(tmp_path: Path) -> None:
    """A warning is a record with its place, once for each place; so is a coroutine that nobody awaited."""
    ended = run(
        tmp_path,
        "for _ in range(3): warnings.warn('careful', UserWarning)\n"
        "async def forgotten(): pass\n"
        "forgotten()\n"
        "gc.collect()\n",
    )
    first, second = ended.records
    assert (first["event"], first["level"]) == ("warning.issued", "WARNING")
    line = HEAD.count("\n") + 1
    assert (first["category"], first["text"], first["place"]) == ("UserWarning", "careful", f"<string>:{line}")
    assert second["category"] == "RuntimeWarning"
    assert "'forgotten' was never awaited" in second["text"]
    assert len(ended.stderr.splitlines()) == 2


def test_a_warning_for_a_file(tmp_path: Path) -> None:
    """A warning that somebody wants in a file goes there."""
    ended = run(tmp_path, "warnings.showwarning('careful', UserWarning, 'x.py', 7, file=sys.stderr)\n")
    assert ended.records == []
    assert ended.stderr.startswith("x.py:7: UserWarning: careful")


def test_a_failure_inside_a_hook(tmp_path: Path) -> None:
    """A warning that comes while a warning is journaled does not go round in a circle, and neither is lost."""
    ended = run(
        tmp_path,
        "warnings.simplefilter('always')\n"
        "class Circle(UserWarning):\n"
        "    def __str__(self):\n"
        "        if self.args[0] == 'round': warnings.warn(Circle('again'))\n"
        "        return self.args[0]\n"
        "warnings.warn(Circle('round'))\n",
    )
    # Python asks for the text once before it calls the hook, and the hook once more.
    assert [found["text"] for found in ended.records] == ["again", "round"]
    assert ended.stderr.count("Circle: again") == 1


def test_a_journal_that_fails(tmp_path: Path) -> None:
    """A hook that cannot journal a failure leaves it to Python."""
    # The thread ends before the program fails: Python's own hooks write piece by piece, into each other.
    thread = "thread = threading.Thread(target=lambda: 1 / 0)\nthread.start()\nthread.join()\n"
    ended = run(tmp_path, f"journal.record = None\n{thread}{FAILS}")
    assert (ended.code, ended.records) == (1, [])
    assert "ZeroDivisionError" in ended.stderr
    assert "LookupError: lost" in ended.stderr


def test_a_task_fails(tmp_path: Path) -> None:
    """What the event loop complains of is an ERROR record with the traceback."""
    ended = run(
        tmp_path,
        "async def task(): raise RuntimeError('task')\n"
        "async def main():\n"
        "    watch_loop(journal)\n"
        "    asyncio.create_task(task())\n"
        "    await asyncio.sleep(0)\n"
        "    gc.collect()\n"
        "    await asyncio.sleep(0)\n"
        "asyncio.run(main())\n",
    )
    assert (ended.only["event"], ended.only["level"]) == ("task.failed", "ERROR")
    assert ended.only["error"] == "RuntimeError: task"
    assert len(ended.stderr.splitlines()) == 1


def test_undo(tmp_path: Path) -> None:
    """Undoing puts everything back: the former hooks, the interpreter's own dumps, and no file is left."""
    ended = run(
        tmp_path,
        "assert faulthandler.is_enabled() and list(directory.glob('server.*.crash'))\n"
        "undo()\n"
        "assert former == (sys.excepthook, threading.excepthook, sys.unraisablehook, warnings.showwarning)\n"
        "assert not faulthandler.is_enabled() and not list(directory.glob('*.crash'))\n",
    )
    assert (ended.code, ended.stderr) == (0, "")


def test_the_child_of_a_fork(tmp_path: Path) -> None:
    """A child that ends in good order leaves its parent's file where it is."""
    ended = run(
        tmp_path,
        "child = os.fork()\n"
        "if child == 0: sys.exit(7)\n"
        "assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7\n"
        "assert list(directory.glob('*.crash')) == [directory / f'server.{os.getpid()}.crash']\n",
    )
    assert (ended.code, ended.stderr, ended.files) == (0, "", [])


def test_a_directory_that_cannot_be_used(tmp_path: Path) -> None:
    """Where no file for crashes can be made, everything else is caught all the same."""
    (tmp_path / "plain").write_text("")
    code = FAILS.replace("def fail", "directory = directory.parent\ndef fail")
    done = subprocess.run(
        [sys.executable, "-c", HEAD + code, str(tmp_path / "plain" / "log"), "console"],
        capture_output=True,
        encoding="utf-8",
        timeout=DEADLINE,
        check=False,
    )
    assert done.returncode == 1
    assert "LookupError: lost" in done.stderr
    assert "CRITICAL server" in done.stderr
