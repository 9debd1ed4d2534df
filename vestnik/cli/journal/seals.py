"""`vestnik journal verify` and `vestnik journal setup-keys`: whether a journal is as it was written.

A verification key never comes from the command line, which others can see.
"""

import errno
import os
import re
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Final

import click

from vestnik.cli.data import need_data
from vestnik.cli.failure import Failure
from vestnik.cli.journal.journals import CLIENT, SERVER, Journals, location
from vestnik.log.sealing.chain import AlreadyKeyed, set_up
from vestnik.log.sealing.findings import ChainSummary, Finding, Report, What
from vestnik.log.sealing.keys import BadKey, Key, parse_key
from vestnik.log.sealing.seals import KEYED
from vestnik.log.sealing.verify import verify
from vestnik.ownership import make_owned
from vestnik.texts import say
from vestnik.texts.system import system_reason

KEY_VARIABLE: Final = "VESTNIK_JOURNAL_KEY"
_KEY: Final = re.compile(r"vjk[^\s]*")

SENTENCES: Final = {
    What.CHANGED: "cli.seals_changed",
    What.MISSING: "cli.seals_missing",
    What.INSERTED: "cli.seals_inserted",
    What.SOMEWHERE: "cli.seals_somewhere",
    What.UNSEALED: "cli.seals_unsealed",
    What.CUT: "cli.seals_cut",
    What.BEGUN_ANEW: "cli.seals_begun_anew",
    What.FILE_MISSING: "cli.seals_file_missing",
    What.FILE_UNSEALED: "cli.seals_file_unsealed",
    What.FILE_DAMAGED: "cli.seals_file_damaged",
    What.LINK_BAD: "cli.seals_link_bad",
    What.SEAL_BAD: "cli.seals_seal_bad",
    What.SEAL_CUT_OFF: "cli.seals_seal_cut_off",
    What.SEAL_MISPLACED: "cli.seals_seal_misplaced",
    What.SEALS_MISSING: "cli.seals_seals_missing",
    What.SEALS_BEHEADED: "cli.seals_seals_beheaded",
    What.SEALS_CUT: "cli.seals_seals_cut",
    What.CHAIN_REPLACED: "cli.seals_chain_replaced",
    What.CHAIN_UNKEYED: "cli.seals_chain_unkeyed",
    What.CHAIN_ABSENT: "cli.seals_chain_absent",
    What.STATE_MISSING: "cli.seals_state_missing",
    What.STATE_DAMAGED: "cli.seals_state_damaged",
    What.STATE_FOREIGN: "cli.seals_state_foreign",
    What.STATE_OLD: "cli.seals_state_old",
    What.STATE_FORGED: "cli.seals_state_forged",
    What.NO_SEALS: "cli.seals_no_seals",
    What.KEY_NEEDED: "cli.seals_key_needed",
    What.UNREADABLE: "cli.seals_unreadable",
    What.ADOPTED: "cli.seals_adopted",
    What.NOT_YET: "cli.seals_not_yet",
    What.LEFT: "cli.seals_left",
    What.OLDER: "cli.seals_older",
    What.REMOVED: "cli.seals_removed",
    What.BEGINS: "cli.seals_begins",
    What.BEGINS_LATE: "cli.seals_begins_late",
    What.DAYS_MISSING: "cli.seals_days_missing",
    What.UNKEYED: "cli.seals_unkeyed",
    What.CLOCK_BACK: "cli.seals_clock_back",
    What.SEAL_HALF: "cli.seals_seal_half",
    What.STATE_BEHIND: "cli.seals_state_behind",
}
VERDICTS: Final = ("cli.seals_intact", "cli.seals_tampered", "cli.seals_unknown")
"""By exit code."""


@click.command("verify")
@click.argument("name", default=SERVER, metavar="[NAME]")
@click.option(
    "--key-file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help=f"File with the verification key, or keys; otherwise {KEY_VARIABLE} has them.",
)
@location
def verify_command(
    name: str, key_file: Path | None, config: Path | None, data: str | None, log_dir: str | None, lang: str | None
) -> None:
    """Verify the journal NAME: server (the default), client, admin, or a path such as DIRECTORY/NAME.

    Finds lines that were changed, removed or inserted, and a cut end. The exit code is 0 if there is nothing of the
    kind, 1 if there is, and 2 if not everything could be checked.
    """
    try:
        journals = Journals(config, data, log_dir, lang)
        directory, journal = journals.placed(name)
    except Failure as failure:
        failure.show()
        raise SystemExit(2) from None  # nothing was found out about the journal
    keys = _given_keys(journals, key_file)
    try:
        report = verify(directory, journal, keys)
        if not keys and report.code != 1 and _needs_key(report) and sys.stdin.isatty():
            keys = _asked_keys(journals)
            report = verify(directory, journal, keys) if keys else report
    except OSError as error:
        click.echo(_why(journals, directory, error), err=True)
        raise SystemExit(2) from None
    _Printer(journals).print(report, directory)
    raise SystemExit(report.code)


@click.command("setup-keys")
@click.argument("name", default=SERVER, metavar="[NAME]")
@click.option("--new", "again", is_flag=True, help="Make another key if there is one already.")
@location
def setup_keys_command(
    name: str, again: bool, config: Path | None, data: str | None, log_dir: str | None, lang: str | None
) -> None:
    """Make a secret key for the seals of the journal NAME, also beside a running server, and show how to verify them.

    The key is shown once and kept nowhere. Run it as the user that writes the journal.
    """
    from vestnik.cli.admin.acts import recorded  # imports the server, which who reads journals need not wait for
    from vestnik.server.catalogue import ADMIN_KEYED

    journals = Journals(config, data, log_dir, lang)
    directory, journal = journals.find(name)
    if journal != CLIENT and not directory.is_dir():
        _need_place(journals, directory)
    administered = journal != CLIENT and directory == journals.server_directory
    with recorded(journals.settings, ADMIN_KEYED, journal) if administered else nullcontext():
        try:
            make_owned(directory, 0o750)
            key = set_up(directory, journal, again=again)
        except AlreadyKeyed:
            raise Failure(journals.say("cli.seals_keyed", name=journal)) from None
        except OSError as error:
            raise Failure(_why(journals, directory, error)) from None
    click.echo(journals.say("cli.seals_key", name=journal), err=True)
    click.echo(key)


def _need_place(journals: Journals, directory: Path) -> None:
    """Go on if the directory of a journal may be made: in that of our data, or where one was chosen by itself.

    Raises Failure for what looks mistyped.
    """
    data = journals.settings.data_path
    if directory == data / "log":
        need_data(data, journals.language, new=True)
    elif not directory.parent.is_dir():
        error = OSError(errno.ENOTDIR if directory.parent.exists() else errno.ENOENT, "")
        reason = system_reason(error, journals.language)
        raise Failure(journals.say("cli.seals_directory", path=str(directory.parent), reason=reason))


def _given_keys(journals: Journals, file: Path | None) -> list[Key]:
    """The keys of the file, else of the environment."""
    source = KEY_VARIABLE if file is None else str(file)
    try:
        text = os.environ.get(KEY_VARIABLE, "") if file is None else file.read_text("utf-8", "replace")
    except OSError as error:
        raise click.UsageError(
            journals.say("cli.seals_directory", path=source, reason=system_reason(error, journals.language))
        ) from None
    if not text and file is None:
        return []
    return _keys_in(journals, text, source)


def _asked_keys(journals: Journals) -> list[Key]:
    text = click.prompt(journals.say("cli.seals_key_prompt"), hide_input=True, default="", show_default=False, err=True)
    return _keys_in(journals, text, "-") if text else []


def _keys_in(journals: Journals, text: str, source: str) -> list[Key]:
    """All keys in a text, whatever else is in it."""
    try:
        keys = [parse_key(found) for found in _KEY.findall(text)]
    except BadKey:
        keys = []
    if not keys:
        raise click.UsageError(journals.say("cli.seals_key_bad", source=source))
    return keys


def _needs_key(report: Report) -> bool:
    return any(finding.what is What.KEY_NEEDED for finding in report.unchecked)


def _why(journals: Journals, directory: Path, error: OSError) -> str:
    path = str(error.filename or directory)
    return journals.say("cli.seals_directory", path=path, reason=system_reason(error, journals.language))


class _Printer:
    """Puts a report into words."""

    def __init__(self, journals: Journals) -> None:
        self._journals = journals

    def print(self, report: Report, directory: Path) -> None:
        """Print everything, the verdict last."""
        self._line("cli.seals_journal", name=report.name, path=str(directory.absolute()))
        for chain in report.chains:
            self._chain(chain)
        for file in report.files:
            self._line("cli.seals_file", file=file.file, size=file.size, sealed=file.sealed)
        self._findings("cli.seals_note", report.notes)
        self._findings("cli.seals_not_checked", report.unchecked)
        self._findings("cli.seals_found", report.tampered)
        self._line(VERDICTS[report.code])

    def _line(self, sentence: str, **values: str | int) -> None:
        click.echo(self._journals.say(sentence, **values))

    def _chain(self, chain: ChainSummary) -> None:
        state = "cli.seals_without"
        if chain.checked:
            state = "cli.seals_secret" if chain.chain.startswith(KEYED) else "cli.seals_public"
        self._line(
            "cli.seals_chain",
            chain=chain.chain,
            first=chain.first,
            last=chain.last,
            since=chain.since,
            until=chain.until,
            state=self._journals.say(state),
        )

    def _findings(self, frame: str, findings: Sequence[Finding]) -> None:
        for finding in findings:
            first, last = finding.values.get("line", 0), finding.values.get("last", 0)
            lines = f"{first}-{last}" if last and last != first else str(first)
            known = {"file": finding.file, "lines": lines, "to": last, "variable": KEY_VARIABLE}
            text = self._journals.say(SENTENCES[finding.what], **known | finding.values)
            click.echo(say(self._journals.language, frame, text=text))  # `text` is harmless already
