"""The last door before the journal: what looks like a password, token, cookie or key is masked.

Our own code keeps such values in `Secret` and gives them to no event. This is for what others put where it does not
belong: a password in the name of a room, a header in the text of an exception, a token in a program's own log call.
Known by its name is the value of a field (`password`, `api_key`, `accessToken`), of a mapping, and of an argument that
a template puts behind such a word; in free text `password=...`, `"token": "..."`, `Authorization: ...`, `Cookie: ...`,
`scheme://user:...@host`, `Bearer ...` and argon2 hashes. Names are English and Russian. `key` alone is the name of no
secret: it names settings, and half of what is in dictionaries.

What people have chosen to be called, and to call their rooms, is never masked, or else nothing is found under it:
neither in fields that hold names (`EventType.names`), nor in free text where a `#` stands in front of it.

A masked value is `***~9f3a`: four hexadecimal digits of a hash that is keyed for this process, so that equal secrets
look equal. Nothing here raises, and every search takes time linear in its text.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from secrets import token_bytes
from typing import Final, NamedTuple

import msgspec

from vestnik.log.events import EventType
from vestnik.log.recording.records import Message, Queued, Values, text_of
from vestnik.secret import SHOWN, Secret

SHORT: Final = 9
"""Values of so many characters are not searched: a secret with its name in front is longer."""
LONG: Final = 40
"""Values of more characters are always searched, others if they have `=` or `:` in them."""
MAX_VERDICTS: Final = 1024
"""Events, names and templates whose verdict is remembered."""
LONG_TEMPLATE: Final = 1024
"""Templates of more characters are looked at every time."""
LOOK_BACK: Final = 128
"""Characters in front of a placeholder in which the name of a secret is looked for."""

_KEY: Final = token_bytes(16)
_NO_NAMES: Final[frozenset[str]] = frozenset()
_harmless: Final[set[EventType | Message]] = set()  # events without a field that is a secret by its name
_ordinary: Final[set[str]] = set()  # templates that say nothing of a secret
_WORDS: Final = (
    "pass(?:w(?:or)?d|phrase|code)",
    "pass(?<![a-z]pass)(?![a-z])",
    "pwd",
    "private[_-]?key",
    "token",
    "secret",
    "session[_-]?(?:id|key)",
    "cookie",
    "credential",
    "authori[sz]ation",
    "api[_-]?key",
    "access[_-]?key",
    "парол[а-я]{0,3}",
    "токен[а-я]{0,3}",
    "секрет[а-я]{0,2}",
)


def _words(words: tuple[str, ...]) -> str:
    """A pattern for any of `words` in any case.

    It is one that the engine can search for: it skips to their first letters, and their second ones choose the word.
    """
    first = "".join(sorted({word[0] for word in words}))
    rest = "|".join(f"[{word[1]}{word[1].upper()}](?i:{word[2]}(?<={word[:3]}){word[3:]})" for word in words)
    return f"[{first}{first.upper()}](?:{rest})"


# Every repetition is possessive or bounded, so that no text makes a search go back over it.
_NAME: Final = _words(_WORDS) + r"s?\d{0,2}+(?:[_-][\w-]{0,64}+|[A-Z]\w{0,64}+)?+"
_IS: Final = r"(?:\\{0,16}+[\"']?[ \t]{0,8}+(?::=|=>|==?|:)[ \t]{0,8}+|[ \t]{1,8}+(?=[\"']))"
_SCHEME: Final = r"(?i:bearer|basic|digest|negotiate|token)[ \t]{1,8}+"

_ANY_NAME: Final = re.compile(_words(_WORDS))
_SECRET_NAME: Final = re.compile(rf"{_NAME}\Z")
_HEADER: Final = re.compile(
    rf"{_words(('authori[sz]ation', 'cookie'))}{_IS}(?:{_SCHEME})?+(?P<bare>[^\s\"'\\\[{{(][^\r\n]*+)"
)
_NAMED: Final = re.compile(
    rf"{_NAME}{_IS}(?:"
    # A string, or one inside another string, whose quotes are escaped. One without an end goes as far as the line.
    r"[bruBRU]{0,2}(?P<quote>[\"'])(?P<quoted>(?:[^\"'\\\n]++|\\.|(?!(?P=quote))[\"'])*+)"
    r"|(?P<escaped>\\{1,16}[\"'])(?P<inner>(?:[^\\\n]++|(?!(?P=escaped))\\++[\"']?+)*+)"
    r"|(?P<nested>[\[{(][^\n]*+)"
    rf"|(?P<bare>(?:{_SCHEME})?+\S++))"
)
_IN_URL: Final = re.compile(r"://[^\s/?#:@]*+:(?P<whole>[^\s/?#@]*+(?:@(?=[^\s/?#@]*+@)[^\s/?#@]*+)*+)@")
_BEARER: Final = re.compile(r"[Bb]earer[ \t]{1,8}+(?P<bare>[\w.~+/-]{16,}+)")
_HASH: Final = re.compile(r"\$argon2(?P<bare>[^\s\"';)]++)")
_MASKED: Final = re.compile(rf"(?:{_SCHEME})?\*\*\*(?:~[0-9a-f]{{4}})?")
_FRAME: Final = re.compile(r"(^[ |]*+File \"[^\"\n]*+\", line \d++(?:, in [^\n]*+)?+\n[^\n]*+)", re.MULTILINE)
_ROOM: Final = re.compile(r"(?:^|[\s\"'«„(\[{<,:;])#[\w-]*\Z")
_NOTHING: Final = frozenset({"", "None", "null", "True", "False", "true", "false"})
_CLOSING: Final = "\\\"',;.)]}>"

# printf-style placeholders of `logging`: name, width and precision (`*` takes an argument of its own), conversion.
_PLACEHOLDER: Final = re.compile(
    r"%(?:\(([^()]{0,256})\))?[#0 +-]{0,8}+(\*|\d{0,9})(?:\.(\*|\d{0,9}))?[hlL]?([a-zA-Z%])"
)
_ASSIGNED: Final = re.compile(_IS)
_BEHIND: Final = re.compile(rf"{_NAME}(?:{_IS}|[ \t]{{1,8}}+)[bruBRU]{{0,2}}[\"'(\[{{<]{{0,2}}(?:{_SCHEME})?\Z")


class Verdict(NamedTuple):
    """What a template of the stdlib's `logging` says about its arguments.

    `places` are the numbers, `names` the names of those that stand behind the name of a secret. With `suspect` its
    sentences are searched whatever the arguments are: it has such a name in it, or lets an argument be one.
    """

    places: frozenset[int]
    names: frozenset[str]
    suspect: bool


def mask(secret: object) -> str:
    """What is shown in the place of `secret`: `***` and its fingerprint; `***` for a `Secret`. Never raises."""
    if isinstance(secret, Secret):
        return SHOWN
    octets = text_of(secret).encode("utf-8", "surrogatepass")
    return f"{SHOWN}~{blake2b(octets, digest_size=2, key=_KEY).hexdigest()}"


@lru_cache(MAX_VERDICTS)
def is_secret_name(name: str) -> bool:
    """Whether what is called `name` is a secret."""
    return _SECRET_NAME.search(name) is not None


def might_be_secret(value: object) -> bool:
    """Whether a value may have a secret in its text; quick, as nearly all have not."""
    return type(value) is str and len(value) > SHORT and (len(value) > LONG or "=" in value or ":" in value)


def might_hold_secret(values: Sequence[object]) -> bool:
    """The same of many values at once. What is short is not told apart."""
    texts = [value for value in values if type(value) is str]
    whole = "".join(texts)
    return "=" in whole or ":" in whole or len(max(texts, key=len, default="")) > LONG


def is_ordinary(template: str, columns: Sequence[Values]) -> bool:
    """Whether no sentence of a template of the stdlib's `logging` can have a secret in it; quick.

    `columns` are its arguments: the first ones of all its records, then the second ones.
    """
    if not columns:
        return redact_text(template) == template
    return template in _ordinary and not any(map(might_hold_secret, columns))


def redact_text(text: str) -> str:
    """`text` with the secrets in it masked, for sentences and errors before they are escaped.

    `text` itself if there are none; what is masked already stays as it is. Never raises.
    """
    if "://" in text:
        text = _IN_URL.sub(_hide, text)
    if ("=" in text or ":" in text or "'" in text or '"' in text) and _ANY_NAME.search(text):
        text = _NAMED.sub(_hide, _HEADER.sub(_hide, text))
    if "$argon2" in text:
        text = _HASH.sub(_hide, text)
    if "earer" in text:
        text = _BEARER.sub(_hide, text)
    return text


def redact_traceback(text: str) -> str:
    """`redact_text` for tracebacks: lines of source code, which hold names and no values, stay as they are."""
    parts = _FRAME.split(text)
    parts[::2] = map(redact_text, parts[::2])
    return "".join(parts)


def _hide(match: re.Match[str]) -> str:
    group = match.lastgroup or ""
    found = match[group]
    if group == "bare":
        found = found.rstrip(_CLOSING)
    if found in _NOTHING or _MASKED.fullmatch(found) or _names_room(match):
        return match[0]
    start = match.start(group) - match.start()
    return f"{match[0][:start]}{mask(found)}{match[0][start + len(found) :]}"


def _names_room(match: re.Match[str]) -> bool:
    """Whether what was found is in the name of a room, such as `#token=economics`."""
    start = match.start()
    return _ROOM.search(match.string, max(0, start - LOOK_BACK), start) is not None


def redact(queued: Queued) -> Queued:
    """A record without secrets, but for its exception. Never raises.

    A record of the catalogue in which nothing can be a secret comes back as it is, at once.
    """
    kind = queued[1]
    if not queued[6] and (kind.template in _ordinary if type(kind) is Message else kind in _harmless):
        for value in kind.args if type(kind) is Message else queued[2]:
            # As `might_be_secret`, without the call.
            if type(value) is str and len(value) > SHORT and (len(value) > LONG or "=" in value or ":" in value):
                break
        else:
            return queued
    created, event, values, connection, request, error, more = queued
    if isinstance(event, Message):
        event = redact_message(event)
    else:
        values = redact_values(event, values)
    names = event.names if type(event) is EventType else _NO_NAMES
    return (created, event, values, connection, request, error, more and redact_fields(more, names))


def redact_values(event: EventType, values: Values) -> Values:
    """The values of a record of `event` without secrets."""
    named = {at for at, name in enumerate(event.fields) if is_secret_name(name)}
    if not named:
        if len(_harmless) >= MAX_VERDICTS:
            _harmless.clear()
        _harmless.add(event)
    shown = {at for at, name in enumerate(event.fields) if name in event.names}
    return tuple(
        [
            _mask_named(value) if at in named else value if at in shown else _searched(value)
            for at, value in enumerate(values)
        ]
    )


def redact_fields(fields: Mapping[str, object], names: frozenset[str] = _NO_NAMES) -> Mapping[str, object]:
    """Fields by name without secrets; those called as in `names` hold what is shown as it is."""
    return {
        name: _mask_named(value) if is_secret_name(name) else value if name in names else _searched(value)
        for name, value in fields.items()
    }


def _mask_named(value: object) -> object:
    """What is shown of a value that is a secret by its name. That there is none is none."""
    if not value or value is True or (isinstance(value, str) and _MASKED.fullmatch(value)):
        return value
    return mask(value)


def _searched(value: object) -> object:
    return redact_text(value) if might_be_secret(value) else value  # type: ignore[arg-type]  # it is a str


def redact_message(message: Message) -> Message:
    """A record of the stdlib without secrets; `message` itself if it has none. Never raises.

    If it has one, its sentence is finished: then it is the template, and there are no arguments.
    """
    if args := message.args:
        verdict = verdict_of(message.template)
        if not verdict.places and not verdict.suspect and "$argon2" not in message.template:
            if len(_ordinary) >= MAX_VERDICTS:
                _ordinary.clear()
            if len(message.template) <= LONG_TEMPLATE:
                _ordinary.add(message.template)
        if verdict.places:
            message = msgspec.structs.replace(message, args=_redact_places(verdict, args))
        elif not verdict.suspect and not any(map(might_be_secret, args)):
            return message
    sentence = message.text()
    shown = redact_text(sentence)
    return message if shown == sentence else msgspec.structs.replace(message, template=shown, args=())


def redact_args(template: str, args: Values | Mapping[str, object]) -> Values | Mapping[str, object]:
    """The arguments of a call of the stdlib's `logging` without those that are secrets by their names.

    The name is a mapping's own, or the word that `template` has in front of the place. What is inside the text of an
    argument is found in the finished sentence. `args` itself if there are none. Raises what a mapping may raise.
    """
    verdict = verdict_of(template)
    if isinstance(args, tuple):
        return _redact_places(verdict, args)
    named = [name for name in args if name in verdict.names or is_secret_name(text_of(name))]
    return {**args, **{name: _mask_named(args[name]) for name in named}} if named else args


def _redact_places(verdict: Verdict, args: Values) -> Values:
    if not verdict.places:
        return args
    return tuple([_mask_named(value) if at in verdict.places else value for at, value in enumerate(args)])


def verdict_of(template: str) -> Verdict:
    """What `template` says about its arguments; that of one that is not too long is remembered."""
    return _remembered(template) if len(template) <= LONG_TEMPLATE else _look_at(template)


def _look_at(template: str) -> Verdict:
    places, names = [], []
    suspect = bool(_ANY_NAME.search(template)) or "://" in template or "earer" in template
    at = 0
    for found in _PLACEHOLDER.finditer(template):
        name, width, precision, conversion = found.groups()
        if conversion == "%":
            continue
        at += (width == "*") + (precision == "*")
        if conversion in "sra" and _BEHIND.search(template[max(0, found.start() - LOOK_BACK) : found.start()]):
            places.append(at)
            names.append(name)
        suspect = suspect or _ASSIGNED.match(template, found.end()) is not None
        at += 1
    return Verdict(frozenset(places), frozenset(names), suspect)


_remembered: Final = lru_cache(MAX_VERDICTS)(_look_at)
