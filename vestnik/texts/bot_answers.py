"""What the server answers about bots: their tokens and commands."""

from typing import Final

from vestnik.language import Catalogue

CATALOGUE: Final[Catalogue] = {
    "bot.token_expired": ("Срок токена бота {account} истёк", "The token of bot {account} has expired"),
    "bot.action_refused": (
        "Токен бота {account} не даёт права на {action}",
        "The token of bot {account} does not give {action}",
    ),
    "bot.room_refused": (
        "Токен бота {account} не для чата {room}",
        "The token of bot {account} is not for room {room}",
    ),
    "bot.password": (
        "{account} — бот: боты входят с токенами, а не с паролями (vestnik bot)",
        "{account} is a bot: bots log in with tokens, not with passwords (vestnik bot)",
    ),
    "bot.none": ("{account} не бот: токены бывают у ботов", "{account} is no bot, and only bots have such tokens"),
    "bot.token_limit": (
        "У бота {account} {limit} токенов, больше нельзя",
        "Bot {account} has {limit} tokens, which is the limit",
    ),
    "bot.token_unknown": ("У бота {account} нет токена {number}", "Bot {account} has no token {number}"),
    "bot.commands_set": ("Команды бота {account} приняты: {count}", "Commands of bot {account} accepted: {count}"),
    "bot.commands_listed": (
        "Пользователь {account} получил команды ботов в {to}: {count}",
        "User {account} got the commands of bots in {to}: {count}",
    ),
    "bot.commands_forbidden": (
        "{account} не бот: команды бывают у ботов",
        "{account} is no bot, and only bots have commands",
    ),
    "bot.command_invalid": (
        "{command} не может быть командой: от 1 до 32 букв, цифр, _ или -, первая — буква или цифра",
        "{command} cannot be a command: 1 to 32 letters, digits, _ or -, the first a letter or a digit",
    ),
    "bot.command_twice": ("Команда {command} названа дважды", "Command {command} is named twice"),
    "bot.commands_limit": (
        "У бота {account} может быть не больше {limit} команд",
        "Bot {account} may have {limit} commands at most",
    ),
    "admin.bot_added": ("Бот {account} создан", "Bot {account} created"),
    "admin.token_added": (
        "Боту {account} дан токен «{label}»: {may}",
        "Bot {account} was given token “{label}”: {may}",
    ),
    "admin.tokens_listed": ("Показаны токены бота {account}: {count}", "Tokens of bot {account} shown: {count}"),
    "admin.token_revoked": ("Токен {number} бота {account} отозван", "Token {number} of bot {account} revoked"),
}
