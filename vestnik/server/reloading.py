"""Settings that are read anew while the server runs: which take effect at once, and which wait for the next start."""

from typing import Any, Final, NamedTuple

import msgspec

from vestnik.server.settings import Settings

AT_ONCE: Final = frozenset(
    (
        "log_level",
        "trace",
        "tls",
        "tls_key",
        "plain_passwords",
        "proxies",
        "keepalive",
        "unfinished",
        "login_within",
        "max_connections",
        "choked",
        "login_days",
        "invitations",
        "registration",
        "public_address",
        "shutdown",
        "limits",
    )
)
"""Settings that take effect when they are read anew."""


class Reading(NamedTuple):
    """What came of reading settings anew: those that hold now, and the names of those that have `changed`, or are
    `waiting` for the next start."""

    settings: Settings
    changed: tuple[str, ...]
    waiting: tuple[str, ...]


def compare(old: Settings, new: Settings) -> Reading:
    """Which of `new` hold from now on. Those of a section are named with it: `limits.text`."""
    different = [name for name in new.__struct_fields__ if getattr(new, name) != getattr(old, name)]
    waiting = {name: getattr(old, name) for name in different if name not in AT_ONCE}
    changed = [found for name in different if name in AT_ONCE for found in _names(name, old, new)]
    return Reading(msgspec.structs.replace(new, **waiting), tuple(changed), tuple(waiting))


def _names(name: str, old: Settings, new: Settings) -> list[str]:
    before, after = getattr(old, name), getattr(new, name)
    if not isinstance(after, msgspec.Struct):
        return [name]
    fields: tuple[Any, ...] = after.__struct_fields__
    return [f"{name}.{field}" for field in fields if getattr(before, field) != getattr(after, field)]
