"""What a record is between the call and the line."""

import logging

from vestnik.log.records import Message, plain, unfitting


class Mute:
    """Has no text."""

    def __str__(self) -> str:
        raise RuntimeError("mute")


def test_plain_values_stay() -> None:
    """Values that cannot change are kept as they are."""
    for value in ("a", 1, 1.5, True, None):
        assert plain(value) is value


def test_others_become_text() -> None:
    """Anything else becomes its text at once, and a value without one is named."""
    assert plain([1]) == "[1]"
    assert plain(Mute()) == "<Mute without text>"


def test_message() -> None:
    """Arguments are put into the template."""
    assert (
        Message(
            "server",
            logging.INFO,
            "%s of %d",
            ("one", 2),
        ).text()
        == "one of 2"
    )
    assert Message("server", logging.INFO, "100%", ()).text() == "100%"


def test_unfitting_arguments_are_shown() -> None:
    """A template that the arguments do not fit costs nothing: both are shown."""
    assert Message("server", logging.INFO, "%d", ("one",)).text() == "%d <- (one)"
    assert unfitting("x", (10**5000,)) == "x <- (<int without text>)"
