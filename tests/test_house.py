"""The rules of the house, checked on the source itself."""

import ast
import re
import tomllib
from collections.abc import Iterator
from inspect import get_annotations
from pathlib import Path
from typing import get_args

import pytest

import vestnik
from vestnik.chat.actions import ACTIONS, action_name
from vestnik.client import errors as client_errors
from vestnik.protocol import answers, errors
from vestnik.protocol.administration import AnyAction, AnyAdministration
from vestnik.protocol.errors import VestnikError
from vestnik.protocol.request import Request
from vestnik.texts import cli, client, commands

ROOT = Path(__file__).parent.parent
SOURCE = sorted((ROOT / "vestnik").rglob("*.py"))
EVERYTHING = [*SOURCE, *sorted((ROOT / "tests").rglob("*.py")), *sorted((ROOT / "bench").rglob("*.py"))]
MAX_FILE = 500
MAX_FUNCTION = 60

ALLOWED = {
    "language": set(),
    "secret": set(),
    "ownership": set(),
    "texts": {"texts", "language"},
    "log": {"log", "language", "secret", "ownership"},
    "protocol": {"protocol", "texts", "secret"},
    "chat": {"chat", "protocol", "secret"},
    "store": {"store", "chat.storage", "protocol", "ownership"},
    "client": {"client", "log", "protocol", "texts", "secret"},
    "server": {"server", "chat", "store", "log", "protocol", "texts", "secret"},
    "cli": {
        "cli",
        "server",
        "client",
        "chat",
        "store",
        "log",
        "protocol",
        "texts",
        "language",
        "secret",
        "ownership",
    },
}
"""What each package may import of Vestnik; `vestnik` itself (its version) anybody may."""
IMPURE = {"asyncio", "socket", "ssl", "sqlalchemy", "aiohttp", "threading"}
PURE = {"language", "secret", "texts", "protocol", "chat"}


def tree(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text("utf-8"), str(path))


def name(path: Path) -> str:
    """A file's path as a test's name."""
    return str(path.relative_to(ROOT))


def package(path: Path) -> str:
    """The room of the house a file is in; nothing for those at the front door."""
    room = path.relative_to(ROOT / "vestnik").parts[0].removesuffix(".py")
    return "" if room.startswith("__") else room


def imports(path: Path) -> Iterator[str]:
    """The full names of the modules a file imports, wherever in it."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name(path)}:{node.lineno}: imports are absolute"
            assert node.module is not None
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", SOURCE, ids=name)
def test_import_direction(path: Path) -> None:
    """Dependencies point down: `cli → server, client → chat, store → protocol → texts`; `log` knows none of them."""
    room = package(path)
    assert not room or room in ALLOWED, f"{room} has no place in the house yet"
    for imported in imports(path):
        if imported.startswith("vestnik.") and room:
            inside = imported.removeprefix("vestnik.")
            assert inside == "__version__" or any(
                inside == allowed or inside.startswith(f"{allowed}.") for allowed in ALLOWED[room]
            ), f"{name(path)} imports {imported}"


def test_no_circles() -> None:
    """No file imports itself by way of others, not even for its types."""
    modules = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in SOURCE}
    modules = {module.removesuffix(".__init__"): path for module, path in modules.items()}
    left: dict[str, set[str]] = {}
    for module, path in modules.items():
        needed = {found if found in modules else found.rpartition(".")[0] for found in imports(path)}
        left[module] = (needed & set(modules)) - {module}
    while free := {module for module, needed in left.items() if not needed}:
        left = {module: needed - free for module, needed in left.items() if module not in free}
    assert not left


@pytest.mark.parametrize("path", [path for path in SOURCE if package(path) in PURE], ids=name)
def test_pure(path: Path) -> None:
    """What is said and what is allowed knows no sockets, no threads, no SQL, no event loop."""
    found = {imported.split(".")[0] for imported in imports(path)} & IMPURE
    assert not found


@pytest.mark.parametrize("path", sorted((ROOT / "vestnik/store/queries").glob("*.py")), ids=name)
def test_one_way_to_refuse(path: Path) -> None:
    """What stands against a change the rule says that it carries, not the query."""
    assert not {each for each in imports(path) if each.startswith("vestnik.protocol.errors")}
    assert not [node for node in ast.walk(tree(path)) if isinstance(node, ast.Raise)]


@pytest.mark.parametrize("path", SOURCE, ids=name)
def test_no_print_outside_the_command_line(path: Path) -> None:
    """Only the command line prints."""
    calls = [node for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]
    lines = [node.lineno for node in calls if isinstance(node.func, ast.Name) and node.func.id == "print"]
    assert package(path) == "cli" or not lines


@pytest.mark.parametrize("path", EVERYTHING, ids=name)
def test_no_bare_except(path: Path) -> None:
    """Every `except` says what it expects."""
    bare = [node.lineno for node in ast.walk(tree(path)) if isinstance(node, ast.ExceptHandler) and node.type is None]
    assert not bare


@pytest.mark.parametrize("path", EVERYTHING, ids=name)
def test_size(path: Path) -> None:
    """A file is about one thing, and so is a function."""
    assert len(path.read_text("utf-8").splitlines()) <= MAX_FILE
    for node in ast.walk(tree(path)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            assert node.end_lineno is not None
            assert node.end_lineno - node.lineno < MAX_FUNCTION, node.name


def test_names_of_classes() -> None:
    """No two classes or types have the same name, wherever they are: a name says what it is without its module."""
    places: dict[str, list[str]] = {}
    for path in SOURCE:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ClassDef):
                places.setdefault(node.name, []).append(f"{name(path)}:{node.lineno}")
            elif isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation) == "TypeAlias":
                places.setdefault(ast.unparse(node.target), []).append(f"{name(path)}:{node.lineno}")
    assert {found: where for found, where in places.items() if len(where) > 1} == {}


def test_names_stay() -> None:
    """Nothing of ours is called otherwise where it is imported."""
    for path in SOURCE:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("vestnik"):
                renamed = [alias.name for alias in node.names if alias.asname not in {None, alias.name}]
                assert not renamed, f"{name(path)}:{node.lineno}"


UNTESTED = {
    "chat/actions/bots.py": "acts and their effect: tests/scenarios/test_bots.py",
    "chat/actions/commands.py": "who may have commands, and finds them: tests/scenarios/test_bots.py",
    "chat/chat.py": "puts together what every test of the rules uses (tests/chat/conftest.py)",
    "chat/storage/rules.py": "what a rule is; each of them is tried in tests/chat/rules",
    "cli/admin/acts.py": "records of commands: tests/cli/backup/test_backup.py and tests/cli/backup/test_restore.py",
    "cli/backup/ending.py": "signals, in tests/cli/backup/test_backup.py and tests/cli/backup/test_restore.py",
    "cli/backup/reasons.py": "sentences, in tests/cli/backup/test_backup.py and tests/cli/backup/test_restore.py",
    "cli/client/account.py": "lines and their answers: tests/cli/client/test_commands.py",
    "cli/client/messages.py": "lines and their answers: tests/cli/client/test_commands.py",
    "cli/client/people.py": "lines and their answers: tests/cli/client/test_commands.py",
    "cli/client/rooms.py": "lines and their answers: tests/cli/client/test_commands.py",
    "cli/failure.py": "how commands end that fail: tests/cli/test_server.py",
    "cli/journal/journals.py": "which journals there are and are asked for: tests/cli/journal/test_main.py",
    "cli/journal/show.py": "the command: tests/cli/journal/test_main.py and tests/cli/journal/test_follow.py",
    "cli/options.py": "options of commands, as tests/cli/test_main.py lists them",
    "client/accounts.py": "requests and their answers: tests/client/test_actions.py",
    "client/asking.py": "requests and their answers: tests/client/test_actions.py",
    "client/bots/errors.py": "errors: tests/client/bots/test_signature.py and tests/client/bots/test_running.py",
    "client/commands.py": "requests and their answers: tests/cli/client/test_bots.py",
    "client/errors.py": "errors, which tests/test_house.py holds against their answers",
    "client/logins.py": "requests and their answers: tests/client/test_actions.py",
    "client/messages.py": "requests and their answers: tests/client/test_actions.py",
    "client/people.py": "requests and their answers: tests/client/test_actions.py",
    "client/totp.py": "requests and their answers: tests/client/test_actions.py",
    "client/rooms.py": "requests and their answers: tests/client/test_actions.py",
    "log/reading/opening.py": "days in all their forms: tests/log/reading/test_reader.py",
    "log/recording/outputs.py": "a tuple",
    "log/sealing/verify_day.py": "a day of tests/log/sealing/test_verify.py and tests/log/sealing/test_verify_chain.py",
    "server/app.py": "starts and stops as a whole: tests/scenarios/test_life.py and tests/cli/test_server.py",
    "store/errors.py": "errors, which are raised in tests/store/test_migrate.py and tests/store/test_lock.py",
    "store/migrations": "applied one by one in tests/store/test_migrate.py",
    "store/queries/places.py": "a part of statements: tests/store/queries/test_history.py",
}
"""Modules, or folders of them, that do something and have no test file of their own, and why."""


def does_something(path: Path) -> bool:
    """Whether a module has a function with more than a docstring in it: what only declares has nothing to try."""
    functions = (node for node in ast.walk(tree(path)) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))
    return any(ast.get_docstring(node) is None or len(node.body) > 1 for node in functions)


def has_test(path: Path) -> bool:
    """Whether the file with the tests of a module is where it is looked for, and has some."""
    place = ROOT / "tests" / path.relative_to(ROOT / "vestnik")
    tests = place.with_name(f"test_{place.name}")
    return (
        tests.exists()
        and re.search(r"^(async )?def test_|^Test|^class Test", tests.read_text("utf-8"), re.M) is not None
    )


def excused(path: Path) -> set[str]:
    """The reasons for a module to have no test file: by its own name, or by a folder's."""
    place = path.relative_to(ROOT / "vestnik")
    return {str(each) for each in (place, *place.parents)} & set(UNTESTED)


@pytest.mark.parametrize("path", [path for path in SOURCE if path.name != "__init__.py"], ids=name)
def test_every_module_has_its_tests(path: Path) -> None:
    """The tests of `vestnik/a/b.py` are in `tests/a/test_b.py`, or it is written down why not."""
    if does_something(path):
        assert has_test(path) != bool(excused(path))


def test_excuses() -> None:
    """Every excuse is needed, and the tests that it names are there."""
    used = {reason for path in SOURCE if does_something(path) and not has_test(path) for reason in excused(path)}
    assert set(UNTESTED) == used
    for reason in UNTESTED.values():
        assert all((ROOT / named).exists() for named in re.findall(r"tests/[\w/]+(?:\.py)?", reason)), reason


def test_every_request_has_a_row() -> None:
    """Every request of the protocol is in the table of actions, and the table holds nothing else."""
    assert set(ACTIONS) == set(get_args(AnyAction))
    administrative = {kind for kind, action in ACTIONS.items() if action.administrative}
    assert administrative == set(get_args(AnyAdministration))
    assert len(set(map(action_name, ACTIONS))) == len(ACTIONS)


@pytest.mark.parametrize("kind", ACTIONS, ids=lambda kind: kind.__name__)
def test_rows(kind: type[Request]) -> None:
    """A row has somebody who serves its request, and shows fields which that has."""
    action = ACTIONS[kind]
    assert {field.partition(".")[0] for field in action.shown} <= set(kind.__struct_fields__)
    assert callable(action.handler)
    served = get_annotations(action.handler)["request"]
    assert served is kind


def test_versions() -> None:
    """The package, its description and its history tell the same version."""
    described = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert vestnik.__version__ == described
    history = ROOT / "CHANGELOG.md"
    if history.exists():
        headings = re.findall(r"^##\s+\[?v?(\d+\.\d+\.\d+)", history.read_text("utf-8"), re.MULTILINE)
        assert headings[:1] == [described]


ERRORS = {
    found.__name__: found
    for module in (errors, client_errors)
    for found in vars(module).values()
    if isinstance(found, type) and issubclass(found, VestnikError)
}


def raised() -> Iterator[tuple[str, type[VestnikError], ast.expr, list[ast.expr]]]:
    """Where an error is made with an answer: the place, its class, the answer, its values."""
    for path in SOURCE:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ERRORS and node.args:
                first = node.args[0]
                if isinstance(first, ast.Attribute) and ast.unparse(first.value) == "answers":
                    yield f"{name(path)}:{node.lineno}", ERRORS[node.func.id], first, node.args[1:]


RAISED = list(raised())


@pytest.mark.parametrize(
    ("error", "answer", "values"), [found[1:] for found in RAISED], ids=[found[0] for found in RAISED]
)
def test_errors_fit_their_answers(error: type[VestnikError], answer: ast.Attribute, values: list[ast.expr]) -> None:
    """An error is made with an answer of its own code, and with as many values as the answer has fields."""
    found = getattr(answers, answer.attr)
    assert found.code == error.code
    assert any(isinstance(value, ast.Starred) for value in values) or len(values) == len(found.fields)


def test_raise_statements_are_found() -> None:
    """The check above sees the errors of every package that raises some."""
    packages = {place.split("/")[1] for place, *_ in RAISED}
    assert {"protocol", "chat", "server", "cli"} <= packages


def test_every_answer_is_given() -> None:
    """No answer is there for nothing: each is used somewhere outside its table."""
    used = {
        node.attr
        for path in SOURCE
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "answers"
    } | {
        alias.name
        for path in SOURCE
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and node.module == "vestnik.protocol.answers"
        for alias in node.names
    }
    constants = {key for key, value in vars(answers).items() if isinstance(value, answers.Answer)}
    assert constants <= used


def test_every_text_of_the_command_line_is_said() -> None:
    """No sentence of the command line is there for nothing."""
    source = "".join(path.read_text("utf-8") for path in SOURCE if package(path) == "cli")
    built = {"cli.server_data", "cli.server_journal", "cli.demo_server", "cli.demo_client"}
    unused = [key for key in {**client.CATALOGUE, **commands.CATALOGUE, **cli.CATALOGUE} if f'"{key}"' not in source]
    assert set(unused) <= built
