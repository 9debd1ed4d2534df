"""`vestnik journal message`: the life of one message, from its author to those it was delivered to."""

import errno
import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

import click
from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError

from vestnik.chat.names import ROOM_SIGN
from vestnik.cli.failure import Failure
from vestnik.cli.journal.journals import SERVER, Journals, location
from vestnik.cli.journal.output import Output
from vestnik.cli.journal.trace import (
    BACK,
    CUT_OFF,
    RECOVERED,
    SLOW,
    STARTED,
    Endpoint,
    Life,
    Target,
    Told,
    TracedDelivery,
    lives,
)
from vestnik.log.reading.folding import fold
from vestnik.log.reading.query import BEGINNING, Query
from vestnik.log.reading.reader import Reader
from vestnik.log.reading.stamps import SECOND
from vestnik.protocol.errors import StartupError
from vestnik.store.queries.trace import Trace, between, in_room, with_id
from vestnik.store.readonly import looking
from vestnik.store.store import DATABASE
from vestnik.texts.system import system_reason

BEFORE: Final = BACK
"""How long before it was stored the journal is searched for a message: it may have been refused at first."""
INEXACT: Final = SECOND // 10
"""By how much the duration of a request may be told too short: it is measured in steps of the event loop."""
BLANK: Final = " " * len("2026-11-22 17:43:05.178  ")

Say: TypeAlias = Callable[..., str]


class Found(NamedTuple):
    """What there is about one message: in the journal and in the database. At least one is there.

    `begins` is when the journal begins, if it does so after the message was stored.
    """

    life: Life | None
    trace: Trace | None
    begins: int | None = None

    def older_than(self, time: int) -> bool:
        """Whether it was stored before that time and is not in the journal."""
        return self.life is None and self.trace is not None and self.trace.message.time * SECOND < time

    @property
    def to(self) -> str:
        """Room or person it was sent to, as far as it was accepted."""
        if self.trace is not None:
            return self.trace.message.to
        return str(self.life.sendings[0].entry.facts.get("to")) if self.life and self.life.sendings else ""


class Step(NamedTuple):
    """Something that happened to it. `time` in microseconds since 1970, None if that is not known.

    It comes behind what happened `after`, also if a clock was put back meanwhile.
    """

    time: int | None
    text: str
    after: int = BEGINNING

    @property
    def place(self) -> int:
        """Where it comes among the others."""
        return self.after if self.time is None else max(self.time, self.after)


@click.command("message")
@click.argument("message", metavar="MESSAGE")
@location
def command(message: str, **given: Any) -> None:
    """Tell what became of MESSAGE: who sent it, when it was stored, to which connections it went, where it stopped.

    MESSAGE is the id that its client gave it, '#ROOM/NUMBER' or NAME/NAME/NUMBER, where NUMBER counts the messages of a
    conversation. The journal of the server is read, and the database if it is there, also beside a running server. The
    exit code is 1 if there is no such message.
    """
    journals = Journals(given.pop("config"), given.pop("data"), given.pop("log_dir"), given.pop("lang"))
    journal = journals.one(SERVER)
    found: list[Found] = []
    data = journals.settings.data_path
    try:
        with journals.reading(), looking(data) as database:
            known = database is not None
            for target in targets(message):
                found = found or search(journal.reader, database, target)
    except (StartupError, DatabaseError) as error:
        reason = error.text(journals.language) if isinstance(error, StartupError) else _why(journals, data, error)
        raise Failure(journals.say("cli.trace_database", path=str(data), reason=reason)) from None
    if not found:
        journals.finish()
        key = "cli.trace_none" if known else "cli.trace_none_in_journal"
        raise Failure(journals.say(key, message=message, path=str(data)))
    output = Output(journals.language)
    for each in found:
        show(output, journals.say, each, known=known)
    if not known:
        output.line(journals.say("cli.trace_no_database", path=str(data)))
    output.flush()
    journals.finish()


def _why(journals: Journals, data: Path, error: DatabaseError) -> str:
    """Why the database cannot be read; SQLite does not tell a file of another user from a broken one."""
    if os.access(data / DATABASE, os.R_OK):
        return str(error.orig)
    return system_reason(PermissionError(errno.EACCES, ""), journals.language)


def targets(message: str) -> Iterator[Target]:
    """What a message may be meant by: names may have slashes, too."""
    where, slash, number = message.rpartition("/")
    if slash and number.isdecimal() and len(number) < 19:
        seq = int(number)
        if where.startswith(ROOM_SIGN):
            yield Target(seq=seq, room=fold(where))
        else:
            cuts = [at for at, character in enumerate(where) if character == "/"]
            for at in cuts:
                yield Target(seq=seq, people=frozenset((fold(where[:at]), fold(where[at + 1 :]))))
    yield Target(id=message)


def search(reader: Reader, database: Connection | None, target: Target) -> list[Found]:
    """What journal and database have. Raises OSError, DatabaseError."""
    traces: dict[str, Trace] = {}
    if database is not None:
        if target.id is not None:
            kept = with_id(database, target.id)
        elif target.room is not None:
            kept = in_room(database, target.room, target.seq)
        else:
            kept = between(database, sorted(target.people), target.seq)
        traces = {fold(each.message.sender): each for each in kept}
    since = min((int(each.message.time * SECOND) - BEFORE for each in traces.values()), default=BEGINNING)
    journaled = lives(reader, target, since)
    stored = [(kept, _life_of(kept, journaled)) for kept in traces.values()]
    unknown = [Found(None, kept) for kept, life in stored if life is None]
    found = [Found(life, next((kept for kept, own in stored if own is life), None)) for life in journaled] + unknown
    first = next(reader.entries(Query()), None) if unknown else None
    return [each._replace(begins=first.time) if first and each.older_than(first.time) else each for each in found]


def _life_of(kept: Trace, journaled: list[Life]) -> Life | None:
    """The life of a stored message: an account has others if the database was put back meanwhile."""
    stored, number = int(kept.message.time * SECOND), kept.message.number
    own = [life for life in journaled if fold(life.account) == fold(kept.message.sender)]
    return min(
        [life for life in own if life.number in {None, number}],
        key=lambda life: abs((life.sendings + life.refusals)[0].entry.time - stored),
        default=None,
    )


def show(output: Output, say: Say, found: Found, *, known: bool) -> None:
    """Print the life of a message; `known` says whether there is a database."""
    life, kept, _ = found
    for line in _title(say, found):
        output.line(line)
    told: list[Step] = []
    stored = None if kept is None else int(kept.message.time * SECOND)
    if life is not None:
        told += [step for each in life.refusals for step in _refused(say, each)]
        told += [step for at, each in enumerate(life.sendings) for step in _sent(say, each, stored, again=at > 0)]
    if kept is not None and stored is not None:
        told.append(Step(stored, say("cli.trace_stored", number=kept.message.number, seq=kept.message.seq)))
    elif known and life is not None and life.sendings:
        output.line(BLANK + say("cli.trace_not_stored"))
    if life is not None:
        told += [step for each in life.live for step in _delivered(say, "cli.trace_delivered", each, BEGINNING)]
        accepted = max(life.sendings[0].entry.time, stored or BEGINNING) if life.sendings else BEGINNING
        told += [step for each in life.later for step in _delivered(say, "cli.trace_delivered_later", each, accepted)]
    for step in sorted(told, key=lambda step: step.place):
        output.line(f"{BLANK if step.time is None else _moment(step.time) + '  '}{step.text}")
    output.line(outcome(say, found, known=known))


def outcome(say: Say, found: Found, *, known: bool) -> str:
    """Where the message is now, in a sentence; `known` says whether there is a database."""
    life, kept, begins = found
    if begins is not None:
        return say("cli.trace_end_older", moment=_moment(begins))
    if life is None or not (life.sendings or kept):
        return say("cli.trace_end_refused" if kept is None else "cli.trace_end_unjournaled")
    to = found.to
    if to.startswith(ROOM_SIGN):
        if count := len(life.live):
            return say("cli.trace_end_room", count=count)
        if kept is None and known:
            return say("cli.trace_end_gone")
        return say("cli.trace_end_recovered" if life.recovered else "cli.trace_end_nobody")
    key = fold(to)
    written = [each for each in life.live + life.later if each.peer.account is None or fold(each.peer.account) == key]
    known_to_have = kept is not None and (kept.delivered or 0) >= kept.message.seq
    if any(each.arrived for each in written) or (written and known_to_have):
        return say("cli.trace_end_delivered", to=to)
    if key == fold(life.account):
        return say("cli.trace_end_noted", to=to)
    if written:
        return say("cli.trace_end_uncertain", to=to)
    if kept is None:
        return say("cli.trace_end_unknown", to=to)
    if known_to_have:
        return say("cli.trace_end_cursor", to=to, seq=kept.delivered)
    return say("cli.trace_end_waiting", to=to)


def _title(say: Say, found: Found) -> Iterator[str]:
    """Which message it is."""
    life, kept, _ = found
    facts = (life.sendings + life.refusals)[0].entry.facts if life is not None else None
    identity = kept.message.id if kept is not None else facts and facts.get("id")
    if kept is not None:
        yield say("cli.trace_title", seq=kept.message.seq, account=kept.message.sender, to=found.to)
    elif life is not None and life.sendings and facts is not None:
        yield say("cli.trace_title", seq=facts.get("seq"), account=life.account, to=found.to)
    else:
        yield say("cli.trace_request", account=life.account if life is not None else "")
    if identity is not None:
        yield say("cli.trace_id", id=str(identity))


def _sent(say: Say, told: Told, stored: int | None, *, again: bool) -> Iterator[Step]:
    """That a message was accepted and answered; `stored` is when it was."""
    entry, author = told
    facts = entry.facts
    if facts.get("recovered") is True or facts.get("event") == RECOVERED:
        found = None if stored is not None and abs(entry.time - stored) < SECOND else entry.time
        yield Step(found, say("cli.trace_recovered"), BEGINNING if stored is None else stored + 1)
        return
    duration = facts.get("duration_ms")
    took = duration if isinstance(duration, (int, float)) else 0
    values = {"connection": _peer(say, author), "account": str(facts.get("account")), "request": facts.get("request")}
    arrived = entry.time - round(took * 1000)
    if stored is not None and 0 < arrived - stored < INEXACT:
        arrived = stored
    yield Step(arrived, say("cli.trace_again" if again else "cli.trace_accepted", **values))
    yield Step(entry.time, say("cli.trace_answered", code=facts.get("code")))


def _refused(say: Say, told: Told) -> Iterator[Step]:
    entry, author = told
    values = {
        "connection": _peer(say, author),
        "request": entry.facts.get("request"),
        "reason": str(entry.facts.get("message")),
    }
    yield Step(entry.time, say("cli.trace_refused", **values))


def _delivered(say: Say, key: str, delivery: TracedDelivery, after: int) -> Iterator[Step]:
    """That it was written to a connection, and how that ended if it did so soon."""
    account = delivery.peer.account
    shown = say("cli.trace_somebody") if account is None else account
    after = max(after, delivery.time)
    yield Step(delivery.time, say(key, account=shown, connection=_peer(say, delivery.peer)), after)
    if delivery.ended is not None:
        event = str(delivery.ended.facts.get("event"))
        keys = {SLOW: "cli.trace_slow", STARTED: "cli.trace_restarted", CUT_OFF: "cli.trace_cut_off"}
        key = keys.get(event, "cli.trace_ended")
        if delivery.ended.time < delivery.time:
            key = "cli.trace_ended_back"
        seconds = f"{(delivery.ended.time - delivery.time) / SECOND:.1f}"
        yield Step(delivery.ended.time, say(key, connection=delivery.peer.connection, seconds=seconds), after)


def _peer(say: Say, peer: Endpoint | None) -> str:
    """A connection and its address."""
    if peer is None:
        return say("cli.trace_no_connection")
    if peer.ip is None:
        return say("cli.trace_connection", connection=peer.connection)
    host = f"[{peer.ip}]" if ":" in str(peer.ip) else str(peer.ip)
    return say("cli.trace_connection_from", connection=peer.connection, address=f"{host}:{peer.port}")


def _moment(time: int) -> str:
    """Local date and time with milliseconds."""
    return datetime.fromtimestamp(time / SECOND).isoformat(sep=" ", timespec="milliseconds")
