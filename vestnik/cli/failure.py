"""How a command ends that cannot do what it was asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import click

from vestnik.protocol.errors import StartupError
from vestnik.texts import say
from vestnik.texts.system import system_reason


class Failure(click.ClickException):
    """Ends the command with exit code 1 and a sentence that is complete as it is."""

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the sentence."""
        click.echo(self.message, file=file, err=True)


@contextmanager
def troubles(lang: str) -> Iterator[None]:
    """Show what is wrong with the surroundings as the command's error. Raises Failure."""
    try:
        yield
    except StartupError as error:  # no event: there may be no place for a journal
        raise Failure(error.text(lang)) from None
    except OSError as error:
        reason = {"path": str(error.filename), "reason": system_reason(error, lang)}
        raise Failure(say(lang, "server.directory_bad", **reason)) from None
