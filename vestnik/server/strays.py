"""Lines of text that have no object: which message or change each of them tells of, and the object it is to have.

A line of text has no numbers. But lines are in the order in which messages and changes were kept, so the first line
that says what would be said of a message is the line of that message. Requests that changed nothing have such lines,
too: so it is the first one behind the line of the message or change before.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from string import Formatter
from typing import Any, Final

from vestnik.chat.storage.changes import ChangeEvent
from vestnik.log.events import EventType
from vestnik.log.reading.entry import Entry, Source
from vestnik.log.reading.stamps import Stamps, iso
from vestnik.log.recording.jsonl import careful
from vestnik.log.recording.render import sentence, template
from vestnik.log.recovering.unfinished import Addition
from vestnik.protocol import answers
from vestnik.protocol.answers import Answer
from vestnik.server import catalogue
from vestnik.server.unjournaled import Unjournaled
from vestnik.texts import TEXTS

ANSWERS: Final[Mapping[str, tuple[Answer, ...]]] = {
    "join": (answers.ROOM_JOINED,),
    "leave": (answers.ROOM_LEFT,),
    "create_room": (answers.ROOM_CREATED, answers.ROOM_JOINED, answers.GROUP_CREATED),
    "set_room": (answers.ROOM_CHANGED,),
    "invite": (answers.MEMBER_INVITED,),
    "remove": (answers.MEMBER_REMOVED,),
    "ban": (answers.MEMBER_BANNED,),
    "unban": (answers.MEMBER_UNBANNED,),
    "mute": (answers.MEMBER_MUTED,),
    "unmute": (answers.MEMBER_UNMUTED,),
    "set_role": (answers.MEMBER_ROLE,),
    "edit": (answers.MESSAGE_EDITED,),
    "delete": (answers.MESSAGE_DELETED,),
    "react": (answers.REACTION_ADDED,),
    "unreact": (answers.REACTION_REMOVED,),
    "pin": (answers.MESSAGE_PINNED,),
    "unpin": (answers.MESSAGE_UNPINNED,),
}
"""What is answered to whoever makes a change of a kind."""
_LATER: Final = (
    catalogue.CHANGE_MADE,
    catalogue.CHANGE_RECOVERED,
    catalogue.MESSAGE_RECOVERED,
    catalogue.STORE_RESTORED,
)
"""Lines that may come long after what they tell of."""
_OF_MESSAGE: Final = (
    catalogue.of_answer(answers.MESSAGE_DELIVERED),
    catalogue.of_answer(answers.MESSAGE_KEPT),
    catalogue.of_answer(answers.MESSAGE_NOTED),
    catalogue.MESSAGE_RECOVERED,
)


class Strays:
    """Some lines, in their order. `epoch` is that of the numbers of what they are about."""

    def __init__(self, lines: Sequence[Addition], epoch: str) -> None:
        self._epoch = epoch
        self._lines = lines
        self._facts = [Entry(0, line.rstrip(b"\n"), _SOURCE).facts for _, line in lines]
        self._told: dict[int, dict[str, object]] = {}
        self._places: defaultdict[object, list[int]] = defaultdict(list)  # in their order
        self._before = self._last = -1  # the last two lines that were found
        self._no_more: set[tuple[str, str]] = set()  # the kind and the account of changes that no line is left for
        for at, facts in enumerate(self._facts):
            self._places[facts.get("message")].append(at)

    def __bool__(self) -> bool:
        return bool(self._lines)

    def take(self, missing: Unjournaled) -> bool:
        """Whether a line is about this; it is told then."""
        values: dict[str, object]
        if (kept := missing.message) is not None:
            values = {"account": kept.sender, "to": kept.to, "seq": kept.seq, "id": kept.id}
            found = self._find(values, _OF_MESSAGE)
        else:
            assert missing.change is not None  # noqa: S101 - it is one of the two
            change = missing.change
            values = {"account": change.account, "to": missing.to, "kind": change.kind, "change": change.change}
            found = self._find(values, (catalogue.CHANGE_MADE, catalogue.CHANGE_RECOVERED)) or self._find_answer(change)
        if found is None:
            return False
        at, event, values = found
        self._tell(at, event, values | {"number": missing.number, "epoch": self._epoch})
        return True

    def say(self, event: EventType, values: dict[str, object]) -> bool:
        """Whether a line says this; it is told then."""
        found = self._find(values, (event,))
        if found is not None:
            self._tell(*found)
        return found is not None

    def _tell(self, at: int, event: EventType, values: dict[str, object]) -> None:
        self._told[at] = {"event": event.name, "code": event.code} | values

    def _find(
        self, values: dict[str, object], events: Sequence[EventType]
    ) -> tuple[int, EventType, dict[str, object]] | None:
        """The first line that says one of these events of these values."""
        found = []
        for event in events:
            said = tuple(values.get(field) for field in event.fields)
            for language in TEXTS:
                message = sentence(language, event, said)
                if (at := self._place(message, anywhere=event in _LATER)) is not None:
                    found.append((at <= self._last, at, event, message))
        if not found:
            return None
        _, at, event, message = min(found, key=lambda each: each[:2])
        self._places[message].remove(at)
        if event not in _LATER:
            self._go_to(at)
        return at, event, values

    def _place(self, message: str, *, anywhere: bool) -> int | None:
        """The first line that says this behind the last one that was found; or behind the one before, which was not
        the right one then."""
        places = self._places.get(message, ())
        for after in (-1,) if anywhere else (self._last, self._before):
            if (index := bisect_right(places, after)) < len(places):
                return places[index]
        return None

    def _go_to(self, at: int) -> None:
        if at > self._last:
            self._before = self._last
        self._last = at

    def _find_answer(self, change: ChangeEvent) -> tuple[int, EventType, dict[str, object]] | None:
        """The line that answers whoever made a change of this kind, as `_place` has it."""
        if (change.kind, change.account) in self._no_more:
            return None
        patterns = [
            (event, pattern)
            for event in map(catalogue.of_answer, ANSWERS.get(change.kind, ()))
            for pattern in _patterns(event, change.account)
        ]
        for at in chain(range(self._last + 1, len(self._facts)), range(self._before + 1, self._last)):
            if at in self._told:
                continue
            message = self._facts[at].get("message")
            for event, pattern in patterns:
                if match := pattern.fullmatch(str(message)):
                    self._places[message].remove(at)
                    self._go_to(at)
                    return at, event, {"account": change.account, **match.groupdict()}
        self._no_more.add((change.kind, change.account))
        return None

    def objects(self) -> Iterator[Addition]:
        """The object of each line, in their order; of what is not known only what the line says."""
        stamps = Stamps("log")
        for at, ((date, line), facts) in enumerate(zip(self._lines, self._facts, strict=True)):
            moment = stamps.read(line)
            made: dict[str, Any] = dict(facts)
            if moment is not None:
                made["time"] = iso(moment)
            told = {name: value for name, value in self._told.get(at, {}).items() if value is not None}
            message = {"message": made.pop("message")}
            traceback = {"traceback": made.pop("traceback")} if "traceback" in made else {}
            whole = made | told | message | {"recovered": True} | traceback
            yield Addition(date, bytes(careful(whole)) + b"\n")


_SOURCE: Final = Source(Path(), "log", "")


def _patterns(event: EventType, account: str) -> Iterator[re.Pattern[str]]:
    """What is said of an event of this account, in each language, with its other fields as groups."""
    for language in TEXTS:
        parts, seen = [], set()
        for text, at, _, _ in Formatter().parse(template(language, event)):
            parts.append(re.escape(text))
            if at:
                field = event.fields[int(at)]
                if field == "account":
                    parts.append(re.escape(account))
                elif field in seen:
                    parts.append(f"(?P={field})")
                else:
                    parts.append(f"(?P<{field}>.+?)")
                    seen.add(field)
        yield re.compile("".join(parts), re.DOTALL)
