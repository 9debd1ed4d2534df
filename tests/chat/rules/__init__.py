"""Tests of the rules that changes carry with them."""

from collections.abc import Callable

from vestnik.protocol.errors import VestnikError


def refusal(check: Callable[..., None], *values: object) -> tuple[str, tuple[object, ...]] | None:
    """Why something is refused: the answer and its values; None if it is not."""
    try:
        check(*values)
    except VestnikError as error:
        return error.answer.name, error.values
    return None
