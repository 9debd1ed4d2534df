"""What others have changed, as sentences."""

from collections.abc import Callable, Iterator
from typing import Final

from msgspec import UNSET

from vestnik.cli.client.drawing.words import in_words
from vestnik.protocol.events import Change
from vestnik.protocol.names import conversation_of
from vestnik.texts import say

CHANGES: Final = {
    "delete": "cli.change_delete",
    "react": "cli.change_react",
    "unreact": "cli.change_unreact",
    "pin": "cli.change_pin",
    "unpin": "cli.change_unpin",
    "create_room": "cli.change_create_room",
    "join": "cli.change_join",
    "leave": "cli.change_leave",
    "invite": "cli.change_invite",
    "remove": "cli.change_remove",
    "ban": "cli.change_ban",
    "unban": "cli.change_unban",
    "mute": "cli.change_mute",
    "unmute": "cli.change_unmute",
    "set_role": "cli.change_set_role",
}
"""The sentence of each kind of change but `edit`, which is a text, and `set_room`, which says one for each field."""
FIELDS: Final[dict[str, Callable[[object], str]]] = {
    "name": lambda _: "cli.change_name",
    "topic": lambda topic: "cli.change_topic" if topic else "cli.change_no_topic",
    "description": lambda _: "cli.change_description",
    "private": lambda private: "cli.change_private" if private else "cli.change_public",
    "archived": lambda archived: "cli.change_archived" if archived else "cli.change_unarchived",
    "edits": lambda _: "cli.change_edits",
    "retention": lambda days: "cli.change_no_retention" if days is None else "cli.change_retention",
    "posting": lambda _: "cli.change_posting",
    "inviting": lambda circle: "cli.change_no_inviting" if circle is None else "cli.change_inviting",
    "pinning": lambda _: "cli.change_pinning",
    "mention_all": lambda _: "cli.change_mention_all",
    "slow": lambda seconds: "cli.change_slow" if seconds else "cli.change_no_slow",
    "guests": lambda guests: "cli.change_guests" if guests else "cli.change_no_guests",
}
SIGNS: Final = {
    "react": "cli.sign_react",
    "unreact": "cli.sign_unreact",
    "pin": "cli.sign_pin",
    "unpin": "cli.sign_unpin",
    "delete": "cli.sign_delete",
}
"""What stands at a message for what was done to it, where the message is known."""
GROUP: Final = "#@"
"""How the name of a group conversation begins."""


def sentences(change: Change, own: str, language: str) -> Iterator[str]:
    """What somebody has changed, for the account `own`: a sentence, or one for each field of a room."""
    values = {
        "who": change.from_,
        "to": conversation_of(change.from_, change.to, own),
        "kind": change.kind,
        **{
            field: "" if value is UNSET else value
            for field in ("seq", "emoji", "name", "topic", "description", "retention", "slow")
            for value in (getattr(change, field),)
        },
        **{
            field: in_words(language, word) if isinstance(word, str) else ""
            for field in ("role", "edits", "posting", "inviting", "pinning", "mention_all")
            for word in (getattr(change, field),)
        },
    }
    if change.kind != "set_room":
        group = change.kind == "create_room" and change.to.startswith(GROUP)
        name = "cli.change_create_group" if group else CHANGES.get(change.kind, "cli.change_other")
        yield say(language, name, **values)
        return
    for field, sentence in FIELDS.items():
        if (value := getattr(change, field)) is not UNSET:
            yield say(language, sentence(value), **values)
