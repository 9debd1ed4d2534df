"""What a record is between the call and the line."""

from collections.abc import Mapping
from typing import ClassVar, Final, TypeAlias

import msgspec

from vestnik.log.events import EventType

PLAIN: Final = frozenset({str, int, float, bool, type(None)})
"""Types whose values cannot change after the call and whose text runs no code of anybody's."""
ARGUMENT_CAP: Final = 4096
"""The longest string that a record keeps, in characters; what is cut off is counted in its place."""


class Message(msgspec.Struct, frozen=True, eq=False, gc=False):
    """A record of the stdlib's `logging`, its sentence not formatted yet.

    `logger` is the name to show, `level` the stdlib's number, `template` and `args` what the caller gave;
    `args` holds plain values only. `promised` and `worth` are as in `EventType`.
    """

    promised: ClassVar[bool] = False
    worth: ClassVar[None] = None

    logger: str
    level: int
    template: str
    args: tuple[object, ...]

    def text(self) -> str:
        """The sentence. Never raises: if the arguments do not fit the template, both are shown."""
        if not self.args:
            return self.template
        try:
            return self.template % self.args
        except Exception:  # noqa: BLE001 - a wrong template must not cost the record; it shows what was given
            return unfitting(self.template, self.args)


Values: TypeAlias = tuple[object, ...]
More: TypeAlias = Mapping[str, object] | None
"""Further fields of the JSON rendering, by name."""
Record: TypeAlias = tuple[float, EventType, Values, str | None, int | None, BaseException | None, More]
"""(created, event, values, connection, request, error, more); `created` in seconds since 1970."""
Queued: TypeAlias = tuple[float, EventType | Message, Values, str | None, int | None, BaseException | None, More]


def text_of(value: object) -> str:
    """The text of `value`. Never raises: a value that cannot be shown is named by its type."""
    try:
        return str(value)
    except Exception:  # noqa: BLE001 - any code may run here, and its failure is shown in the record itself
        return f"<{type(value).__name__} without text>"


def cut(text: str, limit: int = ARGUMENT_CAP) -> str:
    """`text`, or `limit` characters of its beginning and its end, and between them how many were left out."""
    if len(text) <= limit:
        return text
    end = limit // 4
    return f"{text[: limit - end]}...[+{len(text) - limit}]...{text[len(text) - end :]}"


def plain(value: object) -> object:
    """`value` itself if it is of a plain type, else its text; cut if it is too long. Never raises."""
    kind = type(value)
    if kind is str:
        return cut(value)  # type: ignore[arg-type]  # it is one
    return value if kind in PLAIN else cut(text_of(value))


def plain_all(values: Values) -> Values:
    """`values` themselves if each is plain and short, else what `plain` makes of them. Never raises."""
    for value in values:
        kind = type(value)
        if len(value) > ARGUMENT_CAP if kind is str else kind not in PLAIN:  # type: ignore[arg-type]  # a str has one
            return tuple([plain(value) for value in values])
    return values


def named(more: Mapping[str, object]) -> More:
    """Further fields with plain values."""
    return {name: plain(value) for name, value in more.items()}


def unfitting(template: str, values: Values) -> str:
    """The text of a record whose `values` do not fit its `template`: both, side by side. Never raises."""
    return f"{template} <- ({', '.join([text_of(value) for value in values])})"
