"""Failures that nobody handled: where Python would print them on standard error, they go to the journal.

Uncaught exceptions of the program and of its threads, exceptions that nobody can be told (in `__del__`, in callbacks),
what the event loop complains of, warnings, and crashes of the interpreter (`dump`).
"""

import asyncio
import atexit
import re
import sys
import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Final, TextIO

from vestnik.log import events
from vestnik.log.dump import Dump, import_dumps
from vestnik.log.events import EventType
from vestnik.log.journal import Journal
from vestnik.log.recording.records import text_of

_FUNCTION: Final = re.compile(r"<function (\S+) at 0x")

FLUSH_WITHIN: Final = 2.0
"""Seconds for which a program that fails waits until the journal has its last record."""


def catch_everything(journal: Journal, directory: Path, *, console: bool, dumps: bool = True) -> Callable[[], None]:
    """Sends every failure that nobody handles to `journal` from now on; gives what undoes it.

    `directory` is where the files of the journal are: what processes that crashed have left there is journaled first,
    unless the caller does so (`dumps`).
    `console` says whether the journal has a console. What it shows is not printed a second time; without one, or when
    the journal is closed or the interpreter is ending, the former hooks go on printing. Ctrl-C is not touched.
    """
    if dumps:
        import_dumps(journal, directory)
    hooks = _Hooks(journal, directory, console)
    hooks.install()
    return hooks.undo


def journal_loop_error(journal: Journal, context: dict[str, object]) -> None:
    """Journal what an event loop could not tell anybody else (`loop.set_exception_handler`)."""
    error = context.get("exception")
    message = str(context.get("message", ""))
    journal.record(events.TASK_FAILED, message, error=error if isinstance(error, BaseException) else None)


def watch_loop(journal: Journal) -> None:
    """Makes `journal` the place where the running event loop complains."""
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: journal_loop_error(journal, context))


class _Hooks:
    """The hooks of one program, and those that were there before."""

    def __init__(self, journal: Journal, directory: Path, console: bool) -> None:
        self._journal = journal
        self._console = console
        self._exiting = False
        self._inside: set[int] = set()  # threads in which a hook is at work
        self._program = sys.excepthook
        self._thread = threading.excepthook
        self._unraisable = sys.unraisablehook
        self._warning = warnings.showwarning
        self._dump: Dump | None = None
        try:
            self._dump = Dump(directory, journal.name)
        except OSError:
            return  # the journal itself says that its directory cannot be used

    def install(self) -> None:
        """Put our hooks in the place of Python's."""
        sys.excepthook = self._program_failed
        threading.excepthook = self._thread_failed
        sys.unraisablehook = self._unraisable_failed
        warnings.showwarning = self._warning_issued
        atexit.register(self._exit)

    def undo(self) -> None:
        """Put the former ones back."""
        sys.excepthook = self._program
        threading.excepthook = self._thread
        sys.unraisablehook = self._unraisable
        warnings.showwarning = self._warning
        atexit.unregister(self._exit)
        self._close_dump()

    def _exit(self) -> None:
        self._exiting = True
        self._close_dump()

    def _close_dump(self) -> None:
        dump, self._dump = self._dump, None
        if dump is not None:
            dump.close()

    # The hooks. None of them raises, and a failure inside one is not caught by it again.

    def _program_failed(self, kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
        expected = issubclass(kind, KeyboardInterrupt)
        if expected or not self._shown(events.PROGRAM_FAILED, lambda: (_reason(kind, error),), error):
            self._program(kind, error, traceback)

    def _thread_failed(self, failed: threading.ExceptHookArgs) -> None:
        def values() -> tuple[object, ...]:
            name = "?" if failed.thread is None else failed.thread.name
            return name, _reason(failed.exc_type, failed.exc_value)

        expected = failed.exc_type is SystemExit  # ends the thread, and nobody is told
        if expected or not self._shown(events.THREAD_FAILED, values, failed.exc_value):
            self._thread(failed)

    def _unraisable_failed(self, failed: "sys.UnraisableHookArgs") -> None:
        error = failed.exc_value
        if not self._shown(events.UNRAISABLE_FAILED, lambda: (_place(failed), _reason(failed.exc_type, error)), error):
            self._unraisable(failed)

    def _warning_issued(
        self,
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        def values() -> tuple[object, ...]:
            return category.__name__, text_of(message), f"{Path(filename).name}:{lineno}"

        named = file is not None  # somebody wants it in a file
        if named or not self._shown(events.WARNING_ISSUED, values, None):
            self._warning(message, category, filename, lineno, file, line)

    def _shown(self, event: EventType, values: Callable[[], tuple[object, ...]], error: BaseException | None) -> bool:
        """Journals a failure; says whether the console shows it. `values` may run code of anybody's."""
        thread = threading.get_ident()
        if sys.is_finalizing() or self._journal.closed or thread in self._inside:
            return False  # no thread can be started any more, nobody writes, or it would go round in a circle
        self._inside.add(thread)
        try:
            self._journal.record(event, *values(), error=error)
            if self._exiting:
                self._journal.release()  # the last occasion
            elif event is events.PROGRAM_FAILED:
                self._journal.flush(FLUSH_WITHIN)
        except Exception:  # noqa: BLE001 - a hook must not fail; the former one prints what there is to say
            return False
        finally:
            self._inside.discard(thread)
        return self._console


def _place(failed: "sys.UnraisableHookArgs") -> str:
    """Where it happened: the name of the function or generator, else what Python says, else what it happened to."""
    try:
        return str(failed.object.__qualname__)  # type: ignore[attr-defined]  # that is what is tried
    except Exception:  # noqa: BLE001 - any code may run here
        named = _FUNCTION.search(failed.err_msg or "")  # Python 3.13 gives a callback at exit in this way only
        return named[1] if named else failed.err_msg or text_of(failed.object)


def _reason(kind: type[BaseException], error: BaseException | None) -> str:
    return kind.__name__ if error is None else f"{kind.__name__}: {text_of(error)}"
