"""The catalogue of events."""

import logging
from string import Formatter

import pytest

from tests.support.catalogue import CATALOGUES, EVENTS
from vestnik.language import LANGUAGES
from vestnik.log import sentences
from vestnik.log.events import EventType
from vestnik.protocol import answers
from vestnik.protocol.answers import Answer
from vestnik.server import catalogue
from vestnik.texts import answers as said_answers
from vestnik.texts import journal

QUIET = (answers.PRESENCE_ACCEPTED, answers.TYPING_TOLD, answers.READ_NOTED, answers.ADMIN_SHOWN)


@pytest.mark.parametrize("event", EVENTS.values(), ids=lambda event: event.name)
def test_sentence(event: EventType) -> None:
    """Every event has a sentence in every language, which uses the event's fields only."""
    assert len(event.sentences) == len(LANGUAGES)
    for sentence in event.sentences:
        used = {field for _, field, _, _ in Formatter().parse(sentence) if field is not None}
        assert used <= set(event.fields)


def test_every_text_is_used() -> None:
    """Every text that is for the journal is an event's."""
    said = {*said_answers.CATALOGUE, *journal.CATALOGUE, *sentences.CATALOGUE}
    assert {name for name in said if not name.startswith("notice.")} == set(EVENTS)


def test_answers() -> None:
    """Every answer has its event, with its code and at least its fields: INFO below 400, ERROR from 400 on.

    What was done to accounts is told without the code of the answer.
    """
    for answer in answers.ALL.values():
        event = catalogue.of_answer(answer)
        code = None if answer.name.startswith("admin.") else answer.code
        assert (event.name, event.code) == (answer.name, code)
        assert event.fields[: len(answer.fields)] == answer.fields
        if answer not in QUIET:
            assert event.level == (logging.INFO if answer.code < 400 else logging.ERROR)


@pytest.mark.parametrize("answer", QUIET, ids=lambda answer: answer.name)
def test_quiet_answers(answer: Answer) -> None:
    """An accepted presence is DEBUG, as the mission's journal has no line for it, and so is what comes all the time."""
    assert catalogue.of_answer(answer).level == logging.DEBUG


def test_constants() -> None:
    """Every other event is a constant named after it."""
    for module in CATALOGUES:
        for name, event in module.ALL.items():
            if name not in answers.ALL:
                assert getattr(module, name.replace(".", "_").upper()) is event


def test_names() -> None:
    """No event is in two catalogues."""
    assert sum(len(module.ALL) for module in CATALOGUES) == len(EVENTS)
