"""A program that merely uses the library: it hears nothing of a journal until it asks for one."""

import os
import subprocess
import sys
from pathlib import Path

from tests.support.waiting import DEADLINE

USE = """
import asyncio, logging, sys, threading, warnings
hooks = sys.excepthook, threading.excepthook, sys.unraisablehook, warnings.showwarning
own = logging.getLogger("client")  # a logger that happens to have this name
own.setLevel(logging.ERROR)
before = dict(vars(own))
loggers = set(logging.root.manager.loggerDict)
{ask}
from vestnik.client import Client, ConnectionFailed

async def main():
    try:
        async with Client("127.0.0.1", {port}, name="anna", password="secret"):
            pass
    except ConnectionFailed:
        pass

asyncio.run(main())
"""
SILENT = """
assert hooks == (sys.excepthook, threading.excepthook, sys.unraisablehook, warnings.showwarning)
assert (type(own), dict(vars(own))) == (logging.Logger, before)
assert own.handlers == [] and own.propagate and logging.root.handlers == []
new = {name.split(".")[0] for name in set(logging.root.manager.loggerDict) - loggers}
assert new <= {"asyncio", "concurrent"}
assert threading.active_count() == 1
"""


def run(tmp_path: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Runs `code` in an interpreter of its own, whose home is `tmp_path`."""
    places = {"HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state")}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VESTNIK_")}
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env=environment | places,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=True,
    )


def test_a_library_is_silent(tmp_path: Path, port: int) -> None:
    """Importing and using it prints nothing, writes no file, starts no thread and touches nobody's loggers or hooks."""
    done = run(tmp_path, USE.format(ask="", port=port) + SILENT)
    assert (done.stdout, done.stderr) == ("", "")
    assert list(tmp_path.iterdir()) == []


def test_until_it_is_asked(tmp_path: Path, port: int) -> None:
    """A program that asks for the client's journal has it, with what the library does."""
    done = run(tmp_path, USE.format(ask="import vestnik.log.client_log_config", port=port))
    (written,) = [path for path in tmp_path.rglob("client.log") if path.is_symlink()]
    assert "CRITICAL client" in written.read_text()
    assert done.stderr == written.read_text()


def test_every_module_of_the_library_is_silent(tmp_path: Path) -> None:
    """So does importing any module that a program may look into, whichever comes first."""
    code = """
import importlib, logging, pkgutil, sys, threading, warnings
hooks = sys.excepthook, threading.excepthook, sys.unraisablehook, warnings.showwarning
own = logging.getLogger("client")
before = dict(vars(own))
loggers = set(logging.root.manager.loggerDict)
import vestnik
for package in ("client", "protocol", "texts", "chat", "log"):
    for found in pkgutil.walk_packages([f"{vestnik.__path__[0]}/{package}"], f"vestnik.{package}."):
        if not found.name.endswith("_log_config"):  # to import these is to ask for a journal
            importlib.import_module(found.name)
"""
    done = run(tmp_path, code + SILENT)
    assert (done.stdout, done.stderr) == ("", "")
    assert list(tmp_path.iterdir()) == []
