"""A secret: what shows it shows nothing."""

import copy
import io
import json
import logging
import pickle
import pprint
import traceback
from collections.abc import Callable
from string import Template
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestnik.secret import Secret

TEXT = "correct horse"
SECRET = Secret(TEXT)


@pytest.mark.parametrize(
    "show",
    [
        str,
        repr,
        ascii,
        format,
        "{}".format,
        "{!r:>20}".format,
        "{:>20}".format,
        lambda secret: f"{secret}{secret!s}{secret!r}{secret!a}{secret:.3}",
        lambda secret: "%s %r %a %10s" % (secret, secret, secret, secret),  # noqa: UP031
        lambda secret: Template("$secret").substitute(secret=secret),
        lambda secret: repr([secret, {"password": secret}, (secret,)]),
        lambda secret: pprint.pformat({"password": [secret]}),
        lambda secret: repr(ValueError(secret)) + str(ValueError(secret)),
        lambda secret: repr(copy.deepcopy({"password": copy.copy(secret)})),
    ],
)
def test_nothing_shows_it(show: Callable[[Secret], str]) -> None:
    """Every way to make a text of a secret, alone or inside something, gives `***`."""
    shown = show(SECRET)
    assert "***" in shown
    assert TEXT[:3] not in shown


@pytest.mark.parametrize(
    "use",
    [
        lambda secret: "".join([secret]),
        lambda secret: "password: " + secret,
        lambda secret: secret + "x",
        lambda secret: TEXT in secret,
        lambda secret: secret[0],
        lambda secret: list(secret),
        lambda secret: secret.encode(),
        lambda secret: bytes(secret, "utf-8"),
        lambda secret: io.StringIO().write(secret),
        lambda secret: json.dumps({"password": secret}),
        lambda secret: msgspec.json.encode({"password": secret}),
        lambda secret: msgspec.msgpack.encode(secret),
        lambda secret: pickle.dumps(secret),
        lambda secret: pickle.dumps(secret, 0),
        lambda secret: {secret},
        vars,
    ],
)
def test_nothing_takes_it_for_a_text(use: Callable[[Any], object]) -> None:
    """What works on texts, C code included, refuses a secret, and the refusal does not say it."""
    with pytest.raises((TypeError, AttributeError)) as caught:
        use(SECRET)
    assert TEXT not in str(caught.value)


def test_traceback_with_locals() -> None:
    """A traceback that shows local variables shows `***`."""

    def fail(password: Secret) -> None:
        raise ValueError(f"bad {password}")

    with pytest.raises(ValueError) as caught:
        fail(SECRET)
    shown = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert "password = ***" in shown
    assert TEXT not in shown


def test_logging(caplog: pytest.LogCaptureFixture) -> None:
    """A log call with a secret among its arguments writes `***`."""
    logging.getLogger("test").warning("login %s %r", SECRET, {"password": SECRET})
    assert caplog.messages == ["login *** {'password': ***}"]


@given(st.text(), st.text())
def test_equality_is_that_of_the_texts(one: str, other: str) -> None:
    """Two secrets are equal when their texts are, in any script; a copy is the same object."""
    assert (Secret(one) == Secret(other)) is (one == other)
    assert Secret(one) == Secret(one)
    assert (Secret(one) != Secret(other)) is (one != other)
    secret = Secret(one)
    assert copy.deepcopy(secret) is copy.copy(secret) is secret


def test_half_characters() -> None:
    """A text that is not UTF-8, as an environment variable may be, is compared all the same."""
    assert Secret("\udcff") == Secret("\udcff")
    assert Secret("\udcff") != Secret("\udcfe")


def test_a_secret_is_no_text() -> None:
    """A secret does not equal its own text, has its length, and is false when it is empty."""
    assert Secret("abc") != "abc"
    assert Secret("abc") == Secret("abc")
    assert (len(Secret("abc")), bool(Secret("abc")), bool(Secret(""))) == (3, True, False)
    assert Secret("abc").reveal() == "abc"


@pytest.mark.parametrize("value", [None, 31337, b"31337", ["31337"], Secret("31337")])
def test_only_texts(value: Any) -> None:
    """Anything else than a str is a TypeError that does not repeat it."""
    with pytest.raises(TypeError) as caught:
        Secret(value)
    assert "31337" not in str(caught.value)
