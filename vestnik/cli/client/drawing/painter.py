"""What happens in conversations, as lines of a terminal."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Final

from msgspec import UNSET
from wcwidth import width as cells

from vestnik.cli.client.drawing.changes import SIGNS, sentences
from vestnik.cli.client.drawing.colours import Colours, Style
from vestnik.cli.client.drawing.layout import Layout, MessageHead, cut
from vestnik.cli.client.drawing.marks import BETWEEN, marks, mentions, reactions
from vestnik.cli.client.drawing.markup import Markup
from vestnik.cli.client.drawing.moments import day_name, day_of, time_of_day
from vestnik.cli.client.drawing.recent import Recent
from vestnik.cli.client.drawing.visible import one_line, shown_name
from vestnik.protocol.events import Change, Delivery
from vestnik.protocol.names import conversation_of, name_key
from vestnik.texts import say

NOTE: Final = "* "
RULE: Final = "──"
LEAST_QUOTED: Final = 8
"""Cells of a message that are quoted at least, however long what was done to it is."""


class Painter:
    """Draws for the account `own` in a terminal that is `width()` cells wide; `clock` is in UNIX seconds.

    It remembers what was drawn, so that an event is drawn at its message: under it, if nothing was drawn since, or
    with the beginning of it.
    """

    def __init__(
        self, language: str, own: str, colours: Colours, width: Callable[[], int], clock: Callable[[], float]
    ) -> None:
        self._language = language
        self._own = own
        self._colours = colours
        self._width = width
        self._markup = Markup(own, colours)
        self._recent = Recent()
        self._day: date | None = day_of(clock())
        self._last: tuple[str, int] | None = None  # the message that stands at the bottom, with what belongs to it

    # Messages.

    def message(self, message: Delivery, *, here: bool, text: str | None = None) -> Iterator[str]:
        """A message; `here` in the conversation that is chosen. `text` is shown instead of its own."""
        conversation = conversation_of(message.from_, message.to, self._own)
        shown = message.message if text is None else text
        seq = None if message.seq is UNSET else message.seq
        yield from self._day_of(message.time)
        layout, above = self._layout, ""
        if message.reply_to is not UNSET:
            above = self._dim(cut(f"↳ {self._quoted(conversation, message.reply_to)}", layout.room))
        below = BETWEEN.join(self._below(message))
        if message.deleted is not UNSET:
            lines: Iterable[str] = [self._dim(self._text("cli.mark_deleted"))]
        else:
            lines = self._markup.lines(shown)
        head = self._head(message.time, seq, self._label(message, here=here))
        yield from layout.message(head, list(lines), above, below)
        self._remember(conversation, seq, message)

    def _label(self, message: Delivery, *, here: bool) -> str:
        author = shown_name(message.from_)
        if mentions(message, self._own):
            author = self._colours.paint(author, Style.MENTION)
        else:
            author = self._person(author, message.from_)
        return author if here else f"{author} {self._dim('→')} {self._person(shown_name(message.to), message.to)}"

    def _person(self, shown: str, name: str) -> str:
        if name_key(name) == name_key(self._own):
            return self._colours.paint(shown, Style.OWN)
        return self._colours.person(shown, name)

    def _head(self, seconds: float, seq: int | None, label: str) -> MessageHead:
        number = "" if seq is None else f"[{seq}]"
        return MessageHead(self._dim(time_of_day(seconds)), self._dim(number), label)

    def _below(self, message: Delivery) -> Iterator[str]:
        for name, values in marks(message):
            if name != "cli.mark_deleted":
                yield self._dim(one_line(self._text(name, **values)))
        for emoji, names in reactions(message):
            yield f"{one_line(emoji)} {', '.join(self._person(shown_name(name), name) for name in names)}"

    def _remember(self, conversation: str, seq: int | None, message: Delivery) -> None:
        self._last = None
        if seq is None:
            return
        self._last = name_key(conversation), seq
        if message.deleted is UNSET:
            self._recent.put(conversation, seq, message.from_, message.message)
        else:
            self._recent.forget(conversation, seq)

    def _quoted(self, conversation: str, seq: int) -> str:
        said = self._recent.get(conversation, seq)
        return f"[{seq}]" if said is None else f"[{seq}] {shown_name(said.author)}: {one_line(said.text)}"

    # Changes.

    def change(self, change: Change, *, here: bool) -> Iterator[str]:
        """What somebody has changed."""
        conversation = conversation_of(change.from_, change.to, self._own)
        seq = None if change.seq is UNSET else change.seq
        if change.kind == "edit" and seq is not None:
            text = "" if change.message is UNSET else change.message
            message = Delivery(
                change.time, change.from_, change.to, text, seq, mentions=change.mentions, edited=change.time
            )
            yield from self.message(message, here=here)
            return
        yield from self._day_of(change.time)
        if change.kind in SIGNS and seq is not None and self._recent.get(conversation, seq) is not None:
            yield from self._at_message(change, conversation, seq, here=here)
            return
        self._last = None
        for sentence in sentences(change, self._own, self._language):
            yield from self.note(sentence, change.time)

    def _at_message(self, change: Change, conversation: str, seq: int, *, here: bool) -> Iterator[str]:
        layout, sign = self._layout, self._sign(change)
        if self._last == (name_key(conversation), seq):
            yield from layout.below(sign)
        else:
            quote = f"[{seq}]" if change.kind == "delete" else self._quoted(conversation, seq)
            quote = f"↳ {quote}" if here else f"↳ {shown_name(conversation)} {quote}"
            room = max(layout.room - cells(BETWEEN + sign), LEAST_QUOTED)
            yield from layout.below(
                f"{self._dim(cut(quote, room))}{BETWEEN}{sign}", self._dim(time_of_day(change.time))
            )
            self._last = None
        if change.kind == "delete":
            self._recent.forget(conversation, seq)

    def _sign(self, change: Change) -> str:
        emoji = "" if change.emoji is UNSET else one_line(change.emoji)
        who = self._person(shown_name(change.from_), change.from_)
        return self._text(SIGNS[change.kind], who=who, emoji=emoji)

    # Other lines.

    def note(self, sentence: str, seconds: float | None = None) -> Iterator[str]:
        """Something that is no message, with the time of day when that was, in UNIX seconds."""
        self._last = None
        when = "" if seconds is None else f"{time_of_day(seconds)} "
        yield from self._layout.note(f"{self._dim(when)}{NOTE}{one_line(sentence)}", " " * len(when + NOTE))

    def table(self, rows: Sequence[Sequence[str]]) -> Iterator[str]:
        """Rows of columns."""
        self._last = None
        return self._layout.table([[one_line(cell) for cell in row] for row in rows])

    def rule(self, text: str) -> str:
        """A line across the screen that says something."""
        self._last = None
        return self._colours.paint(f"{RULE} {one_line(text)} {RULE}", Style.RULE)

    def line(self, text: str) -> Iterator[str]:
        """A sentence as it is; what of it goes on below stands under its beginning."""
        self._last = None
        shown = one_line(text)
        return self._layout.note(shown, " " * (len(shown) - len(shown.lstrip())))

    def error(self, text: str) -> Iterator[str]:
        """What went wrong."""
        self._last = None
        return (self._colours.paint(line, Style.ERROR) for line in self._layout.note(one_line(text), ""))

    def _day_of(self, seconds: float) -> Iterator[str]:
        """A rule with the day, where another one begins."""
        day = day_of(seconds)
        if day is not None and day != self._day:
            self._day = day
            yield self.rule(day_name(day, self._language))

    @property
    def _layout(self) -> Layout:
        return Layout(self._width())

    def _dim(self, text: str) -> str:
        return self._colours.paint(text, Style.DIM)

    def _text(self, name: str, **values: object) -> str:
        return say(self._language, name, **values)
