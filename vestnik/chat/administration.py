"""Who may administer: sessions of the control door, owners and administrators of the server.

Each of their acts leaves a record before it is done.
"""

from typing import Protocol

from vestnik.protocol.answers import Answer


class Administrator(Protocol):
    """Somebody who may do what others may not.

    `account_id` and `name` are those of their account; None and nothing for the user that the server runs as.
    """

    account_id: int | None
    name: str

    async def record(self, answer: Answer, *values: object) -> None:
        """Write down what is about to be done. Raises ServerError when that is impossible: then it must not be done."""
