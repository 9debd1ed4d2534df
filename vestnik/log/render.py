"""From a record to its line of text."""

import logging
import time
from collections.abc import Callable
from functools import cache
from math import floor
from string import Formatter
from traceback import TracebackException
from typing import Final

from vestnik.log.escape import escape, escape_at_most
from vestnik.log.events import Event
from vestnik.log.records import Message, Queued, Values, unfitting
from vestnik.protocol.texts import TEXTS

FORMAT: Final = "%(asctime)s %(levelname)-8s %(name)-10s %(message)s"
"""The line. `asctime` is local time with milliseconds, as in `2021-06-12 11:19:59,402`."""

MESSAGE_CAP: Final = 16 * 1024
"""The longest message of a line, its traceback included, in characters after escaping."""

FRAMES: Final = 50
CHAIN: Final = 10

_MILLISECONDS: Final = tuple(f",{min(number, 999):03d}" for number in range(1001))  # 1000: a rounded 999.99
_LABEL: Final = FORMAT.removeprefix("%(asctime)s").removesuffix("%(message)s")


@cache
def template(language: str, event: Event) -> str:
    """The sentence of `event` in `language` with its fields as positions, in front of it the code if any.

    An event that has no sentence is shown by its name and its values.
    """
    sentence = TEXTS.get(language, {}).get(event.name)
    if sentence is None:
        return f"{event.name} " + " ".join(f"{field}={{{at}}}" for at, field in enumerate(event.fields))
    parts = [] if event.code is None else [f"{event.code}: "]
    for text, field, spec, conversion in Formatter().parse(sentence):
        parts.append(text.replace("{", "{{").replace("}", "}}"))
        if field is not None:
            shape = (f"!{conversion}" if conversion else "") + (f":{spec}" if spec else "")
            parts.append(f"{{{event.fields.index(field)}{shape}}}")
    return "".join(parts)


def sentence(language: str, event: Event, values: Values) -> str:
    """The sentence of `event` with `values`, not escaped. Never raises: values that do not fit are shown."""
    try:
        return template(language, event).format(*values)
    except Exception:  # noqa: BLE001 - a wrong call must not cost the record; it shows what was given
        return unfitting(event.name, values)


def traceback_of(error: BaseException) -> str:
    """The traceback of `error` over several lines: no local variables, the last 50 frames, 10 causes.

    Never raises.
    """
    try:
        whole = TracebackException(type(error), error, error.__traceback__, limit=-FRAMES, compact=True)
        link: TracebackException | None = whole
        for _ in range(CHAIN - 1):
            link = link and (link.__cause__ or link.__context__)
        if link is not None:
            link.__cause__ = link.__context__ = None
        return "".join(whole.format()).rstrip("\n")
    except Exception as failure:  # noqa: BLE001 - an exception may be anything; the record says what failed
        return f"{type(error).__name__} (its traceback failed: {type(failure).__name__})"


class Renderer:
    """Makes the lines of one journal. Used by one thread at a time.

    `name` is the logger's name in the lines of events, `language` that of their sentences. `date` is the
    local date of the line made last, `YYYY-MM-DD`: the file it belongs to.
    """

    def __init__(self, name: str, language: str) -> None:
        self.date = ""
        self._name = name
        self._language = language
        self._second = -1
        self._prefix = ""
        # Records of one batch mostly share their moment and their event, and so all that stands before the sentence.
        self._created = -1.0
        self._event: Event | Message | None = None
        self._head = ""
        self._form: Callable[..., str] = str
        self._known: dict[Event | Message, tuple[str, Callable[..., str]]] = {}
        self._labels: dict[tuple[int, str], str] = {}

    @property
    def language(self) -> str:
        """The language of the sentences, "ru" or "en"."""
        return self._language

    @language.setter
    def language(self, language: str) -> None:
        self._language = language
        self._known = {}
        self._event = None

    def line(self, queued: Queued) -> str:
        """The whole line of a record, with its newline. Never raises."""
        created, event, values, _connection, _request, error = queued
        if event is not self._event or created != self._created:
            self._begin(created, event)
        try:
            text = self._form(*values)
        except Exception:  # noqa: BLE001 - a wrong call must not cost the record; it shows what was given
            text = unfitting(getattr(event, "name", ""), values)
        if error is not None:
            text = f"{text}\n{traceback_of(error)}"
        if len(text) > MESSAGE_CAP or not text.isprintable() or "\\" in text:
            text = escape_at_most(text, MESSAGE_CAP)
        return f"{self._head}{text}\n"

    def _begin(self, created: float, event: Event | Message) -> None:
        """Prepare what stands before the sentence of an event at this moment."""
        known = self._known.get(event)
        if known is None:
            known = self._known_now(event)
        label, self._form = known
        self._event, self._created = event, created
        try:
            second = floor(created)
            if second != self._second:
                self._turn(second)
        except (OverflowError, ValueError, OSError):  # no clock shows such a time: the record keeps today's
            created = time.time()
            second = floor(created)
            self._turn(second)
        self._head = f"{self._prefix}{_MILLISECONDS[int((created - second) * 1000)]}{label}"

    def _known_now(self, event: Event | Message) -> tuple[str, Callable[..., str]]:
        """Label and sentence; those of an event are remembered."""
        if isinstance(event, Message):
            return self._label(event.level, event.logger), event.text
        memory = self._known  # taken before the language: a change of language throws it away
        known = self._label(event.level, self._name), template(self._language, event).format
        memory[event] = known
        return known

    def _label(self, level: int, name: str) -> str:
        label = self._labels.get((level, name))
        if label is None:
            level_name = escape(logging.getLevelName(level)).replace(" ", "_")
            shown = escape(name).replace(" ", "_")
            label = self._labels[level, name] = _LABEL % {"levelname": level_name, "name": shown}
        return label

    def _turn(self, second: int) -> None:
        moment = time.localtime(second)
        self.date = f"{moment.tm_year:04d}-{moment.tm_mon:02d}-{moment.tm_mday:02d}"
        self._prefix = f"{self.date} {moment.tm_hour:02d}:{moment.tm_min:02d}:{moment.tm_sec:02d}"
        self._second = second
