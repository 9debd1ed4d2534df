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


def test_fields_that_hold_names() -> None:
    """Accounts and rooms are shown as they are, in whatever field they stand; what else somebody typed is not."""
    free = {"action", "emoji", "field", "fields", "path", "reason", "status"}
    for event in catalogue.ALL.values():
        assert {"account", "room", "to", "id", "name", "claimed", "member", "contact", "accounts"} <= event.names
        assert not free & event.names
    assert "members" in catalogue.of_answer(answers.GROUP_CREATED).names


def test_promised() -> None:
    """Messages, changes, logins and administration are promised; no refusal is, nor what strangers can cause."""
    logins: tuple[answers.Answer, ...] = (answers.LOGIN_ACCEPTED, answers.LOGIN_RESUMED, answers.LOGIN_ENDED)
    logins += (answers.GUEST_ENTERED, answers.LOGIN_REVOKED, answers.LOGINS_REVOKED)
    logins += (answers.TOTP_CONFIRMED, answers.TOTP_ENDED, answers.TOTP_CODES)
    logins += (answers.ACCOUNT_REGISTERED, answers.PASSWORD_CHANGED, answers.PASSWORD_RESET)
    promised = (*logins, answers.MESSAGE_DELIVERED, answers.MESSAGE_KEPT, answers.MESSAGE_NOTED)
    for answer in answers.ALL.values():
        event, changed = catalogue.of_answer(answer), catalogue.of_change(answer)
        assert event.promised == (answer in promised or answer.name.startswith("admin."))
        assert changed.promised
        assert changed.name == event.name
        assert catalogue.of_stranger(answer).worth == catalogue.OUTSIDE
        assert not catalogue.of_repeated(answer).promised
    assert not any(event.promised for name, event in catalogue.ALL.items() if name.startswith("connection."))


def test_names_are_unique() -> None:
    """Each event of the module is listed under its name."""
    own = [event for event in vars(catalogue).values() if isinstance(event, EventType)]
    assert all(catalogue.ALL[event.name] is event for event in own)
    assert len({event.name for event in own}) == len(own)
