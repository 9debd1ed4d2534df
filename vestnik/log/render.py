"""From a record to its line of text."""

import logging
import time
from collections.abc import Callable
from functools import cache
from math import floor
from string import Formatter
from typing import Final, NamedTuple

from vestnik.log.escape import escape, escape_at_most
from vestnik.log.events import Event
from vestnik.log.records import Message, Queued, Values, unfitting
from vestnik.log.redact import redact_traceback
from vestnik.log.storm import Storms
from vestnik.protocol.texts import TEXTS

FORMAT: Final = "%(asctime)s %(levelname)-8s %(name)-10s %(message)s"
"""The line. `asctime` is local time with milliseconds, as in `2021-06-12 11:19:59,402`."""

MESSAGE_CAP: Final = 16 * 1024
"""The longest message of a line, its traceback included, in characters after escaping."""

LOGGERS: Final = 1024
"""Loggers and levels whose place in the line is remembered; past it all are forgotten."""

THOUSANDTHS: Final = tuple(f"{number:03d}" for number in range(1000))
_COMMA: Final = tuple(f",{number:03d}" for number in range(1000))

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


class Known(NamedTuple):
    """What lines of one kind have in common: the name of the level, level and logger as in the line, the sentence."""

    level: str
    label: str
    form: Callable[..., str]


class Renderer:
    """Makes the text lines of one journal. Used by one thread at a time.

    `name` is the logger's name in the lines of events, `language` that of their sentences. What it finds out about
    a record is there until the next one, for the JSON rendering: `created`; `second` (local time as in the line),
    `micros` after it and `offset` (`+03:00`); `date` (YYYY-MM-DD), the file the line belongs to; what is `known` of
    its kind; the `sentence`, neither escaped nor cut, and whether it is `clean`, so that but for a backslash it need
    not be; the `traceback`, None without an error.
    """

    def __init__(self, name: str, language: str, storms: Storms | None = None) -> None:
        self.created = -1.0
        self.date = ""
        self.second = ""
        self.micros = 0
        self.offset = ""
        self.known = Known("", "", str)
        self.sentence = ""
        self.clean = True
        self.traceback: str | None = None
        self._name = name
        self._language = language
        self._storms = storms or Storms()
        self._asked = -1.0
        self._begin = 0  # of the second of the last record; there is none yet
        self._end = 0
        self._stamp = ""
        self._of_event: dict[Event, Known] = {}
        self._of_logger: dict[tuple[int, str], Known] = {}

    @property
    def language(self) -> str:
        """The language of the sentences, "ru" or "en"."""
        return self._language

    @language.setter
    def language(self, language: str) -> None:
        self._language = language
        self._of_event = {}

    def said(self, event: Event) -> frozenset[str]:
        """The fields of `event` that are part of its sentence."""
        parsed = Formatter().parse(template(self._language, event))
        return frozenset(event.fields[int(at)] for _, at, _, _ in parsed if at)

    def line(self, queued: Queued) -> str:
        """The whole line of a record, with its newline. Never raises."""
        created, event, values, _connection, _request, error, _more = queued
        if created != self._asked:  # records of one batch share their moment
            self._turn(created)
        if type(event) is Message:
            known = self._of_logger.get((event.level, event.logger)) or self._learn_logger(event)
            text = event.text()
        else:
            known = self._of_event.get(event) or self._learn(event)  # type: ignore[arg-type]  # it is an Event
            try:
                text = known.form(*values)
            except Exception:  # noqa: BLE001 - a wrong call must not cost the record; it shows what was given
                text = unfitting(getattr(event, "name", ""), values)
        self.known = known
        self.sentence = text
        self.traceback = None
        if error is not None:
            self.traceback = redact_traceback(self._storms.text(error))
            text = f"{text}\n{self.traceback}"
        self.clean = clean = text.isprintable() and len(text) <= MESSAGE_CAP
        if not clean or "\\" in text:
            text = escape_at_most(text, MESSAGE_CAP)
        return f"{self._stamp}{known.label}{text}\n"

    def _learn(self, event: Event) -> Known:
        memory = self._of_event  # taken before the language: a change of language throws it away
        known = memory[event] = _known(event.level, self._name, form(template(self._language, event)))
        return known

    def _learn_logger(self, message: Message) -> Known:
        if len(self._of_logger) >= LOGGERS:
            self._of_logger.clear()
        known = self._of_logger[message.level, message.logger] = _known(message.level, message.logger, str)
        return known

    def _turn(self, created: float) -> None:
        """Take note of the moment of a record."""
        self._asked = created
        if not self._begin <= created < self._end:
            try:
                self._turn_second(floor(created))
            except (OverflowError, ValueError, OSError, TypeError):  # no clock shows such a time: the record gets ours
                created = time.time()
                self._turn_second(floor(created))
        self.created = created
        self.micros = micros = int((created - self._begin) * 1_000_000)
        self._stamp = self.second + _COMMA[micros // 1000]

    def _turn_second(self, second: int) -> None:
        moment = time.localtime(second)
        self.date = f"{moment.tm_year:04d}-{moment.tm_mon:02d}-{moment.tm_mday:02d}"
        self.second = f"{self.date} {moment.tm_hour:02d}:{moment.tm_min:02d}:{moment.tm_sec:02d}"
        minutes, seconds = divmod(abs(moment.tm_gmtoff), 60)
        sign = "-" if moment.tm_gmtoff < 0 else "+"
        self.offset = f"{sign}{minutes // 60:02d}:{minutes % 60:02d}" + (f":{seconds:02d}" if seconds else "")
        self._begin, self._end = second, second + 1


def _known(level: int, name: str, sentence: Callable[..., str]) -> Known:
    level_name = escape(logging.getLevelName(level)).replace(" ", "_")
    shown = escape(name).replace(" ", "_")
    return Known(level_name, _LABEL % {"levelname": level_name, "name": shown}, sentence)


def form(template: str) -> Callable[..., str]:
    """The same as `template.format`, and twice as fast for sentences of up to three plain values."""
    parsed = list(Formatter().parse(template))
    if any(spec or conversion for _, _, spec, conversion in parsed):
        return template.format
    places = [int(at) for _, at, _, _ in parsed if at]
    texts = [text for text, _, _, _ in parsed]
    if len(texts) == len(places):
        texts.append("")
    match texts, places:
        case [only], []:
            return lambda *_: only
        case [before, after], [one]:
            return lambda *values: f"{before}{values[one]}{after}"
        case [before, between, after], [one, two]:
            return lambda *values: f"{before}{values[one]}{between}{values[two]}{after}"
        case [before, first, second, after], [one, two, three]:
            return lambda *values: f"{before}{values[one]}{first}{values[two]}{second}{values[three]}{after}"
    return template.format
