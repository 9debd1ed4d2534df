"""The events of the server: those of its own, and one for each answer."""

import logging

import pytest

from vestnik.log.events import EventType
from vestnik.protocol import answers
from vestnik.protocol.answers import Answer
from vestnik.server import catalogue


@pytest.mark.parametrize("answer", answers.ALL.values(), ids=lambda answer: answer.name)
def test_every_answer_is_an_event(answer: Answer) -> None:
    """An answer's event has its name and its fields; refusals are errors, what was done is told, and little is not."""
    event = catalogue.of_answer(answer)
    assert event.name == answer.name
    assert event.fields[: len(answer.fields)] == answer.fields
    assert (event.level == logging.ERROR) == (answer.code >= 400)
    assert event.level in {logging.DEBUG, logging.INFO, logging.ERROR}
    assert event.code == (None if answer.name.startswith("admin.") else answer.code)


def test_messages_have_more() -> None:
    """A message's event also has its number in the store, who got it, and how long that took."""
    for answer in (answers.MESSAGE_DELIVERED, answers.MESSAGE_KEPT, answers.MESSAGE_CONFLICT):
        assert catalogue.of_answer(answer).fields == answer.fields + catalogue.MESSAGE_FIELDS


def test_an_unlisted_answer() -> None:
    """Nothing else has an event."""
    with pytest.raises(KeyError):
        catalogue.of_answer(Answer("no.such", 200, ()))  # type: ignore[arg-type]  # no code of ours


def test_names_are_unique() -> None:
    """Each event of the module is listed under its name."""
    own = [event for event in vars(catalogue).values() if isinstance(event, EventType)]
    assert all(catalogue.ALL[event.name] is event for event in own)
    assert len({event.name for event in own}) == len(own)
