"""Mentions: the names behind `@` in a text, and whose they are.

A name may have blanks, so a text alone does not say where it ends: of everything behind an `@` that could be a name,
the longest one wins that belongs to somebody.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from vestnik.chat.chat import Chat
from vestnik.chat.conversations import Conversation, people_of
from vestnik.chat.initials import EVERYBODY_NAMES, SIGN
from vestnik.chat.names import name_key
from vestnik.chat.rooms import Room
from vestnik.chat.storage.accounts import AccountRecord
from vestnik.chat.storage.messages import EVERYBODY

_FOR_ALL: Final = dict.fromkeys(EVERYBODY_NAMES, EVERYBODY)


class Candidate(NamedTuple):
    """An `@` at index `at` of a text, and what may be the name behind it: where it ends and its key, longest first."""

    at: int
    names: Sequence[tuple[int, str]]


def find_candidates(text: str, longest: int, limit: int) -> list[Candidate]:
    """The first `limit` places of `text` where a name of at most `longest` characters may be mentioned.

    There the `@` stands at the start or behind something that is no letter, digit or underscore, so that addresses of
    e-mail mention nobody.
    """
    found: list[Candidate] = []
    at = text.find(SIGN)
    while at >= 0 and len(found) < limit:
        if at == 0 or not _in_word(text[at - 1]):
            names = _names_at(text, at + 1, longest)
            if names:
                found.append(Candidate(at, names))
        at = text.find(SIGN, at + 1)
    return found


def _names_at(text: str, start: int, longest: int) -> list[tuple[int, str]]:
    """What may be a name from `start` on: it ends where a word does, and has single blanks inside."""
    names: list[tuple[int, str]] = []
    for end in range(start + 1, min(start + longest, len(text)) + 1):
        last = text[end - 1]
        if not last.isprintable() or (last == " " and (end == start + 1 or text[end - 2] == " ")):
            break
        inside = end < len(text) and _in_word(last) and _in_word(text[end])
        if last != " " and not inside:
            names.append((end, name_key(text[start:end])))
    return names[::-1]


def _in_word(character: str) -> bool:
    """Whether it is a letter, a digit, an underscore, or a mark that belongs to the letter before it."""
    return character.isalnum() or character == "_" or unicodedata.category(character)[0] == "M"


def choose(candidates: Iterable[Candidate], known: Mapping[str, AccountRecord]) -> set[AccountRecord]:
    """Who is mentioned, where `known` are those who may be, by the keys of their names."""
    found: set[AccountRecord] = set()
    behind = 0  # the end of the name before
    for candidate in candidates:
        if candidate.at < behind:
            continue
        for end, key in candidate.names:
            if key in known:
                found.add(known[key])
                behind = end
                break
    return found


async def find_mentions(chat: Chat, author_id: int, conversation: Conversation, text: str) -> tuple[AccountRecord, ...]:
    """Whom a text mentions among the people of its conversation, in a room also `EVERYBODY`; but not its author.

    In the order of the numbers of the accounts.
    """
    if not chat.initials.may_mention(text):
        return ()
    candidates = find_candidates(text, chat.limits.name, chat.limits.mentions)
    if not candidates:
        return ()
    found = await chat.storage.find_accounts({key for candidate in candidates for _, key in candidate.names})
    people = people_of(conversation)
    known = {key: account for key, account in found.items() if account.id in people}
    if isinstance(conversation, Room):
        known |= _FOR_ALL
    return tuple(sorted(account for account in choose(candidates, known) if account.id != author_id))
