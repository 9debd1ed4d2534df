"""What there is to a message beside its text."""

from collections.abc import Iterable, Iterator
from typing import Final

from msgspec import UNSET

from vestnik.protocol.events import Delivery

BETWEEN: Final = " · "
"""What stands between two marks."""


def marks(message: Delivery) -> Iterator[tuple[str, dict[str, object]]]:
    """What is so about a message, without its reactions: each a sentence and its values."""
    if message.forwarded is not UNSET:
        yield "cli.mark_forwarded", {"who": message.forwarded.from_}
    if message.deleted is not UNSET:
        yield "cli.mark_deleted", {}
    elif message.edited is not UNSET:
        yield "cli.mark_edited", {}
    if message.pinned is True:
        yield "cli.mark_pinned", {}
    if message.replies is not UNSET and message.replies:
        yield "cli.mark_replies", {"count": message.replies}


def reactions(message: Delivery) -> Iterable[tuple[str, list[str]]]:
    """Reactions: each an emoji, and the names of those who put it there."""
    return () if message.reactions is UNSET else message.reactions.items()
