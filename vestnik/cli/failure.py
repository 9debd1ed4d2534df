"""How a command ends that cannot do what it was asked."""

from typing import IO, Any

import click


class Failure(click.ClickException):
    """Ends the command with exit code 1 and a sentence that is complete as it is."""

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the sentence."""
        click.echo(self.message, file=file, err=True)
