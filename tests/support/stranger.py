"""What another user sees who has no right to our files."""

import os
import subprocess
import sys
from pathlib import Path

from tests.support.process import VESTNIK, clean_environment
from tests.support.waiting import DEADLINE

NOBODY = 65_534
AS_NOBODY = f"""
import configparser, difflib, importlib, logging.config, os, pkgutil, sys, tokenize
import vestnik
for found in pkgutil.walk_packages(vestnik.__path__, "vestnik."):
    if not found.name.endswith("__main__") and ".migrations." not in found.name:
        importlib.import_module(found.name)
os.setgroups([])
os.setgid({NOBODY})
os.setuid({NOBODY})
importlib.import_module("vestnik.cli.main").main(sys.argv[1:], prog_name="vestnik")
"""
"""The command as nobody, who need not be able to read the interpreter's own files."""


def hide(path: Path) -> None:
    """Leave a file or directory to its owner alone; where nobody else can be played, the owner loses it, too."""
    bits = 0o700 if path.is_dir() else 0o600
    path.chmod(bits if os.geteuid() == 0 else 0)


def as_stranger(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command as somebody whose files these are not."""
    command = (sys.executable, "-c", AS_NOBODY) if os.geteuid() == 0 else VESTNIK
    return subprocess.run(
        (*command, *arguments),
        capture_output=True,
        encoding="utf-8",
        env=clean_environment(HOME="/nonexistent", **environment),
        cwd="/",
        stdin=subprocess.DEVNULL,
        timeout=DEADLINE,
        check=False,
    )
