"""What a client gets that reads little at a time."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestnik.protocol.events import Delivery, Response
from vestnik.protocol.messages import encode
from vestnik.protocol.portions import LARGEST, MORE, is_answer, portions


def delivery(text: str) -> bytes:
    """A message as it is written."""
    return encode(Delivery(1795341600.114, "анна", "#чай", text))


def texts(line: bytes) -> list[str]:
    """The texts of the portions of a message, which are alike in everything else."""
    whole, found = json.loads(line), [json.loads(part) for part in portions(line)]
    assert all(part | {"message": ""} == whole | {"message": ""} for part in found)
    return [part["message"] for part in found]


def test_what_is_short_is_ascii() -> None:
    """A short object is one line of ASCII, and says the same."""
    (line,) = portions(delivery("Привет, 👋"))
    assert line.isascii()
    assert json.loads(line) == json.loads(delivery("Привет, 👋"))


def test_what_is_longer_is_as_it_was() -> None:
    """What is too long in ASCII but not as it is stays as it is."""
    assert portions(delivery("ж" * 450)) == [delivery("ж" * 450)]


@given(st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from(' \n"\\ж'), max_size=4000))
def test_nothing_is_lost(text: str) -> None:
    """The portions of a text are whole lines that are not too long; put together they are the text."""
    line = delivery(text)
    assert all(len(part) <= LARGEST and part.endswith(b"\n") and part.count(b"\n") == 1 for part in portions(line))
    found = texts(line)
    joined = "".join(
        part.removeprefix(MORE if at else "").removesuffix(MORE if at < len(found) - 1 else "")
        for at, part in enumerate(found)
    )
    assert joined == text


def test_words_stay_whole() -> None:
    """A long text is parted between words, and signs say where."""
    first, second, *_ = texts(delivery("слово " * 600))
    assert (first[-7:], second[:6]) == ("слово " + MORE, MORE + "слово")


@pytest.mark.parametrize("text", ["ж" * 4000, "😀" * 4000, "\u0001" * 4000], ids=len)
def test_the_longest_text(text: str) -> None:
    """The longest text is not more portions than it has to be."""
    line = delivery(text)
    assert len(portions(line)) <= len(line) // 800 + 1


def test_answers() -> None:
    """An answer is never parted: a list of contacts that is longer stays as it is."""
    line = encode(Response(202, ["борис"] * 500))
    assert is_answer(line)
    assert portions(line) == [line]
    assert not is_answer(delivery('{"response":'))
    (short,) = portions(encode(Response(200, "Готово")))
    assert short.isascii()
