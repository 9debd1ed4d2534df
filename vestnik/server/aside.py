"""What may hang with its disk: in a thread of its own that does not keep the program from ending."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import ParamSpec, TypeVar, cast

P = ParamSpec("P")
T = TypeVar("T")


async def aside(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What `function` gives or raises. It holds up neither whoever has given up waiting, nor the end of the program."""
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[T] = loop.create_future()

    def tell(result: T | None, error: Exception | None) -> None:
        if outcome.done():
            return  # nobody waits
        if error is None:
            outcome.set_result(cast(T, result))
        else:
            outcome.set_exception(error)

    def run() -> None:
        result, failure = None, None
        try:
            result = function(*args, **kwargs)
        except Exception as error:  # noqa: BLE001  # no event: whoever waits gets it
            failure = error
        with suppress(RuntimeError):  # no event: the loop has ended
            loop.call_soon_threadsafe(tell, result, failure)

    threading.Thread(target=run, name=f"aside-{function.__name__}", daemon=True).start()
    return await outcome
