"""What the operating system says when something cannot be done, in both languages; it says it in English only."""

import errno
from typing import Final

from vestnik.language import LANGUAGES

REASONS: Final = {
    errno.EACCES: ("нет прав доступа", "permission denied"),
    errno.EPERM: ("система этого не разрешает", "the system does not permit it"),
    errno.ENOENT: ("такого файла нет", "no such file"),
    errno.ENOTDIR: ("на пути к нему не каталог, а файл", "a file is in the way where a directory should be"),
    errno.EISDIR: ("это каталог", "it is a directory"),
    errno.EEXIST: ("такой файл уже есть", "such a file is there already"),
    errno.ELOOP: ("ссылка ведёт по кругу", "a link leads in a circle"),
    errno.ENOSPC: ("на диске нет места", "the disk is full"),
    errno.EDQUOT: ("исчерпана квота на диске", "the quota of the disk is used up"),
    errno.EROFS: ("диск только для чтения", "the disk is read-only"),
    errno.EIO: ("ошибка диска", "the disk failed"),
    errno.EMFILE: ("открыто слишком много файлов", "too many files are open"),
    errno.ENFILE: ("в системе открыто слишком много файлов", "too many files are open in the system"),
    errno.ESTALE: ("файл удалён или заменён", "the file was deleted or replaced"),
    errno.EWOULDBLOCK: ("им занята другая программа", "another program has it in use"),
    errno.ENETUNREACH: ("сеть недоступна", "the network cannot be reached"),
    errno.EHOSTUNREACH: ("нет пути к этому адресу", "no way leads to that address"),
    errno.ENETDOWN: ("сеть отключена", "the network is down"),
    errno.EADDRNOTAVAIL: (
        "к такому адресу или порту нельзя подключиться",
        "that address or port cannot be connected to",
    ),
    errno.EINVAL: ("такого адреса не бывает", "there can be no such address"),
    errno.ECONNRESET: ("другая сторона оборвала соединение", "the other side cut the connection"),
    errno.ECONNABORTED: ("соединение оборвалось", "the connection was cut"),
    errno.EPIPE: ("другая сторона закрыла соединение", "the other side closed the connection"),
    errno.ETIMEDOUT: ("ответа нет", "there is no answer"),
}
"""By number. What is not here is said as the system does."""


def system_reason(error: OSError, language: str) -> str:
    """Why the system has refused something."""
    texts = REASONS.get(error.errno or 0)
    return (error.strerror or str(error)) if texts is None else texts[LANGUAGES.index(language)]


def system_reason_of_file(error: OSError, language: str) -> str:
    """The same, with the file that it was about, if that is known."""
    reason = system_reason(error, language)
    return f"{error.filename}: {reason}" if error.filename else reason
