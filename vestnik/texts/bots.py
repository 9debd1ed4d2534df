"""What the framework for bots says by itself to whoever calls a command."""

from typing import Final

from vestnik.language import Catalogue

CATALOGUE: Final[Catalogue] = {
    "bots.missing": ("Не хватает: {argument}. Пишут так: {usage}", "{argument} is missing. It is written {usage}"),
    "bots.too_many": ("«{word}» лишнее. Пишут так: {usage}", "“{word}” is too much. It is written {usage}"),
    "bots.unknown_option": (
        "Нет параметра {option}. Пишут так: {usage}",
        "There is no option {option}. It is written {usage}",
    ),
    "bots.option_value": (
        "После {option} нужно значение. Пишут так: {usage}",
        "{option} needs a value behind it. It is written {usage}",
    ),
    "bots.option_flag": (
        "{option} пишут без значения. Пишут так: {usage}",
        "{option} takes no value. It is written {usage}",
    ),
    "bots.quote_open": ("Кавычка не закрыта. Пишут так: {usage}", "A quote is not closed. It is written {usage}"),
    "bots.wrong": (
        "«{word}» не подходит для {argument}: нужно {kind}. Пишут так: {usage}",
        "“{word}” does not fit {argument}, which is {kind}. It is written {usage}",
    ),
    "bots.kind_int": ("целое число", "a whole number"),
    "bots.kind_float": ("число", "a number"),
    "bots.kind_bool": ("«да» или «нет»", "yes or no"),
    "bots.kind_date": ("дата вида 2026-11-30", "a date like 2026-11-30"),
    "bots.kind_choice": ("одно из: {choices}", "one of {choices}"),
    "bots.kind_other": ("другое значение", "something else"),
    "bots.failed": (
        "Команда {command} не удалась: ошибка в программе, она записана в журнал бота",
        "{command} has failed: an error in the program, which is in the bot's journal",
    ),
    "bots.cut_off": (
        "Команда {command} была прервана, когда бот остановился, и сама не повторяется",
        "{command} was cut off when the bot stopped, and is not run again by itself",
    ),
    "bots.no_answer": ("Ответа не было, команда {command} прекращена", "There was no answer: {command} is given up"),
    "bots.crowded": ("Слишком много вопросов ждут ответа", "Too many questions wait for their answers"),
    "bots.help": ("Показать команды", "Show the commands"),
}
