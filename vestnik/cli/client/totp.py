"""The client's command about the second factor: whether there is one, and to have one, new recovery codes, or none."""

from itertools import zip_longest

import segno

from vestnik.cli.client.arguments import Arguments, BadLine
from vestnik.cli.client.shell import Shell
from vestnik.client import Refused
from vestnik.protocol.codes import Code
from vestnik.secret import Secret

TRIES = 3
"""How often the first code may be typed."""
_BLOCKS = {(True, True): "█", (True, False): "▀", (False, True): "▄", (False, False): " "}


async def totp(shell: Shell, given: Arguments) -> None:
    """Show whether there is a second factor, or change that; passwords and codes are asked for."""
    word = given.word() if given else ""
    given.end()
    if not word:
        state = await shell.client.totp()
        shell.screen.rows([("on" if state.on else "off", str(state.codes_left))], "cli.columns_totp")
    elif word == "on":
        await _turn_on(shell)
    elif word == "off":
        shell.done(await shell.client.end_totp(*await _password_and_code(shell)))
    elif word == "codes":
        _show_codes(shell, await shell.client.recovery_codes(*await _password_and_code(shell)))
    else:
        raise BadLine


async def _turn_on(shell: Shell) -> None:
    key = await shell.client.begin_totp(await _ask(shell, "cli.login_password"))
    for line in qr_lines(key.uri):
        shell.screen.line(line)
    shell.screen.line(shell.screen.text("cli.totp_scan", key=key.key.reveal()))
    for left in reversed(range(TRIES)):
        try:
            codes = await shell.client.confirm_totp(await _ask(shell, "cli.totp_code"))
        except Refused as error:  # no event: the answer had one
            if error.status != Code.WRONG_LOGIN or not left:
                raise
            shell.screen.error(error.text(shell.screen.language))
        else:
            _show_codes(shell, codes)
            return


async def _password_and_code(shell: Shell) -> tuple[Secret, Secret]:
    return await _ask(shell, "cli.login_password"), await _ask(shell, "cli.login_code")


async def _ask(shell: Shell, sentence: str) -> Secret:
    """What somebody types out of sight. Raises BadLine where nobody can be asked."""
    if shell.ask is None:
        raise BadLine("cli.totp_terminal")
    return await shell.ask(sentence)


def _show_codes(shell: Shell, codes: list[Secret]) -> None:
    """Show recovery codes: they are nowhere else."""
    shell.screen.line(shell.screen.text("cli.totp_keep"))
    for code in codes:
        shell.screen.line(code.reveal())


def qr_lines(uri: Secret) -> list[str]:
    """A QR code for terminals that write light on dark: two rows of it in each line."""
    rows = [list(row) for row in segno.make(uri.reveal(), error="l", micro=False).matrix_iter(border=2)]
    pairs = zip_longest(rows[::2], rows[1::2], fillvalue=[1] * len(rows[0]))
    return ["".join(_BLOCKS[not high, not low] for high, low in zip(*pair, strict=True)) for pair in pairs]
