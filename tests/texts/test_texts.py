"""The sentences in both languages."""

from string import Formatter

import pytest

from vestnik.language import DEFAULT_LANGUAGE, LANGUAGES
from vestnik.log import sentences
from vestnik.protocol import answers
from vestnik.texts import CATALOGUES, TEXTS, Wording, say


def fields(template: str) -> set[str]:
    """The names of a template's fields."""
    return {field for _, field, _, _ in Formatter().parse(template) if field is not None}


def test_languages() -> None:
    """There are Russian, the default, and English, and no sentence is in two catalogues."""
    assert (DEFAULT_LANGUAGE, LANGUAGES) == ("ru", ("ru", "en"))
    assert sum(map(len, (*CATALOGUES, sentences.CATALOGUE))) == len(EVERYTHING)


EVERYTHING = {name: row for catalogue in (*CATALOGUES, sentences.CATALOGUE) for name, row in catalogue.items()}


@pytest.mark.parametrize("templates", EVERYTHING.values(), ids=EVERYTHING)
def test_complete(templates: tuple[str, ...]) -> None:
    """A sentence is there in both languages, with the same fields, by name, and no format of its own."""
    assert len(templates) == len(LANGUAGES)
    assert all(templates)
    assert len({frozenset(fields(template)) for template in templates}) == 1
    for _, field, spec, conversion in (part for template in templates for part in Formatter().parse(template)):
        assert field is None or (field.isidentifier() and not spec and not conversion)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("answer", answers.ALL.values(), ids=lambda answer: answer.name)
def test_answers(answer: answers.Answer, language: str) -> None:
    """Every answer has a text in every language, with no field that the answer does not have."""
    assert fields(TEXTS[language][answer.name]) <= set(answer.fields)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("answer", answers.ALL.values(), ids=lambda answer: answer.name)
def test_wording_says_the_same(answer: answers.Answer, language: str) -> None:
    """By position and by name, a sentence is the same, twice in a row."""
    values = [f"<{field}>" for field in answer.fields]
    wording = Wording(language)
    expected = say(language, answer.name, **dict(zip(answer.fields, values, strict=True)))
    assert wording.text(answer.name, answer.fields, values) == expected
    assert wording.text(answer.name, answer.fields, values) == expected


def test_wording_takes_values_as_they_are() -> None:
    """Braces and numbers in a value stay what they are."""
    said = Wording("en").text("room.joined", ("account", "room"), ("{room}", "#{0}"))
    assert said == "User {room} joined room #{0}"


def test_unknown_names() -> None:
    """An unknown sentence or language is an error at once."""
    with pytest.raises(KeyError):
        say("ru", "no.such")
    with pytest.raises(KeyError):
        Wording("ru").text("no.such", (), ())
    with pytest.raises(KeyError):
        Wording("fr")


def test_mission_sentences() -> None:
    """The sentences of the mission's session are kept to the letter."""
    ru = TEXTS["ru"]
    assert ru["connection.opened"] == "Соединение с клиентом установленно"
    assert ru["login.refused"].endswith("неправильный пароль ")
    assert ru["client.presence"] == "Шлем presence..."
