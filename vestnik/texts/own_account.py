"""What `vestnik client` says of one's own account to whoever sits before it."""

from typing import Final

from vestnik.language import Catalogue

CATALOGUE: Final[Catalogue] = {
    "cli.help_totp": (
        "второй фактор: on — завести, off — снять, codes — новые коды",
        "the second factor; on: have one, off: none, codes: new recovery codes",
    ),
    "cli.columns_totp": ("второй фактор\tзапасных кодов", "second factor\trecovery codes"),
    "cli.totp_scan": (
        "Отсканируйте код приложением для одноразовых паролей или введите в него ключ: {key}",
        "Scan the code with an authenticator, or type the key into it: {key}",
    ),
    "cli.totp_code": ("Код, который показывает приложение", "The code that the authenticator shows"),
    "cli.totp_keep": (
        "Запасные коды на случай, если приложения не будет под рукой: каждый действует один раз, больше их не покажут",
        "Recovery codes for when there is no authenticator at hand: each is good once, and they are not shown again",
    ),
    "cli.totp_terminal": (
        "Пароль и код спрашивают в терминале: запустите vestnik client в нём",
        "Password and code are asked for in a terminal: run vestnik client in one",
    ),
    "cli.help_revoke": (
        "завершить вход из /logins; all — все, кроме этого",
        "end a login of /logins; all: every one but this",
    ),
    "cli.help_logins": ("откуда вы вошли", "where you are logged in"),
    "cli.columns_logins": (
        "номер\tустройство\tадрес\tпоследний раз\tс\tсейчас",
        "number\tdevice\taddress\tlast used\tsince\tnow",
    ),
    "cli.login_this": ("этот", "this one"),
    "cli.login_code": ("Код из приложения или запасной код", "Code of the authenticator, or a recovery code"),
}
