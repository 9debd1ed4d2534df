"""What comes of a request: an answer at once, or a message that must be kept first."""

from typing import NamedTuple, TypeAlias

from vestnik.chat.directs import Direct
from vestnik.chat.rooms import Room
from vestnik.chat.sessions import Account, Session
from vestnik.protocol.answers import Answer


class Reply(NamedTuple):
    """An answer: its kind, the `values` of its fields in order, and what only some answers carry.

    `names` is a list that takes the place of the text; `token` a new login's token; `final` ends the connection
    without a word; `logged_in` says that kept messages may follow.
    """

    answer: Answer
    values: tuple[object, ...] = ()
    names: list[str] | None = None
    token: str | None = None
    final: bool = False
    logged_in: bool = False


class Post:
    """A message that passed the rules, on its way through the store to its recipients.

    The store fills in `seq` and `time` (UNIX seconds). It sets `again` when the account has sent this `id` before:
    `delivered` then says whether the addressee has got that message, `conflict` that it was another conversation's.
    """

    __slots__ = (
        "again",
        "conflict",
        "conversation",
        "conversation_id",
        "delivered",
        "id",
        "request",
        "sender",
        "sender_id",
        "seq",
        "session",
        "text",
        "time",
        "to",
    )

    def __init__(
        self,
        session: Session,
        sender: Account,
        conversation: Room | Direct,
        to: str,
        text: str,
        client_id: str | None,
    ) -> None:
        self.session = session
        self.sender = sender
        self.sender_id = sender.id
        self.conversation = conversation
        self.conversation_id = conversation.id
        self.to = to
        self.text = text
        self.id = client_id
        self.request = 0
        self.seq = 0
        self.time = 0.0
        self.again = False
        self.delivered = False
        self.conflict = False


Outcome: TypeAlias = Reply | Post
