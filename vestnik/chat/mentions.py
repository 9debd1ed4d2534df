"""Mentions: the names behind `@` in a text, and whose they are.

A name may have blanks, so a text alone does not say where it ends: of everything behind an `@` that could be a name,
the longest one wins that belongs to somebody.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from vestnik.chat.chat import Chat
from vestnik.chat.conversations import Conversation, people_of
from vestnik.chat.initials import EVERYBODY_NAMES, SIGN
from vestnik.chat.names import name_key
from vestnik.chat.roles import role_of, standing_of
from vestnik.chat.rooms import Room
from vestnik.chat.rules.matrix import needed, ranks
from vestnik.chat.storage.accounts import AccountRecord
from vestnik.chat.storage.messages import EVERYBODY

FEW: Final = 8
"""Signs in a text up to which its mentions are found while others wait: a fraction of a millisecond."""
_RUN: Final = re.compile(r"\S+")
# At its start or behind a bracket or quote: a scheme, a host with a dot before its path, or a path.
_ADDRESS: Final = re.compile(
    r"[^\W\d_][\w+.-]{0,30}://|\b[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}(?::\d{1,5})?[/?#]|(?<![\w@])\.{0,2}/\w"
)
_PATH_BEHIND: Final = re.compile(r"[\w.-]{1,100}/\w")
_EMAIL_SIGNS: Final = ".+-%'\"!#$&*=?^`{|}~"
_DOMAIN_BEHIND: Final = re.compile(r"[\w-]{1,63}\.\w")

_FOR_ALL: Final = dict.fromkeys(EVERYBODY_NAMES, EVERYBODY)


class Candidate(NamedTuple):
    """An `@` at index `at` of a text, and what may be the name behind it: where it ends and its key, longest first."""

    at: int
    names: Sequence[tuple[int, str]]


def find_candidates(text: str, longest: int, limit: int) -> list[Candidate]:
    """The first `limit` places of `text` where a name of at most `longest` characters may be mentioned.

    There the `@` stands at the start or behind something that is no letter, digit or underscore, and in no address of
    the web or of e-mail.
    """
    found: list[Candidate] = []
    for run in _RUN.finditer(text):
        at = text.find(SIGN, run.start(), run.end())
        if at < 0:
            continue
        scheme, path = _where_addresses_begin(run[0])
        while at >= 0 and len(found) < limit:
            before = at - run.start()
            in_address = before > scheme or (before > path and _goes_on(text, at)) or _is_email(text, at)
            if not in_address and (at == 0 or not _in_word(text[at - 1])):
                names = _names_at(text, at + 1, longest)
                if names:
                    found.append(Candidate(at, names))
            at = text.find(SIGN, at + 1, run.end())
        if len(found) == limit:
            break
    return found


def _where_addresses_begin(run: str) -> tuple[int, int]:
    """From where on a run of visible characters is surely part of an address (`https://x`, `x.org/`, `/x`), and from
    where on it is one if it goes on like a path (`x/`).
    """
    none = len(run)
    found = _ADDRESS.search(run)
    slash = run.find("/")
    return found.start() if found else none, slash if slash >= 0 else none


def _goes_on(text: str, at: int) -> bool:
    """Whether what is behind the `@` goes on like a path."""
    return _PATH_BEHIND.match(text, at + 1) is not None


def _is_email(text: str, at: int) -> bool:
    """Whether the `@` is in an address of e-mail whose first part ends with a sign, like `a.b.@site.org`."""
    return (
        at >= 2
        and text[at - 1] in _EMAIL_SIGNS
        and _in_word(text[at - 2])
        and _DOMAIN_BEHIND.match(text, at + 1) is not None
    )


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
    """Whom a text mentions among the people of its conversation, but not its author, nor who has blocked them.

    In a room `EVERYBODY` too, where the author may mention all.
    In the order of the numbers of the accounts.
    """
    candidates = _candidates(chat, text)
    if not candidates:
        return ()
    found = await chat.known_names.look_up(_keys(candidates))
    return _mentioned(chat, author_id, conversation, candidates, found)


def recall_mentions(
    chat: Chat, author_id: int, conversation: Conversation, text: str
) -> tuple[AccountRecord, ...] | None:
    """The same from memory; None if a name has to be looked up, or if there may be many, which takes a while."""
    if text.count(SIGN) > FEW:
        return None
    candidates = _candidates(chat, text)
    if not candidates:
        return ()
    found = chat.known_names.recall(_keys(candidates))
    return None if found is None else _mentioned(chat, author_id, conversation, candidates, found)


def _candidates(chat: Chat, text: str) -> list[Candidate]:
    if not chat.initials.may_mention(text):
        return []
    candidates = find_candidates(text, chat.limits.name, chat.limits.mentions)
    return [candidate for candidate in candidates if chat.initials.begins(text, candidate.at)]


def _keys(candidates: Iterable[Candidate]) -> set[str]:
    return {key for candidate in candidates for _, key in candidate.names}


def _mentioned(
    chat: Chat,
    author_id: int,
    conversation: Conversation,
    candidates: Iterable[Candidate],
    found: Mapping[str, AccountRecord],
) -> tuple[AccountRecord, ...]:
    people, blockers = people_of(conversation), chat.blocks.blockers_of(author_id)
    known = {key: each for key, each in found.items() if each.id in people and each.id not in blockers}
    if isinstance(conversation, Room) and _may_mention_all(conversation, author_id):
        known |= _FOR_ALL
    return tuple(sorted(account for account in choose(candidates, known) if account.id != author_id))


def _may_mention_all(room: Room, author_id: int) -> bool:
    """Whether `@all` of an author mentions everybody in a room, or is only text there."""
    if room.allowed.mention_all == "members":
        return True
    return ranks(role_of(room, author_id), needed(standing_of(room, author_id), "mention_all"))
