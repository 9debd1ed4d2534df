"""A disk whose syncs can fail, and that can lose its power (`failing_disk.c`)."""

import shutil
import subprocess
from pathlib import Path
from typing import Final

SOURCE: Final = Path(__file__).with_name("failing_disk.c")


def compiler() -> str | None:
    """The machine's C compiler, if it has one."""
    return shutil.which("cc")


class Disk:
    """What a server's databases in `data` would be after a loss of power; start it with `environment`."""

    def __init__(self, data: Path, work: Path) -> None:
        self._data = data
        self._kept = work / "kept"
        self._kept.mkdir()
        for path in self._databases(data):
            shutil.copy(path, self._kept)
        library = work / "failing_disk.so"
        command = (str(compiler()), "-shared", "-fPIC", "-O1", "-o", str(library), str(SOURCE), "-ldl")
        subprocess.run(command, check=True)
        self.environment = {"LD_PRELOAD": str(library), "DISK_DATA": str(data), "DISK_KEPT": str(self._kept)}

    def fail(self, name: str = "", number: int = 1) -> None:
        """Let a sync of files whose names end so fail: the next one, or which it is from now on."""
        new = self._kept / "new"
        new.write_text(f"{number} {name}", "ascii")
        new.rename(self._kept / "fail")

    @property
    def failed(self) -> bool:
        """Whether that sync has failed."""
        return not (self._kept / "fail").exists()

    def cut(self) -> None:
        """Lose everything that is not on the disk; the server was killed before."""
        for path in self._databases(self._data):
            path.unlink()
        for path in self._databases(self._kept):
            shutil.copy(path, self._data)

    @staticmethod
    def _databases(where: Path) -> list[Path]:
        return [*where.glob("vestnik.db*"), *where.glob("search.db*")]
