"""What a record is between the call and the line."""

from dataclasses import dataclass
from typing import Final, TypeAlias

from vestnik.log.events import Event

PLAIN: Final = frozenset({str, int, float, bool, type(None)})
"""Types whose values cannot change after the call and whose text runs no code of anybody's."""


@dataclass(frozen=True, slots=True, eq=False)
class Message:
    """A record of the stdlib's `logging`, its sentence not formatted yet.

    `logger` is the name to show, `level` the stdlib's number, `template` and `args` what the caller gave;
    `args` holds plain values only.
    """

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
Record: TypeAlias = tuple[float, Event, Values, str | None, int | None, BaseException | None]
"""(created, event, values, connection, request, error); `created` in seconds since 1970."""
Queued: TypeAlias = tuple[float, Event | Message, Values, str | None, int | None, BaseException | None]


def text_of(value: object) -> str:
    """The text of `value`. Never raises: a value that cannot be shown is named by its type."""
    try:
        return str(value)
    except Exception:  # noqa: BLE001 - any code may run here, and its failure is shown in the record itself
        return f"<{type(value).__name__} without text>"


def plain(value: object) -> object:
    """`value` itself if it is of a plain type, else its text. Never raises."""
    return value if type(value) in PLAIN else text_of(value)


def unfitting(template: str, values: Values) -> str:
    """The text of a record whose `values` do not fit its `template`: both, side by side. Never raises."""
    return f"{template} <- ({', '.join([text_of(value) for value in values])})"
