"""Who may administer: sessions of the control door, and the record that each of their acts leaves before it is done."""

from typing import Protocol

from vestnik.protocol.answers import Answer


class Administrator(Protocol):
    """Somebody who may do what others may not."""

    async def record(self, answer: Answer, *values: object) -> None:
        """Write down what is about to be done. Raises ServerError when that is impossible: then it must not be done."""
