"""What is journaled from outside: the functions of the rooms that know no journal, with `@journaled` around them.

Which arguments are shown is said by the tables that list them.
"""

from collections.abc import Mapping
from typing import Final

from vestnik.chat.actions import ACTIONS, Action
from vestnik.log.journaled import journaled
from vestnik.protocol.request import Request
from vestnik.store.access import rows
from vestnik.store.store import Store

TRACED_ACTIONS: Final[Mapping[type[Request], Action]] = {
    kind: action._replace(handler=journaled(arguments=[f"request.{field}" for field in action.shown])(action.handler))
    for kind, action in ACTIONS.items()
}
"""The table of actions, its handlers journaled."""


class TracedStore(Store):
    """The store, its calls journaled."""

    close = journaled(Store.close)
    submit = journaled(Store.submit)


for _name, _method, _shown in rows():
    setattr(TracedStore, _name, journaled(arguments=_shown)(_method))
