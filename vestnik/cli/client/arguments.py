"""What stands behind a command in a line of the client, read from the left.

A word ends at a blank, or is in double quotes: `/mute "anna b" 10`. Where a name or text is the rest of the line it
needs no quotes.
"""

import re
from datetime import datetime, timedelta
from typing import Any, Final

from vestnik.protocol.names import ROOM_SIGN

_WORD: Final = re.compile(r'"([^"]*)"(?=\s|$)|(\S+)')
_ROOMS: Final = re.compile(r"[\s,;]+#")
_FILTER: Final = re.compile(r'(?<!\S)(from|in|has|since|until):("[^"]*"|\S+)')


class BadLine(Exception):
    """A line that cannot be served: the `name` of the sentence that says why, and its `values`.

    The command and its usage are added to these.
    """

    def __init__(self, name: str = "cli.client_usage", **values: object) -> None:
        super().__init__(name)
        self.name = name
        self.values = values


class Arguments:
    """The rest of a line. `to` is the conversation that is chosen, or nothing.

    Every method takes what it returns off the left. Raises BadLine where something is missing or wrong. `names` are
    the names of rooms and people that were taken.
    """

    def __init__(self, text: str, to: str) -> None:
        self._text = text.strip()
        self._to = to
        self.names: list[str] = []

    def __bool__(self) -> bool:
        """Whether something is left."""
        return bool(self._text)

    def word(self) -> str:
        """The next word."""
        found = _WORD.match(self._text)
        if found is None:
            raise BadLine
        self._text = self._text[found.end() :].lstrip()
        return found[2] if found[1] is None else found[1]

    def takes(self, word: str) -> bool:
        """Whether the next word is this one, which is then taken."""
        found = _WORD.match(self._text)
        if found is None or found[0] != word:
            return False
        self.word()
        return True

    def number(self) -> int:
        """The next word, which has to be a number."""
        word = self.word()
        if not _is_number(word):
            raise BadLine
        return int(word)

    def rest(self) -> str:
        """Everything that is left, as it was written."""
        found, self._text = self._text, ""
        if not found:
            raise BadLine
        return found

    def text(self) -> str:
        """Everything that is left; quotes around all of it do not belong to it."""
        text = self.rest()
        quoted = _WORD.fullmatch(text)
        return text if quoted is None or quoted[1] is None else quoted[1]

    def name(self) -> str:
        """Everything that is left, as a name: neither quotes around it nor an `@` before it belong to it."""
        if not self._text:
            raise BadLine("cli.argument_needed")
        return self._named(self.text() if self._text.startswith('"') else self.rest().removeprefix("@"))

    def person(self) -> str:
        """The next word, as the name of somebody."""
        if not self._text:
            raise BadLine("cli.argument_needed")
        quoted = self._text.startswith('"')
        word = self.word()
        return self._named(word if quoted else word.removeprefix("@"))

    def room(self) -> str:
        """The room that is named first, else the chosen one."""
        if not self._text.removeprefix('"').startswith(ROOM_SIGN):
            return self.chosen_room()
        return self._named(self.word())

    def room_alone(self) -> str:
        """The room that all of the rest names, with or without its `#`, else the chosen one."""
        return self.room_name() if self._text else self.chosen_room()

    def room_name(self) -> str:
        """Everything that is left, as the name of a room, with or without its `#`; several are no name."""
        if not self._text:
            raise BadLine("cli.argument_needed")
        quoted = self._text.startswith('"')
        text = self.text()
        if not quoted and _ROOMS.search(text):
            raise BadLine("cli.one_room", room=_as_room(_ROOMS.split(text)[0]))
        return self._named(_as_room(text))

    def new_room(self) -> str:
        """The next word, as the name of a room that may come into being by it, with or without its `#`.

        A blank or a comma in it may be a mistake, so a name that has them is in quotes.
        """
        quoted, text = self._text.startswith('"'), self._text
        word = self.word()
        if not quoted and ("," in word or _ROOMS.search(text)):
            raise BadLine("cli.one_room", room=_as_room(re.split(r"[\s,;]", text)[0]))
        return self._named(_as_room(word))

    def conversation(self) -> str:
        """The conversation that is named in front of a number, else the chosen one."""
        found = _WORD.match(self._text)
        if found is None or _is_number(found[0]) or found[0] == "before":
            return self.chosen()
        if _is_number(found[0].removeprefix("-")):
            raise BadLine
        return self._named(self.word())

    def chosen(self) -> str:
        """The chosen conversation."""
        if not self._to:
            raise BadLine("cli.no_addressee")
        return self._to

    def chosen_room(self) -> str:
        """The chosen conversation, which has to be a room."""
        to = self.chosen()
        if not to.startswith(ROOM_SIGN):
            raise BadLine("cli.no_room", to=to)
        return to

    def end(self) -> None:
        """Nothing may be left."""
        if self._text:
            raise BadLine

    def _named(self, name: str) -> str:
        if not name:
            raise BadLine("cli.argument_needed")
        self.names.append(name)
        return name


def search_filters(text: str) -> dict[str, Any]:
    """The arguments of `Client.search` in words like `tea from:anna since:2026-11-01`. Raises BadLine."""
    found: dict[str, Any] = {}
    for name, quoted in _FILTER.findall(text):
        value = quoted[1:-1] if quoted.startswith('"') else quoted
        if name == "has":
            found.setdefault("has", []).append(value)
        elif name in {"since", "until"}:
            found[name] = _seconds(value, whole_day=name == "until")
        else:
            found[f"{name}_"] = value
    query = " ".join(_FILTER.sub(" ", text).split())
    return {"query": query, **found}


def _seconds(text: str, *, whole_day: bool) -> float:
    """The UNIX seconds of a local day or moment; of a `whole_day` its end."""
    try:
        moment = datetime.fromisoformat(text)
        if whole_day and "T" not in text:
            moment += timedelta(days=1)
        return moment.timestamp()
    except (ValueError, OverflowError):
        raise BadLine("cli.client_time") from None


def _as_room(name: str) -> str:
    return name if not name or name.startswith(ROOM_SIGN) else f"{ROOM_SIGN}{name}"


def _is_number(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) < 16
