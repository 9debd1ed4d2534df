"""Nothing goes past the journal: every `except`, action, answer and response code has its event."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import vestnik
from tests.support.catalogue import CATALOGUES, EVENTS
from vestnik.chat.actions import ACTIONS, action_name
from vestnik.protocol import answers
from vestnik.protocol.codes import Code
from vestnik.protocol.request import Request
from vestnik.server import catalogue

PACKAGE = Path(vestnik.__file__).parent
SOURCE = sorted(PACKAGE.rglob("*.py"))
ABOUT_THE_JOURNAL = re.compile(r"log/|cli/(journal|seals|demo)")
"""What writes, reads and checks the journal tells its own troubles in its own ways: `journal.*`, or on the console."""
JOURNALS = {"record", "answer", "accept"}
"""Calls that put a record into the journal: `Journal.record`, `Connection.answer`, `Journal.accept`."""
EXCUSE = re.compile(r"#.*\bno event: \S")
"""What says, on the line of an `except`, why there is nothing to journal."""


def name(path: Path) -> str:
    """A file's path as a test's name."""
    return str(path.relative_to(PACKAGE))


def called(node: ast.AST) -> Iterator[str]:
    """The last names of all that is called in `node`."""
    for call in ast.walk(node):
        if isinstance(call, ast.Call):
            if isinstance(call.func, ast.Attribute):
                yield call.func.attr
            elif isinstance(call.func, ast.Name):
                yield call.func.id


def journaling(tree: ast.Module) -> set[str]:
    """The names of the functions of a module that journal something, themselves or through one another."""
    functions = {
        node.name: set(called(node))
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    }
    found = set(JOURNALS)
    while more := {each for each, calls in functions.items() if each not in found and calls & found}:
        found |= more
    return found


def silent(tree: ast.Module, lines: list[str]) -> Iterator[int]:
    """The lines of those `except` that neither raise, nor journal, nor say why not."""
    journals = journaling(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            raises = any(isinstance(inner, ast.Raise) for inner in ast.walk(node))
            if not raises and not set(called(node)) & journals and not EXCUSE.search(lines[node.lineno - 1]):
                yield node.lineno
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            for item in node.items:
                if "suppress" in called(item.context_expr):
                    at = item.context_expr.lineno
                    if not EXCUSE.search(lines[at - 1]):
                        yield at


@pytest.mark.parametrize("path", [path for path in SOURCE if not ABOUT_THE_JOURNAL.match(name(path))], ids=name)
def test_every_except_is_journaled(path: Path) -> None:
    """What is caught is raised again, or journaled, or its line says why there is nothing to say (`no event: ...`)."""
    text = path.read_text("utf-8")
    assert list(silent(ast.parse(text), text.splitlines())) == []


def test_what_is_silent() -> None:
    """The test above finds an `except` that says nothing."""
    source = "try:\n    f()\nexcept OSError:\n    pass\nwith suppress(OSError):\n    f()\n"
    assert sorted(silent(ast.parse(source), source.splitlines())) == [3, 5]
    excused = source.replace("OSError:", "OSError:  # no event: a test").replace(
        "(OSError):", "(OSError):  # no event: too"
    )
    assert list(silent(ast.parse(excused), excused.splitlines())) == []


def attributes_of(module: str) -> set[str]:
    """The names that the source takes from an imported module: `catalogue.SERVER_STARTED` and so on."""
    used: set[str] = set()
    for path in SOURCE:
        tree = ast.parse(path.read_text("utf-8"))
        names = {
            alias.asname or alias.name.rpartition(".")[2]
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom | ast.Import)
            for alias in node.names
            if f"{getattr(node, 'module', '')}.{alias.name}".endswith(module)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in names:
                used.add(node.attr)
            elif isinstance(node, ast.ImportFrom) and node.module == module:
                used |= {alias.name for alias in node.names}
    return used


def strings() -> set[str]:
    """All texts in the source: errors name their events so (`StoreLocked("store.locked", ...)`)."""
    return {
        node.value
        for path in SOURCE
        if path.name not in {"events.py", "catalogue.py", "ru.py", "en.py"}
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_every_event_is_recorded() -> None:
    """No event is in a catalogue for nothing."""
    named = strings()
    for module in CATALOGUES:
        used = attributes_of(module.__name__)
        constants = {name.replace(".", "_").upper(): name for name in module.ALL if name not in answers.ALL}
        assert [each for each, name in constants.items() if each not in used and name not in named] == []


def test_every_answer_is_given() -> None:
    """No answer is in the catalogue for nothing, and each has its event."""
    used = attributes_of("vestnik.protocol.answers")
    assert [
        each for each, answer in vars(answers).items() if isinstance(answer, answers.Answer) and each not in used
    ] == []
    assert {catalogue.of_answer(answer).name for answer in answers.ALL.values()} == set(answers.ALL)


UNUSED = {Code.NOTICE, Code.IMPORTANT_NOTICE, Code.OFFLINE}
"""Codes that answer no request: notices, and those that the specification has and our server does not need."""


def test_every_code_is_answered() -> None:
    """Every response code that answers a request has an event."""
    coded = {event.code for event in EVENTS.values()} - {None}
    assert coded == {int(code) for code in set(Code) - UNUSED}


@pytest.mark.parametrize("kind", ACTIONS, ids=action_name)
def test_every_action_is_answered(kind: type[Request]) -> None:
    """Whoever serves an action gives an answer, and so a line of the journal."""
    handler = ACTIONS[kind].handler
    tree = ast.parse(Path(handler.__code__.co_filename).read_text("utf-8"))
    functions = {
        node.name: node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    }
    reached, waiting = set(), [handler.__name__]
    while waiting:
        if (current := waiting.pop()) in functions and current not in reached:
            reached.add(current)
            waiting += called(functions[current])
    made = {call for each in reached for call in called(functions[each])}
    assert made & {"Reply", "Post"}
