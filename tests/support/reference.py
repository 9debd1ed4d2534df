"""The reference of the client library, made from the signatures and docstrings of its public names."""

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from enum import Enum
from types import FunctionType
from typing import Final, get_args

import vestnik.client
from vestnik.client import Client, ClientError, event_queue
from vestnik.client.accounts import AccountActions
from vestnik.client.commands import CommandActions
from vestnik.client.logins import LoginActions
from vestnik.client.messages import MessageActions
from vestnik.client.people import PeopleActions
from vestnik.client.rooms import RoomActions
from vestnik.client.totp import TotpActions

FAMILIES = {
    "Connection": Client,
    "Messages": MessageActions,
    "Rooms": RoomActions,
    "People": PeopleActions,
    "Logins": LoginActions,
    "Second factor": TotpActions,
    "Commands of bots": CommandActions,
    "Accounts": AccountActions,
}
EVENTS = [kind.__name__ for kind in get_args(event_queue.Event)]
"""What `Client.events` gives."""


def library_reference() -> str:
    """A heading for each name that `vestnik.client` offers, with its signature or fields and its docstring."""
    found = {name: getattr(vestnik.client, name) for name in vestnik.client.__all__}
    kinds = {name: kind for name, kind in found.items() if isinstance(kind, type)}
    errors = [name for name, kind in kinds.items() if issubclass(kind, ClientError)]
    values = [name for name in kinds if name not in {*errors, *EVENTS, "Client"}]
    parts = [_client()]
    for title, names in (
        ("What `events` gives", [name for name in EVENTS if name in kinds]),
        ("Answers and other values", values),
        ("Errors", errors),
    ):
        parts.append(f"### {title}\n\n" + "\n".join(_kind(kinds[name]) for name in names))
    return "\n".join(parts)


def _client() -> str:
    """The class `Client`, and what it can do, by the classes that it is made of."""
    parts = [f"### `Client`\n\n{_code(Client)}\n{_text(Client)}"]
    for title, kind in FAMILIES.items():
        members = [_member(kind, name) for name in vars(kind) if not name.startswith("_")]
        about = "" if kind is Client else _text(kind) + "\n"
        parts.append(f"#### {title}\n\n{about}" + "\n".join(member for member in members if member))
    return "\n".join(parts)


def _kind(kind: type) -> str:
    """A value, an event or an error."""
    bases = [base.__name__ for base in kind.__bases__ if issubclass(base, ClientError)]
    of = f" ({bases[0]})" if bases else ""
    fields = [(name, note, default) for name, note, default in _fields(kind)]
    rows = "".join(f"- `{name}`: `{note}`{default}\n" for name, note, default in fields)
    code = (
        f"{_code(kind)}\n" if not fields and "__init__" in vars(kind) and not bases and kind is not ClientError else ""
    )
    members = [] if bases else [_member(kind, name) for name in vars(kind) if not name.startswith("_")]
    methods = "\n".join(member for member in members if member)
    return "\n".join(part for part in (f"#### `{kind.__name__}`{of}\n\n{code}{_text(kind)}", rows, methods) if part)


_BOUNDED: Final = re.compile(r"\b(Name|Note|Text)\b")
"""Texts with a bound, which are texts to whoever uses the library."""


def _fields(kind: type) -> Iterator[tuple[str, str, str]]:
    """The fields of a value: name, type, and a default if there is one to tell of."""
    if issubclass(kind, (Enum, Exception)):
        return
    for node in _tree(kind).body:
        if isinstance(node, ast.AnnAssign) and not ast.unparse(node.target).startswith("_"):
            note = ast.unparse(node.annotation)
            default = "" if node.value is None else ast.unparse(node.value)
            optional = " | UnsetType" in note
            shown = default if default and "field(" not in default and not optional else ""
            yield (
                ast.unparse(node.target),
                _BOUNDED.sub("str", note.replace(" | UnsetType", "")),
                ", not always there" if optional or "UNSET" in default else f" = `{shown}`" if shown else "",
            )


def _member(kind: type, name: str) -> str:
    """A method or a property with its docstring."""
    value = vars(kind)[name]
    function = inspect.unwrap(value.fget if isinstance(value, property) else value)
    if not isinstance(function, FunctionType):
        return ""
    node = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    result = "" if node.returns is None else ast.unparse(node.returns)
    if isinstance(value, property):
        head = f"{name}: {result}"
    else:
        word = "await " if isinstance(node, ast.AsyncFunctionDef) and "AsyncIterator" not in result else ""
        head = f"{word}{name}({', '.join(_arguments(node, function))})" + (f" -> {result}" if result != "None" else "")
    return f"**`{head}`**\n\n{_docstring(function)}\n"


def _code(kind: type) -> str:
    """How a class is called."""
    node = next(node for node in _tree(kind).body if isinstance(node, ast.FunctionDef) and node.name == "__init__")
    arguments = _arguments(node, vars(kind)["__init__"])
    call = f"{kind.__name__}({', '.join(arguments)})"
    if len(call) > 100:
        call = "".join([f"{kind.__name__}(\n", *(f"    {each},\n" for each in arguments), ")"])
    return f"```python\n{call}\n```\n"


def _arguments(node: ast.FunctionDef | ast.AsyncFunctionDef, function: FunctionType) -> list[str]:
    """What a method is called with; constants by their values."""
    given = node.args
    defaults = [None] * (len(given.args) - len(given.defaults)) + given.defaults
    pairs = [*zip(given.args, defaults, strict=True)][1:]
    found = [_argument(argument, default, function) for argument, default in pairs]
    if given.vararg is not None:
        found.append(f"*{_argument(given.vararg, None, function)}")
    elif given.kwonlyargs:
        found.append("*")
    named = zip(given.kwonlyargs, given.kw_defaults, strict=True)
    return found + [_argument(argument, default, function) for argument, default in named]


def _argument(argument: ast.arg, default: ast.expr | None, function: FunctionType) -> str:
    if isinstance(default, ast.Name) and isinstance(value := function.__globals__.get(default.id), int | float):
        default = ast.Constant(value)
    return ast.unparse(argument) + (f" = {ast.unparse(default)}" if default is not None else "")


def _tree(kind: type) -> ast.ClassDef:
    found = ast.parse(textwrap.dedent(inspect.getsource(kind))).body[0]
    assert isinstance(found, ast.ClassDef)
    return found


def _text(kind: type) -> str:
    return _docstring(kind) + "\n"


def _docstring(thing: type | FunctionType) -> str:
    """A docstring as it is: it is Markdown."""
    text = inspect.cleandoc(thing.__doc__ or "")
    assert text, thing
    return text
