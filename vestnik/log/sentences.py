"""What a journal says of itself, of functions that are called, and of failures that nobody handled."""

from typing import Final

from vestnik.language import Catalogue

CATALOGUE: Final[Catalogue] = {
    # Functions, and failures that nobody handled.
    "function.called": (
        "Функция {function}({arguments}) вызвана из {caller}: {outcome}, {duration_ms} мс",
        "Function {function}({arguments}) called from {caller}: {outcome}, {duration_ms} ms",
    ),
    "task.failed": ("Непредвиденная ошибка: {reason}", "Unexpected error: {reason}"),
    "program.failed": (
        "Ошибка! Непредвиденная ошибка программы: {reason}",
        "Error! Unexpected error of the program: {reason}",
    ),
    "program.crashed": (
        "Ошибка! Процесс {pid} аварийно завершился {moment}: {text}",
        "Error! Process {pid} crashed at {moment}: {text}",
    ),
    "thread.failed": (
        "Непредвиденная ошибка в потоке {thread}: {reason}",
        "Unexpected error in thread {thread}: {reason}",
    ),
    "unraisable.failed": (
        "Непредвиденная ошибка в {place}, которую некому передать: {reason}",
        "Unexpected error in {place} that nobody can be told: {reason}",
    ),
    "warning.issued": ("Предупреждение {category} ({place}): {text}", "Warning {category} ({place}): {text}"),
    # Of the journal about itself.
    "journal.trace_switched": (
        "Журналирование функций {logger}: {state}",
        "Journaling of the functions of {logger}: {state}",
    ),
    "journal.statistics": (
        (
            "Журнал: записей {logged}, в файле {written}, потеряно {dropped} ({levels}), ждут {waiting}; "
            "самая длинная очередь {high_water}, самая долгая запись в файл {slowest_ms} мс, сбой записи: {degraded}"
        ),
        (
            "The journal: {logged} records, {written} in the file, {dropped} lost ({levels}), {waiting} waiting; "
            "longest queue {high_water}, slowest write {slowest_ms} ms, degraded: {degraded}"
        ),
    ),
    "journal.dropped": (
        "Очередь журнала была переполнена с {since} по {until}: потеряно записей: {count} ({levels}). {reason}",
        "The queue of the journal was full from {since} to {until}: {count} records lost ({levels}). {reason}",
    ),
    "journal.limited": (
        "С этого момента в журнал попадают только сообщения, изменения, входы и администрирование: {reason}",
        "From now on only messages, changes, logins and administration are journaled: {reason}",
    ),
    "journal.left_out": (
        "Журнал был ограничен: с {since} по {until} не записано {count} ({levels}). {reason}",
        "The journal was limited: from {since} to {until} {count} records were left out ({levels}). {reason}",
    ),
    "journal.degraded": ("Журнал не пишется в файл: {reason}", "The journal cannot be written to its file: {reason}"),
    "journal.restored": (
        "Журнал снова пишется в файл, перерыв {seconds} с",
        "The journal is written to its file again, after {seconds} s",
    ),
    "journal.console_failed": (
        "Журнал не выводится на консоль: {reason}",
        "The journal cannot be shown on the console: {reason}",
    ),
    "journal.console_dropped": (
        "Консоль не успевала за журналом: не показано строк: {count}",
        "The console fell behind the journal: {count} lines were not shown",
    ),
    "journal.link_failed": (
        "Ссылка на файл журнала не обновлена: {reason}",
        "The link to the file of the journal was not updated: {reason}",
    ),
    "journal.level_bad": (
        "Неизвестный уровень журнала {text}: взят INFO",
        "Unknown level of the journal {text}: INFO is used",
    ),
    "journal.sync_failed": (
        "Журнал не сбрасывается на диск: {reason}",
        "The journal cannot be put on the disk: {reason}",
    ),
    "journal.offset_changed": (
        "Местное время сместилось: было UTC{before}, стало UTC{after}",
        "Local time has shifted: it was UTC{before}, it is UTC{after}",
    ),
    "journal.compressed": (
        "Файл журнала {file} сжат: записей {records}, было {bytes} байт, стало {packed}",
        "Journal file {file} is compressed: {records} records, from {bytes} bytes to {packed}",
    ),
    "journal.deleted": (
        "Файл журнала {file} удалён ({bytes} байт): {reason}",
        "Journal file {file} is deleted ({bytes} bytes): {reason}",
    ),
    "journal.sweep_failed": (
        "Старый файл журнала {file} не удалось убрать: {reason}",
        "Old journal file {file} could not be put away: {reason}",
    ),
    "journal.seal_failed": ("Журнал не удалось опечатать: {reason}", "The journal could not be sealed: {reason}"),
    "journal.adopted": (
        "Часть файла {file} была без печати (байт: {bytes}) и теперь опечатана",
        "Part of {file} had no seal ({bytes} bytes) and has one now",
    ),
    "journal.failed": ("Непредвиденная ошибка журнала: {reason}", "Unexpected error in the journal: {reason}"),
}
