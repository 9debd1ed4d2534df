"""Secrets that were put where they do not belong: masked, and nothing else is."""

import json
import re
import subprocess
import sys
import time
import traceback
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import vestnik.cli.golden
from tests.support.catalogue import EVENTS
from vestnik.client.catalogue import CLIENT_SENDING
from vestnik.log.events import EventType
from vestnik.log.recording import redact as module
from vestnik.log.recording.records import Message, Queued
from vestnik.log.recording.redact import is_secret_name, mask, redact, redact_args, redact_text, redact_traceback
from vestnik.log.recording.render import sentence
from vestnik.secret import Secret
from vestnik.server.catalogue import SERVER_FAILED

CANARY = "Zq7canaryXw"
MASKED = re.compile(r"\*\*\*~[0-9a-f]{4}")
DELIVERED = EVENTS["message.delivered"]


def record(event: EventType | Message, *values: object, **more: object) -> Queued:
    """A record with these values and further fields."""
    return (1.0, event, values, "7", 3, None, more or None)


def said(template: str, *args: object) -> str:
    """The sentence of a call of the stdlib's `logging` after redaction."""
    message = redact(record(Message("server", 20, template, args)))[1]
    assert isinstance(message, Message)
    return message.text()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"password={CANARY}", "password=***"),
        (f"password = {CANARY}, user=anna", "password = ***, user=anna"),
        (f"(new_password: {CANARY}).", "(new_password: ***)."),
        (f"PASSWD:={CANARY}", "PASSWD:=***"),
        (f"DB_PASS={CANARY}", "DB_PASS=***"),
        (f"pwd=>{CANARY}", "pwd=>***"),
        (f"password1: {CANARY}", "password1: ***"),
        (f"Пароль: {CANARY}; токен={CANARY}", "Пароль: ***; токен=***"),
        (f'{{"user":"anna","password":"{CANARY}"}}', '{"user":"anna","password":"***"}'),
        (f"{{'token': '{CANARY} {CANARY}', 'x': 1}}", "{'token': '***', 'x': 1}"),
        (f"User(name='anna', token=b'{CANARY} {CANARY}')", "User(name='anna', token=b'***')"),
        (f'password="it\'s \\"{CANARY}"', 'password="***"'),
        (f'"password": "{CANARY}', '"password": "***'),
        (f"password: ['{CANARY}', '{CANARY}']", "password: ***"),
        (f"wrong password '{CANARY} {CANARY}' of anna", "wrong password '***' of anna"),
        (f"X-Api-Key: {CANARY}", "X-Api-Key: ***"),
        (f"accessToken={CANARY}", "accessToken=***"),
        (f"private-key={CANARY}", "private-key=***"),
        (f"Authorization: Bearer {CANARY}", "Authorization: Bearer ***"),
        (f"Proxy-Authorization: Basic {CANARY}= and\nmore", "Proxy-Authorization: Basic ***\nmore"),
        (f"Cookie: a={CANARY}; b={CANARY}\r\nHost: x", "Cookie: ***\r\nHost: x"),
        (f'{{"Cookie": "a={CANARY}; b={CANARY}", "x": 1}}', '{"Cookie": "***", "x": 1}'),
        (f"GET /?x=1&token={CANARY} HTTP/1.1", "GET /?x=1&token=*** HTTP/1.1"),
        (f"http://anna:{CANARY}@host/path", "http://anna:***@host/path"),
        (f"http://:{CANARY}@{CANARY}@host:1/x@y", "http://:***@host:1/x@y"),
        (f"sent with bearer {CANARY}{CANARY}", "sent with bearer ***"),
        (f"hash $argon2id$v=19$m=8,t=2,p=1${CANARY}${CANARY} is bad", "hash $argon2*** is bad"),
        (f"password=***{CANARY}", "password=***"),
        (f"ValueError: token={CANARY}\n  File 'x'", "ValueError: token=***\n  File 'x'"),
    ],
)
def test_secrets_in_texts(text: str, shown: str) -> None:
    """A secret in a free text is masked, to its end and no further, and a second look changes nothing."""
    found = redact_text(text)
    assert MASKED.sub("***", found) == shown
    assert redact_text(found) == found


@pytest.mark.parametrize(
    "text",
    [
        "User anna does not exist or the password is wrong",
        "Field user.password is missing: byte 7",
        "password=None, token=null, secret: '', cookies: ***~9f3a",
        "Bad value of setting key: 'x'",
        "key=value; primary_key=5; KeyError: 'x'; hash_threads: 2",
        "secretary: Anna, tokenizer=fast, bypass: 1, passed: 5, compass=n, author: me",
        "the bearer of news: he is here",
        "http://host:7777/path?x=1 and anna@host:22",
        "2021-06-12 11:19:59,402",
    ],
)
def test_ordinary_texts_stay(text: str) -> None:
    """What only speaks of secrets, or looks a little like one, stays as it is."""
    assert redact_text(text) == text


def test_the_mission_s_lines_stay() -> None:
    """No line of the sessions that the mission shows is changed."""
    sessions = Path(vestnik.cli.golden.__file__).parent.glob("*.log")
    lines = [line for session in sessions for line in session.read_text("utf-8").splitlines()]
    assert len(lines) > 50
    assert [redact_text(line) for line in lines] == lines


@pytest.mark.parametrize("event", EVENTS.values(), ids=lambda event: event.name)
@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_catalogue_stays(event: EventType, language: str) -> None:
    """No event has a field that is a secret by its name, and no sentence reads as if it held one."""
    assert not any(map(is_secret_name, event.fields))
    text = sentence(language, event, tuple(f"some {field}" for field in event.fields))
    assert redact_text(text) == text


@pytest.mark.parametrize("name", ["password", "passwd", "token", "Secret", "authorization", "Cookie", "api_key", "pwd"])
def test_secret_names(name: str) -> None:
    """Such a name means a secret, alone or with something around it, in any case and style."""
    for full in (name, name.upper(), f"user.{name}", f"old_{name}", f"{name}_hash", f"{name}s", f"{name}2"):
        assert is_secret_name(full), full


@pytest.mark.parametrize("name", ["key", "keys", "account", "secretary", "tokenizer", "passed", "author", "text", ""])
def test_other_names(name: str) -> None:
    """Such a name means no secret."""
    assert not is_secret_name(name)


def shown_as(carry: Callable[[Any], str], depth: int) -> Callable[[str], str]:
    """A text with a password in an object, which is text in an object, and so on."""

    def show(secret: str) -> str:
        text = carry({"user": "anna", "password": secret, "more": [1]})
        for _ in range(depth):
            text = carry({"text": text})
        return text

    return show


@given(
    st.sampled_from([shown_as(carry, depth) for carry in (json.dumps, repr) for depth in range(4)]),
    st.text(max_size=5),
    st.text(max_size=5),
    st.text(max_size=10),
    st.text(max_size=10),
)
def test_any_password_in_any_nesting(show: Callable[[str], str], before: str, after: str, head: str, tail: str) -> None:
    """Whatever characters a password has, however often it was put into JSON or a repr: it is not there any more."""
    found = redact_text(head + show(before + CANARY + after) + tail)
    assert CANARY not in found
    assert redact_text(found) == found


@given(
    st.sampled_from(["password={}", "token: {}", "?token={}", "http://x:{}@h", "Cookie: {}", "Authorization: x {}"]),
    st.from_regex(r"[^\s/?#\"'\\\[{(]{0,5}", fullmatch=True),
    st.text(max_size=10),
    st.text(max_size=10),
)
def test_any_password_without_quotes(template: str, around: str, head: str, tail: str) -> None:
    """A password without blanks that nothing encloses is gone as a whole."""
    found = redact_text(f"{head} {template.format(around + CANARY + around)} {tail}")
    assert CANARY not in found


@given(st.text())
def test_any_text(text: str) -> None:
    """Nothing that one can write makes it fail, half characters included."""
    assert isinstance(redact_text(text), str)
    assert isinstance(said(text, text, 5, None), str)
    assert isinstance(said(f"password={text}\udcff"), str)


MEGABYTE = 1_000_000
PIECES = (
    *("a", "pass", "password", "password ", "password_", "passwordA", "token1234567", "private_", "пароль", "token=a "),
    *(
        "authorization: ",
        "cookie:\n",
        "token=[",
        "token=[\n",
        'password="',
        'password="""',
        'token\\":\\"',
        "token\\\\\\",
    ),
    *(' File "', ' File "", line 1, in ', '\n File "", line 1\n', "\n ", "\n | "),
    *(":", "=", "://", "://a:", "://a:b@c@", "://a:@", "bearer ", "$argon2", "%s", "%(a)s", "%(a", "%*"),
)
STARTS = ("", ":", 'password="', "password", 'token\\":\\"', "://", "://a:", "bearer ", "=$argon2", "token=", "cookie:")


@pytest.mark.parametrize("piece", PIECES)
def test_a_megabyte_of_anything(piece: str) -> None:
    """A megabyte that was made to be hard takes time like any other: searches do not go back."""
    begun = time.process_time()
    text = ":=" + piece * (MEGABYTE // len(piece))
    redact_text(text)
    redact_traceback(text[: MEGABYTE // 8])
    said(text[: MEGABYTE // 8], 1)
    assert time.process_time() - begun < 10


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("filler", ["a", "A", "_", " ", "\\", '\\"', "a\\", '"', "@", "b@", "1"])
def test_a_megabyte_behind_a_name(start: str, filler: str) -> None:
    """What begins like a secret and goes on for a megabyte takes time like any other text."""
    begun = time.process_time()
    redact_text(start + filler * (MEGABYTE // 4 // len(filler)) + ":")
    assert time.process_time() - begun < 5


def fail(password: str, token: str) -> None:
    """Raise an error that says both, and has a cause that does."""
    try:
        raise ExceptionGroup(f"{password=}", [ValueError(f"Cookie: {token}")])
    except ExceptionGroup as error:
        raise RuntimeError(f"first line\n{token=}\n  File {token=}") from error


def test_tracebacks_keep_their_source() -> None:
    """In a traceback what was said is masked, in every link of the chain; all other lines, source code too, stay."""
    with pytest.raises(RuntimeError) as caught:
        fail(password=CANARY, token=CANARY)
    text = "".join(traceback.format_exception(caught.value))
    assert "fail(password=CANARY, token=CANARY)\n" in text
    found = redact_traceback(text)
    changed = [(old, new) for old, new in zip(text.splitlines(), found.splitlines(), strict=True) if old != new]
    assert len(changed) == text.count(CANARY) == 4
    assert all(CANARY in old and "***~" in new for old, new in changed)
    assert CANARY not in found
    assert redact_traceback(found) == found


def test_equal_secrets_look_equal() -> None:
    """The same secret has the same fingerprint wherever it is found, and another one has another."""
    shown = [redact_text(text) for text in (f"password={CANARY}", f'{{"token": "{CANARY}"}}', f"http://a:{CANARY}@h")]
    assert len({MASKED.search(text)[0] for text in shown}) == 1  # type: ignore[index]  # it is masked
    assert shown[0] == f"password={mask(CANARY)}"
    assert len({mask(CANARY + character) for character in "abcdefgh"}) > 1
    assert mask(Secret(CANARY)) == "***"


def test_fingerprints_say_nothing_in_another_process() -> None:
    """Another process has another key: its fingerprints of the same secrets are others."""
    code = "from vestnik.log.recording.redact import mask; print(*map(mask, 'abcdefgh'))"
    other = subprocess.run((sys.executable, "-c", code), capture_output=True, text=True, check=True).stdout.split()
    assert other != [mask(secret) for secret in "abcdefgh"]


def test_values_of_events() -> None:
    """A secret inside a value, and a value that is one by its name, are masked; what is none stays."""
    found = redact(record(CLIENT_SENDING, "anna", "#tea", f"my password={CANARY}, do not tell"))
    assert found[2] == ("anna", "#tea", f"my password={mask(CANARY)}, do not tell")
    own = EventType("own.event", 20, ("account", "api_key", "token", "password", "secret"))
    assert redact(record(own, "anna", CANARY, 31337, None, True))[2] == ("anna", mask(CANARY), mask(31337), None, True)
    assert redact(record(own, "anna"))[2] == ("anna",)
    assert redact(record(SERVER_FAILED, f"OperationalError: no\n[parameters: {{'token_hash': '{CANARY}'}}]"))[2] == (
        f"OperationalError: no\n[parameters: {{'token_hash': '{mask(CANARY)}'}}]",
    )


NAMES = (
    "#token=economics",
    "#password: x",
    "Bearer abcdefghijklmnop",
    "http://a:b@c",
    "$argon2id$v=19$x",
    "пароль=чай",
)
"""What people may be called, and call their rooms and messages."""


@pytest.mark.parametrize("name", NAMES)
def test_names_stay(name: str) -> None:
    """A name is shown as it is, in values and further fields, whatever it looks like; free text beside it is not."""
    ordinary = record(DELIVERED, name, name, 1, name, id=name)
    assert redact(ordinary) == ordinary
    text = f"my password={CANARY}"
    assert redact(record(CLIENT_SENDING, name, name, text))[2] == (name, name, f"my password={mask(CANARY)}")
    assert redact(record(Message("server", 20, "x", ()), id=f"token={CANARY}"))[6] == {"id": f"token={mask(CANARY)}"}


def test_rooms_in_free_text() -> None:
    """A sentence that an answer brings has the names of rooms in it; what only looks like one is masked."""
    for text in ("200: anna joined #token=economics", "#my-token=x", "room='#secret:x', done", "(#pwd=x)"):
        assert redact_text(text) == text
    for text in (
        f"https://host/#access_token={CANARY}",
        f"a#token={CANARY}",
        f"# token={CANARY}",
        f"#tea token={CANARY}",
    ):
        assert redact_text(text) == text.replace(CANARY, mask(CANARY))


def test_further_fields() -> None:
    """Fields beside an event, or `extra` of a log call, are masked by name and by text."""
    more = redact(record(DELIVERED, "anna", "#tea", 1, None, password=CANARY, id="7", note=f"token={CANARY}"))[6]
    assert more == {"password": mask(CANARY), "id": "7", "note": f"token={mask(CANARY)}"}
    more = redact(record(Message("server", 20, "x", ()), Cookie=CANARY, key="log_dir"))[6]
    assert more == {"Cookie": mask(CANARY), "key": "log_dir"}


def test_most_records_are_not_touched() -> None:
    """An ordinary record of the catalogue, seen before, comes back as the same object."""
    ordinary = record(
        DELIVERED, "anna", "#geekbrains", 5, "0b5c1d9e-1111-4222-8333-444455556666", 1, "1f0c", "2-57", 1.5
    )
    assert redact(ordinary) == ordinary
    assert redact(ordinary) is ordinary
    message = Message("server", 20, "Message from %s to %s delivered", ("anna", "boris"))
    assert redact(record(message))[1] is message


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Events made without end do not fill the memory, and are masked all the same."""
    monkeypatch.setattr(module, "MAX_VERDICTS", 10)
    for number in range(100):
        redact(record(EventType(f"own.{number}", 20, ("text",)), "x"))
        assert redact(record(EventType(f"own.{number}", 20, ("token",)), CANARY))[2] == (mask(CANARY),)
    assert len(module._harmless) <= 10


@pytest.mark.parametrize(
    ("template", "args", "shown"),
    [
        ("password %s of anna", (f"{CANARY} {CANARY}",), "password *** of anna"),
        ("password=%s", (f"{CANARY} {CANARY}",), "password=***"),
        ("bad token %r: %s", (CANARY, "x"), "bad token '***': x"),
        ('{"password": "%s", "x": %d}', (f'"{CANARY}', 5), '{"password": "***", "x": 5}'),
        ("Authorization: Bearer %s", (CANARY,), "Authorization: Bearer ***"),
        ("100%% %*d token=%-9s", (5, 3, CANARY), "100%     3 token=*** "),
        ("%s=%s", ("password", CANARY), "password=***"),
        ("%s", (f"GET /?token={CANARY}",), "GET /?token=***"),
        ("%s %s", (f"password={CANARY}", "x"), "password=*** x"),
        ("%d %s", (f"password={CANARY}",), "%d %s <- (password=***)"),
        ("password=%s", (Secret(CANARY),), "password=***"),
        (f"password={CANARY}", (), "password=***"),
        ("wrong password for %s, %d tokens", ("anna", 5), "wrong password for anna, 5 tokens"),
        ("100 % of token", (), "100 % of token"),
    ],
)
def test_log_calls(template: str, args: tuple[object, ...], shown: str) -> None:
    """In a call of the stdlib's `logging` an argument is a secret by the word in front of it or by its own text."""
    for _ in range(2):
        assert MASKED.sub("***", said(template, *args)) == shown


def test_mappings_of_log_calls() -> None:
    """In a mapping an argument is a secret by its own name, or by the word in front of its place."""
    given_ = {"user": "anna", "token": CANARY, "p": f"{CANARY} x", 5: 6}
    assert redact_args("%(user)s %(token)s", given_) == given_ | {"token": mask(CANARY)}
    hidden = redact_args("password: %(p)-9s", given_)
    assert hidden == given_ | {"token": mask(CANARY), "p": mask(f"{CANARY} x")}
    assert redact_args("%s %s", ("anna", CANARY)) == ("anna", CANARY)
    assert redact_args("%(user)s", made := defaultdict(str, user="anna")) is made
