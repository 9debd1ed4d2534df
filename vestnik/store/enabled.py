"""That nobody does anything whose account is disabled by the time it takes effect."""

from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import Concatenate, Final, ParamSpec, TypeVar, cast

from sqlalchemy import Connection, select

from vestnik.protocol import answers
from vestnik.protocol.errors import Forbidden
from vestnik.store.schema import account

P = ParamSpec("P")
T = TypeVar("T")

_KNOWN: Final = "vestnik.disabled"
_DISABLED: Final = select(account.c.id, account.c.name).where(account.c.disabled)


def disabled_accounts(connection: Connection) -> dict[int, str]:
    """The names of the accounts that are disabled, by number; remembered with the connection, which is the only one
    that writes.
    """
    found = connection.info.get(_KNOWN)
    if found is None:
        found = connection.info[_KNOWN] = {row.id: row.name for row in connection.execute(_DISABLED)}
    return cast("dict[int, str]", found)


def forget_disabled(connection: Connection) -> None:
    """Read anew which accounts are disabled: one was or was not, or the transaction was undone."""
    connection.info.pop(_KNOWN, None)


def by_enabled(change: Callable[Concatenate[Connection, P], T]) -> Callable[Concatenate[Connection, P], T]:
    """`change`, which has a parameter `account_id`; it raises Forbidden when that account is disabled."""
    place = list(signature(change).parameters).index("account_id") - 1

    @wraps(change)
    def checked(connection: Connection, /, *args: P.args, **kwargs: P.kwargs) -> T:
        account_id = args[place] if len(args) > place else kwargs["account_id"]
        name = disabled_accounts(connection).get(cast(int, account_id))
        if name is not None:
            raise Forbidden(answers.ACCOUNT_DISABLED, name)
        return change(connection, *args, **kwargs)

    return checked
