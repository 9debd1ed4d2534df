"""Who may read what: asked of the store together with what is read, and of what is in memory before it is told.

What was read waits for its turn in the loop: meanwhile the reader may have been removed, and have been told so.
"""

from vestnik.chat.conversations import Conversation
from vestnik.chat.names import ROOM_SIGN
from vestnik.chat.outcome import Outcome, Reply
from vestnik.chat.roles import standing_of
from vestnik.chat.rooms import Room, RoomDirectory
from vestnik.chat.rules.rooms import MayLookAt, MayRead
from vestnik.chat.session import Account, Session
from vestnik.chat.storage.rooms import Asker, ReadStanding
from vestnik.protocol import answers
from vestnik.protocol.errors import NotAuthorised


def reader_of(account: Account, asked: str) -> Asker:
    """Somebody who reads in the conversation that they call `asked`."""
    return Asker(account.id, MayRead(account.name, asked))


def viewer_of(account: Account, asked: str) -> Asker:
    """Somebody who looks at the room that they call `asked` from outside or inside."""
    return Asker(account.id, MayLookAt(account.name, asked))


def check_told(session: Session, outcome: Outcome) -> None:
    """Before the answer to a request goes that had to wait: what it is `about` may still be told to who has asked.

    Raises what the rule of the reader raises, and NotAuthorised in a session that has lost its account.
    """
    if type(outcome) is not Reply:
        return
    for conversation, reader in outcome.about:
        check_readable(session, conversation, reader)


def check_readable(session: Session, conversation: Conversation, reader: Asker) -> None:
    """What was read of a conversation may still be told. Raises what `check_told` raises."""
    if session.account is None:
        raise NotAuthorised(answers.LOGIN_REQUIRED, session.claimed)
    room = standing_of(conversation, reader.account_id) if isinstance(conversation, Room) else None
    reader.rule(ReadStanding(room))


def may_know(rooms: RoomDirectory, name: str, account_id: int) -> bool:
    """Whether an account may know at this moment of what was read of the conversation `name`, if that is a room."""
    room = rooms.find(name)
    if room is None:
        return not name.startswith(ROOM_SIGN)
    return not room.private or account_id in room.members


def may_hear(rooms: RoomDirectory, name: str, session: Session) -> bool:
    """Whether a session may read at this moment in the conversation `name`, if that is a room."""
    room = rooms.find(name)
    if room is None:
        return not name.startswith(ROOM_SIGN)
    account, scope = session.account, session.scope
    return account is not None and account.id in room.members and (scope is None or scope.has(room.id))
