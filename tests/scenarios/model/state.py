"""What the reference keeps: messages, conversations, rooms."""

from dataclasses import dataclass, field
from typing import Any

RANK = {None: 0, "member": 1, "moderator": 2, "owner": 3}


class Refused(Exception):
    """A request is answered with an error; nothing has changed."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass
class Message:
    """A message; `texts` are those that one may still see, the present one last, `gone` those before it was deleted."""

    author: str
    texts: list[str]
    id: str | None
    reply_to: int | None = None
    thread: int | None = None
    edited: bool = False
    deleted: bool = False
    gone: list[str] = field(default_factory=list)
    pinned: bool = False
    reactions: set[tuple[str, str]] = field(default_factory=set)

    @property
    def text(self) -> str:
        """Its present text."""
        return self.texts[-1]

    @property
    def said(self) -> list[str]:
        """All texts that it ever had, which somebody may have heard."""
        return [*self.gone, *self.texts]


@dataclass
class Conversation:
    """A direct conversation of `people`, or the part of a room that is like one."""

    people: list[str]
    number: int = 0
    messages: list[Message] = field(default_factory=list)
    changes: list[dict[str, Any]] = field(default_factory=list)
    """As others hear of them."""
    read: dict[str, int] = field(default_factory=dict)
    reader: dict[str, str] = field(default_factory=dict)
    """By account the device that has moved its read cursor last; nothing if a membership did."""

    def name_for(self, account: str) -> str:
        """What an account calls it."""
        return next((person for person in self.people if person != account), account)

    def unread(self, account: str) -> int:
        """How many messages an account has not read."""
        rest = self.messages[self.read.get(account, 0) :]
        return sum(message.author != account and not message.deleted for message in rest)


@dataclass
class Room(Conversation):
    """A room; `people` are in the order in which they became members."""

    name: str = ""
    private: bool = False
    archived: bool = False
    group: bool = False
    topic: str = ""
    description: str = ""
    edits: str = "members"
    roles: dict[str, str] = field(default_factory=dict)
    banned: set[str] = field(default_factory=set)
    muted: set[str] = field(default_factory=set)
    since: dict[str, int] = field(default_factory=dict)
    """The last seq when each became a member."""
    founders: list[str] = field(default_factory=list)
    """Whose group it is, whoever has left it."""

    def name_for(self, account: str) -> str:
        """Everybody calls it the same."""
        return self.name

    def add(self, person: str, role: str) -> None:
        """Begin a membership."""
        self.people.append(person)
        self.roles[person] = role
        self.since[person] = len(self.messages)
        if self.messages:
            self.read[person] = len(self.messages)
        self.reader.pop(person, None)

    def drop(self, person: str) -> None:
        """End a membership, if there is one."""
        if person in self.people:
            self.people.remove(person)
            del self.roles[person]
