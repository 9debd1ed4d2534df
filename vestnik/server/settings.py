"""The settings: names, types, defaults, bounds and meaning in one table, which the file, help and docs all follow."""

import re
import stat
import tomllib
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Final, Literal, get_args, get_type_hints

import msgspec
from msgspec import Meta
from platformdirs import user_data_dir

from vestnik.chat.limits import Limits
from vestnik.protocol.errors import StartupError

FILE_NAME: Final = "vestnik.toml"


class SettingError(StartupError):
    """A setting is wrong."""


class SettingBad(SettingError):
    """The setting `key` has a bad value; `reason` says what is wrong with it."""

    def __init__(self, key: str, reason: str) -> None:
        super().__init__("server.setting_bad", key=key, reason=reason)


class SettingsUnreadable(SettingError):
    """The settings at `path` cannot be read; `reason` says why."""

    def __init__(self, path: Path, error: OSError) -> None:
        super().__init__("server.settings_unreadable", path=str(path), reason=error)


class SettingUnknown(SettingError):
    """There is no setting `key`."""

    def __init__(self, key: str) -> None:
        super().__init__("server.setting_unknown", key=key)


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `vestnik.toml` may hold. Times are in seconds, sizes in bytes."""

    address: Annotated[str, Meta(description="Address to listen at; empty for all.")] = ""
    port: Annotated[int, Meta(ge=0, le=65_535, description="Port to listen at; 0 picks a free one.")] = 7777
    data: Annotated[str, Meta(min_length=1, description="Directory of the database and the journal.")] = user_data_dir(
        "vestnik"
    )
    log_dir: Annotated[str, Meta(description="Directory of the journal; empty for `log` in the data directory.")] = ""
    log_level: Annotated[
        Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], Meta(description="Lowest level that is journaled.")
    ] = "INFO"
    log_json: Annotated[bool, Meta(description="Whether every record is also a JSON object in `server.jsonl`.")] = True
    keep_days: Annotated[int, Meta(ge=0, description="Days after which a day of the journal is deleted; 0: never.")] = (
        365
    )
    keep_bytes: Annotated[
        int, Meta(ge=0, description="Bytes of the journal's files past which the oldest days go; 0: no limit.")
    ] = 10_737_418_240
    day_bytes: Annotated[
        int,
        Meta(
            ge=0,
            description="Bytes of a day past which only messages, changes, logins and administration are journaled; "
            "0: no limit.",
        ),
    ] = 1_073_741_824
    free_bytes: Annotated[
        int,
        Meta(ge=0, description="Free bytes of the disk below which only these are journaled; 0: no limit."),
    ] = 268_435_456
    trace: Annotated[bool, Meta(description="Whether calls of functions are journaled from the start.")] = False
    lang: Annotated[Literal["ru", "en"], Meta(description="Language of answers and journal.")] = "ru"
    tls: Annotated[
        str,
        Meta(
            description="PEM file of the certificate and its chain; `self-signed` for one that the server makes "
            "itself; empty: no TLS."
        ),
    ] = ""
    tls_key: Annotated[
        str, Meta(description="PEM file of the certificate's key; empty: it is in the certificate's file.")
    ] = ""
    plain_passwords: Annotated[
        bool, Meta(description="Whether passwords and tokens are taken from other machines without TLS.")
    ] = False
    proxies: Annotated[
        str,
        Meta(
            description="Addresses and networks, with commas between them, of proxies that say by the PROXY protocol "
            "for whom they speak."
        ),
    ] = ""
    keepalive: Annotated[
        float,
        Meta(ge=0, description="Silence after which a client that named the feature `probe` is probed; 0: never."),
    ] = 60.0
    unfinished: Annotated[float, Meta(gt=0, description="How long a begun JSON value may wait for its end.")] = 30.0
    login_within: Annotated[float, Meta(gt=0, description="How long a new connection may take to log in.")] = 120.0
    max_connections: Annotated[int, Meta(ge=1, description="Connections open at once; more are refused.")] = 20_000
    backlog: Annotated[int, Meta(ge=1, le=65_535, description="Connections that may wait to be accepted.")] = 4096
    send_buffer: Annotated[
        int, Meta(ge=131_072, description="Bytes that may wait for a slow reader before its connection is closed.")
    ] = 2_097_152
    buffers: Annotated[
        int,
        Meta(
            ge=1_048_576,
            description="Bytes that may wait in all connections together before those with the most are closed.",
        ),
    ] = 134_217_728
    choked: Annotated[
        float, Meta(gt=0, description="How long a client may read nothing of what waits for it before it is closed.")
    ] = 60.0
    write_queue: Annotated[
        int, Meta(ge=1, description="Messages that may wait to be written before reading from their senders pauses.")
    ] = 10_000
    hash_threads: Annotated[int, Meta(ge=1, le=64, description="Threads that check passwords.")] = 2
    login_days: Annotated[float, Meta(gt=0, description="Days after which an unused login ends.")] = 30.0
    invitations: Annotated[
        Literal["join", "ask"],
        Meta(description="Whether those who are invited to a room are in it at once or are asked."),
    ] = "join"
    guests: Annotated[
        bool, Meta(description="Whether people without an account may come in, by a `presence` with a free name.")
    ] = False
    dialects: Annotated[
        bool, Meta(description="Whether plain clients are understood and answered as they spell things.")
    ] = True
    common_room: Annotated[
        str,
        Meta(
            pattern="^#[^@]",
            description="The room of all guests, and the one that plain clients mean by `#` and `@all`.",
        ),
    ] = "#all"
    registration: Annotated[
        Literal["invite", "open", "closed"],
        Meta(description="Who may register: whoever has the code of an invite, everybody, or nobody."),
    ] = "invite"
    public_address: Annotated[
        str, Meta(description="Address at which people find the server, for links in invites; empty: no links.")
    ] = ""
    empty_room_hours: Annotated[
        int, Meta(ge=0, description="Hours after which a room that nobody is in is deleted; 0: never.")
    ] = 720
    old_name_hours: Annotated[
        int, Meta(ge=0, description="Hours after which a former name of a room is free if nobody used it; 0: never.")
    ] = 2160
    shutdown: Annotated[float, Meta(gt=0, description="How long a stop waits for answers to be sent.")] = 10.0
    limits: Annotated[Limits, Meta(description="How long and how many.")] = Limits()

    @property
    def data_path(self) -> Path:
        """The data directory. Raises SettingBad when it cannot be a path."""
        return _path("data", self.data)

    @property
    def log_path(self) -> Path:
        """The journal's directory. Raises SettingBad when it cannot be a path."""
        return _path("log_dir", self.log_dir) if self.log_dir else self.data_path / "log"

    @property
    def tls_path(self) -> Path:
        """The certificate's file. Raises SettingBad when it cannot be a path."""
        return _path("tls", self.tls)

    @property
    def tls_key_path(self) -> Path:
        """The key's file. Raises SettingBad when it cannot be a path."""
        return _path("tls_key", self.tls_key) if self.tls_key else self.tls_path

    @property
    def proxy_networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """The networks of `proxies`. Raises SettingBad for what is none."""
        try:
            return tuple(ip_network(each.strip()) for each in self.proxies.split(",") if each.strip())
        except ValueError as error:
            raise SettingBad("proxies", str(error)) from None


def _path(key: str, text: str) -> Path:
    if "\0" in text:
        raise SettingBad(key, "U+0000")
    try:
        return Path(text).expanduser()
    except RuntimeError as error:  # the home directory of an unknown user
        raise SettingBad(key, str(error)) from None


_AT: Final = re.compile(r"^(.*?)(?: - at `\$\.?(.*?)`)?$", re.DOTALL)
_CHOICE: Final = re.compile(r"Invalid enum value (.*)", re.DOTALL)
_UNKNOWN: Final = re.compile(r"Object contains unknown field `(.*)`", re.DOTALL)


def make_settings(values: dict[str, Any]) -> Settings:
    """Settings from the content of a file and of the command line. SettingError names the key."""
    try:
        made = msgspec.convert(values, Settings)
    except msgspec.ValidationError as error:
        reason, path = _AT.match(str(error)).groups("")  # type: ignore[union-attr]  # the pattern matches anything
        unknown = _UNKNOWN.match(reason)
        if unknown:
            raise SettingUnknown(f"{path}.{unknown[1]}" if path else unknown[1]) from None
        if choice := _CHOICE.match(reason):
            reason = f"{choice[1]} ({' | '.join(get_args(get_type_hints(Settings)[path]))})"
        raise SettingBad(path, reason) from None
    made.proxy_networks  # noqa: B018  # they may be none
    return made


def read_file(path: Path) -> dict[str, Any]:
    """The content of a settings file. Raises SettingError when it cannot be read or is not TOML."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise SettingsUnreadable(path, error) from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingBad(str(path), str(error)) from None


def load_settings(file: Path | None, overrides: Mapping[str, Any], defaults: Mapping[str, Any] = {}) -> Settings:
    """Settings from `file` (or `vestnik.toml` here or in the data directory), overridden by `overrides`.

    Overrides that are None are not there; `defaults` hold where nothing else says anything. Raises SettingError, also
    for a file that cannot be read.
    """
    given = {key: value for key, value in overrides.items() if value is not None}
    if file is None:
        data = _path("data", given.get("data", Settings().data))
        file = next((each for each in (Path(FILE_NAME), data / FILE_NAME) if _is_there(each)), None)
    return make_settings({**defaults, **(read_file(file) if file else {}), **given})


def _is_there(path: Path) -> bool:
    """Whether there is such a file. Raises SettingsUnreadable when that cannot be found out: it could say anything."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):  # no event: this is the answer
        return False
    except OSError as error:
        raise SettingsUnreadable(path.parent, error) from None
