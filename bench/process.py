"""One server process: started in its own folder, waited for, looked at, stopped with its children."""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
READY_SECONDS = 60.0
STOP_SECONDS = 10.0
POLL_SECONDS = 0.01
MOST_SHOWN = 300
"""Characters of what a server said that did not start."""


class StartError(Exception):
    """A server did not start; the text holds the end of its output."""


def free_port() -> int:
    """Return a loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def clean_environment() -> dict[str, str]:
    """Return the environment without what would change Vestnik's settings."""
    return {name: value for name, value in os.environ.items() if not name.startswith("VESTNIK_")}


@contextlib.contextmanager
def folder(owner: str | None = None) -> Iterator[Path]:
    """Yield an empty folder that is removed in the end; it belongs to `owner` where we may give it away."""
    with tempfile.TemporaryDirectory(prefix="vestnik-bench-", ignore_cleanup_errors=True) as name:
        path = Path(name)
        if owner and os.geteuid() == 0:
            shutil.chown(path, owner)
        yield path


@contextlib.contextmanager
def running(
    command: Sequence[str | Path],
    port: int,
    output: Path,
    *,
    user: str | None = None,
    env: dict[str, str] | None = None,
) -> Iterator[int]:
    """Start a server, wait until it accepts connections on `port`, yield its process id, and stop it.

    What it prints goes to the file `output`. With `user`, and when we are root, it runs as that user.
    """
    account = pwd.getpwnam(user) if user and os.geteuid() == 0 else None
    with output.open("wb") as sink:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=clean_environment() | (env or {}),
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
        )
    try:
        _wait_until_ready(process, port, output)
        yield process.pid
    finally:
        _stop(process)


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, output: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while True:
        code = process.poll()
        if code is not None:
            raise StartError(f"ended with code {code}: {_tail(output)}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        if time.monotonic() > deadline:
            raise StartError(f"did not listen within {READY_SECONDS:.0f} s: {_tail(output)}")
        time.sleep(POLL_SECONDS)


def _tail(output: Path) -> str:
    lines = output.read_text(errors="replace").strip().splitlines()
    return " / ".join(lines[-3:])[:MOST_SHOWN] or "no output"


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ask the whole process group to end, then make it."""
    _signal_group(process.pid, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(STOP_SECONDS)
    _signal_group(process.pid, signal.SIGKILL)
    process.wait()


def _signal_group(group: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, number)


def children(pid: int) -> list[int]:
    """Return the direct children of a process."""
    with contextlib.suppress(OSError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def descendant(pid: int, name: str) -> int:
    """Return the process called `name` at or below `pid`; `pid` itself when there is none."""
    waiting = [pid]
    for candidate in waiting:
        with contextlib.suppress(OSError):
            if Path(f"/proc/{candidate}/comm").read_text().strip() == name:
                return candidate
        waiting.extend(children(candidate))
    return pid


def resident_kb(pid: int) -> int:
    """Return the resident memory of a process and of all below it, in kilobytes."""
    pages = 0
    with contextlib.suppress(OSError):
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE") // 1024 + sum(resident_kb(child) for child in children(pid))


def cpu_seconds(pid: int) -> float:
    """Return the processor time that a process has used, without its children; to the nanosecond."""
    return time.clock_gettime((~pid << 3) | 2)  # what clock_getcpuclockid(3) makes of it
