"""`vestnik journal copy`: a copy of a journal that is being written, to be verified elsewhere."""

from pathlib import Path

import click

from vestnik.cli.failure import Failure
from vestnik.cli.journal.journals import SERVER, Journals, location
from vestnik.log.days.packing import Damaged
from vestnik.log.sealing.copying import copy_journal
from vestnik.texts.system import system_reason


@click.command("copy")
@click.argument("target", type=click.Path(path_type=Path, file_okay=False), metavar="DIRECTORY")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@location
def copy_command(
    target: Path, names: tuple[str, ...], config: Path | None, data: str | None, log_dir: str | None, lang: str | None
) -> None:
    """Copy journals to DIRECTORY as they are at this moment, also while they are written, so that they can be verified.

    NAME is server (the default), client, admin, or a path such as DIRECTORY/NAME. What is there already is not copied
    again; nothing is deleted there. Run it as the user that writes the journal.
    """
    journals = Journals(config, data, log_dir, lang)
    for name in names or (SERVER,):
        directory, journal = journals.placed(name)
        try:
            done = copy_journal(directory, journal, target)
        except Damaged as error:
            raise Failure(journals.say("cli.seals_directory", path=str(directory), reason=str(error))) from None
        except OSError as error:
            path, reason = str(error.filename or target), system_reason(error, journals.language)
            raise Failure(journals.say("cli.seals_directory", path=path, reason=reason)) from None
        click.echo(
            journals.say(
                "cli.journal_copied", name=journal, path=str(target.absolute()), files=done.files, size=done.bytes
            )
        )
