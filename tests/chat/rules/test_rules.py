"""What all rules have in common."""

from collections.abc import Iterator
from typing import Any, Union

import msgspec
import pytest

from vestnik.chat.rules import accounts, alterations, contacts, guests, reports, rooms
from vestnik.chat.storage.rules import Rule

VALUES = {
    "now": 9.5,
    "limit": 3,
    "fields": ("topic", "name"),
    "role": "owner",
    "own": True,
    "opens": True,
    "guest": True,
    "report": 5,
}


def rules() -> Iterator[Rule[Any]]:
    """One of each kind, with something in its fields."""
    for module in (accounts, alterations, contacts, guests, reports, rooms):
        for kind in vars(module).values():
            if isinstance(kind, type) and issubclass(kind, Rule) and kind.__module__ == module.__name__:
                yield kind(*(VALUES.get(field, field) for field in kind.__struct_fields__))


RULES = list(rules())


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: type(rule).__name__)
def test_a_rule_is_a_value(rule: Rule[Any]) -> None:
    """It can be sent: what another process decodes is the same rule; and nobody changes it on the way."""
    received = msgspec.json.decode(msgspec.json.encode(rule), type=Union[*map(type, RULES)])
    assert received == rule
    assert hash(received) == hash(rule)
