"""From a record to its line of text."""

import logging
import re
import time
from collections.abc import Sequence
from functools import cache
from math import floor
from string import Formatter
from typing import Final, NamedTuple

from vestnik.language import LANGUAGES
from vestnik.log.escape import escape, escape_at_most
from vestnik.log.events import EventType
from vestnik.log.recording.forms import Form, Forms, form, forms
from vestnik.log.recording.records import Message, Queued, Values, unfitting
from vestnik.log.recording.redact import is_ordinary, is_secret_name, redact, redact_traceback
from vestnik.log.recording.runs import RecordRun
from vestnik.log.recording.storm import Storms

FORMAT: Final = "%(asctime)s %(levelname)-8s %(name)-10s %(message)s"
"""The line. `asctime` is local time with milliseconds, as in `2021-06-12 11:19:59,402`."""

MESSAGE_CAP: Final = 16 * 1024
"""The longest message of a line, its traceback included, in characters after escaping."""

USUAL: Final = 60
"""Characters that the values of a sentence may have together without being searched for a secret."""
EDGE: Final = 2e-6
"""Seconds at the edges of a millisecond where it is computed anew which one it is."""
LOGGERS: Final = 1024
"""Loggers and levels whose place in the line is remembered; past it all are forgotten."""

THOUSANDTHS: Final = tuple(f"{number:03d}" for number in range(1000))
_COMMA: Final = tuple(f",{number:03d}" for number in range(1000))

_LABEL: Final = FORMAT.removeprefix("%(asctime)s").removesuffix("%(message)s")


@cache
def template(language: str, event: EventType) -> str:
    """The sentence of `event` in `language` with its fields as positions, in front of it the code if any.

    An event that has no sentence is shown by its name and its values.
    """
    if not event.sentences:
        return f"{event.name} " + " ".join(f"{field}={{{at}}}" for at, field in enumerate(event.fields))
    parts = [] if event.code is None else [f"{event.code}: "]
    for text, field, spec, conversion in Formatter().parse(event.sentences[LANGUAGES.index(language)]):
        parts.append(text.replace("{", "{{").replace("}", "}}"))
        if field is not None:
            shape = (f"!{conversion}" if conversion else "") + (f":{spec}" if spec else "")
            parts.append(f"{{{event.fields.index(field)}{shape}}}")
    return "".join(parts)


def sentence(language: str, event: EventType, values: Values) -> str:
    """The sentence of `event` with `values`, not escaped. Never raises: values that do not fit are shown."""
    try:
        return template(language, event).format(*values)
    except Exception:  # noqa: BLE001 - a wrong call must not cost the record; it shows what was given
        return unfitting(event.name, values)


_NO_FORMS: Final = forms("")
_NOTHING: Final[Queued] = (0.0, Message("", 0, "", ()), (), None, None, None, None)


class Known(NamedTuple):
    """What lines of one kind have in common: the name of the level, level and logger as in the line, the sentence.

    `form` makes it of the values, `forms` all those of a run of its columns and how many they are. A sentence with more
    `colons` or longer than `usual` is searched for secrets, as is one with an equals sign.
    """

    level: str
    label: str
    form: Form = str
    forms: Forms = _NO_FORMS
    colons: int = 0
    usual: int = 0


class Renderer:
    """Makes the text lines of one journal. Used by one thread at a time.

    `name` is the logger's name in the lines of events, `language` that of their sentences. What it finds out about
    a record is there until the next one, for the JSON rendering: `created`; the `second` it is in (local time as in
    the line), its `begin` (seconds since 1970) and `offset` (`+03:00`); `date` (YYYY-MM-DD), the file the line
    belongs to; what is `known` of its kind; the record itself without secrets (`shown`); the `sentence`, neither
    escaped nor cut, and whether it is `clean`, so that but for a backslash it need not be; the `traceback`, None
    without an error.
    """

    def __init__(self, name: str, language: str, storms: Storms | None = None) -> None:
        self.created = -1.0
        self.date = ""
        self.second = ""
        self.offset = ""
        self.known = Known("", "")
        self.sentence = ""
        self.clean = True
        self.traceback: str | None = None
        self.shown = _NOTHING
        self._name = name
        self._language = language
        self._storms = storms or Storms()
        self.begin = 0  # of the second of the last record; there is none yet
        self._end = 0
        self._from = self._until = 0.0  # within the millisecond of the last record
        self._stamp = ""
        self._of_event: dict[EventType, Known] = {}
        self._of_logger: dict[tuple[int, str], Known] = {}

    @property
    def language(self) -> str:
        """The language of the sentences, "ru" or "en"."""
        return self._language

    @language.setter
    def language(self, language: str) -> None:
        self._language = language
        self._of_event = {}

    def said(self, event: EventType) -> frozenset[str]:
        """The fields of `event` that are part of its sentence."""
        parsed = Formatter().parse(template(self._language, event))
        return frozenset(event.fields[int(at)] for _, at, _, _ in parsed if at)

    def line(self, queued: Queued) -> str:
        """The whole line of a record, with its newline. Never raises."""
        created, event, values, _connection, _request, error, _more = queued
        self.shown = queued
        self.created = created
        if not self._from <= created < self._until:  # many records share their millisecond
            self._turn(created)
        if type(event) is Message:
            known = self._of_logger.get((event.level, event.logger)) or self._learn_logger(event)
            self.shown = shown = redact(queued)
            text = shown[1].text()  # type: ignore[union-attr]  # it is a Message
        else:
            known = self._of_event.get(event) or self._learn(event)  # type: ignore[arg-type]  # it is an EventType
            try:
                text = known.form(*values)
                if "=" in text or len(text) > known.usual or text.count(":") != known.colons:
                    self.shown = redact(queued)
                    text = known.form(*self.shown[2])
            except Exception:  # noqa: BLE001 - a wrong call must not cost the record; it shows what was given
                self.shown = redact(queued)
                text = unfitting(getattr(event, "name", ""), self.shown[2])
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

    def enter(self, moments: Sequence[float]) -> list[int] | None:
        """Microseconds since `begin` of records that are all in one second, which is the one of the first then.

        None if they are not. Raises whatever a moment may cause that is none.
        """
        first, different = moments[0], set(moments)
        if not self.begin <= first < self._end:
            self._turn_second(floor(first))
        begin = self.begin
        if not (begin <= min(different) and max(different) < self._end):
            return None
        if 2 * len(different) > len(moments):
            return [int((moment - begin) * 1_000_000) for moment in moments]
        known = {moment: int((moment - begin) * 1_000_000) for moment in different}
        return [known[moment] for moment in moments]

    def run(self, run: RecordRun) -> list[str] | None:
        """The sentences of a run in the second that was entered last; `lines` makes its lines of them.

        None if one of them needs a closer look, as `line` takes. Raises whatever values may cause that do not fit.
        """
        event = run.event
        if type(event) is Message:
            self.known = known = self._of_logger.get((event.level, event.logger)) or self._learn_logger(event)
            if not is_ordinary(event.template, run.columns):
                return None
            sentences = _formatted(event, run.columns, len(run.micros))
            usual, colons = MESSAGE_CAP, -1
        else:
            self.known = known = self._of_event.get(event) or self._learn(event)  # type: ignore[arg-type]  # it is an EventType
            sentences = known.forms(run.columns, len(run.micros))
            usual, colons = known.usual, known.colons * len(sentences)
        whole = "".join(sentences)
        if not whole.isprintable() or "\\" in whole or max(map(len, sentences)) > usual:
            return None
        if colons >= 0 and ("=" in whole or whole.count(":") != colons):
            return None
        return sentences

    def lines(self, run: RecordRun, sentences: Sequence[str]) -> list[str]:
        """The lines of a run, of which these are the sentences (`run`)."""
        second, label = self.second, self.known.label
        if run.shared is not None:
            heads = {micros: f"{second}{_COMMA[micros // 1000]}{label}" for micros in run.shared}
            return [f"{heads[micros]}{sentence}\n" for micros, sentence in zip(run.micros, sentences, strict=True)]
        return [
            f"{second}{_COMMA[micros // 1000]}{label}{sentence}\n"
            for micros, sentence in zip(run.micros, sentences, strict=True)
        ]

    def forget(self) -> None:
        """Let go of the last record, and of the exception in it."""
        self.shown = _NOTHING

    def _learn(self, event: EventType) -> Known:
        memory = self._of_event  # taken before the language: a change of language throws it away
        sentence = template(self._language, event)
        bare = re.sub(r"\{[^{}]*\}", "", sentence)
        usual = -1 if any(map(is_secret_name, event.fields)) else len(bare) + USUAL
        known = _known(event.level, self._name)._replace(
            form=form(sentence), forms=forms(sentence), colons=bare.count(":"), usual=usual
        )
        memory[event] = known
        return known

    def _learn_logger(self, message: Message) -> Known:
        if len(self._of_logger) >= LOGGERS:
            self._of_logger.clear()
        known = self._of_logger[message.level, message.logger] = _known(message.level, message.logger)
        return known

    def _turn(self, created: float) -> None:
        """Take note of the millisecond of a record."""
        if not self.begin <= created < self._end:
            try:
                self._turn_second(floor(created))
            except (OverflowError, ValueError, OSError, TypeError):  # no clock shows such a time: the record gets ours
                self.created = created = time.time()
                self._turn_second(floor(created))
        thousandths = int((created - self.begin) * 1_000_000) // 1000
        self._stamp = self.second + _COMMA[thousandths]
        self._from = self.begin + thousandths / 1000 + EDGE
        self._until = self._from + 0.001 - 2 * EDGE

    def _turn_second(self, second: int) -> None:
        moment = time.localtime(second)
        self._from = self._until = 0.0
        self.date = f"{moment.tm_year:04d}-{moment.tm_mon:02d}-{moment.tm_mday:02d}"
        self.second = f"{self.date} {moment.tm_hour:02d}:{moment.tm_min:02d}:{moment.tm_sec:02d}"
        minutes, seconds = divmod(abs(moment.tm_gmtoff), 60)
        sign = "-" if moment.tm_gmtoff < 0 else "+"
        self.offset = f"{sign}{minutes // 60:02d}:{minutes % 60:02d}" + (f":{seconds:02d}" if seconds else "")
        self.begin, self._end = second, second + 1


def _known(level: int, name: str) -> Known:
    level_name = escape(logging.getLevelName(level)).replace(" ", "_")
    shown = escape(name).replace(" ", "_")
    return Known(level_name, _LABEL % {"levelname": level_name, "name": shown})


def _formatted(message: Message, columns: Sequence[Values], count: int) -> list[str]:
    """The sentences of `count` messages like this one. Raises what arguments may cause that do not fit."""
    template = message.template
    return [template % values for values in zip(*columns, strict=True)] if columns else [template] * count
