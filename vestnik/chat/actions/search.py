"""`search`: messages by their words, among those that one may read."""

import re
from typing import Final

from vestnik.chat.chat import Chat
from vestnik.chat.conversations import Conversation, find_conversation
from vestnik.chat.names import check_length, name_key
from vestnik.chat.outcome import Reply
from vestnik.chat.reading import may_hear, reader_of
from vestnik.chat.session import Session
from vestnik.chat.storage.rooms import Asker
from vestnik.chat.storage.search import Question, SearchPosition
from vestnik.chat.storage.words import Word, normal, words
from vestnik.protocol import answers
from vestnik.protocol.errors import BadRequest, NotFound
from vestnik.protocol.requests import Search

MAX_WORDS: Final = 16
"""Words of a query."""
PAGE: Final = 20
"""Messages in an answer, if the request does not say how many."""
MAX_PAGE: Final = 50
"""Messages that may be asked for."""
FILTERS: Final = ("query", "from", "in", "since", "until", "has")
"""Fields that say what is looked for: one of them is needed."""
_PLACE: Final = re.compile(r"([0-2])-([0-9]{1,15})")


async def search(chat: Chat, session: Session, request: Search) -> Reply:
    """A page of the messages that fit, each with a snippet.

    Raises BadRequest for a query that is too long, has no words, or is missing like all filters; NotFound for an
    unknown `from`; what `find_conversation` raises for `in`.
    """
    account = session.speaker
    author_id = conversation_id = None
    about: tuple[tuple[Conversation, Asker], ...] = ()
    found = _words(request.query, chat.limits.query)
    values = (request.from_, request.in_, request.since, request.until)
    if not found and not request.has and all(value is None for value in values):
        raise BadRequest(answers.FIELDS_NONE, ", ".join(FILTERS))
    after = None if request.before is None else _position(request.before)
    if request.limit == 0:
        raise BadRequest(answers.FIELD_INVALID, "limit")
    if request.from_ is not None:
        name = check_length("from", request.from_, chat.limits.name)
        author = await chat.storage.find_account(name_key(name))
        if author is None:
            raise NotFound(answers.ACCOUNT_UNKNOWN, name)
        author_id = author.id
    if request.in_ is not None:
        conversation = await find_conversation(chat, account, request.in_, "in")
        conversation_id, about = conversation.id, ((conversation, reader_of(account, request.in_)),)
    question = Question(
        account.id,
        found,
        min(request.limit or PAGE, MAX_PAGE, chat.limits.page),
        author_id=author_id,
        conversation_id=conversation_id,
        since=request.since,
        until=request.until,
        has=frozenset(request.has),
        after=after,
    )
    page = await chat.storage.search(question)
    messages = [each for each in page.messages if may_hear(chat.rooms, each.to, session)]
    more: dict[str, object] = {"messages": messages, "more": page.next is not None}
    if page.next is not None:
        more["next"] = f"{page.next.rank}-{page.next.number}"
    return Reply(answers.SEARCH_FOUND, (account.name, len(messages)), more=more, about=about)


def _words(query: str, limit: int) -> tuple[Word, ...]:
    """The words of a query, each of them once."""
    if len(query) > limit:
        raise BadRequest(answers.FIELD_TOO_LONG, "query", limit)
    found = tuple({word.text: word for word in words(normal(query))}.values())
    if not found and query.strip():
        raise BadRequest(answers.SEARCH_EMPTY)
    if len(found) > MAX_WORDS:
        raise BadRequest(answers.SEARCH_WORDS, MAX_WORDS)
    return found


def _position(text: str) -> SearchPosition:
    match = _PLACE.fullmatch(text)
    if match is None:
        raise BadRequest(answers.FIELD_INVALID, "before")
    return SearchPosition(int(match[1]), int(match[2]))
