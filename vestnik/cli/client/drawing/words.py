"""Words of the protocol that stand in lists and sentences, as people read them."""

from typing import Final

from vestnik.texts import say

WORDS: Final = {
    "owner": "cli.role_owner",
    "moderator": "cli.role_moderator",
    "member": "cli.role_member",
    "public": "cli.kind_public",
    "private": "cli.kind_private",
    "archived": "cli.kind_archived",
    "group": "cli.kind_group",
    "members": "cli.edits_members",
    "moderators": "cli.edits_moderators",
    "owners": "cli.edits_owners",
    "nobody": "cli.edits_nobody",
    "online": "cli.state_online",
    "away": "cli.state_away",
    "offline": "cli.state_offline",
    "this": "cli.login_this",
    "edit": "cli.did_edit",
    "delete": "cli.did_delete",
    "forever": "cli.mute_forever",
}
"""Roles, what rooms are, who sees earlier texts, how people are, what was done, by the word of the protocol."""


def in_words(language: str, cell: str) -> str:
    """Words of the protocol with blanks between them in a language; anything else as it is."""
    words = cell.split(" ")
    if not all(word in WORDS for word in words):
        return cell
    return ", ".join(say(language, WORDS[word]) for word in words)
