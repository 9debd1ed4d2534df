"""Logins that are remembered, so that the password is not asked for each time: a file with a token for each.

The token of a login opens an account on one server, so the file is as private as a key: only its owner may read it,
and one that others may read is thrown away. A login is remembered for the server as it was addressed: nobody's token
goes to another host or port.
"""

import hashlib
import os
import stat
from pathlib import Path
from typing import Final

import msgspec
from platformdirs import user_state_path

from vestnik.log.journaled import journaled
from vestnik.protocol.names import name_key
from vestnik.secret import Secret

MAX_FILE: Final = 4096
"""Bytes that are read of such a file."""
MAX_TOKEN: Final = 1024
"""Characters of a token; a longer one is not remembered."""


class _Kept(msgspec.Struct):
    """What is in a file."""

    server: str
    account: str
    token: str


class RememberedLogin:
    """The login of one account on one server. `failure` is what the system said when it could not be written."""

    def __init__(self, directory: Path, host: str, port: int, account: str) -> None:
        self._directory = directory
        self._server = f"{host.casefold().rstrip('.')} {port}"
        self._account = name_key(account)
        name = hashlib.sha256(f"{self._server}\n{self._account}".encode()).hexdigest()[:32]
        self._path = directory / f"{name}.json"
        self._token: str | None = None
        self.failure: OSError | None = None

    @journaled(logger="client")
    def token(self) -> Secret | None:
        """The token, if there is one that nobody else could have read."""
        try:
            fd = os.open(self._path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
        except OSError:  # no event: nothing was remembered, or nothing that can be used
            return None
        with os.fdopen(fd, "rb") as file:
            found = os.fstat(fd)
            if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid():
                return None
            data = file.read(MAX_FILE)
        if stat.S_IMODE(found.st_mode) & 0o077:
            self.forget()
            return None
        try:
            kept = msgspec.json.decode(data, type=_Kept)
        except (msgspec.DecodeError, ValueError):  # no event: damaged, so the password is asked for
            return None
        if (kept.server, kept.account) != (self._server, self._account) or not 0 < len(kept.token) <= MAX_TOKEN:
            return None
        self._token = kept.token
        return Secret(kept.token)

    @journaled(logger="client")
    def keep(self, token: str | None) -> bool:
        """Remember a token, whether that was new and could be done; else `failure` may say why not."""
        if token is None or token == self._token or len(token) > MAX_TOKEN:
            return False
        temporary = self._path.with_suffix(f".{os.getpid()}")
        try:
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            temporary.unlink(missing_ok=True)
            fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            with os.fdopen(fd, "wb") as file:
                file.write(msgspec.json.encode(_Kept(self._server, self._account, token)))
                file.flush()
                os.fsync(fd)
            temporary.replace(self._path)
        except OSError as error:  # no event: it is told, and the password is asked for the next time
            self.failure = error
            return False
        self._token = token
        return True

    @journaled(logger="client")
    def forget(self) -> None:
        """Remember nothing any more."""
        self._token = None
        try:
            self._path.unlink(missing_ok=True)
        except OSError as error:  # no event: its token is refused by the server
            self.failure = error


def logins_directory() -> Path:
    """Where they are: `~/.local/state/vestnik/logins` on Linux."""
    return user_state_path("vestnik", appauthor=False) / "logins"


def servers_directory() -> Path:
    """Where it is remembered which certificates servers have: `~/.local/state/vestnik/servers` on Linux."""
    return user_state_path("vestnik", appauthor=False) / "servers"
