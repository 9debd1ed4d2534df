"""The journal in processes that fork, exit and are interrupted."""

import subprocess
import sys
from pathlib import Path

from tests.support.waiting import DEADLINE

from .test_journal import messages


def run(code: str, *args: object) -> subprocess.CompletedProcess[str]:
    """Runs `code` in an interpreter of its own."""
    head = (
        "import os, signal, sys, threading; from pathlib import Path\n"
        "from vestnik.server import catalogue; from vestnik.log.journal import Journal\n"
        "journal = Journal('server', Path(sys.argv[1]))\n"
    )
    command = [sys.executable, "-c", head + code, *map(str, args)]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=DEADLINE)


def test_fork(tmp_path: Path) -> None:
    """The child of a fork writes its own records once, and none of its parent's."""
    run(
        "for number in range(5000): journal.record(catalogue.ALL['admin.added'], f'p{number}')\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    assert threading.active_count() == 1\n"
        "    journal.record(catalogue.ALL['admin.added'], 'child')\n"
        "    assert journal.flush()\n"
        "    os._exit(0)\n"
        "assert os.waitpid(child, 0)[1] == 0\n"
        "journal.record(catalogue.ALL['admin.added'], 'parent')\n",
        tmp_path,
    )
    names = [line.split()[-2] for line in messages(tmp_path / "server.log")]
    assert sorted(names) == sorted([*(f"p{number}" for number in range(5000)), "child", "parent"])


def test_exit(tmp_path: Path) -> None:
    """The end of the program loses nothing, even if nobody closes the journal."""
    run("for number in range(3000): journal.record(catalogue.ALL['admin.added'], number)\n", tmp_path)
    assert len(messages(tmp_path / "server.log")) == 3000


def test_after_the_end(tmp_path: Path) -> None:
    """A record made by a finalizer when the interpreter is ending does not keep it from ending."""
    run(
        "class Dying:\n"
        "    def __del__(self): journal.record(catalogue.ALL['admin.added'], 'late')\n"
        "sys.modules['last'] = Dying()\n"
        "journal.record(catalogue.ALL['admin.added'], 'early')\n",
        tmp_path,
    )
    assert messages(tmp_path / "server.log")[0].endswith("early создана")


def test_signal_handler_and_finalizer(tmp_path: Path) -> None:
    """A signal handler and `__del__` may record in the middle of another record."""
    run(
        "class Dying:\n"
        "    def __del__(self): journal.record(catalogue.ALL['admin.added'], 'del')\n"
        "signal.signal(signal.SIGALRM, lambda *_: journal.record(catalogue.ALL['admin.added'], 'signal'))\n"
        "signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)\n"
        "for number in range(20_000):\n"
        "    journal.record(catalogue.ALL['admin.added'], number)\n"
        "    Dying()\n"
        "signal.setitimer(signal.ITIMER_REAL, 0)\n",
        tmp_path,
    )
    names = [line.split()[-2] for line in messages(tmp_path / "server.log")]
    assert [name for name in names if name.isdecimal()] == [str(number) for number in range(20_000)]
    assert names.count("del") == 20_000
    assert names.count("signal") > 0


def test_many_processes(tmp_path: Path) -> None:
    """Several processes append to one file and no line is lost or torn."""
    code = (
        "import sys; from pathlib import Path\n"
        "from vestnik.server import catalogue; from vestnik.log.journal import Journal\n"
        "journal = Journal('server', Path(sys.argv[1])); added = catalogue.ALL['admin.added']\n"
        "for number in range(2000): journal.record(added, f'{sys.argv[2]}-{number}-' + 'x' * 50)\n"
        "journal.close()\n"
    )
    run = [sys.executable, "-c", code, str(tmp_path)]
    processes = [subprocess.Popen([*run, f"p{number}"]) for number in range(4)]
    assert [process.wait() for process in processes] == [0] * 4
    files = [path for path in tmp_path.iterdir() if not path.is_symlink()]
    lines = [line for path in files for line in messages(path)]
    expected = {
        f"INFO     server     Учётная запись p{p}-{n}-{'x' * 50} создана" for p in range(4) for n in range(2000)
    }
    assert set(lines) == expected
    assert len(lines) == 8000
