"""Lines of text that get their object back."""

import ast
import json
from pathlib import Path
from typing import Any

import pytest

import vestnik
from tests.server.test_recovery import Change, Message
from vestnik.language import LANGUAGES
from vestnik.log.recording.render import FORMAT, sentence
from vestnik.log.recovering.alignment import line_of
from vestnik.log.recovering.unfinished import Addition
from vestnik.protocol import answers
from vestnik.server import catalogue
from vestnik.server.strays import ANSWERS, Strays
from vestnik.server.unjournaled import Unjournaled

DAY = "2021-06-12"


def line(message: str, level: str = "INFO") -> Addition:
    """A line of text."""
    fields = {"asctime": f"{DAY} 08:20:00,123", "levelname": level, "name": "server", "message": message}
    return Addition(DAY, f"{FORMAT % fields}\n".encode())


def message(number: int, to: str = "#tea") -> Unjournaled:
    """A message that the journal has no object of."""
    return Unjournaled(number, message=Message(number, 1.0, to=to, seq=number, id=f"m{number}"))  # type: ignore[arg-type]


def change(number: int, kind: str) -> Unjournaled:
    """A change."""
    return Unjournaled(number, change=Change(number, 1.0, kind=kind), to="#tea")  # type: ignore[arg-type]  # in its place


def objects(strays: Strays, lines: list[Addition]) -> list[dict[str, Any]]:
    """The objects, each of which has its line."""
    found = list(strays.objects())
    assert [line_of(each.line) for each in found] == [each.line for each in lines]
    return [json.loads(each.line) for each in found]


@pytest.mark.parametrize("language", LANGUAGES)
def test_messages(language: str) -> None:
    """The first line that says what is said of a message is that message's, in either language."""
    kept, delivered = map(catalogue.of_answer, (answers.MESSAGE_KEPT, answers.MESSAGE_DELIVERED))
    lines = [
        line(sentence(language, delivered, ("anna", "#tea", 1, None))),
        line(sentence(language, kept, ("anna", "boris", 1, None))),
        line(sentence(language, delivered, ("anna", "#tea", 2, None))),
    ]
    strays = Strays(lines, "1f0c")
    assert strays
    assert [strays.take(message(number, to)) for number, to in ((4, "#tea"), (5, "boris"), (6, "#tea"))] == [True] * 3
    assert not strays.take(message(7))
    found = objects(strays, lines)
    assert [(each["number"], each["event"], each["code"]) for each in found] == [
        (4, "message.delivered", 200),
        (5, "message.kept", 202),
        (6, "message.delivered", 200),
    ]
    assert {each["epoch"] for each in found} == {"1f0c"}
    assert found[0]["id"] == "m4"
    assert found[0]["recovered"] is True


def test_requests_that_changed_nothing() -> None:
    """What changed nothing has the same line: the one behind what was kept before is meant, and no earlier one."""
    delivered, reacted = map(catalogue.of_answer, (answers.MESSAGE_DELIVERED, answers.REACTION_ADDED))
    values = {"account": "boris", "to": "#tea", "emoji": "+", "seq": "7"}
    reaction = line(sentence("en", reacted, tuple(values.get(field, field) for field in reacted.fields)))
    other = line(sentence("en", delivered, ("anna", "#tea", 1, None)))
    mine = line(sentence("en", delivered, ("anna", "boris", 1, None)))
    lines = [reaction, other, mine, reaction, other, reaction]
    strays = Strays(lines, "1f0c")
    assert [strays.take(each) for each in (message(1, "boris"), message(2), change(3, "react"))] == [True] * 3
    assert not strays.take(change(4, "react"))  # its line is lost
    assert not strays.take(message(5))
    assert [each.get("number") for each in objects(strays, lines)] == [None, None, 1, None, 2, 3]


def test_one_without_a_line() -> None:
    """What has no line of its own takes a later one; what comes next still has its own."""
    delivered = catalogue.of_answer(answers.MESSAGE_DELIVERED)
    lines = [
        line(sentence("en", delivered, ("anna", to, 1, None))) for to in ("#tea", "boris", "clara", "#tea", "dora")
    ]
    strays = Strays(lines, "1f0c")
    people = ("#tea", "#tea", "boris", "clara", "dora")  # the second one has none
    assert [strays.take(message(number, to)) for number, to in enumerate(people)] == [True] * 5
    assert [each.get("number") for each in objects(strays, lines)] == [0, 2, 3, 1, 4]


def test_recovered_before() -> None:
    """The line of a start that was cut off counts as well."""
    lines = [line(sentence("en", catalogue.CHANGE_RECOVERED, ("boris", "#tea", "pin", 1)))]
    strays = Strays(lines, "1")
    assert strays.take(change(9, "pin"))
    assert objects(strays, lines)[0]["event"] == "change.recovered"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ANSWERS)
def test_changes(kind: str, language: str) -> None:
    """The answer to whoever made a change is recognised, and its fields; another's is not."""
    for answer in ANSWERS[kind]:
        event = catalogue.of_answer(answer)
        values = {"account": "boris", "room": "#tea (old)", "to": "#tea", "seq": "7"}
        said = tuple(values.get(field, field) for field in event.fields)
        others = tuple("anna" if field == "account" else value for field, value in zip(event.fields, said, strict=True))
        lines = [line(sentence(language, event, others)), line(sentence(language, event, said))]
        strays = Strays(lines, "1")
        assert strays.take(change(3, kind))
        first, second = objects(strays, lines)
        assert "number" not in first
        assert (second["number"], second["event"]) == (3, event.name)
        assert second["account"] == "boris"


def test_every_kind_of_change_has_its_answers() -> None:
    """Whatever the store calls a change, it is known what is answered."""
    kinds = set()
    for path in (Path(vestnik.__file__).parent / "store" / "queries").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "add_change":
                kinds |= {
                    arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
                }
    assert kinds == set(ANSWERS)


def test_what_is_about_something_else() -> None:
    """Of other lines the object has what they say, whatever they hold."""
    lines = [
        line("402: Ошибка!"),
        line("Error\\nTraceback (most recent call last):\\n  x\\\\y \\u202e", "ERROR"),
        line(""),
    ]
    strays = Strays(lines, "1")
    assert not strays.take(message(1))
    assert not strays.take(change(2, "edit"))
    found = objects(strays, lines)
    assert found[0]["code"] == 402
    assert found[1]["traceback"].endswith("x\\y \u202e")
    assert not Strays([], "1")


def test_another_epoch() -> None:
    """That a new epoch has begun is said once, too."""
    values: dict[str, object] = {"kept": 4, "journaled": 9, "epoch": "2"}
    lines = [line(sentence("ru", catalogue.STORE_RESTORED, (4, 9, "2")), "WARNING")]
    strays = Strays(lines, "2")
    assert strays.say(catalogue.STORE_RESTORED, values)
    assert not strays.say(catalogue.STORE_RESTORED, values)
    (found,) = objects(strays, lines)
    assert values.items() <= found.items()
