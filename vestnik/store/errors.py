"""What can be wrong with the data when it is opened."""

from pathlib import Path

from vestnik.protocol.errors import StartupError


class StoreError(StartupError):
    """The data cannot be used."""


class StoreLocked(StoreError):
    """Another server, process `pid`, works with the data in `path`."""

    def __init__(self, path: Path, pid: int) -> None:
        super().__init__("store.locked", path=str(path), pid=pid)


class StoreNewer(StoreError):
    """The database `path` has schema `found`; this program knows schemas up to `known`."""

    def __init__(self, path: Path, found: str, known: str) -> None:
        super().__init__("store.newer", path=str(path), found=found, known=known)


class StoreUnsafe(StoreError):
    """The disk has failed while the database `path` was in use: it must be opened anew, and not be closed before."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__("store.unsafe", path=str(path), reason=reason)


class StoreForeign(StoreError):
    """The file `path` is not a database of ours; `reason` says what it is instead."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__("store.foreign", path=str(path), reason=reason)
