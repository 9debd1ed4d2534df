"""What a record is between the call and the line."""

import logging

from vestnik.log.recording.records import ARGUMENT_CAP, Message, cut, plain, plain_all, unfitting


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


def test_long_values_are_cut() -> None:
    """Of a long value the beginning and the end stay, and the number of what is missing."""
    assert cut("abcdefghij", 8) == "abcdef...[+2]...ij"
    assert cut("abcdefgh", 8) == "abcdefgh"
    values = plain_all(("x" * 10_000, 1, [2]))
    assert isinstance(values[0], str)
    assert (len(values[0]), values[1:]) == (ARGUMENT_CAP + len("...[+5904]..."), (1, "[2]"))
    short = ("x", 1, None)
    assert plain_all(short) is short
