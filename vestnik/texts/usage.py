"""What the command line says of its own use, in Russian, by the English: there it is written where it is declared.

`COMMANDS` has the help of commands and options; a paragraph is one line there, with a blank one between two. `METAVARS`
has the names of values, `CLICK` what the library says that reads the command line (by its templates).
"""

from collections.abc import Mapping
from typing import Final

METAVARS: Final[Mapping[str, str]] = {
    "[OPTIONS]": "[ПАРАМЕТРЫ]",
    "COMMAND [ARGS]...": "КОМАНДА [АРГУМЕНТЫ]...",
    "[show|stats|message|copy|verify|setup-keys] [OPTIONS] [ARGUMENTS]": (
        "[show|stats|message|copy|verify|setup-keys] [ПАРАМЕТРЫ] [АРГУМЕНТЫ]"
    ),
    "ROOM": "ЧАТ",
    "ROLE": "РОЛЬ",
    "ACTION": "ДЕЙСТВИЕ",
    "ADDR": "АДРЕС",
    "ADDR[:PORT]": "АДРЕС[:ПОРТ]",
    "PORT": "ПОРТ",
    "DIR": "КАТАЛОГ",
    "DIRECTORY": "КАТАЛОГ",
    "FILE": "ФАЙЛ",
    "NAME": "ИМЯ",
    "[NAME]": "[ИМЯ]",
    "[NAME]...": "[ИМЯ]...",
    "TIME": "ВРЕМЯ",
    "NUMBER": "НОМЕР",
    "[CONNECTION-]NUMBER": "[СОЕДИНЕНИЕ-]НОМЕР",
    "CODE": "КОД",
    "PATTERN": "ОБРАЗЕЦ",
    "TEXT": "ТЕКСТ",
    "N": "N",
    "MESSAGE": "СООБЩЕНИЕ",
    "SHA256": "SHA256",
}

COMMANDS: Final[Mapping[str, str]] = {
    # What all have.
    "Options": "Параметры",
    "Commands": "Команды",
    "Options of show": "Параметры show",
    "Options of every command": "Параметры любой из этих команд",
    "Show the version.": "Показать версию.",
    "Directory of the database and the journal (default: the platform's user data directory).": (
        "Каталог базы и журнала (по умолчанию каталог данных пользователя)."
    ),
    "Directory of the journal.": "Каталог журнала.",
    "Lowest level that is journaled (default: INFO).": "Самый низкий уровень, который пишется в журнал (обычно INFO).",
    "Journal calls of functions from the start; SIGUSR1 turns it on and off.": (
        "С самого начала писать в журнал вызовы функций; SIGUSR1 включает и выключает это."
    ),
    "Language of texts and journal (default: ru).": "Язык текстов и журнала (обычно ru).",
    "Settings file (default: vestnik.toml in the current directory, then in the data directory).": (
        "Файл настроек (обычно vestnik.toml в текущем каталоге, затем в каталоге данных)."
    ),
    # The command itself.
    "Vestnik: a self-hosted team messenger whose journal can be trusted.": (
        "Вестник: мессенджер для команды на своём сервере; его журналу можно верить."
    ),
    "Run the server.": "Запустить сервер.",
    "Talk to a server: interactive in a terminal, else line by line.": (
        "Разговаривать через сервер: в терминале с приглашением, иначе строка за строкой."
    ),
    "Register, or change the password of one's own account.": (
        "Зарегистрироваться или сменить пароль своей учётной записи."
    ),
    "Invite people to the server, also beside a running one.": (
        "Приглашать людей на сервер, в том числе на работающий."
    ),
    "Invite people to the server, also beside a running one. A code is shown once. Who has it registers with vestnik "
    "account register.": (
        "Приглашать людей на сервер, в том числе на работающий.\n\n"
        "Код показывается один раз. По нему регистрируются командой vestnik account register."
    ),
    "What people become (member).": "Кем становятся люди (member).",
    "How many people may use it (1).": "Сколько человек могут им воспользоваться (1).",
    "Hours for which the code is good (168).": "Сколько часов код действует (168).",
    "A room that they are in then; may be repeated.": "Чат, в котором они окажутся; можно повторять.",
    "Make a code with which people register.": "Создать код, по которому регистрируются.",
    "List the invites that are still good: number, uses left, until when, role, who made it, rooms.": (
        "Показать действующие приглашения: номер, сколько раз осталось, до какого времени, роль, кто создал, чаты."
    ),
    "Let nobody register any more with the invite NUMBER.": "Больше никого не регистрировать по приглашению НОМЕР.",
    "Make an account, with the code or link of an invite. An empty line is none.": (
        "Создать учётную запись по коду или ссылке приглашения. Пустая строка — без приглашения."
    ),
    "Manage accounts, also beside a running server.": (
        "Управлять учётными записями, в том числе при работающем сервере."
    ),
    "Read, follow, count and verify journals; find out what became of a message.": (
        "Читать журналы, следить за ними, считать и проверять; узнать, что стало с сообщением."
    ),
    "Play a recorded session and compare both journals with the specification.": (
        "Разыграть записанный сеанс и сравнить оба журнала со спецификацией."
    ),
    # The server.
    "Run the server until SIGTERM or Ctrl-C; a second signal does not wait for clients or the disk any more. "
    "SIGHUP reads the settings anew. Everything else is set in vestnik.toml: see docs/operations.md.": (
        "Работает до SIGTERM или Ctrl-C; второй сигнал уже не ждёт ни клиентов, ни диска. По SIGHUP настройки "
        "читаются заново.\n\n"
        "Всё остальное задаётся в vestnik.toml: см. docs/operations.md."
    ),
    "Address to listen at (default: all).": "Адрес, который слушать (обычно все).",
    "Address to listen at where nothing else says one (`make run` gives it).": (
        "Адрес, который слушать, если больше нигде он не задан (его даёт `make run`)."
    ),
    "Port to listen at; 0 picks a free one (default: 7777).": (
        "Порт, который слушать; 0 — любой свободный (обычно 7777)."
    ),
    "Certificate and chain for TLS, a PEM file; `self-signed`: the server makes one itself (default: no TLS).": (
        "Сертификат и цепочка для TLS, файл PEM; `self-signed` — сервер сделает его сам (обычно TLS нет)."
    ),
    "Key of the certificate, a PEM file (default: in the certificate's file).": (
        "Ключ сертификата, файл PEM (обычно он в файле сертификата)."
    ),
    # The client.
    "Talk to a server as the account NAME. The password comes from VESTNIK_PASSWORD or is asked for, never from "
    "the command line. In a terminal there is a prompt; otherwise standard input is read line by line. A line is a "
    "message or a command; /help lists the commands. What is not said by options and variables stands in "
    "client.toml in the user's directory of settings. The exit code is 0 only if everything went through.": (
        "Разговаривать через сервер под учётной записью ИМЯ.\n\n"
        "Пароль берётся из VESTNIK_PASSWORD или запрашивается, но никогда не из командной строки. В терминале есть "
        "приглашение, иначе стандартный ввод читается строка за строкой. Строка — это сообщение или команда; "
        "команды перечисляет /help. Чего нет ни в параметрах, ни в переменных, берётся из client.toml в каталоге "
        "настроек пользователя. Код завершения 0 — только если всё удалось."
    ),
    "Address of the server (default: 127.0.0.1).": "Адрес сервера (обычно 127.0.0.1).",
    "Port of the server (default: 7777).": "Порт сервера (обычно 7777).",
    "Whether the connection is encrypted (default: yes, unless the server is on this machine).": (
        "Шифровать ли соединение (обычно да, если сервер не на этом компьютере)."
    ),
    "Authorities that vouch for the server, a PEM file (default: the system's).": (
        "Центры, которые ручаются за сервер, файл PEM (обычно системные)."
    ),
    "Fingerprint of the certificate that the server must have; it is remembered.": (
        "Отпечаток сертификата, который должен быть у сервера; он запоминается."
    ),
    "Account.": "Учётная запись.",
    "Whether the login is remembered in a terminal, so that no password is asked for again (default: yes).": (
        "Запоминать ли вход в терминале, чтобы пароль больше не спрашивать (обычно да)."
    ),
    "Whether texts of messages are journaled and the prompt's history is kept (default: yes).": (
        "Писать ли тексты сообщений в журнал и хранить ли историю приглашения (обычно да)."
    ),
    # Accounts.
    "Manage accounts, also beside a running server. A new password comes from VESTNIK_PASSWORD or is asked for, "
    "never from the command line.": (
        "Управлять учётными записями, в том числе при работающем сервере.\n\n"
        "Новый пароль берётся из VESTNIK_PASSWORD или запрашивается, но никогда не из командной строки."
    ),
    "Make a code with which somebody gives the account NAME a new password, once. They use it with vestnik account "
    "reset. The code is shown here and nowhere else.": (
        "Создать код, с которым учётной записи ИМЯ один раз дают новый пароль.\n\n"
        "Его вводят в команде vestnik account reset. Код показан только здесь."
    ),
    "Hours for which the code is good (24).": "Сколько часов код действует (24).",
    "Register with an invite, or change the password of one's own account, also with a code from an administrator. "
    "Passwords and codes are asked for, or read from standard input, one on a line; never from the command line.": (
        "Зарегистрироваться по приглашению или сменить пароль своей учётной записи, в том числе по коду "
        "администратора.\n\n"
        "Пароли и коды запрашиваются или читаются из стандартного ввода, по одному на строке, но никогда не из "
        "командной строки."
    ),
    "Change the password. Other logins and connections of the account end.": (
        "Сменить пароль. Другие входы и соединения учётной записи закончатся."
    ),
    "Give the account a new password with a code that an administrator has made.": (
        "Дать учётной записи новый пароль по коду администратора."
    ),
    "Create the account NAME.": "Создать учётную запись ИМЯ.",
    "Manage bots and their tokens, also beside a running server.": (
        "Управлять ботами и их токенами, в том числе при работающем сервере."
    ),
    "Manage bots and their tokens, also beside a running server. "
    "A bot has no password: it logs in with tokens, each for certain rooms and actions and as long as it is wanted.": (
        "Управлять ботами и их токенами, в том числе при работающем сервере.\n\n"
        "У бота нет пароля: он входит по токенам, каждый для своих чатов и действий и на нужный срок."
    ),
    "Create the bot NAME.": "Создать бота ИМЯ.",
    "What the token is for.": "Для чего этот токен.",
    "A room that it is for; several times (default: all).": "Чат, для которого он; можно несколько раз (обычно все).",
    "What it gives: read, write, join, register, manage, or an action; several times "
    "(default: all of these but manage).": (
        "Что он даёт: read (читать), write (писать), join (входить в чаты), register (объявлять команды), manage "
        "(управлять чатами) или название действия; можно несколько раз (обычно всё это, кроме manage)."
    ),
    "For how many days it is good (default: for ever).": "На сколько дней он (обычно бессрочный).",
    "Make a token for the bot NAME: it goes to standard output, and is shown only once.": (
        "Сделать токен для бота ИМЯ: он выводится в стандартный вывод и больше не показывается."
    ),
    "List the tokens of the bot NAME: number, what for, made, used last, good until, rooms, what they give.": (
        "Показать токены бота ИМЯ: номер, для чего, когда сделан, когда использован, до какого срока, чаты, права."
    ),
    "End the token NUMBER of the bot NAME, and its connections.": (
        "Отозвать токен НОМЕР бота ИМЯ и закрыть его соединения."
    ),
    "What the account is on the server (default: member; the first one: owner).": (
        "Кем учётная запись будет на сервере (обычно member, первая — owner)."
    ),
    "Make the account NAME owner, administrator, member or guest of the server.": (
        "Сделать учётную запись ИМЯ владельцем (owner), администратором (administrator), участником (member) или "
        "гостем (guest) сервера."
    ),
    "Forbid the account NAME to log in and close its connections.": (
        "Запретить учётной записи ИМЯ входить и закрыть её соединения."
    ),
    "Take the second factor off the account NAME, which logs in with its password alone then.": (
        "Снять второй фактор учётной записи ИМЯ: дальше она входит с одним паролем."
    ),
    "List names of accounts and rooms that could be taken for others, and would be refused today.": (
        "Показать имена учётных записей и чатов, которые не отличить от других и которых сегодня не дали бы."
    ),
    "Let the account NAME log in again.": "Снова разрешить учётной записи ИМЯ входить.",
    "List all accounts.": "Показать все учётные записи.",
    "Give the account NAME a new password, which ends its logins and connections.": (
        "Дать учётной записи ИМЯ новый пароль; её входы и соединения закончатся."
    ),
    # Journals.
    "Read journals: those of the server, the client and the account commands, also while they are being written. "
    "NAME is server (the default), client, admin, or a path of a file, a directory, or a journal in a directory. "
    "The exit code is 0, also if nothing was found, 1 if there is no journal or not all of it could be read, and 2 "
    "for a mistake in the call.": (
        "Читать журналы сервера, клиента и команд управления, в том числе пока они пишутся.\n\n"
        "ИМЯ — это server (если не сказано иное), client, admin или путь: файл, каталог или журнал в каталоге. Код "
        "завершения 0, даже если ничего не найдено; 1, если журнала нет или он прочитан не весь; 2 при ошибке в "
        "вызове."
    ),
    "Show entries; this is what `vestnik journal` does by itself.": (
        "Показать записи; это же делает `vestnik journal` без команды."
    ),
    "Count entries by level, event, hour, code, account and room.": (
        "Сосчитать записи по уровням, событиям, часам, кодам, пользователям и чатам."
    ),
    "Tell what became of a message.": "Рассказать, что стало с сообщением.",
    "Copy a journal as it is at this moment.": "Скопировать журнал таким, каков он сейчас.",
    "Verify that the journal was not changed.": "Проверить, что журнал не изменён.",
    "Begin to seal the journal.": "Начать опечатывать журнал.",
    "Show the entries of the journal NAME that match all options: server (the default), client, admin, or a path. "
    "Text looks like the lines of the journal, and everything that is not plainly visible stays escaped. The exit "
    "code is 0, also if nothing was found, 1 if there is no journal or not all of it could be read.": (
        "Показать записи журнала ИМЯ, подходящие под все параметры: server (если не сказано иное), client, admin "
        "или путь.\n\n"
        "Текст выглядит как строки журнала, и всё, чего не видно прямо, остаётся экранированным. Код завершения 0, "
        "даже если ничего не найдено; 1, если журнала нет или он прочитан не весь."
    ),
    "From this time on, or from so long ago: 2026-11-22, '2026-11-22 10:30', 10:30, yesterday, 15m, 2h, 3d.": (
        "С этого времени или за столько времени до этой минуты: 2026-11-22, '2026-11-22 10:30', 10:30, yesterday, "
        "15m, 2h, 3d."
    ),
    "Before this time.": "До этого времени.",
    "This level and above.": "Этот уровень и выше.",
    "From this logger.": "От этого логгера.",
    "About this account, in whatever role.": "Об этой учётной записи, в любой роли.",
    "About this room; the # may be left out.": "Об этом чате; # можно не писать.",
    "Of this connection; with --merge also at its client.": "Этого соединения; с --merge также и у его клиента.",
    "Of this connection.": "Этого соединения.",
    "Of this request.": "Этого запроса.",
    "Answers with this code.": "Ответы с этим кодом.",
    "Of this event, such as message.delivered or 'client.*'.": "С этим событием: message.delivered, 'client.*'.",
    "With this text in sentence or traceback, in any case of letters.": (
        "С этим текстом в предложении или в трассировке, в любом регистре."
    ),
    "The text is a regular expression.": "Текст — это регулярное выражение.",
    "Only the last N that match.": "Только последние N подходящих.",
    "Go on with new entries until Ctrl-C, past midnight too.": (
        "Показывать новые записи до Ctrl-C, и после полуночи тоже."
    ),
    "Several journals on one time line; without NAME all that there are.": (
        "Несколько журналов на одной оси времени; без ИМЕНИ — все, какие есть."
    ),
    "Lines of JSON, as they are stored.": "Строки JSON, как они записаны.",
    "Tracebacks over several lines (default: in a terminal).": (
        "Трассировки на нескольких строках (обычно в терминале)."
    ),
    "Count the entries of the journal NAME that match all options: server (the default), client, admin, or a path. "
    "One pass over the journal. What an entry only counts (request.repeated) is among codes and events as often as "
    "it says. Of more than 20,000 different names of accounts or rooms only the more frequent half is counted on; "
    "by how much a count may then be too low is said.": (
        "Сосчитать записи журнала ИМЯ, подходящие под все параметры: server (если не сказано иное), client, admin "
        "или путь.\n\n"
        "Журнал читается один раз. То, что запись только считает (request.repeated), входит в коды и события "
        "столько раз, сколько в ней сказано. Если разных имён пользователей или чатов больше 20 000, дальше "
        "считается только более частая половина; на сколько число может быть меньше настоящего, говорится."
    ),
    "One object of JSON.": "Один объект JSON.",
    "Tell what became of MESSAGE: who sent it, when it was stored, to which connections it went, where it stopped. "
    "MESSAGE is the id that its client gave it, '#ROOM/NUMBER' or NAME/NAME/NUMBER, where NUMBER counts the "
    "messages of a conversation. The journal of the server is read, and the database if it is there, also beside a "
    "running server. The exit code is 1 if there is no such message.": (
        "Рассказать, что стало с СООБЩЕНИЕМ: кто его прислал, когда оно записано, в какие соединения ушло, где "
        "остановилось.\n\n"
        "СООБЩЕНИЕ — это id, данный ему клиентом, '#ЧАТ/НОМЕР' или ИМЯ/ИМЯ/НОМЕР, где НОМЕР считает сообщения "
        "беседы. Читается журнал сервера, а также база, если она есть, в том числе при работающем сервере. Код "
        "завершения 1, если такого сообщения нет."
    ),
    "Copy journals to DIRECTORY as they are at this moment, also while they are written, so that they can be "
    "verified. NAME is server (the default), client, admin, or a path such as DIRECTORY/NAME. What is there "
    "already is not copied again; nothing is deleted there. Run it as the user that writes the journal.": (
        "Скопировать журналы в КАТАЛОГ такими, каковы они сейчас, в том числе пока они пишутся, чтобы их можно "
        "было проверить.\n\n"
        "ИМЯ — это server (если не сказано иное), client, admin или путь вида КАТАЛОГ/ИМЯ. То, что там уже есть, "
        "ещё раз не копируется, и ничего там не удаляется. Запускайте от имени пользователя, который пишет журнал."
    ),
    "Verify the journal NAME: server (the default), client, admin, or a path such as DIRECTORY/NAME. Finds lines "
    "that were changed, removed or inserted, and a cut end. The exit code is 0 if there is nothing of the kind, 1 "
    "if there is, and 2 if not everything could be checked.": (
        "Проверить журнал ИМЯ: server (если не сказано иное), client, admin или путь вида КАТАЛОГ/ИМЯ.\n\n"
        "Находит строки, которые изменены, удалены или вставлены, и отрезанный конец. Код завершения 0, если "
        "ничего такого нет; 1, если есть; 2, если проверить удалось не всё."
    ),
    "File with the verification key, or keys; otherwise VESTNIK_JOURNAL_KEY has them.": (
        "Файл с ключом проверки или с ключами; иначе они в VESTNIK_JOURNAL_KEY."
    ),
    "Make a secret key for the seals of the journal NAME, also beside a running server, and show how to verify "
    "them. The key is shown once and kept nowhere. Run it as the user that writes the journal.": (
        "Создать тайный ключ для печатей журнала ИМЯ, в том числе при работающем сервере, и показать, чем их "
        "проверять.\n\n"
        "Ключ показывается один раз и нигде не хранится. Запускайте от имени пользователя, который пишет журнал."
    ),
    "Make another key if there is one already.": "Создать новый ключ, если ключ уже есть.",
    # Backups.
    "Back up database and journals to a file, also beside a running server.": (
        "Сохранить копию базы и журналов в файл, в том числе при работающем сервере."
    ),
    "Back up the database and the journals to FILE, also beside a running server. FILE is a tar archive, for your "
    "eyes only, and verified. A backup of that name is replaced when the new one is whole. Settings are not in it.": (
        "Сохранить копию базы и журналов в ФАЙЛ, в том числе при работающем сервере.\n\n"
        "ФАЙЛ — это архив tar, доступный только вам и проверенный. Прежняя копия с этим именем заменяется, когда новая "
        "готова. Настроек в ней нет."
    ),
    "Put back what a backup has, with the server stopped.": (
        "Вернуть на место то, что есть в копии, при остановленном сервере."
    ),
    "Put the database and the journals of the backup FILE in their places, with the server stopped. FILE is what "
    "`vestnik backup` has made, also compressed, or a copy of vestnik.db. Nothing is changed unless it is whole. The "
    "database that is there is kept under another name, a journal that is there stays.": (
        "Вернуть на место базу и журналы из копии ФАЙЛ, при остановленном сервере.\n\n"
        "ФАЙЛ — это то, что сделала `vestnik backup`, также и сжатое, или копия vestnik.db. Если он не цел, ничего не "
        "меняется. База, которая уже есть, остаётся под другим именем, журнал, который уже есть, остаётся."
    ),
    # The demo.
    "Play a recorded session with a real server and real clients, and compare both journals with the "
    "specification. The exit code is 0 only if every line matches.": (
        "Разыграть записанный сеанс с настоящим сервером и настоящими клиентами и сравнить оба журнала со "
        "спецификацией.\n\n"
        "Код завершения 0, только если совпала каждая строка."
    ),
    "Leave both journals in DIR/log.": "Оставить оба журнала в КАТАЛОГ/log.",
}

CLICK: Final[Mapping[str, str]] = {
    "Usage:": "Использование:",
    "Options": "Параметры",
    "Commands": "Команды",
    "Positional arguments": "Аргументы",
    "Show this message and exit.": "Показать эту справку.",
    "Try '{command} {option}' for help.": "Справка: {command} {option}",
    "Error: {message}": "Ошибка: {message}",
    "Aborted!": "Прервано",
    "required": "обязательно",
    "deprecated": "устарело",
    "env var: {var}": "переменная: {var}",
    "default: {default}": "обычно: {default}",
    "(dynamic)": "(по обстоятельствам)",
    "Missing command.": "Не указана команда.",
    "Missing argument": "Не хватает аргумента",
    "Missing option": "Не хватает параметра",
    "Missing parameter": "Не хватает значения",
    "Missing parameter: {param_name}": "Не хватает значения: {param_name}",
    "Missing {param_type}": "Не хватает: {param_type}",
    "Choose from:\n\t{choices}": "Возможные значения:\n\t{choices}",
    "Got unexpected extra argument ({args})": "Лишний аргумент ({args})",
    "Got unexpected extra arguments ({args})": "Лишние аргументы ({args})",
    "Takes {nargs} values but 1 was given.": "Значений нужно {nargs}, а указано 1.",
    "Takes {nargs} values but {len} were given.": "Значений нужно {nargs}, а указано {len}.",
    "Argument {name!r} takes {nargs} values.": "Аргументу {name!r} нужно значений: {nargs}.",
    "Value must be an iterable.": "Значений должно быть несколько.",
    "{len_type} values are required, but {len_value} was given.": "Значений нужно {len_type}, а указано {len_value}.",
    "{len_type} values are required, but {len_value} were given.": "Значений нужно {len_type}, а указано {len_value}.",
    "Did you mean {possibility}?": "Может быть, {possibility}?",
    "(Did you mean one of: {possibilities}?)": "(Может быть, одно из этих: {possibilities}?)",
    "No such option {name!r}.": "Параметра {name!r} нет.",
    "No such command {name!r}.": "Команды {name!r} нет.",
    "Invalid start character for option ({option})": "С такого знака параметр не начинается ({option})",
    "Option {name!r} does not take a value.": "У параметра {name!r} не бывает значения.",
    "Option {name!r} requires an argument.": "Параметру {name!r} нужно значение.",
    "Option {name!r} requires {nargs} arguments.": "Параметру {name!r} нужно значений: {nargs}.",
    "Invalid value: {message}": "Неправильное значение: {message}",
    "Invalid value for {param_hint}: {message}": "Неправильное значение {param_hint}: {message}",
    "Could not open file {filename!r}: {message}": "Не удалось открыть файл {filename!r}: {message}",
    "unknown error": "неизвестная ошибка",
    "Repeat for confirmation": "Ещё раз",
    "Error: The two entered values do not match.": "Ошибка: значения не совпадают.",
    "Error: invalid input": "Ошибка: так нельзя",
    "Choice({choices})": "Выбор({choices})",
    "{value!r} is not {choice}.": "{value!r} — не {choice}.",
    "{value!r} is not one of {choices}.": "{value!r} — не одно из {choices}.",
    "{value} is not in the range {range}.": "{value} не в пределах {range}.",
    "{value!r} is not a valid {number_type}.": "{value!r} — не число.",
    "{value!r} is not a valid boolean. Recognized values: {states}": "{value!r} — не да и не нет. Понятны: {states}",
    "file": "Файл",
    "directory": "Каталог",
    "path": "Файл",
    "{name} {filename!r} does not exist.": "{name} {filename!r} не существует.",
    "{name} {filename!r} is a file.": "{name} {filename!r} — это файл.",
    "{name} {filename!r} is a directory.": "{name} {filename!r} — это каталог.",
    "{name} {filename!r} is not readable.": "{name} {filename!r}: нет права читать.",
    "{name} {filename!r} is not writable.": "{name} {filename!r}: нет права писать.",
    "{name} {filename!r} is not executable.": "{name} {filename!r}: нет права запускать.",
}
