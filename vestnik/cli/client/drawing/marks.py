"""What there is to a message beside its text."""

from collections.abc import Iterable, Iterator
from typing import Final

from msgspec import UNSET

from vestnik.protocol.events import Delivery
from vestnik.protocol.names import name_key

BETWEEN: Final = " · "
"""What stands between two marks."""
EVERYBODY: Final = "all"
"""What stands among the names of those mentioned when everybody is."""


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


def mentions(message: Delivery, own: str) -> bool:
    """Whether somebody else's message mentions the account `own`, or everybody."""
    if message.mentions is UNSET or name_key(message.from_) == name_key(own):
        return False
    return bool({name_key(own), EVERYBODY} & {name_key(name) for name in message.mentions})


def reactions(message: Delivery) -> Iterable[tuple[str, list[str]]]:
    """Reactions: each an emoji, and the names of those who put it there."""
    return () if message.reactions is UNSET else message.reactions.items()
