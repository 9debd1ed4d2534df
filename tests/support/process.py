"""A server as a user starts it: another process, on a free port, with its own data."""

import os
import re
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from tests.support.data import make_data
from tests.support.waiting import DEADLINE

VESTNIK = (sys.executable, "-m", "vestnik")


def clean_environment(**more: str) -> dict[str, str]:
    """The environment without settings of whoever runs the tests, and without the size of their terminal."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("VESTNIK_", "COLUMNS", "LINES"))}
    return kept | {"PYTHONIOENCODING": "utf-8"} | more


def vestnik(
    *arguments: str, stdin: str = "", password: str | None = None, cwd: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    if password is not None:
        environment["VESTNIK_PASSWORD"] = password
    return subprocess.run(
        (*VESTNIK, *arguments),
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        env=clean_environment(**environment),
        cwd=cwd,
        timeout=DEADLINE,
        check=False,
    )


def processor_time(pid: int) -> float:
    """Seconds of processor time that a process has used."""
    *_, fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(") ")
    return sum(map(int, fields.split()[11:13])) / os.sysconf("SC_CLK_TCK")


class ServerProcess:
    """`vestnik server` with the data in `data`; as a context manager it is stopped with SIGTERM at the end.

    `lines` are the lines of its console so far. `toml` is the content of its settings file. It finds an empty
    database if there is none, unless it is to make all from nothing (`fresh`). `stdout` is where it writes to whoever
    started it.
    """

    def __init__(
        self,
        data: Path,
        *arguments: str,
        toml: str = "",
        port: int = 0,
        fresh: bool = False,
        environment: Mapping[str, str] | None = None,
        stdout: int | IO[bytes] = subprocess.DEVNULL,
    ) -> None:
        data.mkdir(parents=True, exist_ok=True)
        if not fresh:
            make_data(data)
        config = data / "test.toml"
        config.write_text(toml, "utf-8")
        self.data = data
        self.lines: list[str] = []
        self._news = threading.Condition()
        self._process = subprocess.Popen(
            (
                *VESTNIK,
                "server",
                "-a",
                "127.0.0.1",
                "-p",
                str(port),
                "--data",
                str(data),
                "--config",
                str(config),
                *arguments,
            ),
            stdout=stdout,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            env=clean_environment(**(environment or {})),
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        started = self.wait_for("Сервер запущен", "Server started", "CRITICAL", or_end=True)
        port_named = re.search(r" INFO .*:(\d+)$", started)
        self.port = int(port_named[1]) if port_named else 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    @property
    def journal(self) -> str:
        """The content of its journal."""
        return (self.data / "log" / "server.log").read_text("utf-8")

    def wait_for(self, *texts: str, count: int = 1, or_end: bool = False) -> str:
        """Wait until `count` lines of the console hold one of `texts`; the last of them."""

        def found() -> list[str]:
            return [line for line in self.lines if any(text in line for text in texts)]

        def ready() -> bool:
            return len(found()) >= count or (or_end and not self._reader.is_alive())

        with self._news:
            if not self._news.wait_for(ready, DEADLINE):
                raise AssertionError(f"no {texts!r} in {self.lines!r}")
            return found()[count - 1] if len(found()) >= count else ""

    @property
    def memory(self) -> int:
        """Bytes of memory in use (VmRSS)."""
        status = Path(f"/proc/{self.pid}/status").read_text("ascii")
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) * 1024  # type: ignore[index]  # Linux has it

    @property
    def work(self) -> float:
        """Seconds of processor time it has used, which, unlike hours of the day, do not depend on who else works."""
        return processor_time(self.pid)

    @property
    def running(self) -> bool:
        """Whether the process has not ended."""
        return self._process.poll() is None

    def limit_files(self, size: int | None) -> None:
        """Let no file of the process grow beyond `size` bytes, as if its disk were full; None: no limit again."""
        soft = resource.RLIM_INFINITY if size is None else size
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (soft, resource.RLIM_INFINITY))

    def signal(self, number: signal.Signals) -> None:
        """Send a signal."""
        self._process.send_signal(number)

    def wait(self) -> int:
        """Wait for the end of the process; its exit code."""
        code = self._process.wait(DEADLINE)
        self._reader.join(DEADLINE)
        if self._process.stderr is not None:
            self._process.stderr.close()
        return code

    def stop(self) -> int:
        """End it with SIGTERM; its exit code."""
        if self._process.poll() is None:
            self.signal(signal.SIGTERM)
        return self.wait()

    def kill(self) -> None:
        """End it with SIGKILL, as a crash would."""
        self.signal(signal.SIGKILL)
        self.wait()

    def _read(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            with self._news:
                self.lines.append(line.rstrip("\n"))
                self._news.notify_all()
        with self._news:
            self._news.notify_all()
